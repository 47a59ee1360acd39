"""How a patient stands at every instant, against the needs asked one by one."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from coach.domain import standing
from coach.domain.caseload_order import rank
from coach.domain.need import Need, NeedReason
from coach.domain.standing import State, Stretch
from coach.domain.times import BEGINNING, FOREVER

START = datetime(2026, 3, 1, tzinfo=UTC)
REASONS = (
    NeedReason.RED_FLAG,
    NeedReason.PAIN_UP,
    NeedReason.UNREAD,
    NeedReason.OVER_DOING,
    NeedReason.SILENT,
)
instants = st.integers(0, 12).map(lambda hours: START + timedelta(hours=hours))


@dataclass(frozen=True, slots=True)
class Row:
    last_at: datetime | None
    active: bool
    needs: tuple[Need, ...]


def stretches(row: Row) -> list[Stretch]:
    return standing.stretches(row.needs, last_at=row.last_at, active=row.active)


@st.composite
def rows(draw: st.DrawFn) -> Row:
    found = []
    for number in range(draw(st.integers(0, 5))):
        reason = draw(st.sampled_from(REASONS))
        begins = draw(instants)
        lasts = draw(st.none() | st.integers(1, 6))
        ends = FOREVER if lasts is None else begins + timedelta(hours=lasts)
        seen = draw(st.just(BEGINNING) | instants)
        found.append(Need(reason, f"n{number}", begins, ends, {}, seen))
    return Row(draw(st.none() | instants), draw(st.booleans()), tuple(found))


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
        assert found.rank == min(rank(n) for n in counted)
        assert found.since == min(n.from_at for n in counted if rank(n) == found.rank)
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


def test_what_holds_is_half_open_and_the_most_urgent_comes_first():
    begins, ends = START, START + timedelta(days=1)
    low = Need(NeedReason.LOW, "low:x", begins, ends)
    flag = Need(NeedReason.RED_FLAG, "red_flag:x", begins, FOREVER)
    second = timedelta(seconds=1)
    assert standing.current([low, flag], begins - second) == ()
    assert standing.current([low, flag], begins) == (flag, low)
    assert standing.current([low, flag], ends) == (flag,)
