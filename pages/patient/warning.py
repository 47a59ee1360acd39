"""Warning signs: tell us about one, take a mistaken tap back, or say that the clinic cleared it."""

from coach.ui.patient import warning_signs
from coach.ui.shell import entrance

patient = entrance.enter_as_patient()
warning_signs.show(patient)
