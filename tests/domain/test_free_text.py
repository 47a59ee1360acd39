"""Free text: what nobody can see is no text, and nothing in it steers a screen, whoever wrote it."""

import dataclasses
import re
import typing
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.domain import free_text
from coach.domain.errors import BadValue, Fault
from coach.domain.payloads import KINDS, from_payload

UNSEEN = (
    " ", "\u00a0", "\u200b", "\u200c\u200d", "\u2060", "\ufeff", "\u00ad", "\u034f", "\u061c", "\u180e", "\u2800", "\u3164",
    "\u115f\u1160", "\uffa0", "\ufe0f", "\U000e0001\U000e0020", "\ue000", "\u202e", "\x00", "\x1b", "\n\t", "\ud83d",
)  # fmt: skip
STEERING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
HOSTILE = "\x00a\x1b[2Jb\u202ec\u2066d\x9be\ud83d"
# What a fact says with the words of a program or a protocol; every other text of it is somebody's own.
NAMED = frozenset(
    {
        "question",
        "name",
        "flag",
        "routine",
        "phase",
        "protocol",
        "version",
        "digest",
        "occasion",
        "needs",
        "sets",
    }
)
PLAIN: dict[object, object] = {
    int: 1, float: 1.0, bool: True, str: "x", UUID: str(UUID(int=1)), datetime: datetime(2026, 3, 1, tzinfo=UTC).isoformat(),
}  # fmt: skip


def texts_of(kind: type) -> list[str]:
    hints = typing.get_type_hints(kind)
    return [
        field.name
        for field in dataclasses.fields(kind)
        if hints[field.name] is str or str in typing.get_args(hints[field.name])
        if field.name not in NAMED
    ]


def payload(kind: type, **told: str) -> dict[str, object]:
    """A payload of that kind with these texts, and something that is right for the rest."""

    def right(hint: object) -> object:
        if typing.get_origin(hint) is tuple:
            return []
        first = next(iter(typing.get_args(hint)), hint)
        if isinstance(first, type) and issubclass(first, StrEnum):
            return next(iter(first)).value
        return PLAIN.get(first)

    needed = (field for field in dataclasses.fields(kind) if field.default is dataclasses.MISSING)
    hints = typing.get_type_hints(kind)
    return {field.name: right(hints[field.name]) for field in needed} | told


WRITTEN = [(kind, name) for kind, made in KINDS.items() for name in texts_of(made)]


@pytest.mark.parametrize("unseen", UNSEEN, ids=ascii)
def test_a_text_that_nobody_can_see_is_none(unseen: str):
    assert free_text.plain_text(unseen, 100) == free_text.one_line(unseen * 2, 100) == ""
    assert not free_text.can_be_seen(unseen)
    assert free_text.plain_text(f"{unseen}knee", 100).endswith("knee")


@given(st.text(max_size=40))
def test_a_clean_text_steers_nothing_and_stays_as_it_is(text: str):
    found = free_text.clean(text)
    assert not STEERING.search(found)
    assert free_text.clean(found) == found
    assert bool(found) == free_text.can_be_seen(found)
    found.encode()


def test_lines_of_every_system_are_lines():
    assert free_text.plain_text("one\r\ntwo\rthree\u2028four\x85five\n", 100) == "one\ntwo\nthree\nfour\nfive"


def test_what_people_write_stays():
    for text in ("שלום\u200f!", "العربية", "👩\u200d⚕️", "Ça va – naïve", "ক্‌ষ", "tab\there"):
        assert free_text.clean(text) == text


@pytest.mark.parametrize(("kind", "name"), WRITTEN, ids=lambda value: str(value))
def test_no_text_of_an_entry_steers_a_screen(kind: str, name: str):
    fact = from_payload(kind, payload(KINDS[kind], **{name: HOSTILE}))
    assert getattr(fact, name) == "a[2Jbcde"


@pytest.mark.parametrize(("kind", "name"), WRITTEN, ids=lambda value: str(value))
def test_what_was_recorded_unseen_can_be_read_and_is_empty(kind: str, name: str):
    fact = from_payload(kind, payload(KINDS[kind], **{name: "\u200b\u202e"}))
    assert getattr(fact, name) == ""


def test_a_text_that_is_none_is_refused():
    with pytest.raises(BadValue) as refused:
        free_text.plain_text(None, 10)
    assert refused.value.fault is Fault.TEXT_MISSING
