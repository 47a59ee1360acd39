"""The audit is added to, read newest first, and never changed; the same on both databases."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy.exc import DBAPIError

from coach.records.clinic.audit import Audit, AuditLine
from coach.records.entries.store import RecordUnavailable, Store
from tests.support.record_making import NOON

HOUR = timedelta(hours=1)


@pytest.fixture
def audit(store: Store) -> Audit:
    return Audit(store)


def line(hours: float = 0, **other: object) -> AuditLine:
    parts = {
        "id": uuid4(),
        "at": NOON + hours * HOUR,
        "account": uuid4(),
        "role": "physiotherapist",
        "action": "review.see",
        "patient": uuid4(),
        "outcome": "allowed",
    }
    return AuditLine(**parts | other)  # type: ignore[arg-type]


def written(audit: Audit, *lines: AuditLine) -> tuple[AuditLine, ...]:
    for each in lines:
        audit.write(each)
    return lines


def test_lines_come_back_newest_first(audit: Audit):
    first, last, middle = written(audit, line(0), line(2), line(1, account=None, patient=None))
    assert audit.read() == [last, middle, first]
    assert audit.read(limit=1) == [last]


def test_a_line_is_written_once(audit: Audit):
    (only,) = written(audit, line())
    audit.write(only)
    assert audit.read() == [only]


def test_each_filter_finds_its_own(audit: Audit):
    _, seen, refused, _ = written(
        audit, line(0), line(1), line(2, action="plan.change", outcome="refused"), line(3)
    )
    assert audit.read(account=seen.account) == [seen]
    assert audit.read(patient=refused.patient) == [refused]
    assert audit.read(action="plan.change") == [refused]
    assert audit.read(action="plan") == []
    assert audit.read(outcome="refused") == [refused]
    assert audit.read(since=seen.at, until=refused.at + HOUR) == [refused, seen]
    assert audit.read(since=seen.at, until=refused.at) == [seen]
    assert audit.read(account=seen.account, outcome="refused") == []


def test_pages_follow_each_other_also_where_many_happened_at_once(audit: Audit):
    written(audit, *(line(i // 5) for i in range(17)))
    whole, pages, before = audit.read(), [], None
    while page := audit.read(limit=4, before=before):
        pages += page
        before = page[-1].id
    assert pages == whole
    assert len(whole) == 17


def test_there_is_nothing_older_than_an_unknown_line(audit: Audit):
    written(audit, line())
    assert audit.read(before=uuid4()) == []


@pytest.mark.parametrize("change", ["UPDATE audit SET role = 'x'", "DELETE FROM audit"])
def test_no_line_is_ever_changed_or_removed(audit: Audit, store: Store, change: str):
    (only,) = written(audit, line())
    with pytest.raises((DBAPIError, RecordUnavailable)), store.writing() as connection:
        connection.exec_driver_sql(change)
    assert audit.read() == [only]


def test_an_account_that_is_gone_may_stand_in_the_audit(audit: Audit):
    (only,) = written(audit, line(account=UUID(int=1), patient=UUID(int=2)))
    assert audit.read() == [only]
