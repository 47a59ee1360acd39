"""The stored projection of a patient, from which a caseload is read instead of computed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Text, bindparam, select, type_coerce
from sqlalchemy.exc import DBAPIError

from coach.domain import caseload_order, standing
from coach.domain.caseload_card import Card
from coach.domain.need import Need, NeedReason
from coach.domain.times import BEGINNING, FOREVER, utc
from coach.records.database import current_actor
from coach.records.database.schema import caseload, instant_text, person
from coach.records.database.schema import patient as patient_table
from coach.records.database.schema import standing as standing_table
from coach.records.database.upsert import insert

STORED = tuple(caseload.c[name] for name in ("seq", "digest", "last_at", "active", "card", "needs"))
_OUTDATED = caseload.update().where(caseload.c.patient == bindparam("of")).values(digest="")
READ_AT_MOST = 1000  # projections that a process keeps as read, at a few kB each
COLUMNS = ("from_at", "until_at", "team", "lead", "name_key", "state", "rank", "since", "reasons")


@dataclass(frozen=True, slots=True)
class Row:
    """The projection of a patient's entries up to `seq`.

    Attributes:
        seq: The number of the last entry that it was computed from.
        digest: Identifies the program and protocols used; "" if it is out of date.
        last_at: When the patient last recorded something; None for never.
        active: Whether the clinic follows the patient.
        card: What the caseload shows; None if nothing could be computed, or if a bit flipped since.
        needs: Why the patient needs a physiotherapist, now or later.
        odd_entry: Without a card: the number of the entry that cannot be read; 0 if unknown.
    """

    seq: int
    digest: str
    last_at: datetime | None
    active: bool
    card: Card | None
    needs: tuple[Need, ...]
    odd_entry: int = 0


def begin(connection: Connection, patient: UUID) -> None:
    """Insert an empty projection for a new patient, as "system"."""
    blank = {"patient": patient, "seq": 0, "digest": "", "active": 1, "card": "", "needs": "[]"}
    with current_actor.within(connection, current_actor.SYSTEM):
        connection.execute(
            insert(connection, caseload).values(blank).on_conflict_do_nothing(index_elements=["patient"])
        )


def outdate(connection: Connection, patient: UUID) -> None:
    """Mark a patient's projection as out of date."""
    connection.execute(_OUTDATED, {"of": patient})


def write(connection: Connection, patient: UUID, row: Row) -> None:
    """Replace a patient's projection."""
    connection.execute(caseload.update().where(caseload.c.patient == patient).values(to_columns(row)))
    _stand(connection, patient, row)


def read(connection: Connection, patient: UUID) -> Row | None:
    """Return a patient's projection; None if it was never computed."""
    found = connection.execute(select(*STORED).where(caseload.c.patient == patient)).first()
    return to_row(found) if found is not None and found.card else None


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
    """Tell whether everything stored for a patient equals `row`, to the letter."""
    wanted = to_columns(row)
    columns = [standing_table.c[name] for name in COLUMNS]
    try:
        stored = connection.execute(select(*STORED).where(caseload.c.patient == patient)).first()
        if stored is None or stored._asdict() != wanted or not _as_written(connection, patient):
            return False
        there = connection.execute(select(*columns).where(standing_table.c.patient == patient)).all()
    except (DBAPIError, TypeError, ValueError):  # a flipped bit: a value that cannot be read
        return False
    stand = [tuple(each[name] for name in COLUMNS) for each in _standings(connection, patient, row)]
    return sorted(map(repr, map(tuple, there))) == sorted(map(repr, stand))


def _as_written(connection: Connection, patient: UUID) -> bool:
    """Tell whether every stored instant is written exactly as Coach writes it.

    Reading alone would accept another character in place of the T.
    """
    if connection.dialect.name != "sqlite":
        return True
    last = type_coerce(caseload.c.last_at, Text)
    texts = list(connection.scalars(select(last).where(caseload.c.patient == patient, last.is_not(None))))
    instants = (type_coerce(standing_table.c[name], Text) for name in ("from_at", "until_at", "since"))
    for line in connection.execute(select(*instants).where(standing_table.c.patient == patient)):
        texts += line
    return all(instant_text(datetime.fromisoformat(text)) == text for text in texts)


def _stand(connection: Connection, patient: UUID, row: Row) -> None:
    connection.execute(standing_table.delete().where(standing_table.c.patient == patient))
    if rows := _standings(connection, patient, row):
        connection.execute(standing_table.insert(), rows)


def _standings(connection: Connection, patient: UUID, row: Row) -> list[dict[str, Any]]:
    query = select(person.c.team, person.c.lead, person.c.name_key).where(person.c.patient == patient)
    known = connection.execute(query).first()
    if known is None:
        return []
    whose = {"patient": patient, "team": known.team, "lead": known.lead, "name_key": known.name_key}
    stretches = [standing.TO_BE_LOOKED_AT]
    if row.card:
        stretches = standing.stretches(row.needs, last_at=row.last_at, active=row.active)
    return [
        whose
        | {
            "from_at": each.from_at,
            "until_at": each.until_at,
            "state": each.state.value,
            "rank": each.rank,
            "since": each.since,
            "reasons": each.reasons,
        }
        for each in stretches
    ]


# The columns of a row. What they hold is compared to the letter, so a change here needs a new `projection.MADE`.


def to_columns(row: Row) -> Mapping[str, Any]:
    """Return the values of the columns in `STORED`."""
    return {
        "seq": row.seq,
        "digest": row.digest,
        "last_at": row.last_at,
        "active": int(row.active),
        "card": _card_text(row.card),
        "needs": json.dumps([_need_values(need) for need in row.needs] if row.card else [_odd_values(row)]),
    }


def to_row(stored: Any) -> Row:
    """Return the row that has these columns (`STORED`).

    Without a card where nothing could be computed, or where a bit flipped.
    """
    try:
        card, needs, odd = _told(stored.card, stored.needs)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError):
        # a flipped bit: `rebuild` computes this one again, the others are shown meanwhile
        card, needs, odd = None, (), 0
    return Row(stored.seq, stored.digest, stored.last_at, bool(stored.active), card, needs, odd)


@lru_cache(READ_AT_MOST)
def _told(card: str, needs: str) -> tuple[Card | None, tuple[Need, ...], int]:
    """Return card and needs, and the number of an entry that cannot be read.

    An open list asks for the same rows every few seconds; what is written in the same words is read once.
    """
    plain, listed = json.loads(card), json.loads(needs)
    if plain is None:
        return None, (), _odd_entry(listed)
    return _card(plain), tuple(_need(*values) for values in listed), 0


def _card_text(card: Card | None) -> str:
    plain = {each.name: getattr(card, each.name) for each in fields(Card)} if card else None
    return json.dumps(plain, separators=(",", ":"), default=lambda day_or_instant: day_or_instant.isoformat())


def _card(plain: Mapping[str, Any]) -> Card:
    latest, first, last = plain["latest_pain"], plain["procedure_day"], plain["last_at"]
    return Card(
        zone=plain["zone"],
        procedure_day=date.fromisoformat(first) if first else None,
        phases=tuple((datetime.fromisoformat(at), name) for at, name in plain["phases"]),
        pain=tuple((date.fromisoformat(day), float(score)) for day, score in plain["pain"]),
        latest_pain=(datetime.fromisoformat(latest[0]), latest[1]) if latest else None,
        shares=tuple((date.fromisoformat(day), share) for day, share in plain["shares"]),
        last_at=datetime.fromisoformat(last) if last else None,
        closed_until=datetime.fromisoformat(plain["closed_until"]),
        over_days=plain["over_days"],
        needs_days=plain.get("needs_days", 1),
    )


def _need_values(need: Need) -> list[str | int]:
    instants = (instant_text(at) for at in (need.from_at, need.until_at, need.seen_until))
    detail = json.dumps(dict(need.detail), separators=(",", ":"), sort_keys=True)
    return [need.key, need.reason.value, caseload_order.rank(need), *instants, detail]


def _need(key: str, reason: str, _rank: int, begins: str, ends: str, seen: str, detail: str) -> Need:
    """Return one stored need; its rank follows from the rest."""
    from_at, until_at, seen_until = map(datetime.fromisoformat, (begins, ends, seen))
    told = dict(json.loads(detail))
    return Need(NeedReason(reason), key, utc(from_at), utc(until_at), told, utc(seen_until))


def _odd_values(row: Row) -> list[str | int]:
    """Return what is stored in place of the needs if nothing can be computed."""
    begins, ends = instant_text(BEGINNING), instant_text(FOREVER)
    detail = json.dumps({"entry": row.odd_entry} if row.odd_entry else {})
    return [standing.UNREADABLE, standing.UNREADABLE, 0, begins, ends, begins, detail]


def _odd_entry(listed: list[list[str]]) -> int:
    found = json.loads(listed[0][-1]).get("entry", 0)
    return found if type(found) is int else 0
