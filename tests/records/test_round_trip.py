"""Whatever can be said of a patient is read back as it was said."""

from datetime import date, datetime
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coach.domain.payloads import KINDS
from coach.domain.times import utc
from coach.records.entries.store import Store
from tests.support.record_making import NOON, days, draft, facts, instants
from tests.support.records import create_patient


@pytest.mark.parametrize("kind", KINDS)
@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data(), at=instants(), recorded_at=instants(), day=days())
def test_every_kind_of_fact_is_read_back_equal(
    store: Store, kind: str, data: st.DataObject, at: datetime, recorded_at: datetime, day: date
):
    patient = uuid4()
    create_patient(store, patient, recorded_at=NOON)
    said = draft(data.draw(facts(kind)), at=at, recorded_at=recorded_at, local_date=day)
    told = store.append(patient, [said])[0].entry
    [entry] = store.entries(patient)
    assert entry == told
    assert (entry.fact, entry.kind, entry.local_date) == (said.fact, kind, day)
    assert (entry.at, entry.recorded_at) == (utc(at), utc(recorded_at))
    assert entry.at.utcoffset() == utc(at).utcoffset()
    assert not store.append(patient, [said])[0].new
    assert store.verify(patient) == []
