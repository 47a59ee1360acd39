"""The physiotherapist's frames hold the domain's figures; zero is a score and missing is a gap."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest

from coach.domain import facts, outcome
from coach.domain.case import Case
from coach.protocols.loader import default
from coach.review.clinic import (
    charts,
    findings,
    gate_timeline,
    tables,
)
from coach.review.clinic import (
    frames as clinic_frames,
)
from coach.review.clinic.frames import Band
from coach.review.patient import frames
from coach.review.patient.columns import Columns, frame
from tests.support.review_samples import GLUTES, PUMPS, QUADS, TUMMY, Record, on_day, plausible

PROTOCOL = default()
DAY_0 = date(2026, 9, 7)


def after(days: int) -> date:
    return DAY_0 + timedelta(days=days)


def window(record: Record, *, day: int) -> frames.Window:
    shown = frames.window(Case.of(PROTOCOL, record.history), today=after(day))
    assert shown is not None
    return shown


# adherence


@pytest.mark.parametrize("days", [3, 9, 42])
def test_adherence_is_the_domains_over_whole_days_of_the_course(days: int):
    history = plausible(days).history
    today = after(days - 1)
    shown = clinic_frames.kept(Case.of(PROTOCOL, history), today=today)
    for length in (7, 28):
        first = max(DAY_0, today - timedelta(days=length))
        share = outcome.adherence(
            Case.of(PROTOCOL, history), outcome.days_between(first, today - timedelta(days=1))
        )
        mine = shown[shown["days"] == length].set_index("routine")["share"]
        assert mine[""] == pytest.approx(share.overall)
        for routine, value in share.by_routine.items():
            assert mine[routine] == pytest.approx(value) if value is not None else math.isnan(mine[routine])


def test_share_and_too_much_come_of_one_look_at_each_day(monkeypatch):
    record, whole = plausible(42), outcome.day
    looked: list[date] = []

    def day(case, on, **rest):
        looked.append(on)
        return whole(case, on, **rest)

    monkeypatch.setattr(outcome, "day", day)
    findings.kept(Case.of(PROTOCOL, record.history), today=after(41))
    assert len(looked) == 7
    clinic_frames.kept(Case.of(PROTOCOL, record.history), today=after(41))
    assert len(looked) == 7 + 7 + 28


def test_today_is_not_over_and_counts_for_nothing_yet():
    record = plausible(9)
    before = clinic_frames.kept(Case.of(PROTOCOL, record.history), today=after(9))
    record.session(on_day(9, "09:00"), [GLUTES])
    assert before.equals(clinic_frames.kept(Case.of(PROTOCOL, record.history), today=after(9)))


def test_the_bands_begin_where_the_protocol_says():
    assert clinic_frames.band(PROTOCOL, 0.8) is Band.ON_TRACK
    assert clinic_frames.band(PROTOCOL, 0.7999) is Band.PARTLY
    assert clinic_frames.band(PROTOCOL, 0.5) is Band.PARTLY
    assert clinic_frames.band(PROTOCOL, 0.4999) is Band.LOW
    assert clinic_frames.band(PROTOCOL, 0.0) is Band.LOW
    assert clinic_frames.band(PROTOCOL, None) is Band.NOT_DUE
    stricter = replace(
        PROTOCOL,
        rules=replace(PROTOCOL.rules, on_track_from=replace(PROTOCOL.rules.on_track_from, value=0.9)),
    )
    assert clinic_frames.band(stricter, 0.8) is Band.PARTLY


def test_a_percentage_is_never_rounded_into_a_better_band():
    assert clinic_frames.percent(0.7999) == "79 %"
    assert clinic_frames.percent(0.29) == "29 %"
    assert clinic_frames.percent(1.0) == "100 %"
    assert clinic_frames.percent(None) == "–"


def test_what_was_not_due_is_not_low():
    record = Record().set_up()
    shown = clinic_frames.kept(Case.of(PROTOCOL, record.history), today=after(1)).set_index(
        ["routine", "days"]
    )
    assert shown.loc[(TUMMY, 7), "band"] == "not due"
    assert math.isnan(shown["share"].to_dict()[TUMMY, 7])
    assert tables.kept(clinic_frames.kept(Case.of(PROTOCOL, record.history), today=after(1)))[
        "7 days"
    ].to_list()[-1] == ("not due")


def test_no_share_hides_that_it_was_too_much():
    record = Record().set_up()
    for day in (3, 4, 6):
        for hour in range(8, 19) if day != 6 else range(8, 10):
            record.session(on_day(day, f"{hour:02}:00"), [GLUTES])
    history, today = record.history, after(7)
    shown = clinic_frames.kept(Case.of(PROTOCOL, history), today=today).set_index(["routine", "days"])
    assert shown["over"].to_dict()[GLUTES, 7] == shown["over"].to_dict()["", 7] == 2
    assert shown["over"].to_dict()[QUADS, 7] == 0
    assert findings.kept(Case.of(PROTOCOL, history), today=today).endswith(" Too much on 2 days.")
    table = tables.kept(clinic_frames.kept(Case.of(PROTOCOL, history), today=today)).set_index("Exercise")[
        "7 days"
    ]
    said = {
        PROTOCOL.routines[routine].name: table[PROTOCOL.routines[routine].name] for routine in (GLUTES, QUADS)
    }
    assert said[PROTOCOL.routines[GLUTES].name].endswith(" %, too much on 2 days")
    assert "too much" not in said[PROTOCOL.routines[QUADS].name]


def test_where_nothing_was_due_too_much_is_said_all_the_same():
    assert findings.share("–", "not due", 1) == "not due, too much on 1 day"
    assert findings.share("–", "not due", 0) == "not due"


# change during sessions


def test_a_session_counts_for_each_of_its_routines_and_zero_after_is_a_score():
    record = Record().set_up()
    record.session(on_day(3, "09:00"), [PUMPS, GLUTES], before=5, after=0)
    record.session(on_day(3, "12:00"), [PUMPS], before=2, after=2)
    record.session(on_day(3, "15:00"), [PUMPS], before=2)
    record.session(on_day(3, "18:00"), [QUADS], before=facts.PainWord.BAD, after=facts.PainWord.MILD)
    shown = clinic_frames.change_by_routine(Case.of(PROTOCOL, record.history))
    assert len(shown) == 4 * 7
    there = shown[shown["sessions"] > 0]
    assert set(zip(there["routine"], there["change"], there["sessions"], strict=True)) == {
        (PUMPS, -3, 1), (GLUTES, -3, 1), (PUMPS, 0, 1),
    }  # fmt: skip


def test_the_changes_are_those_the_patient_sees():
    history = plausible(42).history
    mine = Counter(max(-3, min(3, change)) for _session, change in clinic_frames.scored(history))
    counts = frames.change_counts(history)
    assert {n: mine[n] for n in range(-3, 4)} == dict(zip(counts["change"], counts["sessions"], strict=True))


# beside pain


def test_a_session_from_memory_is_told_from_one_that_the_player_timed():
    record = Record().set_up()
    record.session(on_day(3, "09:00"), [PUMPS])
    late = record.session(on_day(3, "12:00"), [PUMPS])
    at = next(i for i, entry in enumerate(record.entries) if entry.id == late)
    started = record.entries[at].fact
    assert isinstance(started, facts.SessionStarted)
    record.entries[at] = replace(record.entries[at], fact=replace(started, source=facts.Source.DIARY))
    shown = clinic_frames.did(record.history, window(record, day=4))
    assert shown["series"].to_list() == ["player", "diary"]
    shapes = dict(zip(charts.SERIES, charts.SHAPES, strict=True))
    assert shapes["player"] != shapes["diary"]
    table = tables.sessions(Case.of(PROTOCOL, record.history))
    assert table["Counted by"].to_list() == ["memory", "player"]


def test_marks_are_flags_holds_and_own_doses_each_once_and_as_long_as_they_held():
    record = Record().set_up()
    hold = record.add(facts.ClinicianHold(None, "wait"), on_day(4, "10:00"))
    record.add(facts.HoldLifted(hold, "fine"), on_day(5, "10:00"))
    flag = record.add(facts.RedFlagYes("leg_clot"), on_day(6, "10:00"))
    record.add(facts.FlagCleared(flag, "Dr Ames", on_day(6, "11:00")), on_day(6, "12:00"))
    record.add(
        facts.Override(GLUTES, 6, 5, 2, on_day(7, "08:00"), on_day(9, "08:00"), "why"), on_day(7, "08:00")
    )
    shown = clinic_frames.marks(
        Case.of(PROTOCOL, record.history), window(record, day=8), now=on_day(8, "20:00")
    )
    rows = [(row["kind"], round((row["ends"] - row["starts"]) * 24)) for row in shown.to_dict("records")]
    assert rows == [("hold", 24), ("flag", 2), ("own", 36)]
    assert shown["label"].to_list()[0] == "Hold: all exercises"
    assert shown["label"].to_list()[2] == "Set by a physiotherapist: Bottom squeeze"


def test_a_personal_pain_limit_is_a_mark_until_it_ends_or_another_takes_its_place():
    record = Record().set_up()
    record.add(facts.PainLimit(4, on_day(9), "careful"), on_day(4, "10:00"))
    record.add(facts.PainLimit(7, on_day(6, "10:00"), "used to it"), on_day(5, "10:00"))
    shown = clinic_frames.marks(
        Case.of(PROTOCOL, record.history), window(record, day=8), now=on_day(8, "20:00")
    )
    assert [(r["label"], round((r["ends"] - r["starts"]) * 24)) for r in shown.to_dict("records")] == [
        ("Own pain limit: 4", 24), ("Own pain limit: 7", 24),
    ]  # fmt: skip


def test_a_pain_limit_that_was_ended_is_one_mark_and_its_end_is_none():
    record = Record().set_up()
    record.add(facts.PainLimit(4, on_day(9), "careful"), on_day(4, "10:00"))
    record.add(facts.PainLimit(4, on_day(6, "10:00"), "all well"), on_day(6, "10:00"))
    shown = clinic_frames.marks(
        Case.of(PROTOCOL, record.history), window(record, day=8), now=on_day(8, "20:00")
    )
    assert [(r["label"], round((r["ends"] - r["starts"]) * 24)) for r in shown.to_dict("records")] == [
        ("Own pain limit: 4", 48)
    ]


def test_an_open_flag_goes_on_until_now_and_says_since_when():
    record = Record().set_up()
    record.add(facts.RedFlagYes("leg_clot"), on_day(6, "10:00"))
    shown = clinic_frames.marks(
        Case.of(PROTOCOL, record.history), window(record, day=8), now=on_day(8, "10:00")
    )
    [row] = shown.to_dict("records")
    assert row["ends"] - row["starts"] == pytest.approx(2)
    assert row["when"] == "since Sun 13\u00a0Sep, 10:00"


def test_the_timeline_is_drawn_on_the_patients_wall_clock():
    record = Record().set_up()
    shown = clinic_frames.stretches(
        Case.of(PROTOCOL, record.history), window(record, day=3), now=on_day(3, "12:00")
    )
    last = shown[shown["routine"] == TUMMY].iloc[-1]
    assert last["state"] == "open"
    assert last["starts"] == pytest.approx(frames.day_number(after(2)) + 14.5 / 24)
    assert last["ends"] == pytest.approx(frames.day_number(after(3)) + 0.5)


def test_every_state_has_words_and_a_look():
    for state in gate_timeline.RoutineState:
        assert clinic_frames.WHY[state]
        assert clinic_frames.LOOK[state]
        assert state in clinic_frames.SHORT


@pytest.mark.parametrize("columns", charts.DATA.values())
def test_an_empty_frame_has_its_columns_and_types(columns: Columns):
    empty = frame(columns)
    assert {name: str(kind) for name, kind in empty.dtypes.items()} == {
        name: column.dtype for name, column in columns.items()
    }


def test_without_a_course_every_frame_is_empty():
    history = Record().history
    assert clinic_frames.stretches(Case.of(PROTOCOL, history), frames.Window(0, 7, 1), now=on_day(0)).empty
    assert clinic_frames.marks(Case.of(PROTOCOL, history), frames.Window(0, 7, 1), now=on_day(0)).empty
    assert set(clinic_frames.kept(Case.of(PROTOCOL, history), today=DAY_0)["band"]) == {"not due"}
