"""The stored projection of a patient, from which a caseload is read instead of computed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum
from itertools import pairwise
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Text, select, type_coerce
from sqlalchemy.exc import DBAPIError

from coach.domain.triage import QUIET_FROM
from coach.records.database import current_actor
from coach.records.database.schema import caseload, instant_text, person, standing
from coach.records.database.schema import patient as patient_table
from coach.records.database.upsert import insert

BEGINNING = datetime(1, 1, 2, tzinfo=UTC)
FOREVER = datetime(9999, 1, 1, tzinfo=UTC)
COLUMNS = ("from_at", "until_at", "team", "lead", "name_key", "state", "rank", "since", "reasons")


@dataclass(frozen=True, slots=True)
class NeedRow:
    """Why a patient needs a physiotherapist, over [from_at, until_at) if nothing more is recorded.

    Attributes:
        key: Distinguishes this need from the patient's others.
        reason: A value of `NeedReason`.
        rank: How urgent that kind is, from 1, the most urgent.
        from_at: When it begins.
        until_at: When it ends; `FOREVER` if it does not end by itself.
        seen_until: Until when a physiotherapist marked it as seen; `BEGINNING` if nobody did.
        detail: The values that its sentence mentions, as JSON.
    """

    key: str
    reason: str
    rank: int
    from_at: datetime
    until_at: datetime
    seen_until: datetime
    detail: str

    def holds(self, at: datetime) -> bool:
        """Tell whether the need exists at an instant."""
        return self.from_at <= at < self.until_at

    def seen(self, at: datetime) -> bool:
        """Tell whether a physiotherapist's "seen" covers it at an instant."""
        return at < self.seen_until


@dataclass(frozen=True, slots=True)
class Row:
    """The projection of a patient's entries up to `seq`; `digest` identifies the protocols used."""

    seq: int
    digest: str
    last_at: datetime | None
    active: bool
    card: str
    needs: tuple[NeedRow, ...]

    def current(self, at: datetime) -> tuple[NeedRow, ...]:
        """Return the needs at an instant, the most urgent first."""
        return tuple(sorted((need for need in self.needs if need.holds(at)), key=_urgency))


class State(IntEnum):
    """The state of a patient at an instant; the numbers are stored."""

    NEEDED = 0
    SEEN = 1
    ON_TRACK = 2
    DISCHARGED = 3
    LATER = 4


@dataclass(frozen=True, slots=True)
class Stretch:
    """A patient's state over [from_at, until_at), by the most urgent need not marked as seen."""

    from_at: datetime
    until_at: datetime
    state: State
    rank: int
    since: datetime
    reasons: str


def _urgency(need: NeedRow) -> tuple[int, datetime, str]:
    return need.rank, need.from_at, need.key


def stretches(row: Row) -> list[Stretch]:
    """Return the patient's states, in order and without a gap.

    The time before the last entry is never asked for: the first stretch has the state at that
    entry.
    """
    first = row.last_at or BEGINNING
    cuts = {cut for need in row.needs for cut in (need.from_at, need.until_at, need.seen_until)}
    inner = sorted(cut for cut in cuts if first < cut < FOREVER)
    found: list[Stretch] = []
    for start, end in pairwise((BEGINNING, *inner, FOREVER)):
        state, rank, since, reasons = _at(row, max(start, first))
        last = found[-1] if found else None
        if last and (last.state, last.rank, last.since, last.reasons) == (state, rank, since, reasons):
            start = found.pop().from_at
        found.append(Stretch(start, end, state, rank, since, reasons))
    return found


def _at(row: Row, instant: datetime) -> tuple[State, int, datetime, str]:
    current = row.current(instant)
    open_ones = [need for need in current if not need.seen(instant)]
    counted = open_ones or current
    if not counted:
        return State.ON_TRACK if row.active else State.DISCHARGED, 0, BEGINNING, ""
    reasons = " ".join(sorted({need.reason for need in counted}))
    return _state(current, open_ones), counted[0].rank, counted[0].from_at, f" {reasons} "


def _state(current: tuple[NeedRow, ...], open_ones: list[NeedRow]) -> State:
    """Return the state of a patient with these needs.

    A need that can wait neither moves a patient up nor undoes "seen".
    """
    if any(need.rank < QUIET_FROM for need in open_ones):
        return State.NEEDED
    if not open_ones or any(need.rank < QUIET_FROM for need in current):
        return State.SEEN
    return State.LATER


def begin(connection: Connection, patient: UUID) -> None:
    """Insert an empty projection for a new patient, as "system"."""
    blank = {"patient": patient, "seq": 0, "digest": "", "active": 1, "card": "", "needs": "[]"}
    with current_actor.within(connection, current_actor.SYSTEM):
        connection.execute(
            insert(connection, caseload).values(blank).on_conflict_do_nothing(index_elements=["patient"])
        )


def outdate(connection: Connection, patient: UUID) -> None:
    """Mark a patient's projection as out of date."""
    connection.execute(caseload.update().where(caseload.c.patient == patient).values(digest=""))


def write(connection: Connection, patient: UUID, row: Row) -> None:
    """Replace a patient's projection."""
    values = {
        "seq": row.seq,
        "digest": row.digest,
        "last_at": row.last_at,
        "active": int(row.active),
        "card": row.card,
        "needs": json.dumps([_plain(need) for need in row.needs]),
    }
    connection.execute(caseload.update().where(caseload.c.patient == patient).values(values))
    _stand(connection, patient, row)


def read(connection: Connection, patient: UUID) -> Row | None:
    """Return a patient's projection; None if it was never computed."""
    found = connection.execute(select(caseload).where(caseload.c.patient == patient)).first()
    if found is None or not found.card:
        return None
    return Row(
        found.seq, found.digest, found.last_at, bool(found.active), found.card, tuple(needs(found.needs))
    )


def hold(connection: Connection, patient: UUID) -> None:
    """Lock a patient's projection until this transaction ends, as "system".

    Every transaction that adds an entry does so; otherwise two could each store a projection that
    lacks the other's entries.
    """
    with current_actor.within(connection, current_actor.SYSTEM):
        connection.execute(select(patient_table.c.id).where(patient_table.c.id == patient).with_for_update())


def named(connection: Connection, patient: UUID) -> None:
    """Copy the patient's name, reference, team and lead into the projection, as "system".

    Call `hold` first, unless the patient is new.
    """
    begin(connection, patient)
    with current_actor.within(connection, current_actor.SYSTEM):
        row = read(connection, patient)
        if row:
            _stand(connection, patient, row)


def follows(connection: Connection, patient: UUID, row: Row) -> bool:
    """Tell whether everything stored for a patient equals `row`."""
    try:
        if read(connection, patient) != row or not _to_the_letter(connection, patient):
            return False
        columns = [standing.c[name] for name in COLUMNS]
        there = connection.execute(select(*columns).where(standing.c.patient == patient)).all()
    except (
        DBAPIError,
        TypeError,
        ValueError,
    ):  # a flipped bit: a value that cannot be read
        return False
    wanted = [tuple(each[name] for name in COLUMNS) for each in _rows(connection, patient, row)]
    return sorted(map(repr, map(tuple, there))) == sorted(map(repr, wanted))


def _to_the_letter(connection: Connection, patient: UUID) -> bool:
    """Tell whether every stored instant is written exactly as Coach writes it.

    Reading alone would accept another character in place of the T.
    """
    if connection.dialect.name != "sqlite":
        return True
    where = (caseload.c.patient == patient, standing.c.patient == patient)
    last = type_coerce(caseload.c.last_at, Text)
    lines = connection.execute(select(last, caseload.c.needs).where(where[0])).all()
    instants = (type_coerce(standing.c[name], Text) for name in ("from_at", "until_at", "since"))
    texts = [text for line in connection.execute(select(*instants).where(where[1])) for text in line]
    for at, stored in lines:
        texts += [at] if at is not None else []
        if stored != json.dumps([_plain(need) for need in needs(stored)]):
            return False
    return all(instant_text(datetime.fromisoformat(text)) == text for text in texts)


def _stand(connection: Connection, patient: UUID, row: Row) -> None:
    connection.execute(standing.delete().where(standing.c.patient == patient))
    if rows := _rows(connection, patient, row):
        connection.execute(standing.insert(), rows)


def _rows(connection: Connection, patient: UUID, row: Row) -> list[dict[str, Any]]:
    query = select(person.c.team, person.c.lead, person.c.name_key).where(person.c.patient == patient)
    known = connection.execute(query).first()
    if known is None:
        return []
    whose = {"patient": patient, "team": known.team, "lead": known.lead, "name_key": known.name_key}
    return [
        whose
        | {
            "from_at": each.from_at,
            "until_at": each.until_at,
            "state": int(each.state),
            "rank": each.rank,
            "since": each.since,
            "reasons": each.reasons,
        }
        for each in stretches(row)
    ]


def needs(text: str) -> Iterator[NeedRow]:
    """Yield the needs in a stored text."""
    for each in json.loads(text):
        key, reason, rank, *instants, detail = each
        from_at, until_at, seen_until = map(datetime.fromisoformat, instants)
        yield NeedRow(key, reason, rank, from_at, until_at, seen_until, detail)


def _plain(need: NeedRow) -> list[str | int]:
    instants = (instant_text(at) for at in (need.from_at, need.until_at, need.seen_until))
    return [need.key, need.reason, need.rank, *instants, need.detail]
