"""A physiotherapist's morning and a patient's day, in two browsers: found, understood, changed, read, and over again."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from uuid import UUID

import pyotp
import pytest
from playwright.sync_api import Page, expect

from coach.desk.access.authorization import Principal
from coach.desk.access.permissions import Role
from coach.desk.installation import clock as desk_clock
from coach.desk.installation.recording import new_key
from coach.desk.patient.patient_desk import PatientDesk
from coach.domain.times import from_wall_clock, local
from coach.records.entries.metadata import Metadata
from tests.support.browser_sign_in import sign_in
from tests.support.browser_steps import ALL_FOUR, heading, see, tap
from tests.support.clinic_team import (
    clinic,
    patient,
    patient_with_password,
    physiotherapist,
    team,
)
from tests.support.patients import ZONE, answer_set_up
from tests.support.server import AppServer
from tests.support.short_home import TIMED

SINCE = timedelta(hours=27)


def pick(page: Page, name: str) -> None:
    """Choose one of several."""
    page.get_by_role("radio", name=name).or_(page.get_by_role("button", name=name)).first.click()


class Clinic:
    """A clinic at noon, where Ada has told of a symptom and Ben has not."""

    def __init__(self, folder: Path) -> None:
        self.clock = folder / "clock"
        folder.mkdir(parents=True)
        tomorrow = local(self._computer(), ZONE).date() + timedelta(days=1)
        noon = from_wall_clock(datetime.combine(tomorrow, time(12)), ZONE)
        self.set_ahead(noon - self._computer())
        desk_clock.use(lambda: self._computer() + self.ahead)
        self.installation = clinic(folder)
        Metadata(self.installation.store).say("mode", "clinic")
        spine = team(self.installation)
        self.ada = self._patient(spine, "Ada Example", "R-1")
        self._patient(spine, "Ben Example", "R-2")
        self.desk(self.ada).red_flags.report_flag("new_leg_tingling", key=new_key())
        self.ada_login = patient_with_password(self.installation, self.ada)
        _account, self.secret = physiotherapist(self.installation, spine)
        self.set_ahead(self.ahead + timedelta(minutes=5))
        self.server = AppServer(
            folder, entry=TIMED, env={"COACH_MODE": "clinic", "COACH_TEST_CLOCK": str(self.clock)}
        )

    @staticmethod
    def _computer() -> datetime:
        return datetime.now(UTC)  # noqa: TID251  the browser's own, too

    @property
    def ahead(self) -> timedelta:
        return timedelta(seconds=float(self.clock.read_text()))

    def set_ahead(self, by: timedelta) -> None:
        self.clock.write_text(str(by.total_seconds()))

    def code(self) -> str:
        return pyotp.TOTP(self.secret).at(int((self._computer() + self.ahead).timestamp()))

    def desk(self, who: UUID) -> PatientDesk:
        return PatientDesk(self.installation, who, Principal(Role.PATIENT, patient=who))

    def _patient(self, spine: UUID, name: str, reference: str) -> UUID:
        made = patient(self.installation, spine, reference=reference, name=name)
        answer_set_up(self.desk(made), procedure=SINCE, awake=True, zone=ZONE)
        return made


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Clinic]:
    monkeypatch.setenv("COACH_HOME", str(tmp_path / "clinic"))
    made = Clinic(tmp_path / "clinic")
    made.server.start()
    yield made
    made.server.stop()
    desk_clock.use()


def test_a_red_flag_is_found_cleared_and_an_exercise_opened_until_tonight(
    house: Clinic, open_page: Callable[..., Page]
):
    # Pat finds Ada on top, and reads why
    pat = open_page("desktop")
    sign_in(pat, house.server.url, "mara")
    pat.get_by_label("Code", exact=True).fill(house.code())
    tap(pat, "Go on")
    heading(pat, "Caseload")
    first = pat.locator("tbody tr, [role=row]").filter(has_text="Ada Example").first
    expect(first).to_contain_text("Red flag")
    expect(first).to_contain_text("tingling")
    names = pat.locator("text=/(Ada|Ben) Example/").all_inner_texts()
    assert names[0].startswith("Ada")
    # reviews
    first.get_by_role("button", name=re.compile("Review")).click()
    heading(pat, "What changed")
    see(pat, "Ada Example")
    see(pat, re.compile("tingling"))
    # clears the flag with a reason
    see(pat, "Files to take along")  # the page is whole
    tap(pat, "Clear red flag")
    heading(pat, "Clear red flag")
    pat.get_by_label("Why? The patient reads this.").fill("We spoke; it was the way you sat.")
    pat.keyboard.press("Tab")
    see(pat, "We spoke; it was the way you sat.")
    tap(pat, "Save this change")
    see(pat, "Saved. The patient sees it on Today.")
    # opens tummy tightening until tonight
    pick(pat, "Open early or change dose")
    pick(pat, "Tummy tightening")
    pick(pat, "Tonight")
    pat.get_by_label("Why? The patient reads this.").fill("You are doing well.")
    pat.keyboard.press("Tab")
    row = pat.locator(".st-key-plan-table tr", has_text="Tummy tightening").first
    expect(row).to_contain_text("closed: before its phase")
    expect(row).to_contain_text(re.compile(r"open: \d × \d seconds"))
    see(pat, "You are doing well.")
    tap(pat, "Save this change")
    see(pat, "Saved. The patient sees it on Today.")
    # Ada sees it open and reads who and why, in another browser, the server having gone on
    ada = open_page("phone")
    sign_in(ada, house.server.url, house.ada_login)
    heading(ada, "You can exercise now")
    see(ada, ALL_FOUR)
    see(ada, "Mara Koch opened tummy tightening")
    see(ada, re.compile("You are doing well."))
    see(ada, re.compile("We spoke; it was the way you sat."))
    # after the evening it is closed again
    house.set_ahead(house.ahead + timedelta(hours=10, minutes=10))
    later = open_page("phone")
    sign_in(later, house.server.url, house.ada_login)
    see(later, "Ankle pumps, bottom squeeze and thigh tightening, lying on your back.")
    see(later, re.compile("Not yet: opens tomorrow"))
