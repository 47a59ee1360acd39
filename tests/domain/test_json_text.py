"""JSON of others: read within bounds, or refused with an error that every reader catches."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.domain import json_text, times
from coach.domain.errors import BadValue

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=12,
)  # fmt: skip
WRONG = {
    "a hundred thousand lists": "[" * 100_000 + "]" * 100_000,
    "a hundred lists": "[" * 100 + "]" * 100,
    "deep objects": '{"a":' * 41 + "1" + "}" * 41,
    "not closed": "[" * 100_000,
    "a name twice": '{"a": 1, "a": 2}',
    "no number": "NaN",
    "an infinity": "-Infinity",
    "a number too large": "1e999",
    "digits without an end": "9" * 10_000,
    "half a letter": '["\\ud83d"]',
    "half a letter as a name": '{"\\udc00": 1}',
    "nothing": "",
    "two": "1 2",
}


@given(VALUES)
def test_what_json_can_say_is_read_as_it_is(value: object):
    assert json_text.parsed(json.dumps(value)) == value
    assert json_text.parsed(json.dumps(value, ensure_ascii=False).encode()) == value


@pytest.mark.parametrize("text", WRONG.values(), ids=WRONG)
def test_what_is_out_of_bounds_is_refused(text: str):
    for given_as in (text, text.encode()):
        with pytest.raises(ValueError, match=r".*"):
            json_text.parsed(given_as)


@pytest.mark.parametrize("raw", [b"\xff", b"\xed\xa0\xbd", b"\xef\xbb\xbf1", b"\x00"], ids=repr)
def test_bytes_that_are_no_text_are_refused(raw: bytes):
    with pytest.raises(ValueError, match=r".*"):
        json_text.parsed(raw)


def test_too_much_is_refused_before_it_is_read():
    with pytest.raises(ValueError, match="long"):
        json_text.parsed("[" * 11, most=10)


def test_brackets_within_a_text_nest_nothing():
    assert json_text.parsed(json.dumps("[" * 500)) == "[" * 500
    assert len(json_text.parsed(json.dumps([[]] * 500))) == 500


def test_half_a_letter_may_come_from_a_browser():
    assert json_text.parsed('["\\ud83d"]', half_letters=True) == ["\ud83d"]


@given(st.datetimes(timezones=st.timezones()) | st.datetimes())
def test_an_instant_is_read_within_the_calendar_or_refused(at: datetime):
    try:
        found = times.read_instant(at.isoformat())
    except BadValue:
        assert at.tzinfo is None or not 1901 <= at.year <= 2199
    else:
        assert found.tzinfo is UTC
        for zone in ("Pacific/Kiritimati", "Pacific/Niue"):  # the furthest from UTC either way
            times.midnight_after(found, zone)


@pytest.mark.parametrize(
    "text",
    ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "9999-12-31T00:00:00Z", "1899-12-31T23:00:00Z", "now", "",
     "2026-03-01T12:00:00", "2026-02-30T12:00:00Z", "2026-03-01T12:00:00+99:99", "2026-03-01T12:00:00Z" + " " * 99, None, 7],
    ids=repr,
)  # fmt: skip
def test_what_is_no_instant_of_anybody_is_refused(text: object):
    with pytest.raises(BadValue):
        times.read_instant(text)


@pytest.mark.parametrize(
    "at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"]
)  # fmt: skip
def test_an_instant_that_no_calendar_has_in_utc_is_a_bad_value(at: str):
    with pytest.raises(BadValue):
        times.utc(datetime.fromisoformat(at))


@pytest.mark.parametrize(
    "name", ["Mars/Olympus", "", "../../etc/passwd", "Europe/Berlin\0", "\ud83d", "a" * 10_000, None, 5]
)
def test_an_unknown_zone_is_a_bad_value(name: object):
    with pytest.raises(BadValue):
        times.zone(name)
