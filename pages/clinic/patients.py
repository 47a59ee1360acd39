"""Patients: who is looked after by whom, and how each comes in."""

from coach.ui.clinic import patients
from coach.ui.shell import entrance

desk = entrance.enter_patients()
patients.show(desk)
