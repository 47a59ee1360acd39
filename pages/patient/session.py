"""Exercises: the check, pain before, then the player; one question a screen."""

from coach.ui import door, session

patient = door.enter_as_patient()
session.show(patient)
