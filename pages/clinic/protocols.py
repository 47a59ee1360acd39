"""Protocols: which is in force when, and putting another one in force."""

from coach.ui.clinic import protocols
from coach.ui.shell import entrance

desk = entrance.enter_protocols()
protocols.show(desk)
