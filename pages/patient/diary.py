"""Diary: the daily check-in, and everything that was entered, with its corrections."""

from coach.ui.patient import diary
from coach.ui.shell import entrance

patient = entrance.enter_as_patient()
diary.show(patient)
