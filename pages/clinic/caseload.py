"""Caseload: who needs a physiotherapist, the most urgent first, and why."""

from coach.ui.clinic import caseload
from coach.ui.shell import entrance

entrance.enter_caseload()
caseload.show()
