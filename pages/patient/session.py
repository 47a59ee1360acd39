"""Exercises: the check, pain before, then the player; one question a screen."""

from coach.ui.patient import session
from coach.ui.shell import entrance

patient = entrance.enter_as_patient()
session.show(patient)
