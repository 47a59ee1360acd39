"""Review: one patient, what changed since the physiotherapist last looked, and why."""

from coach.ui.clinic import review
from coach.ui.shell import entrance

desk = entrance.enter_review()
review.show(desk)
