"""How to do a routine: its drawing and its steps, in the protocol's words."""

from __future__ import annotations

import streamlit as st

from coach.domain.protocol import Routine
from coach.i18n import _
from coach.ui.parts import assets


def drawing(routine: Routine) -> None:
    """Show the drawing of a routine, with an alternative text."""
    name = _("{name}: {position}").format(name=_(routine.name), position=_(routine.position))
    st.image(assets.drawing(routine.drawing), width="stretch", alt=name)


def routine(which: Routine) -> None:
    """Show the drawing, the position, and the numbered steps."""
    drawing(which)
    st.write(_(which.position))
    st.markdown("\n".join(f"{n}. {_(step)}" for n, step in enumerate(which.steps, 1)))
    st.write(_(which.breathing))
