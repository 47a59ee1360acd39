"""Audit: who saw or changed what."""

from coach.ui.clinic import audit
from coach.ui.shell import entrance

desk = entrance.enter_trail()
audit.show(desk)
