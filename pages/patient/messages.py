"""Messages: what the patient and the physiotherapists write to each other."""

from coach.ui.parts import messages
from coach.ui.shell import entrance

desk = entrance.enter_own_messages()
messages.show_own(desk)
