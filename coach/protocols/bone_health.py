"""Reads the table of a protocol file that asks about bone health."""

from __future__ import annotations

from coach.domain.bone_questions import BoneOccasion, BoneQuestions
from coach.protocols.reading import TomlTable


def read(table: TomlTable) -> BoneQuestions:
    """Return the questions about bone health; problems are noted."""
    questions = BoneQuestions(
        treatment_question=table.text("treatment_question"),
        treatment_hint=table.text("treatment_hint"),
        which_question=table.text("which_question"),
        scan_question=table.text("scan_question"),
        scan_hint=table.text("scan_hint"),
        appointment_question=table.text("appointment_question"),
        appointment_hint=table.text("appointment_hint"),
        next_step=table.text("next_step"),
        occasions=tuple(_occasion(each) for each in table.tables("occasion")),
    )
    table.done()
    return questions


def _occasion(table: TomlTable) -> BoneOccasion:
    occasion = BoneOccasion(
        id=table.id(),
        name=table.text("name"),
        opens_after=table.quantity("opens_after", "weeks"),
        offered_for=table.quantity("offered_for", "weeks"),
        tells_clinic=table.flag("tells_clinic"),
    )
    table.done()
    return occasion
