"""Today: what is open now, what is not yet and why, and what to do meanwhile."""

from coach.ui import door, today

patient = door.enter_as_patient()
today.show(patient)
