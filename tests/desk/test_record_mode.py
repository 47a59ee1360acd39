"""The two modes: where a server may listen, and to which of them a record belongs."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest

from coach import desk
from coach.config import mode
from coach.config.mode import Unsafe, UnsafeReason
from coach.desk.installation import record_mode
from coach.records.entries.metadata import Metadata
from coach.records.entries.store import Store
from coach.text import startup
from tests.support.homes import NOW
from tests.support.records import create_patient

NAMES = ("127.0.0.1", "localhost")


@pytest.fixture
def chosen(monkeypatch: pytest.MonkeyPatch):
    """Choose a mode and a public address."""

    def choose(name: str, url: str = "") -> None:
        monkeypatch.setenv("COACH_MODE", name)
        monkeypatch.setenv("COACH_PUBLIC_URL", url)

    return choose


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.open(f"sqlite:///{tmp_path / 'coach.sqlite3'}")


@pytest.mark.parametrize("address", ["127.0.0.1", "127.0.0.9", "::1", "[::1]", "localhost", "LocalHost"])
@pytest.mark.parametrize("name", ["", "home"])
def test_a_home_may_listen_on_this_computer(chosen, name: str, address: str):
    chosen(name)
    mode.check(address, NAMES)


@pytest.mark.parametrize(
    "address", ["", "0.0.0.0", "::", "192.168.1.4", "10.0.0.1", "coach.local", "::ffff:10.0.0.1"]
)
def test_a_home_may_listen_nowhere_else(chosen, address: str):
    chosen("home")
    with pytest.raises(Unsafe) as unsafe:
        mode.check(address, NAMES)
    assert unsafe.value.why is UnsafeReason.HOME_NOT_NEAR


@pytest.mark.parametrize(
    ("address", "url", "names", "why"),
    [
        ("127.0.0.1", "", NAMES, None),
        ("127.0.0.1", "http://127.0.0.1:8501", NAMES, None),
        ("127.0.0.1", "https://coach.example.org", (*NAMES, "coach.example.org"), None),
        ("0.0.0.0", "https://coach.example.org/", ("Coach.Example.org",), None),
        ("0.0.0.0", "https://a.example.org", ("*.example.org",), None),
        ("0.0.0.0", "", NAMES, UnsafeReason.CLINIC_NOT_ENCRYPTED),
        ("", "", NAMES, UnsafeReason.CLINIC_NOT_ENCRYPTED),
        ("192.168.1.4", "http://127.0.0.1:8501", NAMES, UnsafeReason.CLINIC_NOT_ENCRYPTED),
        ("127.0.0.1", "http://coach.example.org", NAMES, UnsafeReason.URL_NOT_ENCRYPTED),
        ("127.0.0.1", "coach.example.org", NAMES, UnsafeReason.URL_WRONG),
        ("127.0.0.1", "https://", NAMES, UnsafeReason.URL_WRONG),
        ("127.0.0.1", "ftp://coach.example.org", NAMES, UnsafeReason.URL_WRONG),
        ("127.0.0.1", "https://coach.example.org/app", NAMES, UnsafeReason.URL_WRONG),
        ("127.0.0.1", "https://coach.example.org", NAMES, UnsafeReason.NAME_NOT_ALLOWED),
        ("127.0.0.1", "https://example.org", ("*.example.org",), UnsafeReason.NAME_NOT_ALLOWED),
    ],
)
def test_a_clinic_needs_encryption_and_its_name(chosen, address, url, names, why):
    chosen("clinic", url)
    if why is None:
        mode.check(address, names)
        return
    with pytest.raises(Unsafe) as unsafe:
        mode.check(address, names)
    assert unsafe.value.why is why


@pytest.mark.parametrize("name", ["Home", "clinical", "1", " clinic"])
def test_there_is_no_third_mode(chosen, name: str):
    chosen(name)
    with pytest.raises(Unsafe):
        mode.check("127.0.0.1", NAMES)


def test_every_reason_has_one_sentence():
    for why in UnsafeReason:
        said = startup.unsafe(why, "coach.example.org")
        assert said.endswith(".")
        assert "{" not in said
    assert startup.UNSAFE.keys() == set(UnsafeReason)


@pytest.mark.parametrize(("own", "other"), [("home", "clinic"), ("clinic", "home")])
def test_a_record_is_marked_once_and_belongs_to_one_mode(chosen, store: Store, own: str, other: str):
    chosen(own)
    record_mode.settle(store)
    record_mode.settle(store)
    assert Metadata(store).value("mode") == own
    chosen(other)
    with pytest.raises(Unsafe):
        record_mode.settle(store)
    assert Metadata(store).value("mode") == own


def test_an_old_record_with_one_patient_is_a_homes(chosen, store: Store):
    create_patient(store, uuid4(), recorded_at=NOW)
    chosen("clinic")
    with pytest.raises(Unsafe) as unsafe:
        record_mode.settle(store)
    assert unsafe.value.why is UnsafeReason.RECORD_OF_HOME
    assert Metadata(store).value("mode") == ""
    chosen("home")
    record_mode.settle(store)


def test_a_record_with_several_patients_is_no_homes_whatever_it_is_marked(chosen, store: Store):
    for _patient in range(2):
        create_patient(store, uuid4(), recorded_at=NOW)
    chosen("home")
    with pytest.raises(Unsafe) as unsafe:
        record_mode.settle(store)
    assert unsafe.value.why is UnsafeReason.RECORD_OF_CLINIC
    Metadata(store).say("mode", "home")
    with pytest.raises(Unsafe):
        record_mode.settle(store)


def test_the_doctor_reads_what_a_server_would(monkeypatch: pytest.MonkeyPatch):
    for name in ("STREAMLIT_SERVER_ADDRESS", "STREAMLIT_SERVER_ALLOWED_HOSTS"):
        monkeypatch.delenv(name, raising=False)
    assert mode.server_settings() == ("127.0.0.1", list(NAMES))
    monkeypatch.setenv("STREAMLIT_SERVER_ADDRESS", "0.0.0.0")
    monkeypatch.setenv("STREAMLIT_SERVER_ALLOWED_HOSTS", "localhost coach.example.org")
    assert mode.server_settings() == ("0.0.0.0", ["localhost", "coach.example.org"])


def test_the_cookie_is_tied_to_https_or_to_this_installation(
    chosen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    chosen("clinic", "https://coach.example.org")
    assert mode.session_cookie() == "__Host-coach"
    chosen("clinic")
    names = set()
    for home in ("one", "two"):
        monkeypatch.setenv("COACH_HOME", str(tmp_path / home))
        names.add(mode.session_cookie())
        assert mode.session_cookie() == mode.session_cookie()
    assert len(names) == 2


def test_a_bracket_that_is_not_closed_is_a_wrong_address(chosen):
    chosen("clinic", "https://[coach.example.org")
    with pytest.raises(Unsafe) as unsafe:
        mode.check("127.0.0.1", NAMES)
    assert unsafe.value.why is UnsafeReason.URL_WRONG


def test_a_record_in_a_place_that_cannot_be_looked_into_stops_no_start(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COACH_DATABASE_URL", f"sqlite:////tmp/{'a' * 300}/coach.sqlite3")
    desk.settle()
    with pytest.raises(desk.RecordUnavailable):
        desk.open_installation()
