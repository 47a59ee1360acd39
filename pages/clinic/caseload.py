"""Caseload: who needs a physiotherapist, the most urgent first, and why."""

from coach.ui import caseload, door

desk = door.enter_caseload()
caseload.show(desk)
