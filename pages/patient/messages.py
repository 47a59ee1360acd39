"""Messages: what the patient and the physiotherapists write to each other."""

from coach.ui import door, messages

desk = door.enter_own_messages()
messages.show_own(desk)
