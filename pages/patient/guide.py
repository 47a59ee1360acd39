"""Guide: what was done, how each exercise goes, what to expect, what to do, and where it is all from."""

from coach.ui.patient import guide
from coach.ui.shell import entrance

patient = entrance.enter_as_patient()
guide.show(patient)
