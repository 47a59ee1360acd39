"""What is asked in the weeks after: outcome questions, those about bone health, and the words of the scales."""

from __future__ import annotations

from collections.abc import Iterator

from coach.desk.clinic import protocol_edits as edits
from coach.domain.facts import Change, PainWord
from coach.i18n import N_, _
from coach.text.protocol_places import Place
from coach.ui.clinic.editor.editing import Editing
from coach.ui.clinic.editor.fields import Field, Kind
from coach.ui.clinic.editor.items import EditorItem

MEASURES, BONES = "measures", "bone_health"
TEXTS_OF = {
    MEASURES: ("choose", "change_question", "attribution"),
    BONES: (
        "treatment_question", "treatment_hint", "which_question", "scan_question", "scan_hint",
        "appointment_question", "appointment_hint", "next_step",
    ),
}  # fmt: skip
NUMBERS = ("activities_most", "unable", "as_before", "detectable_mean", "detectable_single")
SCALE = range(11)  # scores
SCALES = {
    "pain_words": N_("Words for pain"),
    "effort_words": N_("Words for effort"),
}


def found(editing: Editing) -> list[EditorItem]:
    """Return the items of this part; what a file has not has none."""
    return [*_measures(editing), *_bones(editing), *_scales()]


def _measures(editing: Editing) -> Iterator[EditorItem]:
    if editing.at((MEASURES,)) is None:
        return
    texts = [Field((MEASURES, each), Kind.TEXT) for each in TEXTS_OF[MEASURES]]
    numbers = [
        Field((MEASURES, each), Kind.NUMBER, edits.unit_of((MEASURES, each)) or "") for each in NUMBERS
    ]
    yield EditorItem(
        "measures",
        _("Outcome questions"),
        [*texts, Field((MEASURES, "examples"), Kind.LINES), *numbers],
    )
    yield EditorItem("function", _("Words for how well something goes"), _scale((MEASURES, "function_words")))
    yield EditorItem(
        "change",
        _("Words for how the back has changed"),
        [Field((MEASURES, "change_words", each.value), Kind.TEXT) for each in Change],
    )
    yield from _occasions(
        editing,
        MEASURES,
        _("Outcome questions: {when}"),
        [("function_question", Kind.TEXT), ("asks_change", Kind.FLAG)],
    )


def _bones(editing: Editing) -> Iterator[EditorItem]:
    if editing.at((BONES,)) is None:
        return
    yield EditorItem("bones", _("Bone health"), [Field((BONES, each), Kind.TEXT) for each in TEXTS_OF[BONES]])
    yield from _occasions(editing, BONES, _("Bone health: {when}"), [("tells_clinic", Kind.FLAG)])


def _scales() -> Iterator[EditorItem]:
    for name, title in SCALES.items():
        yield EditorItem(name, _(title), _scale((name,)))
    yield EditorItem(
        "plain_words",
        _("Pain in plain words"),
        [Field(("plain_words", each.value), Kind.TEXT) for each in PainWord],
    )


def _occasions(
    editing: Editing, table: str, title: str, more: list[tuple[str, Kind]]
) -> Iterator[EditorItem]:
    listed = editing.at((table, "occasion"))
    for n, each in enumerate(listed if isinstance(listed, list) else ()):
        place: Place = (table, "occasion", n)
        told = str(each.get("name") or n + 1) if isinstance(each, dict) else str(n + 1)
        yield EditorItem(
            f"{table}-{n}",
            title.format(when=_(told)),
            [
                Field((*place, "name"), Kind.TEXT),
                Field((*place, "opens_after"), Kind.NUMBER, "weeks"),
                Field((*place, "offered_for"), Kind.NUMBER, "weeks"),
                *(Field((*place, key), kind) for key, kind in more),
            ],
        )


def _scale(place: Place) -> list[Field]:
    """Return the words of a scale from 0 to 10, of which only the two ends must have one."""
    return [Field((*place, str(score)), Kind.TEXT, optional=score not in (0, 10)) for score in SCALE]
