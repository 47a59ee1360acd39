"""The clinic's protocols: seen by the staff, checked, compared, and put in force by an administrator."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, time, timedelta
from uuid import uuid4

import pytest
from streamlit.testing.v1 import AppTest

from coach import desk
from coach.desk import Installation, PatientDesk, Principal
from coach.desk.access.permissions import Role
from coach.desk.clinic.protocols import ProtocolsDesk
from coach.domain import decisions, own_drawing
from coach.protocols import loader
from coach.ui.clinic import protocol_change
from tests.support.clinic_house import House, house
from tests.support.clinics import everything
from tests.support.drawing_samples import KEPT
from tests.support.homes import NOW
from tests.support.pages import buttons, enter_time, links, markup, run, said, tap, title
from tests.support.protocols import default_text, with_own_drawing

__all__ = ["house"]  # the fixture

TEXT = default_text()
SHIPPED = loader.default()
TUMMY = "transversus_abdominis"
OLD_48 = 'value = 48, unit = "h", source = "SEED, PD"'
QUADS = "[phase.dose.quadriceps]\nreps = { value = 5"
NAUGHTY = "Tummy <img src=x onerror=alert(1)> **bold** :red[x]"


def changed(*pairs: tuple[str, str]) -> bytes:
    text = TEXT
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text.encode()


LATER = changed((OLD_48, OLD_48.replace("48", "72")), ('version = "1.1.0"', 'version = "1.2.0"'))


def upload(at: AppTest, content: bytes, name: str = "protocol.toml") -> AppTest:
    at.file_uploader[0].upload(name, content)
    return run(at)


def writable(installation: Installation) -> object:
    """Return all that is recorded but who has signed in when."""
    return {name: rows for name, rows in everything(installation).items() if name != "sign_in"}


def texts(at: AppTest) -> list[str]:
    return [each.value for each in at.text]


def why(at: AppTest, text: str) -> None:
    at.text_area[0].set_value(text)


# seeing


def test_a_physiotherapist_sees_what_is_in_force_and_no_way_to_change_it(house: House):
    at = house.open("protocols", "ann")
    assert title(at) == "Protocols"
    assert f"{SHIPPED.title}, version {SHIPPED.version}" in texts(at)
    assert "As it came with Coach" in texts(at)
    assert f"/api/protocol?digest={SHIPPED.digest}" in links(at)
    assert len(at.file_uploader) == 0
    assert "protocol-put" not in buttons(at)


def test_what_is_coming_and_what_was_are_told_with_who_and_why(house: House):
    at = upload(house.open("protocols", "adam"), LATER)
    at.segmented_control(key="protocol-later-0").set_value(True)
    enter_time(run(at), time(6))
    why(at, "The surgeons ask for it.")
    tap(at, "protocol-put")
    assert "Coming" in [each.value for each in at.header]
    assert "From 6 March 2026, 06:00" in texts(at)
    assert "Adam on 5 March 2026, 10:07: The surgeons ask for it." in texts(at)
    assert "As it came with Coach, until 6 March 2026, 06:00" in texts(at)
    house.clock.goes_on(hours=48)
    at = house.open("protocols", "ann")
    assert texts(at)[texts(at).index(f"{SHIPPED.title}, version 1.2.0") + 1] == "From 6 March 2026, 06:00"
    assert at.expander[0].label == "Earlier"


# a good file


def test_the_difference_is_told_in_words_with_whom_it_affects(house: House):
    at = upload(house.open("protocols", "adam"), LATER)
    assert f"The file is in order: {SHIPPED.title}, version 1.2.0." in texts(at)
    told = texts(at)
    opens = told.index("Tummy tightening opens at 72 h instead of 48 h.")
    assert told[opens + 1] == "Affects 4 patients, 4 of them today."
    assert "It concerns 4 of 4 patients. Today it changes what 4 of them may do." in told
    assert "Version 1.2.0 instead of 1.1.0." in told


def test_it_is_in_force_at_once_for_the_patients_that_are_looking(house: House):
    ada = house.clinic.patient("ada")
    assert isinstance(ada.decisions()[TUMMY], decisions.Open)
    at = upload(house.open("protocols", "adam"), LATER)
    why(at, "The surgeons ask for it.")
    tap(at, "protocol-put")
    assert [each.value for each in at.success]
    assert f"{SHIPPED.title}, version 1.2.0" in texts(at)
    locked = _ada_now(house)
    assert isinstance(locked, decisions.Locked)
    assert locked.opens_at == NOW + timedelta(hours=12)


def _ada_now(house: House) -> decisions.Decision:
    ada = house.clinic.patients["ada"]
    return PatientDesk(desk.open_installation(), ada, Principal(Role.PATIENT, patient=ada)).decisions()[TUMMY]


def test_without_a_reason_nothing_is_stored(house: House):
    at = upload(house.open("protocols", "adam"), LATER)
    before = writable(house.clinic.installation)
    tap(at, "protocol-put")
    assert len(at.error) == 1
    assert writable(house.clinic.installation) == before


def test_a_time_that_is_past_is_refused(house: House):
    at = upload(house.open("protocols", "adam"), LATER)
    at.segmented_control(key="protocol-later-0").set_value(True)
    run(at)
    at.date_input[0].set_value(date(2026, 3, 5))
    enter_time(at, time(6))
    why(at, "Because.")
    run(at)
    before = writable(house.clinic.installation)
    tap(at, "protocol-put")
    assert "This time is past. Choose a time from now on." in [each.value for each in at.error]
    assert writable(house.clinic.installation) == before


def test_the_one_in_force_says_so(house: House):
    at = upload(house.open("protocols", "adam"), TEXT.encode())
    assert "This protocol is in force at that time already." in [each.value for each in at.error]
    assert "protocol-put" not in buttons(at)


def test_a_file_that_says_the_same_otherwise_says_so(house: House):
    at = upload(house.open("protocols", "adam"), b"# ours\n" + TEXT.encode())
    assert "It says the same. Nothing changes but the file itself." in texts(at)
    assert "protocol-put" in buttons(at)


def test_an_earlier_one_is_put_in_force_again(house: House):
    at = upload(house.open("protocols", "adam"), LATER)
    why(at, "First.")
    tap(at, "protocol-put")
    house.clock.goes_on(minutes=1)
    at.segmented_control(key="protocol-source-1").set_value("earlier")
    run(at)
    at.selectbox(key="protocol-known-1").select_index(0)
    run(at)
    assert "Tummy tightening opens at 48 h instead of 72 h." in texts(at)
    why(at, "Back.")
    tap(at, "protocol-put")
    assert f"{SHIPPED.title}, version {SHIPPED.version}" in texts(at)
    assert isinstance(_ada_now(house), decisions.Open)


def test_a_stale_comparison_is_made_again_and_asked_again(house: House):
    at = upload(house.open("protocols", "adam"), LATER)
    why(at, "Mine too.")
    run(at)
    other = changed(('version = "1.1.0"', 'version = "2.0.0"'))
    eve = ProtocolsDesk(desk.open_installation(), house.clinic.people["eve"])
    eve.put_in_force(
        other, "x.toml", starts_at=None, instead_of=SHIPPED.digest, why="Mine first.", key=uuid4()
    )
    house.clock.goes_on(minutes=1)
    tap(at, "protocol-put")
    assert len(eve.periods()) == 2
    assert "Another protocol was put in force meanwhile. Read the differences again." in [
        each.value for each in at.error
    ]
    assert f"Compared with {SHIPPED.title}, version 2.0.0, which is in force then." in texts(at)
    tap(at, "protocol-put")
    assert f"{SHIPPED.title}, version 1.2.0" in texts(at)
    assert len(eve.periods()) == 3


def test_many_patients_are_counted_when_asked_for(house: House, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(protocol_change, "COUNTED_AT_ONCE", 3)
    monkeypatch.setattr(protocol_change, "PROGRESS_EVERY", 1)
    at = upload(house.open("protocols", "adam"), LATER)
    assert "Affects 4 patients, 4 of them today." not in texts(at)
    assert "Tummy tightening opens at 72 h instead of 48 h." in texts(at)
    tap(at, "protocol-count")
    assert "Affects 4 patients, 4 of them today." in texts(at)
    run(at)
    assert "Affects 4 patients, 4 of them today." in texts(at)


def test_what_a_file_says_is_only_ever_plain_text(house: House):
    name = 'name = "Tummy tightening"'
    at = upload(
        house.open("protocols", "adam"),
        changed((OLD_48, OLD_48.replace("48", "72")), (name, f'name = "{NAUGHTY}"')),
    )
    assert "Tummy tightening opens at 72 h instead of 48 h." not in texts(at), "the file is refused"
    for kind in (
        "markdown",
        "error",
        "warning",
        "success",
        "header",
        "subheader",
        "caption",
        "title",
        "button",
        "html",
    ):
        for each in at.get(kind):
            assert "onerror" not in str(getattr(each, "value", "")) + str(getattr(each, "label", "")), kind


# bad files


def deep(levels: int) -> bytes:
    return b"a = " + b"[" * levels + b"]" * levels


BAD: Mapping[str, tuple[bytes, str]] = {
    "empty": (b"", "schema: missing"),
    "only a byte order mark": ("\ufeff".encode(), "schema: missing"),
    "only spaces": (b" \n\n ", "schema: missing"),
    "Latin-1": ('title = "für"'.encode("latin-1"), "line 1: the file is not UTF-8"),
    "UTF-16": (TEXT.encode("utf-16"), "the file is not UTF-8"),
    "a NUL": (changed(('title = "After', 'title = "\x00After')), "this is not TOML"),
    "a control character": (changed(('title = "After', 'title = "\\u0007After')), "title: the text holds"),
    "huge": (TEXT.encode() + b"#" * 400_000, "the file: it has"),
    "nested deeply": (deep(90_000), "nested too deeply"),
    "a key of many parts": (b"a." * 90_000 + b"a = 1", "too many dots"),
    "a PNG": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "the file is not UTF-8"),
    "a ZIP": (b"PK\x03\x04" + b"\x00" * 64, "this is not TOML"),
    "JSON": (b'{"schema": 1}', "this is not TOML"),
    "HTML": (b"<html><script>alert(1)</script></html>", "this is not TOML"),
    "another TOML file": (b'[project]\nname = "x"\n', "schema: missing"),
    "a newer schema": (changed(("schema = 1", "schema = 2")), "made for a newer Coach"),
    "not a number": (changed(("pain_limit = { value = 6", "pain_limit = { value = nan")), "nan is not finite"),
    "infinite": (changed(("pain_limit = { value = 6", "pain_limit = { value = inf")), "inf is not finite"),
    "negative": (changed(("pain_limit = { value = 6", "pain_limit = { value = -6")), "-6 is negative"),
    "a boolean for a number": (changed((QUADS, QUADS.replace("5", "true"))), "true is no number"),
    "a text for a number": (changed((QUADS, QUADS.replace("5", '"5"'))), "'5' is no number"),
    "half a rep": (changed((QUADS, QUADS.replace("5", "4.5"))), "is no whole number"),
    "a huge number": (changed((QUADS, QUADS.replace("5", "1" + "0" * 400))), "a huge number"),
    "a number too long to read": (changed((QUADS, QUADS.replace("5", "1" + "0" * 5000))), "this is not TOML"),
    "over the routine's maximum": (changed((QUADS, QUADS.replace("5", "13"))), "over the maximum of 'quadriceps'"),
    "over what a squeeze may ever be": (
        re.sub(r"(\[routine\.maximum\]\nreps = \{ value = )12", r"\g<1>13", TEXT).encode(),
        "what a squeeze may ever be",
    ),
    "no unit": (changed(("pain_limit = { value = 6, unit = \"NRS\",", "pain_limit = { value = 6,")), "unit: missing"),
    "no source": (changed(('unit = "NRS", source = "S73, PD"', 'unit = "NRS"')), "source: missing"),
    "an unknown key": (changed(("pain_limit =", "pain_limits =")), "rules.pain_limits: unknown key"),
    "a key twice": (changed(("schema = 1", "schema = 1\nschema = 1")), "this is not TOML"),
    "phases out of order": (changed((OLD_48, OLD_48.replace("48", "12"))), "which is not after"),
    "no red flags": (TEXT.replace("[[red_flag]]", "[[red_flags]]").encode(), "red_flag: missing"),
    "a placeholder that is none": (
        changed(('"Breathe as usual."', '"{x.__class__}"')),
        "unknown placeholder",
    ),
}  # fmt: skip


def test_bad_files_are_refused_in_plain_words_and_nothing_is_stored(house: House):
    at = house.open("protocols", "adam")
    before = writable(house.clinic.installation)
    for name, (content, problem) in BAD.items():
        upload(at, content, f"{name}.toml")
        (error,) = [each.value for each in at.error]
        assert error.startswith("This file is not used. "), name
        assert any(problem in line for line in texts(at)), (name, texts(at))
        assert "protocol-put" not in buttons(at), name
        assert "Traceback" not in said(at), name
        assert writable(house.clinic.installation) == before, name
        assert len(texts(at)) < 60, name
    assert len(BAD) >= 30


def test_an_own_drawing_is_seen_before_it_is_put_in_force(house: House):
    content = with_own_drawing("quadriceps", "own_knee", KEPT).encode()
    at = upload(house.open("protocols", "adam"), content)
    assert f"{SHIPPED.routines['quadriceps'].name} has another drawing." in texts(at)
    assert own_drawing.data_address(KEPT) in [each.get("src") for _tag, each in markup(at)]


def test_a_byte_order_mark_before_a_good_file_is_no_fault(house: House):
    at = upload(house.open("protocols", "adam"), "\ufeff".encode() + LATER)
    assert "Tummy tightening opens at 72 h instead of 48 h." in texts(at)
    why(at, "With a mark.")
    tap(at, "protocol-put")
    assert f"{SHIPPED.title}, version 1.2.0" in texts(at)


def test_a_button_that_is_forged_changes_nothing(house: House):
    at = house.open("protocols", "ann")
    before = writable(house.clinic.installation)
    at.session_state["protocol-put"] = True
    at.session_state["protocol-why-0"] = "Forged."
    run(at)
    assert writable(house.clinic.installation) == before
