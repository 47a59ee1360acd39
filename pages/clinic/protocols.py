"""Protocols: which is in force when, and putting another one in force."""

from coach.ui import door, protocols

desk = door.enter_protocols()
protocols.show(desk)
