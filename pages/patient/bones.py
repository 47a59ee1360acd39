"""Bones: whether a treatment, a scan and an appointment about the bones are arranged, at some occasions."""

from coach.ui.patient import bone_questions
from coach.ui.shell import entrance

patient = entrance.enter_as_patient()
bone_questions.show(patient)
