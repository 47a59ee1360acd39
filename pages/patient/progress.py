"""Progress: what one patient's history says about recovery."""

from coach.ui.patient import progress
from coach.ui.shell import entrance

patient = entrance.enter_as_patient()
progress.show(patient)
