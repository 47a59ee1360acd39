"""A ticket names one patient for one account and for a while, and tells nothing itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from coach.desk.access.patient_tokens import RENEWED_AFTER, VALID_FOR, PatientTokens
from coach.records.database import schema
from coach.records.entries.store import Store
from tests.support.records import create_patient, opened

NOW = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
PAT, KIM, ADA, BEN = uuid4(), uuid4(), uuid4(), uuid4()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = opened(tmp_path / "clinic.sqlite3")
    for patient in (ADA, BEN):
        create_patient(made, patient, recorded_at=NOW)
    yield made
    made.close()


@pytest.fixture
def tokens(store: Store) -> PatientTokens:
    return PatientTokens(store)


def test_a_ticket_leads_to_its_patient_for_its_account_alone(tokens: PatientTokens):
    ticket = tokens.issue(PAT, ADA, now=NOW)
    assert tokens.patient(ticket, PAT, now=NOW) == ADA
    assert tokens.patient(ticket, KIM, now=NOW) is None
    assert tokens.patient(ticket, None, now=NOW) is None


def test_a_ticket_that_nobody_issued_leads_nowhere(tokens: PatientTokens):
    assert tokens.patient("guess", PAT, now=NOW) is None
    assert tokens.patient("", None, now=NOW) is None


def test_a_ticket_ends(tokens: PatientTokens):
    ticket = tokens.issue(PAT, ADA, now=NOW)
    assert tokens.patient(ticket, PAT, now=NOW + VALID_FOR - timedelta(seconds=1)) == ADA
    assert tokens.patient(ticket, PAT, now=NOW + VALID_FOR) is None


def test_a_page_that_is_shown_again_names_the_same_ticket_until_it_is_half_over(tokens: PatientTokens):
    ticket = tokens.issue(PAT, ADA, now=NOW)
    assert tokens.issue(PAT, ADA, now=NOW + RENEWED_AFTER - timedelta(seconds=1)) == ticket
    renewed = tokens.issue(PAT, ADA, now=NOW + RENEWED_AFTER)
    assert renewed != ticket
    assert tokens.patient(ticket, PAT, now=NOW + RENEWED_AFTER) == ADA  # an open page may still ask with it


def test_every_patient_and_every_account_has_tickets_of_its_own(tokens: PatientTokens):
    made = {tokens.issue(who, whom, now=NOW) for who in (PAT, KIM) for whom in (ADA, BEN)}
    assert len(made) == 4


def test_a_ticket_tells_nothing_of_the_patient_and_cannot_be_guessed(tokens: PatientTokens):
    ticket = tokens.issue(PAT, ADA, now=NOW)
    assert len(ticket) >= 22  # 128 bits
    assert ADA.hex not in ticket
    assert str(ADA)[:8] not in ticket


def test_tickets_that_are_over_are_not_kept(tokens: PatientTokens, store: Store):
    for minute in range(0, 6000, 40):
        tokens.issue(PAT, ADA, now=NOW + timedelta(minutes=minute))
    with store.reading() as connection:
        assert (connection.scalar(select(func.count()).select_from(schema.ticket)) or 0) <= 3


def test_the_record_keeps_no_ticket_that_could_be_read_from_it(tokens: PatientTokens, store: Store):
    name = tokens.issue(PAT, ADA, now=NOW)
    with store.reading() as connection:
        assert name not in repr(connection.execute(select(schema.ticket)).all())
