"""Questions: how the patient's own activities go, and how the back has changed, at some occasions."""

from coach.ui.patient import outcome_questions
from coach.ui.shell import entrance

patient = entrance.enter_as_patient()
outcome_questions.show(patient)
