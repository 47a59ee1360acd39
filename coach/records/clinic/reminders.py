"""Reminders: the secret address of a patient's calendar, and e-mail reminders: address and hour."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection, Table, and_, case, exists, or_, select

from coach.domain.times import CLOCK_SLACK, utc
from coach.records.database.schema import calendar_address, mail_reminder
from coach.records.database.upsert import insert
from coach.records.entries.store import Store

__all__ = ["Address", "Mail", "Reminders", "are_there", "clear"]

SINCE = "0005"  # the revision that made the tables
TABLES = (calendar_address, mail_reminder)
CLAIM_HOLDS = timedelta(minutes=15)  # longer than sending ever takes
MOST_CLAIMS = 2  # attempts a day: one, and a second if the outcome of the first is unknown
SENT = ("sent_for", "claimed_for", "claims", "claimed_at")  # what happened to the e-mails
AHEAD = timedelta(days=1)  # days: after a flight west the last e-mail may carry tomorrow's date


@dataclass(frozen=True, slots=True)
class Address:
    """A calendar's address: digest of its secret, and when a program last read it (None: never)."""

    patient: UUID
    secret_hash: str
    made_at: datetime
    read_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Mail:
    """The address and local hour of a patient's e-mail reminders.

    `confirmed_at` is None until the patient enters the code. `stop_secret` is in the link in each
    e-mail; it ends the reminders and does nothing else. `sent_for` is an ISO date, or "".
    """

    patient: UUID
    address: str
    hour: int
    stop_secret: str
    code_hash: str
    code_ends_at: datetime
    confirmed_at: datetime | None = None
    sent_for: str = ""
    claimed_for: str = ""
    claims: int = 0
    claimed_at: datetime | None = None


def was_sent(mail: Mail, day: date) -> bool:
    """Tell whether the e-mail of a local day was sent.

    A stored day far ahead comes from a wrong clock and is ignored.
    """
    return day.isoformat() <= mail.sent_for <= (day + AHEAD).isoformat()


class Reminders:
    """The reminders of one database; PostgreSQL shows those that the acting role may see."""

    def __init__(self, store: Store) -> None:
        self._store = store

    # the calendar's address

    def address(self, patient: UUID) -> Address | None:
        """Return the address of that patient's calendar, or None."""
        query = select(calendar_address).where(calendar_address.c.patient == patient)
        with self._store.reading() as connection:
            row = connection.execute(query).first()
        return Address(*row) if row else None

    def by_secret(self, secret_hash: str) -> Address | None:
        """Return the address whose secret has that digest, or None."""
        query = select(calendar_address).where(calendar_address.c.secret_hash == secret_hash)
        with self._store.reading() as connection:
            row = connection.execute(query).first()
        return Address(*row) if row else None

    def keep(self, new: Address) -> None:
        """Store an address in place of the earlier one."""
        row = asdict(new) | {"made_at": utc(new.made_at)}
        with self._store.writing() as connection:
            _put(connection, calendar_address, row)

    def read(self, patient: UUID, *, at: datetime) -> None:
        """Store when a program read the calendar."""
        mine = calendar_address.c.patient == patient
        with self._store.writing() as connection:
            connection.execute(calendar_address.update().where(mine).values(read_at=utc(at)))

    def revoke(self, patient: UUID) -> bool:
        """Delete a calendar's address; tell whether there was one."""
        mine = calendar_address.c.patient == patient
        with self._store.writing() as connection:
            return bool(connection.execute(calendar_address.delete().where(mine)).rowcount)

    # e-mail

    def mail(self, patient: UUID) -> Mail | None:
        """Return the patient's e-mail reminders, confirmed or not; None if they asked for none."""
        query = select(mail_reminder).where(mail_reminder.c.patient == patient)
        with self._store.reading() as connection:
            row = connection.execute(query).first()
        return Mail(*row) if row else None

    def by_stop_secret(self, secret: str) -> Mail | None:
        """Return the reminders that the link with that secret ends, or None."""
        query = select(mail_reminder).where(mail_reminder.c.stop_secret == secret)
        with self._store.reading() as connection:
            row = connection.execute(query).first()
        return Mail(*row) if row else None

    def ask(self, new: Mail) -> None:
        """Store an address that is to be confirmed, in place of an earlier one.

        What was sent or claimed today stays: the patient was reminded today already.
        """
        row = asdict(new) | {"code_ends_at": utc(new.code_ends_at)}
        with self._store.writing() as connection:
            _put(connection, mail_reminder, row, keep=SENT)

    def confirm(self, patient: UUID, code_hash: str, *, at: datetime, latest: datetime) -> bool:
        """Confirm the address by the digest of its code.

        Tell whether the code was right and in time.

        A code that would hold beyond `latest` was made while a clock stood ahead, and is refused.
        """
        right = and_(
            mail_reminder.c.patient == patient,
            mail_reminder.c.code_hash == code_hash,
            mail_reminder.c.code_ends_at > utc(at),
            mail_reminder.c.code_ends_at <= utc(latest),
            mail_reminder.c.confirmed_at.is_(None),
        )
        with self._store.writing() as connection:
            done = connection.execute(
                mail_reminder.update().where(right).values(confirmed_at=utc(at), code_hash="")
            )
            return bool(done.rowcount)

    def set_hour(self, patient: UUID, hour: int) -> None:
        """Change the local hour of the reminders."""
        mine = mail_reminder.c.patient == patient
        with self._store.writing() as connection:
            connection.execute(mail_reminder.update().where(mine).values(hour=hour))

    def stop(self, patient: UUID) -> bool:
        """Delete the e-mail address; tell whether there was one."""
        mine = mail_reminder.c.patient == patient
        with self._store.writing() as connection:
            return bool(connection.execute(mail_reminder.delete().where(mine)).rowcount)

    def confirmed(self) -> list[Mail]:
        """Return all confirmed e-mail reminders."""
        query = select(mail_reminder).where(mail_reminder.c.confirmed_at.is_not(None))
        with self._store.reading() as connection:
            return [Mail(*row) for row in connection.execute(query.order_by(mail_reminder.c.patient))]

    def claim(self, patient: UUID, day: date, *, at: datetime) -> bool:
        """Claim the one e-mail of a local day; False if another process has claimed it.

        A claim that is not settled within a quarter of an hour was left by a program that died: it
        may be claimed once more, and then never again on that day.
        """
        mail, now, today = mail_reminder.c, utc(at), day.isoformat()
        free = or_(
            mail.claimed_for != today,
            mail.claims == 0,
            and_(
                mail.claims < MOST_CLAIMS,
                or_(
                    mail.claimed_at.is_(None),
                    mail.claimed_at <= utc(at - CLAIM_HOLDS),
                    mail.claimed_at > utc(at + CLOCK_SLACK),
                ),
            ),
        )
        # A day further ahead was stored while a clock stood ahead.
        not_sent = or_(mail.sent_for < today, mail.sent_for > (day + AHEAD).isoformat())
        mine = and_(mail.patient == patient, mail.confirmed_at.is_not(None), not_sent, free)
        claims = case((mail.claimed_for == today, mail.claims + 1), else_=1)
        with self._store.writing() as connection:
            done = connection.execute(
                mail_reminder.update().where(mine).values(claimed_for=today, claims=claims, claimed_at=now)
            )
            return bool(done.rowcount)

    def settle(self, patient: UUID, day: date) -> None:
        """Store that nothing more is sent for a local day."""
        mine = mail_reminder.c.patient == patient
        with self._store.writing() as connection:
            connection.execute(mail_reminder.update().where(mine).values(sent_for=day.isoformat()))

    def release(self, patient: UUID, *, claimed_at: datetime) -> None:
        """Release a claim whose e-mail is known not to have been sent."""
        mail = mail_reminder.c
        mine = and_(mail.patient == patient, mail.claimed_at == utc(claimed_at), mail.claims > 0)
        with self._store.writing() as connection:
            connection.execute(
                mail_reminder.update().where(mine).values(claims=mail.claims - 1, claimed_at=None)
            )


def are_there(connection: Connection) -> bool:
    """Tell whether any address is stored."""
    return any(connection.scalar(select(exists().select_from(table))) for table in TABLES)


def clear(store: Store) -> None:
    """Delete every calendar and e-mail address.

    A restored backup cannot know which of them were revoked since.
    """
    with store.writing() as connection:
        for table in TABLES:
            connection.execute(table.delete())


def _put(connection: Connection, table: Table, row: dict[str, object], *, keep: Iterable[str] = ()) -> None:
    """Insert a row, or update the existing one except for the columns in `kept`."""
    values = insert(connection, table).values(row)
    written = {name: value for name, value in row.items() if name not in keep}
    connection.execute(values.on_conflict_do_update(index_elements=["patient"], set_=written))
