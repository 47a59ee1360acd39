"""Guide: what was done, how each exercise goes, what to expect, what to do, and where it is all from."""

from coach.ui import door, guide

patient = door.enter_as_patient()
guide.show(patient)
