"""Diary: the daily check-in, and everything that was entered, with its corrections."""

from coach.ui import diary, door

patient = door.enter_as_patient()
diary.show(patient)
