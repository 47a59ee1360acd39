"""Messages with the chosen patient."""

from coach.ui.parts import messages
from coach.ui.shell import entrance

desk = entrance.enter_messages()
messages.show_clinic(desk)
