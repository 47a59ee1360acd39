"""Questions: how the patient's own activities go, and how the back has changed, at some occasions."""

from coach.ui import door, questions

patient = door.enter_as_patient()
questions.show(patient)
