"""Review: one patient, what changed since the physiotherapist last looked, and why."""

from coach.ui import door, review

desk = door.enter_review()
review.show(desk)
