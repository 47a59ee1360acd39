"""When a calendar and an e-mail remind: at the patient's own times, as the phases and the gate say."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.domain import decisions, facts, gate, nights, reminders
from coach.domain.case import Case
from coach.domain.errors import BadValue, Fault
from coach.domain.times import local, utc
from tests.domain.story import GLUTES, NOON, PHYSIO, PROTOCOL, PUMPS, QUADS, TUMMY, Story

THREE = "08:00,12:30,18:00"


def story(times: str = THREE, **begins: float) -> Story:
    made = Story().begins(**begins)
    made.add(facts.Setting(reminders.TIMES, times), 0)
    return made


def slots(made: Story, at: float | datetime) -> tuple[reminders.Slot, ...]:
    return reminders.slots(Case.of(PROTOCOL, made.history), now=made.instant(at))


def by_day(made: Story, at: float | datetime) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for slot in slots(made, at):
        found.setdefault(slot.day.isoformat(), []).append(f"{slot.clock:%H:%M}")
    return found


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("", []),
        (THREE, ["08:00", "12:30", "18:00"]),
        (" 18:00 ,08:00, 08:00", ["08:00", "18:00"]),
        ("00:00,23:59", ["00:00", "23:59"]),
    ],
)
def test_times_are_read_in_order_and_once(text: str, times: list[str]):
    found = reminders.clock_times(text)
    assert [f"{each:%H:%M}" for each in found] == times
    assert reminders.clock_times(reminders.as_setting(found)) == found


@pytest.mark.parametrize(
    "text", ["8:00", "24:00", "08:60", "08.00", "08:00:00", "noon", "0٨:00", "08:00;DROP", "08:00\r\nX:Y", 8, None, True]
)  # fmt: skip
def test_what_is_no_time_of_day_is_refused(text: object):
    with pytest.raises(BadValue) as refused:
        reminders.clock_times(text)
    assert refused.value.fault is Fault.NOT_A_TIME_OF_DAY


def test_a_seventh_time_is_refused():
    with pytest.raises(BadValue) as refused:
        reminders.clock_times(",".join(f"{hour:02}:00" for hour in range(7)))
    assert refused.value.fault is Fault.TOO_MANY_TIMES


def test_without_chosen_times_and_without_a_procedure_nothing_is_proposed():
    assert slots(Story().begins(), 60) == ()
    empty = Story()
    empty.add(facts.Setting(reminders.TIMES, THREE), 0)
    assert slots(empty, 60) == ()


def test_the_first_events_come_when_a_routine_opens_and_follow_the_phases():
    made = story()  # the procedure ended on Wednesday 4 June at noon, home an hour later
    days = by_day(made, 0)
    assert days["2025-06-04"] == ["18:00"]  # ankle pumps, from 14:00
    assert (
        days["2025-06-05"] == days["2025-06-06"] == ["08:00", "12:30", "18:00"]
    )  # hourly pumps fill the times
    first = {(f"{s.day:%m-%d}", f"{s.clock:%H:%M}"): s.routines for s in slots(made, 0)}
    assert first["06-05", "08:00"] == (PUMPS,)
    assert set(first["06-05", "12:30"]) == {PUMPS, GLUTES, QUADS}  # 24 hours after
    assert TUMMY not in first["06-06", "08:00"]
    assert TUMMY in first["06-06", "12:30"]  # 48 hours after


def test_hourly_pumps_are_never_more_than_the_chosen_times():
    made = story("08:00,09:00,10:00,11:00,12:00,13:00")
    assert max(len(times) for times in by_day(made, 0).values()) == 6


def test_a_day_asks_for_as_many_sessions_as_the_doses_of_its_phase():
    made = story("07:00,10:00,13:00,16:00,19:00,21:30")
    days = by_day(made, 0)
    assert days["2025-06-08"] == ["07:00", "13:00", "21:30"]  # first week: pumps three times
    squeezes = [s for s in slots(made, 0) if s.day.isoformat() == "2025-06-08" and GLUTES in s.routines]
    assert [s.clock for s in squeezes] == [time(7), time(21, 30)]  # twice
    assert all(len(times) == 3 for day, times in days.items() if "2025-06-12" < day < "2025-08-26")
    late = by_day(made, 24 * 90)
    assert {len(times) for times in late.values()} == {1}  # after week twelve once a day


def test_times_closer_than_the_gap_are_left_out_while_it_holds():
    made = story("08:00,09:00,12:00,18:00")
    days = by_day(made, 24 * 4)
    assert "09:00" not in days["2025-06-09"]
    assert len(days["2025-06-09"]) == 3


def test_it_ends_with_the_last_phase_that_ends_and_four_weeks_ahead_at_least():
    assert max(slots(story(), 0), key=lambda s: s.at).at < NOON + timedelta(hours=2016)
    assert max(slots(story(), 0), key=lambda s: s.at).at > NOON + timedelta(hours=2016 - 24)
    last = max(slots(story(), 24 * 200), key=lambda s: s.at).at
    assert NOON + timedelta(days=227) < last <= NOON + timedelta(days=228)


def test_nothing_is_proposed_while_a_red_flag_is_open():
    made = story()
    flag = made.add(facts.RedFlagYes("fall"), 100)
    assert slots(made, 101) == ()
    made.add(facts.FlagCleared(flag, "Dr Weiss", made.instant(120), "seen"), 121, author=PHYSIO)
    assert slots(made, 122) != ()


def test_nothing_is_proposed_during_a_hold_of_everything_and_again_from_its_end():
    made = story()
    until = made.instant(100 + 72)
    hold = made.add(facts.ClinicianHold(None, "wound", until), 100, author=PHYSIO)
    assert slots(made, 101)[0].at >= until
    open_end = made.add(facts.ClinicianHold(None, "wound", None), 102, author=PHYSIO)
    assert slots(made, 103) == ()
    made.add(facts.HoldLifted(open_end, "well"), 104, author=PHYSIO)
    made.add(facts.HoldLifted(hold, "well"), 104, author=PHYSIO)
    assert slots(made, 105)[0].at < until


def test_a_hold_of_one_routine_leaves_the_others():
    made = story()
    made.add(facts.ClinicianHold(GLUTES, "sore", None), 100, author=PHYSIO)
    found = slots(made, 101)
    assert found
    assert not [s for s in found if GLUTES in s.routines]


def test_nothing_is_proposed_while_the_patient_is_away():
    made = story()
    begins, ends = made.instant(120), made.instant(120 + 72)
    made.add(facts.Away(begins, ends, "holiday"), 100, author=PHYSIO)
    assert not [s for s in slots(made, 100) if begins <= s.at < ends]
    assert [s for s in slots(made, 100) if s.at >= ends]


def test_an_override_opens_what_it_opens_and_for_as_long():
    made = story()
    begins, ends = made.instant(26), made.instant(46)
    made.add(facts.Override(TUMMY, 5, 3.0, 2, begins, ends, "early"), 25, author=PHYSIO)
    early = [s for s in slots(made, 25) if TUMMY in s.routines and s.at < made.instant(48)]
    assert early
    assert all(begins <= s.at < ends for s in early)


def test_what_was_done_today_is_not_proposed_again():
    made = story()
    made.does(GLUTES, made.instant(24 * 5 - 4))  # Monday 8:00
    made.does(GLUTES, made.instant(24 * 5 - 1))
    at = made.instant(24 * 5)
    today = [s for s in slots(made, at) if s.day == local(at, made.zone).date()]
    assert today
    assert not [s for s in today if GLUTES in s.routines]


@pytest.mark.slow
@settings(max_examples=50, deadline=None)
@given(
    hours=st.integers(0, 24 * 100),
    picked=st.sets(st.times().map(lambda each: time(each.hour, each.minute)), max_size=6),
)
def test_whatever_is_proposed_is_open_by_then_at_the_chosen_local_time(hours: int, picked: set[time]):
    made = story(reminders.as_setting(list(picked)))
    case = Case.of(PROTOCOL, made.history)
    for slot in slots(made, hours)[:40]:
        assert slot.at > made.instant(hours)
        assert local(slot.at, made.zone).time() == slot.clock == sorted(picked)[slot.place]
        for name in slot.routines:
            assert isinstance(gate.decide_routine(case, PROTOCOL.routines[name], slot.at), decisions.Open)


# e-mail


def due(made: Story, at: float | datetime, hour: int = 18) -> bool:
    return reminders.is_due(Case.of(PROTOCOL, made.history), now=utc(made.instant(at)), hour=hour)


SIX = 24 * 5 + 6  # Monday 18:00 in London
DAYS_END = SIX + 4


def test_an_email_is_due_from_its_hour_to_the_end_of_a_day_without_entries():
    made = story()
    assert [due(made, at) for at in (SIX - 0.1, SIX, SIX + 3.9, DAYS_END)] == [False, True, True, False]


@pytest.mark.parametrize("what", ["set", "check", "pain"])
def test_no_email_is_due_on_a_day_on_which_something_was_entered(what: str):
    made = story()
    tell = {
        "set": lambda: made.does(PUMPS, SIX - 9),
        "check": lambda: made.add(facts.FlagCheck(whole=True), SIX - 9),
        "pain": lambda: made.feels(3, SIX - 9, facts.PainWhen.NOW),
    }
    assert due(made, SIX)
    tell[what]()
    assert not due(made, SIX)
    assert due(made, SIX + 24)


def test_a_changed_setting_is_no_entry_of_the_day():
    made = story()
    made.add(facts.Setting("voice", value=False), SIX - 1)
    assert due(made, SIX)


def test_no_email_is_due_before_the_course_during_a_flag_or_hold_while_away_or_after_discharge():
    empty = Story()
    assert not due(empty, SIX)
    in_hospital = Story().begins(home=None)
    in_hospital.add(facts.HomeArrival(home=False), 3)
    assert not due(in_hospital, 30)
    flagged, held, away, out = story(), story(), story(), story()
    flagged.add(facts.RedFlagYes("fall"), 100)
    held.add(facts.ClinicianHold(None, "wound", None), 100, author=PHYSIO)
    away.add(facts.Away(away.instant(100), away.instant(200), "holiday"), 90, author=PHYSIO)
    out.add(facts.Discharged("well"), 100, author=PHYSIO)
    assert [due(each, SIX) for each in (story(), flagged, held, away, out)] == [
        True,
        False,
        False,
        False,
        False,
    ]
    assert due(away, SIX + 96)


def test_an_email_follows_the_local_clock_over_a_change():
    made = Story(
        zone="Europe/Berlin", procedure_end=datetime.fromisoformat("2026-10-20T10:00+00:00")
    ).begins()
    made.add(facts.Setting(reminders.TIMES, THREE), 0)
    for day, utc_hour in (("2026-10-24", 16), ("2026-10-25", 17)):
        assert not due(made, datetime.fromisoformat(f"{day}T{utc_hour - 1}:59+00:00"))
        assert due(made, datetime.fromisoformat(f"{day}T{utc_hour}:00+00:00"))


# ---------------------------------------------------------------- the night


def test_no_time_in_the_night_is_proposed_and_the_patient_moves_the_night():
    made = story("06:30,07:00,21:30,22:00")
    assert by_day(made, 60)["2025-06-08"] == ["07:00", "21:30"]
    made.add(facts.Setting(nights.BEGINS, "21:00"), 61)
    made.add(facts.Setting(nights.ENDS, "06:00"), 61)
    assert by_day(made, 61)["2025-06-08"] == ["06:30"]  # 07:00 lies within the gap


def test_no_email_is_due_in_the_night():
    made = story()
    made.add(facts.Setting(nights.BEGINS, "20:00"), 61)
    assert reminders.is_due(Case.of(PROTOCOL, made.history), now=made.instant(24 * 4 + 7.9), hour=18)
    assert not reminders.is_due(Case.of(PROTOCOL, made.history), now=made.instant(24 * 4 + 8), hour=18)


@pytest.mark.parametrize("day", ["2025-03-30", "2025-10-26"])
def test_a_night_of_a_clock_change_ends_at_its_local_time(day: str):
    night = nights.Night(time(22), time(7), "Europe/Berlin")
    before = datetime.fromisoformat(f"{day}T00:30:00+00:00")
    assert night.holds(before)
    assert local(night.over(before), "Europe/Berlin").isoformat().startswith(f"{day}T07:00")
    assert not night.holds(night.over(before))


def test_a_night_that_begins_when_it_ends_is_none():
    none = nights.Night(time(0), time(0), "Europe/Berlin")
    assert not any(none.has(time(hour)) for hour in range(24))
