"""Status: what is set up in this clinic's installation, and what needs looking at."""

from coach.ui.clinic import status
from coach.ui.shell import entrance

desk = entrance.enter_status()
status.show(desk)
