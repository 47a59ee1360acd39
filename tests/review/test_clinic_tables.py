"""The physiotherapist's tables: sessions with stops, red flags with what became of them, who changed what."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from coach.domain import red_flags
from coach.domain.case import Case
from coach.domain.facts import (
    Away,
    Cause,
    ClinicianHold,
    CourseDetail,
    Detail,
    Effort,
    FlagCleared,
    FlagMistake,
    HoldLifted,
    Note,
    PainWord,
    Procedure,
    RedFlagYes,
    StopReason,
    Void,
)
from coach.review.clinic import findings, tables
from coach.review.clinic import frames as clinic_frames
from coach.review.patient import frames
from coach.text import times as times_text
from tests.domain.story import GLUTES, PROTOCOL, PUMPS, Story
from tests.support.review_samples import Record, on_day, plausible

ANNA = "physiotherapist:a"
AUTHORS = {"patient": "Mrs Example", ANNA: "Anna Berg"}


def story() -> Story:
    return Story().begins()


def flags(told: Story, hours: float):
    return tables.flags(Case.of(PROTOCOL, told.history), AUTHORS, now=told.instant(hours)).to_dict("records")


def test_an_open_flag_has_its_level_and_age():
    told = story()
    told.add(RedFlagYes("leg_clot"), 50)
    [row] = flags(told, 53.6)
    assert (row["Level"], row["Age"], row["State"], row["Contact"]) == ("urgent", "3 hours", "open", "–")


def test_a_cleared_flag_says_by_whom_who_was_spoken_to_when_and_why():
    told = story()
    flag = told.add(RedFlagYes("leg_clot"), 50)
    told.add(FlagCleared(flag, "Dr Ames", told.instant(52), "ultrasound: no clot"), 53)
    told.entries[-1] = replace(told.entries[-1], author=ANNA)
    [row] = flags(told, 60)
    assert row["State"] == "cleared by Anna Berg, Fri 6\u00a0Jun, 17:00"
    assert row["Contact"] == "Dr Ames, Fri 6\u00a0Jun, 16:00"
    assert row["Why"] == "ultrasound: no clot"


def test_an_emergency_that_a_physiotherapist_cleared_at_once_is_cleared():
    told = story()
    flag = told.add(RedFlagYes("leg_weakness"), 50)
    told.add(FlagCleared(flag, "Dr Ames", told.instant(50.5), "seen in the clinic"), 51)
    assert flags(told, 52)[0]["State"] == "open", "a patient waits for a day"
    told.entries[-1] = replace(told.entries[-1], author=ANNA)
    assert flags(told, 52)[0]["State"].startswith("cleared by Anna Berg")


def test_a_clearing_that_does_not_count_leaves_the_flag_open():
    told = story()
    flag = told.add(RedFlagYes("leg_clot"), 50)
    told.add(FlagCleared(flag, "Dr Ames", told.instant(49), "before it began"), 53)
    assert flags(told, 60)[0]["State"] == "open"
    told.add(FlagMistake(flag), 54)
    assert flags(told, 60)[0]["State"] == "open", "ten minutes were over"


def test_a_mistaken_tap_and_a_restart_say_so():
    told = story()
    told.add(FlagMistake(told.add(RedFlagYes("leg_clot"), 50)), 50.1)
    told.add(RedFlagYes("new_back_pain"), 60)
    told.add(Procedure(Cause.NEW_PROCEDURE), 90, told=91)
    states = [row["State"] for row in flags(told, 100)]
    assert states == [
        "ended by a restart, Sun 8\u00a0Jun, 07:00",
        "taken back as a mistake, Fri 6\u00a0Jun, 14:06",
    ]


@pytest.mark.parametrize("seed", [1, 2])
def test_open_in_the_table_is_open_at_the_gate(seed: int):
    told = story()
    for hour, flag in enumerate(PROTOCOL.red_flags, start=40):
        entry = told.add(RedFlagYes(flag), hour)
        if (hour + seed) % 3 == 0:
            told.add(FlagCleared(entry, "Dr Ames", told.instant(hour + 30)), hour + 31)
    table = flags(told, 120)
    still = len(red_flags.open_flags(Case.of(PROTOCOL, told.history)))
    assert [row["State"] == "open" for row in table] == [True] * still + [False] * (len(table) - still)


def test_a_session_says_how_it_ended_how_hard_it_was_and_the_patients_words():
    told = story()
    session = told.trains([PUMPS, GLUTES], 30, before=3, after=7, stop=StopReason.PAIN)
    told.add(Effort(session, 8), 30.1)
    told.add(Note(session, "It <b>pulled</b>"), 30.2)
    told.trains([PUMPS], 40, before=0)
    newest, oldest = tables.sessions(Case.of(PROTOCOL, told.history)).to_dict("records")
    assert oldest == {
        "When": "Thu 5\u00a0Jun, 18:00",
        "Counted by": "player",
        "Exercises": "Ankle pumps 5/5, Bottom squeeze 5/5",
        "Plan": "inside",
        "Before": "3",
        "After": "7",
        "Light": "red",
        "Ended": "stopped: pain",
        "Effort": "8",
        "Note": "It <b>pulled</b>",
    }
    assert (newest["Before"], newest["After"], newest["Light"], newest["Ended"]) == (
        "0", "–", "–", "to the end",
    )  # fmt: skip


def test_pain_in_words_stays_in_words():
    told = story()
    told.trains([GLUTES], 30, before=PainWord.MILD, after=PainWord.BAD)
    row = tables.sessions(Case.of(PROTOCOL, told.history)).to_dict("records")[0]
    assert (row["Before"], row["After"], row["Light"]) == ("mild pain", "bad pain", "red")


def test_a_session_taken_back_is_not_in_the_list_and_one_that_runs_says_so():
    told = story()
    session = told.trains([PUMPS], 30)
    told.add(Void(session, "not me"), 31)
    assert tables.sessions(Case.of(PROTOCOL, told.history)).empty
    record = Record().set_up()
    record.session(on_day(3, "09:00"), [PUMPS])
    record.entries = record.entries[:-1]
    assert tables.sessions(Case.of(PROTOCOL, record.history))["Ended"].to_list() == ["not ended"]


def test_who_changed_what_and_why_newest_first():
    told = story()
    hold = told.add(ClinicianHold(GLUTES, "sore <hip>", told.instant(90)), 60)
    told.entries[-1] = replace(told.entries[-1], author=ANNA)
    told.add(HoldLifted(hold, "fine again"), 70)
    told.entries[-1] = replace(told.entries[-1], author="physiotherapist:gone")
    rows = tables.plan(Case.of(PROTOCOL, told.history), AUTHORS).to_dict("records")
    assert [(row["Who"], row["What"], row["Why"]) for row in rows[:2]] == [
        ("a physiotherapist", "Hold lifted: Bottom squeeze", "fine again"),
        ("Anna Berg", "Hold on Bottom squeeze, until Sun 8\u00a0Jun, 06:00", "sore <hip>"),
    ]
    assert rows[-1]["What"] == "The procedure was recorded"


def test_every_stretch_of_the_drawing_is_in_the_table():
    history = plausible(9).history
    shown = frames.window(Case.of(PROTOCOL, history), today=history.entries[-1].local_date)
    assert shown is not None
    drawn = clinic_frames.stretches(Case.of(PROTOCOL, history), shown, now=on_day(8, "23:00"))
    table = tables.stretches(drawn)
    assert len(table) == len(drawn)
    assert set(table["State"]) == set(drawn["label"])


def test_the_table_of_changes_by_routine_holds_every_count():
    counts = clinic_frames.change_by_routine(Case.of(PROTOCOL, plausible(42).history))
    table = tables.by_routine(counts)
    assert table["0"].to_list() == [str(n) for n in counts[counts["change"] == 0]["sessions"]]
    assert list(table.columns) == ["Exercise", "−3 or more", "−2", "−1", "0", "+1", "+2", "+3 or more"]


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (0.2, "12 minutes"),
        (1.9, "114 minutes"),
        (2, "2 hours"),
        (47.9, "47 hours"),
        (48, "2 days"),
        (71, "2 days"),
    ],
)
def test_an_age_is_never_rounded_up(hours: float, words: str):
    assert times_text.age(timedelta(hours=hours)) == words


def test_empty_tables_have_their_headings():
    nobody = Story().history
    for table in (
        tables.sessions(Case.of(PROTOCOL, nobody)),
        tables.plan(Case.of(PROTOCOL, nobody), AUTHORS),
        tables.flags(Case.of(PROTOCOL, nobody), AUTHORS, now=on_day(0)),
    ):
        assert table.empty
        assert len(table.columns) >= 4


# who and where


def test_the_head_says_day_phase_and_hours():
    told = story()
    assert findings.place(Case.of(PROTOCOL, told.history), now=told.instant(61.7)) == (
        "Day 3, First week, 61 hours after the procedure"
    )
    assert findings.place(Case.of(PROTOCOL, told.history), now=told.instant(400)) == "Day 17, Weeks 3 to 6"
    assert findings.place(Case.of(PROTOCOL, Story().history), now=told.instant(1)) == (
        "No procedure is recorded yet."
    )


def test_the_case_lists_what_is_known_and_the_latest_of_each_detail():
    told = story()
    told.add(CourseDetail(Detail.LEVELS, "L1"), 10)
    told.add(CourseDetail(Detail.FALLS, "two"), 11)
    told.add(CourseDetail(Detail.LEVELS, "T12, L1"), 12)
    told.add(CourseDetail(Detail.FALLS, ""), 13)
    facts = dict(findings.case_facts(Case.of(PROTOCOL, told.history), now=told.instant(20)))
    assert facts["Levels treated"] == "T12, L1"
    assert "Falls" not in facts
    told.add(Away(told.instant(0), told.instant(19), "gone by"), 13)
    told.add(Away(told.instant(18), told.instant(42), "wedding"), 13)
    facts = dict(findings.case_facts(Case.of(PROTOCOL, told.history), now=told.instant(20)))
    assert facts["Away"] == "Thu 5\u00a0Jun, 06:00 to Fri 6\u00a0Jun, 06:00"
    assert facts["Procedure ended"] == "Wed 4\u00a0Jun, 12:00"
    assumed = dict(
        findings.case_facts(Case.of(PROTOCOL, Story().begins(home=None).history), now=told.instant(20))
    )
    assert assumed["Home"] == "Wed 4\u00a0Jun, 14:00 (assumed)"


def test_the_finding_of_pain_compares_only_with_enough_days():
    record = Record().set_up(baseline=8)
    assert findings.pain(Case.of(PROTOCOL, Record().history), today=on_day(0).date()) == (
        "No average over 24 hours yet."
    )
    record.pain(1, 2)
    record.pain(2, 0)
    two = findings.pain(Case.of(PROTOCOL, record.history), today=on_day(3).date())
    assert two == "Pain over 24 hours: latest 0, 8 before; too few days to compare."
    record.pain(3, 1)
    assert findings.pain(Case.of(PROTOCOL, record.history), today=on_day(3).date()) == (
        "Pain is 1 this week, 8 before: clearly better."
    )
