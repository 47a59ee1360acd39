"""Today: what is open now, what is not yet and why, and what to do meanwhile."""

from coach.ui.patient import today
from coach.ui.shell import entrance

patient = entrance.enter_as_patient()
today.show(patient)
