"""How to do a routine: its drawing and its steps, in the protocol's words."""

from __future__ import annotations

from coach.domain import own_drawing
from coach.domain.protocol import Routine
from coach.i18n import _
from coach.ui.parts import assets, icons
from coach.ui.parts.text_block import TextBlock

SIZE = (own_drawing.WIDTH, own_drawing.HEIGHT)  # of every drawing, in its own units


def drawing(routine: Routine, block: TextBlock) -> None:
    """Add the drawing of a routine, with an alternative text."""
    block.picture(assets.drawing_address(routine), _alternative(routine), size=SIZE)


def of_draft(routine: Routine, block: TextBlock) -> None:
    """Add the own drawing of a routine of a protocol that may not be stored yet."""
    block.picture(own_drawing.data_address(routine.own_drawing), _alternative(routine), size=SIZE)


def moving(routine: Routine, block: TextBlock) -> None:
    """Add the drawing of a routine in slow motion, and a button that stills it; an own drawing is still."""
    if routine.own_drawing:
        drawing(routine, block)
    else:
        block.moving_picture(assets.drawing_address(routine), _alternative(routine), size=SIZE)
        label = _("Stop the motion: {name}").format(name=_(routine.name))
        block.button(label, "coach-still", icons.icon("pause"))
    if 'class="muscle' in assets.drawing(routine):
        block.caption(_("The muscle that works is in colour."))


def routine(which: Routine, block: TextBlock) -> None:
    """Add the drawing, the position, and the numbered steps."""
    drawing(which, block)
    block.text(_(which.position)).items(map(_, which.steps), numbered=True).text(_(which.breathing))


def decorative(which: Routine, block: TextBlock) -> None:
    """Add the drawing of a routine that the words beside it name."""
    block.picture(thumbnail(which), "", size=SIZE)


def scene(name: str, block: TextBlock) -> None:
    """Add one of the drawings of a state of Today; the words beside it say what it shows."""
    block.picture(assets.scene_address(name), "", size=SIZE)


def thumbnail(which: Routine) -> str:
    """Return the address of a routine's drawing."""
    return assets.drawing_address(which)


def _alternative(which: Routine) -> str:
    """Return what the drawing of a routine shows, for those who do not see it."""
    return _("{name}: {position}").format(name=_(which.name), position=_(which.position))
