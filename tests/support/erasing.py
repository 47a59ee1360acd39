"""A furnished record, one patient of it erased, and all rows of what is left."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from coach.domain.caseload_card import Card
from coach.domain.facts import ClinicianHold, Message, Note, Setting
from coach.records.clinic.accounts import Account, Accounts, Invitation, SignIn
from coach.records.clinic.audit import Audit, AuditLine
from coach.records.clinic.caseload import Caseload
from coach.records.clinic.people import People, Person
from coach.records.clinic.reminders import Address, Mail, Reminders
from coach.records.database import schema
from coach.records.entries.caseload_rows import Row
from coach.records.entries.store import Store
from coach.records.upkeep import erasure
from coach.records.upkeep.erasure import erase
from tests.support.record_making import NOON, draft

CANARIES = ("Kanarie Zwart", "REF-kanarie", "kanarie.login", "a canary in a note", 'a "canary" in\na message',
            "canary: a reason", "Kanarie the first")  # fmt: skip

CARD = Card("UTC", None, (), (), None, (), NOON)


def furnished(store: Store, team: UUID, *, words: tuple[str, ...] = CANARIES, staff: bool = False) -> UUID:
    """Make a patient of whom there is something in every table."""
    name, reference, login, note, message, reason, first = words
    who, people, accounts = uuid4(), People(store), Accounts(store)
    role = "physiotherapist" if staff else None
    people.add_person(Person(who, name, reference, team, None), at=NOON)
    facts = (Note(uuid4(), note), Message(message), Setting("first_name", first))
    store.append(who, [draft(fact) for fact in facts])
    one = store.append(who, [draft(ClinicianHold(None, reason), author=f"physiotherapist:{uuid4()}")])[0]
    store.append(who, [draft(supersedes=one.entry.id)])
    Caseload(store).write(who, Row(5, "d", NOON, active=True, card=CARD, needs=()))
    account = Account(uuid4(), login, name, role, who, NOON, password_hash=f"hash of {login}")
    accounts.add(account)
    accounts.invite(Invitation(uuid4(), f"code {uuid4()}", account.id, NOON, NOON))
    accounts.begin(SignIn(f"token {uuid4()}", account.id, "full", NOON, NOON, NOON))
    people.look(account.id, who, seq=1, at=NOON, lasts=timedelta(0))
    if staff:
        people.join(team, account.id)
    reminders = Reminders(store)
    reminders.keep(Address(who, hashlib.sha256(who.bytes).hexdigest(), NOON))
    reminders.ask(Mail(who, f"{login}@mail.example", 18, f"stop {login}", "", NOON, NOON))
    Audit(store).write(AuditLine(uuid4(), NOON, account.id, "patient", "history.see", who, "allowed"))
    return who


OTHER = ("Ben Kanarie", "R-2", "ben", "I feel well", "Hello there", "because of the heat", "Benjamin")


def all_rows(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    with store.reading() as connection:
        return {
            name: sorted((tuple(row) for row in connection.execute(table.select())), key=repr)
            for name, table in schema.metadata.tables.items()
            if name != "secret"  # each record has its own from the beginning
        }


def erased(store: Store, who: UUID) -> erasure.Erased:
    return erase(store, who, at=NOON, by="operator", line=uuid4())
