"""How a patient stands at every instant, against the needs asked one by one."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from coach.records.entries.caseload_rows import BEGINNING, FOREVER, NeedRow, Row, State, stretches

START = datetime(2026, 3, 1, tzinfo=UTC)
REASONS = ("red_flag", "pain_up", "silent", "low", "unread")
instants = st.integers(0, 12).map(lambda hours: START + timedelta(hours=hours))


@st.composite
def rows(draw: st.DrawFn) -> Row:
    found = []
    for number in range(draw(st.integers(0, 5))):
        rank = draw(st.integers(1, len(REASONS)))
        begins = draw(instants)
        lasts = draw(st.none() | st.integers(1, 6))
        ends = FOREVER if lasts is None else begins + timedelta(hours=lasts)
        seen = draw(st.just(BEGINNING) | instants)
        found.append(NeedRow(f"n{number}", REASONS[rank - 1], rank, begins, ends, seen, "{}"))
    return Row(1, "d", draw(st.none() | instants), draw(st.booleans()), "{}", tuple(found))


@given(rows(), st.integers(-10, 200).map(lambda tenths: START + timedelta(hours=tenths / 10)))
def test_a_stretch_says_what_the_needs_say(row: Row, at: datetime):
    holding = [each for each in stretches(row) if each.from_at <= at < each.until_at]
    assert len(holding) == 1
    (found,) = holding
    at = max(at, row.last_at or at)
    current = [n for n in row.needs if n.from_at <= at < n.until_at]
    unseen = [n for n in current if not at < n.seen_until]
    counted = unseen or current
    if not current:
        assert found.state is (State.ON_TRACK if row.active else State.DISCHARGED)
        assert (found.rank, found.since, found.reasons) == (0, BEGINNING, "")
    else:
        assert found.state is (State.NEEDED if unseen else State.SEEN)
        assert found.rank == min(n.rank for n in counted)
        assert found.since == min(n.from_at for n in counted if n.rank == found.rank)
        assert set(found.reasons.split()) == {n.reason for n in counted}


@given(rows())
def test_stretches_follow_each_other_without_a_gap_and_none_is_like_the_one_before(row: Row):
    found = stretches(row)
    assert (found[0].from_at, found[-1].until_at) == (BEGINNING, FOREVER)
    for one, next_one in pairwise(found):
        assert one.until_at == next_one.from_at
        assert (one.state, one.rank, one.since, one.reasons) != (
            next_one.state,
            next_one.rank,
            next_one.since,
            next_one.reasons,
        )
