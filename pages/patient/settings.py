"""Settings: times, answers, numbers, looks and sounds, a new course, and the patient's data."""

from coach.ui import door, follower, settings

patient = door.enter_as_patient()
settings.show(patient)
follower.show(patient)
