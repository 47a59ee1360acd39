"""Staff: who of the clinic may sign in, and how each comes in."""

from coach.ui import door, staff

desk = door.enter_staff()
staff.show(desk)
