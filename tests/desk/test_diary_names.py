"""The names of exercises in a paper diary, where a clinic has made exercises of its own."""

from __future__ import annotations

import pytest

from coach.desk.clinic import protocol_edits as edits
from coach.desk.patient.diary_names import Names
from coach.domain.facts import PainWhen
from coach.protocols import loader

OWN = edits.changed(
    edits.with_exercise(
        loader.DEFAULT.read_bytes(), like="ankle_pumps", id="ankle-pumps-2", name="Ankle pumps"
    ),
    {
        ("routine", 1, "clinical_name"): "Pumps of the clinic",
        ("routine", 1, "aliases"): ["pain now", "Ankles"],
    },
)


@pytest.mark.parametrize(
    ("said", "known"),
    [
        ("ankle_pumps", "ankle_pumps"),
        (" ankle-pumps-2 ", "ankle-pumps-2"),
        ("Ankle Pumps 2", "ankle-pumps-2"),
        ("pumps of the clinic", "ankle-pumps-2"),
        ("Ankle pumps", None),  # two are called so: nobody knows which was meant
        ("static glutes", "static_glutes"),
        ("Bottom squeeze", "static_glutes"),
        ("pain now", PainWhen.NOW),
        ("pain_average", PainWhen.AVERAGE_24H),
        ("somersaults", None),
    ],
)
def test_an_exercise_is_known_by_what_the_template_calls_it_and_by_a_name_of_its_own(
    said: str, known: str | None
):
    assert Names(loader.read(OWN, "own.toml")).known(said) == known
