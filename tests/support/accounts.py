"""Accounts, written straight into a record."""

from __future__ import annotations

from uuid import UUID, uuid4

from coach.records.database import schema
from coach.records.entries.store import Store
from tests.support.record_making import NOON


def account(store: Store, name: str = "Kim") -> UUID:
    made = uuid4()
    row = {"id": made, "login": made.hex, "name": name, "totp_step": 0, "made_at": NOON}
    with store.writing() as connection:
        connection.execute(schema.account.insert().values(row))
    return made
