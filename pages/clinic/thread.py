"""Messages with the chosen patient."""

from coach.ui import door, messages

desk = door.enter_messages()
messages.show_clinic(desk)
