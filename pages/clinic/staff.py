"""Staff: who of the clinic may sign in, and how each comes in."""

from coach.ui.clinic import staff
from coach.ui.shell import entrance

desk = entrance.enter_staff()
staff.show(desk)
