"""Protocol editor: one draft of a protocol, part by part, up to putting it in force."""

from coach.ui.clinic.editor import page
from coach.ui.shell import entrance

desk = entrance.enter_protocol_editor()
page.show(desk)
