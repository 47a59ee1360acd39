"""Settings: times, answers, numbers, looks and sounds, a new course, and the patient's data."""

from coach.ui.patient import settings
from coach.ui.shell import entrance

patient = entrance.enter_as_patient()
settings.show(patient)
