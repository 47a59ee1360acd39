"""Clinics for the bench: a hundred patients of different courses, and the same a hundred times over."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import select

from coach.config import mode
from coach.desk import Installation, PatientDesk, Principal
from coach.desk.access.permissions import Role
from coach.desk.accounts.sign_in import SignIns, Stage
from coach.desk.clinic.caseload import catch_up
from coach.desk.installation.projection import projector
from coach.desk.installation.recording import new_key
from coach.domain.facts import Message, Pain, PainWhen, RedFlagYes, Reply
from coach.records.clinic.accounts import Account
from coach.records.clinic.patient_directory import PatientDirectory
from coach.records.clinic.people import Person, Team, folded
from coach.records.database import schema
from coach.records.entries import caseload_rows, hash_chain
from coach.records.entries.metadata import Metadata
from coach.records.entries.store import Draft, Store
from tests.bench.records import BATCH, NOW, TWELVE, acts, draft, session, sets_of_everybody
from tests.support.clinics import add_account
from tests.support.patients import answer_set_up, clock_at

PATIENTS = 100
ENTRIES = 40  # of each patient
BUSY = 50  # patients of the clinic that a busy one is grown from
LONG_OF_TEN = 1  # of ten patients of a busy clinic so many have a course of twelve weeks
SIGN_INS_OF_ONE = 10  # browsers in which one physiotherapist of a busy clinic has signed in
TEAM = UUID(int=1)
PAT = UUID(int=2)
COPIED_AT_ONCE = 500
LEAST_ELEMENTS = 10  # of a page with a list on it; who is not let in gets fewer

_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody in a browser of theirs: the cookie, and the patient whom it shows; "" for the staff."""

    cookie: str
    patient: str = ""


def small(folder: Path) -> None:
    """Make a clinic of a hundred patients, each entry recorded and projected as the app does it."""
    _make(folder, [_short] * PATIENTS)


def busy(folder: Path, times: int) -> None:
    """Make a clinic of fifty times so many patients, short courses and some of twelve weeks."""
    first = folder.with_name(f"{folder.name}-first")
    first.mkdir()
    _make(first, [_long if n % 10 < LONG_OF_TEN else _short for n in range(BUSY)])
    grown(first, folder, times)


def one_long(folder: Path) -> None:
    """Make a clinic of one patient, with a course of twelve weeks."""
    _make(folder, [_long])


def _make(folder: Path, courses: Sequence[Callable[[PatientDesk, Random], None]]) -> None:
    store = _store(folder)
    Metadata(store).say("mode", "clinic")
    installation = Installation(store, clinic=True)
    installation.people.add_team(Team(TEAM, "Spine"), at=NOW)
    installation.accounts.add(Account(PAT, "pat", "Pat", Role.PHYSIOTHERAPIST.value, None, NOW))
    installation.people.join(TEAM, PAT)
    dice = Random(11)
    for number, course in enumerate(courses):
        patient = new_key()
        person = Person(patient, _name(number), f"A-{number:04}", TEAM, PAT)
        installation.people.add_person(person, at=NOW)
        course(PatientDesk(installation, patient, Principal(Role.PATIENT, patient=patient)), dice)
    store.close()


def grown(of: Path, folder: Path, times: int) -> None:
    """Make a clinic of so many times the patients of another: the same courses under other names and keys."""
    folder.mkdir(exist_ok=True)
    shutil.copy(of / "coach.sqlite3", folder / "coach.sqlite3")
    store = _store(folder)
    with store.reading() as connection:
        people = [dict(row) for row in connection.execute(select(schema.person)).mappings()]
        entries: dict[UUID, list[Mapping[str, Any]]] = {}
        for row in connection.execute(select(schema.entry).order_by(schema.entry.c.seq)).mappings():
            entries.setdefault(row["patient"], []).append(dict(row))
        rows = {each["patient"]: caseload_rows.read(connection, each["patient"]) for each in people}
    copies = [(turn, each) for turn in range(1, times) for each in people]
    for start in range(0, len(copies), COPIED_AT_ONCE):
        with store.writing() as connection:
            for turn, each in copies[start : start + COPIED_AT_ONCE]:
                known = rows[each["patient"]]
                if known is None:
                    raise RuntimeError("a patient without a projection")
                _copy(connection, turn, each, entries[each["patient"]], known)
    _check(store, len(people) * times)
    store.close()


def cookie(folder: Path) -> str:
    """Let the physiotherapist of a clinic be signed in at the bench's clock; return what their browser carries."""
    with _open(folder) as installation:
        return _cookie(installation, PAT)


def patients(folder: Path) -> list[str]:
    """Return the patients of a clinic, those with the longest records first."""
    with _open(folder) as installation:
        found = PatientDirectory(installation.store).find(teams=frozenset({TEAM}), limit=10_000)
        heads = {str(each.patient): installation.store.head(each.patient)[0] for each in found}
    return sorted(heads, key=lambda each: -heads[each])


def sign_in_patients(folder: Path, chosen: Sequence[str]) -> list[SignedIn]:
    """Let patients be signed in over https, each with an account of their own."""
    signed = []
    with _open(folder) as installation, clock_at(NOW):
        for patient in chosen:
            account = new_key()
            add_account(installation, account, f"patient-{account}", Role.PATIENT, UUID(patient))
            signed.append(SignedIn(_cookie(installation, account, mode.SAFE_COOKIE), patient))
    return signed


def sign_in_staff(folder: Path, many: int) -> list[SignedIn]:
    """Let physiotherapists of the care team be signed in over https, in so many browsers."""
    signed: list[SignedIn] = []
    with _open(folder) as installation, clock_at(NOW):
        while len(signed) < many:
            account = new_key()
            add_account(installation, account, f"physio-{account}", Role.PHYSIOTHERAPIST)
            installation.people.join(TEAM, account)
            browsers = min(SIGN_INS_OF_ONE, many - len(signed))
            signed += [
                SignedIn(_cookie(installation, account, mode.SAFE_COOKIE)) for _browser in range(browsers)
            ]
    return signed


@contextmanager
def _open(folder: Path) -> Iterator[Installation]:
    before = os.environ["COACH_HOME"]
    os.environ["COACH_HOME"] = str(folder)
    store = _store(folder)
    try:
        yield Installation(store, clinic=True)
    finally:
        store.close()
        os.environ["COACH_HOME"] = before


def _cookie(installation: Installation, account: UUID, name: str = "") -> str:
    found = installation.accounts.account(account)
    if found is None:
        raise RuntimeError("nobody to sign in")
    token = SignIns(installation)._begin(found, Stage.FULL, NOW).token  # noqa: SLF001  signs in without the time that a password takes
    return f"{name or mode.session_cookie()}={token}"


def _store(folder: Path) -> Store:
    return Store.open(f"sqlite:///{folder / 'coach.sqlite3'}")


def _short(own: PatientDesk, dice: Random) -> None:
    """One patient: most began lately and go on, some are silent, over-doing, in pain, flagged, or write."""
    own_days = dice.choice([1, 1, 2, 2, 3, 3, 4, 6, 9, 15, 40])
    began = NOW - timedelta(days=own_days, hours=dice.randint(2, 9))
    with clock_at(began + timedelta(hours=3)):
        answer_set_up(own, procedure=timedelta(hours=3), replies={"anticoagulant": Reply.NO})
    left = ENTRIES - own.installation.store.head(own.patient)[0]
    if left <= 0:
        raise RuntimeError("set-up alone has more entries than a patient is to have")
    _record(own, sorted(_told(own, own_days, dice), key=lambda each: each.at)[-left:])


def _long(own: PatientDesk, _dice: Random) -> None:
    """One patient with a course of twelve weeks, three sessions and a check-in each day."""
    began = NOW - timedelta(weeks=TWELVE)
    with clock_at(began + timedelta(hours=3)):
        answer_set_up(own, procedure=timedelta(hours=3))
    known = own.course()
    if known is None:
        raise RuntimeError("set-up left no course")
    _record(own, [each for act in acts(own.protocol, known, began) for each in act])


def _record(own: PatientDesk, drafts: Sequence[Draft]) -> None:
    installation = own.installation
    with clock_at(NOW):
        for start in range(0, len(drafts), BATCH):
            batch = drafts[start : start + BATCH]
            installation.history_cache.append(own.patient, batch, project=projector(installation, NOW))


def _told(own: PatientDesk, days: int, dice: Random) -> Iterator[Draft]:
    """Yield the last days of a patient, more entries than are wanted."""
    known = own.course()
    if known is None:
        raise RuntimeError("set-up left no course")
    last = NOW - timedelta(hours=dice.choice([1, 2, 3, 5, 8, 20, 30, 60]))
    pain, sessions = dice.randint(1, 5), dice.choice([1, 2, 3, 3, 4, 8])
    for ago in range(min(days, 10)):
        day = last - timedelta(days=ago)
        yield draft(
            day,
            Pain(
                min(10, pain + dice.choice([0, 0, 1]) + 3 * (ago == 0 and dice.random() < 0.1)), PainWhen.NOW
            ),
        )
        for turn in range(sessions):
            at = day - timedelta(minutes=70 * turn)
            span = known.span_at(at)
            sets = sets_of_everybody(own.protocol, span.phase) if span else []
            if span and sets:
                yield from session(own.protocol, sets, at, span.phase.id, dice)
        for extra in range(4):
            yield draft(day - timedelta(minutes=7 * extra), Pain(pain, PainWhen.NOW))
    if dice.random() < 0.03:
        yield draft(last, RedFlagYes("fall"))
    if dice.random() < 0.05:
        yield draft(last, Message("May I climb the stairs?"))


def _copy(
    connection: Any,
    turn: int,
    person: Mapping[str, Any],
    entries: list[Mapping[str, Any]],
    known: caseload_rows.Row,
) -> None:
    patient = new_key()
    keys = {str(entry["id"]): str(new_key()) for entry in entries}

    def renamed(text: str) -> str:
        return _ID.sub(lambda found: keys.get(found[0], found[0]), text)

    rows, last = [], ""
    for entry in entries:
        row = dict(entry) | {
            "id": UUID(keys[str(entry["id"])]),
            "patient": patient,
            "payload": renamed(entry["payload"]),
            "supersedes": UUID(keys[str(entry["supersedes"])]) if entry["supersedes"] else None,
            "prev_hash": last,
        }
        row["hash"] = last = hash_chain.digest(row)
        rows.append(row)
    name, reference = f"{person['name']} {turn}", f"B-{turn:04}-{person['reference']}"
    named = {
        "patient": patient,
        "name": name,
        "reference": reference,
        "name_key": folded(f"{name} {reference}"),
    }
    needs = tuple(replace(need, key=renamed(need.key)) for need in known.needs)
    connection.execute(schema.patient.insert().values(id=patient, created_at=NOW))
    connection.execute(schema.entry.insert(), rows)
    connection.execute(schema.person.insert().values(dict(person) | named))
    caseload_rows.begin(connection, patient)
    caseload_rows.write(connection, patient, replace(known, needs=needs))


def _check(store: Store, many: int) -> None:
    """Make sure that the copies are as the app would have written them."""
    installation = Installation(store, clinic=True)
    project = projector(installation, NOW)
    patients = [
        each.patient for each in PatientDirectory(store).find(teams=frozenset({TEAM}), limit=many + 1)
    ]
    with clock_at(NOW):
        left = catch_up(installation, 0)
    wrong = [
        patient
        for patient in Random(5).sample(patients, min(50, len(patients)))
        if store.verify(patient)
        or installation.caseload.read(patient) != project(installation.history_cache.history(patient))
    ]
    if len(patients) != many or left or wrong:
        raise RuntimeError(
            f"not as the app writes it: {len(patients)} patients, {left} stale, {len(wrong)} wrong"
        )


FIRST = ("Ada", "Ben", "Cleo", "Dora", "Emil", "Fay", "Gus", "Hana", "Ivo", "June")
LAST = ("Abel", "Brandt", "Cruz", "Dorn", "Engel", "Frey", "Gold", "Hahn", "Iben", "Jung")


def _name(number: int) -> str:
    return f"{FIRST[number % 10]} {LAST[number // 10 % 10]}"
