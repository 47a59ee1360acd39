"""What every page costs whatever it shows: how many messages, how many bytes, and what is made anew."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from coach.config.asset_files import ICONS
from coach.domain.case import Case
from coach.domain.protocol import RedFlag
from coach.records.clinic.people import People
from coach.records.entries.store import Store
from coach.text import protocol_texts
from coach.ui.patient import guide, settings, today
from tests.support.pages import Home, frame_part, overhear, run

EMPTY = (today, guide, settings)
AROUND = ("page_config_changed", "navigation", "delta", "delta")
MOST_BYTES = 2_500


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What runs send to the browser between their start and their end."""
    found: list[Any] = []
    overhear(monkeypatch, found.append)
    return found


@pytest.mark.parametrize("page", EMPTY, ids=lambda page: page.__name__.rpartition(".")[2])
def test_an_empty_page_is_four_messages(
    home: Home, page: Any, sent: list[Any], monkeypatch: pytest.MonkeyPatch
):
    home.settle()
    monkeypatch.setattr(page, "show", lambda patient: None)
    monkeypatch.setattr("coach.ui.patient.physiotherapist.show", lambda patient: None)
    at = home.open(page.__name__.rpartition(".")[2])
    known = {each.hash for each in sent if each.metadata.cacheable}
    sent.clear()
    run(at)
    assert tuple(each.WhichOneof("type") for each in sent) == AROUND
    new = [each for each in sent if each.hash not in known]
    assert len(new) < len(sent), "what the browser has already is sent as a reference"
    assert sum(each.ByteSize() for each in new) < MOST_BYTES


def test_nothing_around_a_page_is_made_anew_in_the_next_run(home: Home, monkeypatch: pytest.MonkeyPatch):
    home.settle()
    at = home.open("guide")
    before = frame_part(at, "help")
    assert before
    assert before["groups"]
    made: list[Case] = []
    card = protocol_texts.card

    def counted(flag: RedFlag, case: Case) -> dict[str, Any]:
        made.append(case)
        return card(flag, case)

    monkeypatch.setattr(protocol_texts, "card", counted)
    run(at)
    assert made == []
    assert frame_part(at, "help") == before
    home.patient.settings.set("first_name", "Rosalind")
    run(at)
    assert made, "after a new entry it is"


def test_another_number_stands_in_every_part_at_the_next_run(home: Home):
    home.settle()
    at = home.open("guide")
    for name in ("calm", "help", "phones"):
        assert "0800 123" not in str(frame_part(at, name))
    home.patient.settings.set("emergency_phone", "0800 123")
    run(at)
    for name in ("calm", "help", "phones"):
        assert "0800 123" in str(frame_part(at, name)), name


def test_a_home_is_asked_for_its_patient_once_a_run(home: Home, monkeypatch: pytest.MonkeyPatch):
    only = home.settle().patient
    at = home.open("guide")
    asked: list[UUID] = []
    look_up = People.known_team_of

    def counted(self: People, patient: UUID) -> tuple[bool, UUID | None]:
        asked.append(patient)
        return look_up(self, patient)

    monkeypatch.setattr(People, "known_team_of", counted)
    monkeypatch.delattr(Store, "knows")  # the same question, asked apart
    run(at)
    assert asked == [only]


def test_the_menu_has_four_items_each_with_an_icon_and_the_rest_is_behind_the_last(home: Home):
    home.settle()
    menu = frame_part(home.open("guide"), "foot")
    assert menu
    assert [each["text"] for each in (*menu["links"], menu["more"])] == ["Today", "Diary", "Progress", "More"]
    assert [each["address"] for each in menu["links"]] == ["/", "/diary", "/progress"]
    behind = [(each["text"], each["address"]) for each in menu["more"]["links"]]
    assert behind == [("Guide", "/guide"), ("Settings", "/settings")], "nobody follows them: no messages"
    shown = [*menu["links"], menu["more"], *menu["more"]["links"]]
    assert {each["icon"] for each in shown} <= ICONS
    assert menu["here"] == "/guide"
