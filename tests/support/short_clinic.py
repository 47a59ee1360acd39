"""A clinic's server with short doses and a clock to move, and the same record seen from the test."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

from coach.config import mode
from coach.desk import Installation, PatientDesk, Principal
from coach.desk.access.permissions import Role
from coach.desk.accounts.sign_in import SignIns, Stage
from coach.desk.installation import clock
from coach.protocols import loader
from coach.records.clinic.people import Person, Team
from coach.records.entries.metadata import Metadata
from tests.support.clinics import add_account
from tests.support.noon import NOON_ZONE
from tests.support.patients import answer_set_up
from tests.support.protocols import short_doses
from tests.support.records import opened
from tests.support.server import ROOT, AppServer

TIMED = ROOT / "tests" / "support" / "apps" / "timed.py"


@dataclass(frozen=True)
class Somebody:
    """Somebody with an account; `patient` is None for the staff."""

    account: UUID
    patient: UUID | None


class ShortClinic:
    """A server that is not started yet, and one care team."""

    def __init__(self, folder: Path, protocol: Callable[[Path], Path] = short_doses) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.home = folder / "clinic"
        self._protocol_file = protocol(folder)
        self.protocol = loader.load(self._protocol_file)
        self._clock = folder / "clock"
        self.go_forward(timedelta())
        env = {
            "COACH_MODE": "clinic",
            "COACH_TEST_PROTOCOL": str(self._protocol_file),
            "COACH_TEST_CLOCK": str(self._clock),
        }
        self.server = AppServer(self.home, entry=TIMED, env=env)
        self.home.mkdir(exist_ok=True)
        self._installation = Installation(
            opened(self.home / "coach.sqlite3"), clinic=True, protocol=self.protocol
        )
        Metadata(self._installation.store).say("mode", "clinic")
        self.team = uuid4()
        self._installation.people.add_team(Team(self.team, "Spine"), at=clock.now())

    def add_patient(self, name: str, *, set_up: bool = True, hours: float = 60) -> Somebody:
        """Make a patient who answered set-up, with the procedure so many hours ago; or who has yet to answer."""
        made = Somebody(uuid4(), uuid4())
        person = Person(made.patient or uuid4(), name.title(), f"R-{name}", self.team, None)
        self._installation.people.add_person(person, at=clock.now())
        add_account(self._installation, made.account, name, Role.PATIENT, made.patient)
        if set_up:
            answer_set_up(self.desk(made), procedure=timedelta(hours=hours), zone=NOON_ZONE)
        return made

    def add_physiotherapist(self, name: str) -> Somebody:
        """Make a member of the care team."""
        made = Somebody(uuid4(), None)
        add_account(self._installation, made.account, name, Role.PHYSIOTHERAPIST)
        self._installation.people.join(self.team, made.account)
        return made

    def desk(self, who: Somebody) -> PatientDesk:
        """Return a patient's own desk."""
        assert who.patient
        return PatientDesk(self._installation, who.patient, Principal(Role.PATIENT, patient=who.patient))

    def cookie(self, who: Somebody) -> dict[str, str]:
        """Let somebody sign in anew; return what their browser then carries."""
        found = self._installation.accounts.account(who.account)
        assert found
        # Counted from the moved clock, as the server does.
        now = clock.now() + timedelta(seconds=float(self._clock.read_text()))
        with self._at_home():
            token = SignIns(self._installation)._begin(found, Stage.FULL, now).token  # noqa: SLF001  signs in without the time that a password takes
            name = mode.session_cookie()
        return {"name": name, "value": token, "url": self.server.url}

    def end_sign_ins(self, who: Somebody) -> None:
        """End every session of somebody."""
        self._installation.accounts.end_all(who.account, at=clock.now())

    def go_forward(self, by: timedelta) -> None:
        """Move the desk's clock."""
        self._clock.write_text(str(by.total_seconds()))

    @contextmanager
    def _at_home(self) -> Iterator[None]:
        before = os.environ.get("COACH_HOME")
        os.environ["COACH_HOME"] = str(self.home)
        try:
            yield
        finally:
            if before is None:
                del os.environ["COACH_HOME"]
            else:
                os.environ["COACH_HOME"] = before
