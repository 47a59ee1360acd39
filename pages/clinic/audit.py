"""Audit: who saw or changed what."""

from coach.ui import door, trail

desk = door.enter_trail()
trail.show(desk)
