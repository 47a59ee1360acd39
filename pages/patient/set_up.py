"""Set-up: one question a screen; each answer is recorded as it is given."""

from coach.ui.patient import set_up
from coach.ui.shell import entrance

set_up.show(entrance.enter_as_patient(set_up=False))
