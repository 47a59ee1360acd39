"""Caseload: who needs a physiotherapist, the most urgent first, and why."""

from coach.ui import caseload, door

door.enter_caseload()
caseload.show()
