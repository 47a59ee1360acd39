"""Warning signs: tell us about one, take a mistaken tap back, or say that the clinic cleared it."""

from coach.ui import door, warning

patient = door.enter_as_patient()
warning.show(patient)
