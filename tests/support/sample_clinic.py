"""A clinic's server that shows a sample: tests and pictures look at it as anybody."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import patch
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from playwright.sync_api import Browser, Page

from coach.config import mode
from coach.desk import Installation, PatientDesk, Principal
from coach.desk.access.permissions import Role
from coach.desk.accounts import demo_viewers
from coach.desk.accounts.sign_in import SignIns, Stage
from coach.desk.installation import clock
from coach.records.clinic.people import Person
from coach.records.entries.store import Store
from tests.support import browser
from tests.support.browser_steps import AT_REST
from tests.support.clinics import KNEE, Clinic, add_account, make_clinic
from tests.support.homes import Clock
from tests.support.patients import ZONE
from tests.support.server import AppServer
from tests.support.short_home import TIMED

#: Whom one looks as: their names in the clinic.
LOOKS = {"patient": "ben", "physiotherapist": "ann", "administrator": "adam"}


@contextmanager
def by_day() -> Iterator[timedelta]:
    """Let the desk's clock show the coming noon of the patients; yield by how much it is ahead.

    At night no exercise is proposed, and the tests run at any hour.
    """
    now = clock.now().astimezone(ZoneInfo(ZONE))
    noon = now.replace(hour=12, minute=0, second=0, microsecond=0)
    noon += timedelta(days=noon < now)
    with clock.showing(Clock(noon.astimezone(UTC))):
        yield noon - now


def sample_server(
    folder: Path, made: Clinic, *, ahead: timedelta = timedelta(), env: Mapping[str, str] | None = None
) -> Iterator[AppServer]:
    """Close a clinic that was made in a folder, and serve it; its clock may be ahead."""
    made.installation.store.close()
    shown = folder / "clock"
    shown.write_text(str(ahead.total_seconds()))
    env = {
        "COACH_TEST_CLOCK": str(shown),
        "COACH_MODE": "clinic",
        "COACH_SAMPLE": "1",
        "COACH_DATABASE_URL": f"sqlite:///{folder / 'clinic.sqlite3'}",
    } | dict(env or {})
    server = AppServer(folder, entry=TIMED, env=env).start()
    yield server
    server.stop()


@dataclass
class SampleClinic:
    """A clinic that is served by day, and its record as the test sees it beside the server."""

    server: AppServer
    made: Clinic
    ahead: timedelta
    accounts: dict[str, UUID] = field(default_factory=dict)
    patients: dict[str, UUID] = field(default_factory=dict)
    homes: dict[str, AppServer] = field(default_factory=dict)
    _store: Store | None = None

    @property
    def url(self) -> str:
        """The server's address."""
        return self.server.url

    @property
    def installation(self) -> Installation:
        """The record, opened beside the server."""
        if self._store is None:
            self._store = Store.open(self.server.env["COACH_DATABASE_URL"])
        return Installation(self._store, clinic=True)

    def close(self) -> None:
        """Close the record and stop the homes; the clinic's server goes on."""
        for home in self.homes.values():
            home.stop()
        if self._store:
            self._store.close()

    def serve_home(self, name: str, folder: Path) -> None:
        """Serve the record of somebody at home, by the same clock and in the same languages."""
        same = ("COACH_TEST_CLOCK", "COACH_PSEUDO_LANGUAGES", "COACH_TEST_TEMPLATE")
        env = {each: self.server.env[each] for each in same if each in self.server.env}
        self.homes[name] = AppServer(folder, entry=TIMED, env=env).start()

    @contextmanager
    def in_time(self) -> Iterator[None]:
        """Let the desk here read the server's clock."""
        with clock.showing(lambda: datetime.now(UTC) + self.ahead):  # noqa: TID251  ahead of the real one
            yield

    def add_patient(self, name: str, *, team: UUID | None = KNEE) -> PatientDesk:
        """Take in a patient with an account; who answers set-up is the caller's to say."""
        with self.in_time():
            account, patient = uuid4(), uuid4()
            person = Person(patient, f"Patient {name.title()}", f"R-{name}", team, None)
            self.installation.people.add_person(person, at=clock.now())
            add_account(self.installation, account, f"{name}-{account}", Role.PATIENT, patient)
        self.accounts[name], self.patients[name] = account, patient
        return self.desk(name)

    def desk(self, name: str) -> PatientDesk:
        """Return a patient's own desk, beside the server."""
        patient = self.patients.get(name) or self.made.patients[name]
        return PatientDesk(self.installation, patient, Principal(Role.PATIENT, patient=patient))

    def cookie(self, name: str, stage: Stage = Stage.FULL) -> dict[str, str]:
        """Let somebody sign in without the time that a password takes; return what their browser carries."""
        account = self.accounts.get(name) or self.made.people[name].account
        assert account
        with self.in_time(), patch.dict(os.environ, {"COACH_HOME": str(self.server.home)}):
            found = self.installation.accounts.account(account)
            assert found
            token = SignIns(self.installation)._begin(found, stage, clock.now()).token  # noqa: SLF001
            return {"name": mode.session_cookie(), "value": token, "url": self.url}


def sample_clinic(
    folder: Path, *, pseudo_languages: bool = False, sample: bool = True, template: Path | None = None
) -> Iterator[SampleClinic]:
    """Serve a clinic by day, with the made-up languages or not; `sample`: with the line that says what it is.

    `template`: the collected texts of which the made-up languages are made.
    """
    with by_day() as ahead:
        made = make_clinic(folder)
        known = {role: made.people[name].account for role, name in LOOKS.items()}
        demo_viewers.mark(made.installation, {role: account for role, account in known.items() if account})
    env = {"COACH_PSEUDO_LANGUAGES": "1"} if pseudo_languages else {}
    env |= {} if sample else {"COACH_SAMPLE": ""}
    env |= {"COACH_TEST_TEMPLATE": str(template)} if template else {}
    for server in sample_server(folder, made, ahead=ahead, env=env):
        clinic = SampleClinic(server, made, ahead)
        yield clinic
        clinic.close()


def look_as(
    chromium: Browser,
    clinic: SampleClinic,
    whom: str,
    *,
    language: str = "en-GB",
    width: int = 390,
    zone: str = ZONE,
) -> Page:
    """Open the first page as one of `LOOKS`, as a patient who was taken in, or as nobody ("")."""
    page = open_as(chromium, clinic, whom, language=language, width=width, zone=zone)
    page.goto(clinic.url)
    page.locator("h1, h2").first.wait_for()
    return page


def open_as(
    chromium: Browser,
    clinic: SampleClinic,
    whom: str,
    *,
    language: str,
    width: int = 390,
    zone: str = ZONE,
    stage: Stage = Stage.FULL,
) -> Page:
    """Open a browser in which somebody has signed in, without an address yet."""
    context = chromium.new_context(
        viewport={"width": width, "height": 844}, locale=language, timezone_id=zone
    )
    context.set_default_timeout(browser.SOON)
    context.add_init_script(browser.STOPWATCH)
    if whom:
        context.add_cookies([clinic.cookie(LOOKS.get(whom, whom), stage)])  # type: ignore[list-item]
    return context.new_page()


def arrive(page: Page, address: str) -> None:
    """Follow a cold link to a page and wait until it stands still."""
    page.goto(address)
    page.locator(".stMain h1, .stMain h2").first.wait_for()
    page.wait_for_function(AT_REST)
