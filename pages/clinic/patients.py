"""Patients: who is looked after by whom, and how each comes in."""

from coach.ui import door, patients

desk = door.enter_patients()
patients.show(desk)
