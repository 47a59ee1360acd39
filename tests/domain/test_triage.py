"""Triage: who needs a look, why, and from when."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.desk.installation.projection import worked_out
from coach.domain import (
    caseload_card,
    facts,
    outcome,
    red_flags,
    rising_pain,
    standing,
    triage,
)
from coach.domain.case import Case
from coach.domain.caseload_order import rank
from coach.domain.history import History
from coach.domain.need import STAY_IN_PLACE, Need, NeedReason
from coach.domain.times import BEGINNING, FOREVER, local_date, start_of_day
from coach.records.entries import caseload_rows
from tests.domain.story import GLUTES, PHYSIO, PROTOCOL, PUMPS, Story
from tests.support import histories
from tests.support.any_story import WAITS, later, some

LONDON = "Europe/London"
DAY = timedelta(days=1)
#: The local days of a story: the procedure is on the 4th at noon.
WED, THU, FRI, SAT, SUN, MON = (date(2025, 6, day) for day in range(4, 10))


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 11, tzinfo=UTC)


def midnight(day: date) -> datetime:
    return start_of_day(day, LONDON)


def needs(story: Story) -> dict[NeedReason, Need]:
    """Return the story's first need of each reason."""
    found = sorted(
        triage.needs(Case.of(PROTOCOL, story.history)), key=lambda need: need.from_at, reverse=True
    )
    return {need.reason: need for need in found}


def need(story: Story, reason: NeedReason) -> Need:
    return needs(story)[reason]


def holds(story: Story, reason: NeedReason, at: datetime) -> bool:
    return any(
        need.reason is reason for need in standing.current(triage.needs(Case.of(PROTOCOL, story.history)), at)
    )


def scored(
    story: Story, *scores: tuple[date, facts.Score | None], when: facts.PainWhen = facts.PainWhen.AVERAGE_24H
) -> None:
    for day, score in scores:
        story.feels(score, noon(day), when)


# ---------------------------------------------------------------- what holds


def test_who_has_no_entry_at_all_has_not_begun():
    (found,) = triage.needs(Case.of(PROTOCOL, History()))
    assert (found.reason, found.from_at, found.until_at) == (NeedReason.NOT_BEGUN, BEGINNING, FOREVER)
    assert found.quiet
    assert caseload_card.card(Case.of(PROTOCOL, History())).last_at is None


def test_pain_up_is_as_bad_as_the_latest_score_says():
    one, other = Story().begins(), Story().begins()
    for story, now in ((one, 3), (other, 8)):
        scored(story, (THU, 4), (FRI, 4))
        story.feels(8, noon(SAT))
        story.feels(now, noon(SAT) + timedelta(hours=1))
    first, second = need(one, NeedReason.PAIN_UP), need(other, NeedReason.PAIN_UP)
    assert first.detail["score"] == second.detail["score"] == 8
    assert rank(second) < rank(first)


# ---------------------------------------------------------------- red flags and lights


def test_an_open_red_flag_is_a_need_for_ever_with_its_level():
    story = Story().begins()
    flag = story.add(facts.RedFlagYes("chest_pain"), 30)
    other = story.add(facts.RedFlagYes("fall"), 31)
    found = [n for n in triage.needs(Case.of(PROTOCOL, story.history)) if n.reason is NeedReason.RED_FLAG]
    assert [n.key for n in found] == [f"red_flag:{flag}", f"red_flag:{other}"]
    assert (found[0].from_at, found[0].until_at) == (story.instant(30), FOREVER)
    assert found[0].detail == {"flag": "chest_pain", "level": "emergency"}


def test_a_flag_that_was_cleared_or_a_mistake_is_none():
    story = Story().begins()
    flag = story.add(facts.RedFlagYes("chest_pain"), 30)
    story.add(facts.FlagCleared(flag, "Dana", story.instant(31)), 31, author=PHYSIO)
    other = story.add(facts.RedFlagYes("fall"), 32)
    story.add(facts.FlagMistake(other), 32.1)
    assert NeedReason.RED_FLAG not in needs(story)


def test_a_red_light_is_a_need_for_as_long_as_it_closes():
    story = Story().begins()
    session = story.trains([GLUTES], 30, before=2, after=5)
    found = need(story, NeedReason.RED_LIGHT)
    assert found.key == f"red_light:{session}"
    assert (found.from_at, found.until_at) == (story.instant(30), story.instant(54))


def test_a_session_red_again_the_next_morning_is_one_need_that_lasts_longer():
    story = Story().begins()
    session = story.trains([GLUTES], 30, stop=facts.StopReason.PAIN, before=2, after=2)
    story.feels(4, 44)
    found = need(story, NeedReason.RED_LIGHT)
    assert found.key == f"red_light:{session}"
    assert (found.from_at, found.until_at) == (story.instant(30), story.instant(68))


def test_an_amber_light_is_no_need():
    story = Story().begins()
    story.trains([GLUTES], 30, before=2, after=4)
    assert NeedReason.RED_LIGHT not in needs(story)


# ---------------------------------------------------------------- pain up


def test_pain_two_above_the_median_of_three_days_is_a_need_until_the_end_of_the_next_day():
    story = Story().begins()
    scored(story, (THU, 3), (FRI, 5), (SAT, 4), (SUN, 6))
    found = need(story, NeedReason.PAIN_UP)
    assert found.key == "pain_up:2025-06-08"
    assert (found.from_at, found.until_at) == (noon(SUN), midnight(date(2025, 6, 10)))
    assert found.detail == {"rise": 2, "score": 6, "median": 4, "bad": 54}


@pytest.mark.parametrize(
    ("before", "today", "median"),
    [
        ((3, 5, 4), 5, None),
        ((0, 0, 0), 1, None),
        ((0, 0, 0), 2, 0),
        ((0, None, 4), 4, 2),
        ((None, None, 2), 4, 2),
        ((0, None, 5), 4, None),
        ((None, None, None), 10, None),
        ((2, 9, 2), 4, 2),
        ((facts.PainWord.MILD, facts.PainWord.MILD, 1), 3, 1),
        ((facts.PainWord.MILD, facts.PainWord.MILD, facts.PainWord.MILD), 9, None),
    ],
)
def test_zero_is_a_score_a_missing_one_is_missing_and_words_are_no_numbers(before, today, median):
    story = Story().begins()
    scored(story, *zip((THU, FRI, SAT), before, strict=True), (SUN, today))
    found = {need.key: need for need in triage.needs(Case.of(PROTOCOL, story.history))}.get(
        "pain_up:2025-06-08"
    )
    assert (found.detail["median"] if found else None) == median


def test_words_never_rise_above_numbers():
    story = Story().begins()
    scored(story, (THU, 1), (FRI, 1), (SAT, 1), (SUN, facts.PainWord.WORST))
    assert NeedReason.PAIN_UP not in needs(story)


def test_the_median_is_of_one_number_a_day_and_the_day_before_yesterday_ago_does_not_count():
    story = Story().begins()
    scored(story, (WED, 0), (THU, 4), (FRI, 4))
    for _ in range(5):
        story.feels(1, noon(SAT))
    story.feels(5, noon(SUN))
    assert NeedReason.PAIN_UP not in needs(story)
    story.feels(6, noon(SUN))
    assert need(story, NeedReason.PAIN_UP).detail["median"] == 4


def test_the_24_hour_average_stands_for_its_day_and_else_the_mean_of_what_was_felt():
    story = Story().begins()
    story.feels(9, noon(THU))
    scored(story, (THU, 3))
    story.feels(2, noon(FRI))
    story.feels(3, noon(FRI))
    assert rising_pain.daily_pain(story.history) == {THU: 3, FRI: 2.5}


def test_pain_before_the_procedure_and_the_worst_of_a_day_are_not_counted():
    story = Story().begins()
    story.feels(0, noon(SAT), facts.PainWhen.BASELINE)
    story.feels(0, noon(SAT), facts.PainWhen.WORST_24H)
    story.feels(9, noon(SUN))
    assert NeedReason.PAIN_UP not in needs(story)
    story.feels(3, noon(SAT))
    story.feels(9, noon(SUN), facts.PainWhen.WORST_24H)
    assert need(story, NeedReason.PAIN_UP).detail["score"] == 9


def test_pain_is_up_from_the_first_score_that_is_and_the_highest_is_told():
    story = Story().begins()
    scored(story, (SAT, 2))
    for hour, score in ((8, 3), (9, 4), (10, 7), (11, 2)):
        story.feels(score, datetime(2025, 6, 8, hour, tzinfo=UTC))
    found = need(story, NeedReason.PAIN_UP)
    assert found.from_at == datetime(2025, 6, 8, 9, tzinfo=UTC)
    assert found.detail == {"rise": 5, "score": 7, "median": 2, "bad": 18}


def test_the_limit_is_the_protocol_s():
    story = Story().begins()
    scored(story, (SAT, 2), (SUN, 4))
    rules = dataclasses.replace(
        PROTOCOL.rules, pain_up_by=dataclasses.replace(PROTOCOL.rules.pain_up_by, value=3)
    )
    stricter = dataclasses.replace(PROTOCOL, rules=rules, digest="other")
    reasons = {need.reason for need in triage.needs(Case.of(stricter, story.history))}
    assert NeedReason.PAIN_UP not in reasons


# ---------------------------------------------------------------- requests and messages


def test_a_request_waits_until_it_is_answered():
    story = Story().begins()
    asked = story.add(facts.TimeAsked(facts.AnchorTime.HOME_ARRIVAL, story.instant(0.5)), 10)
    found = need(story, NeedReason.TIME_ASKED)
    assert (found.key, found.from_at, found.until_at) == (f"time_asked:{asked}", story.instant(10), FOREVER)
    assert found.detail == {"what": "home_arrival", "to": story.instant(0.5).isoformat()}
    story.add(facts.TimeDecided(asked, accepted=False, why="no"), 11, author=PHYSIO)
    assert NeedReason.TIME_ASKED not in needs(story)


def test_a_request_about_an_earlier_course_is_none():
    story = Story().begins()
    story.add(facts.TimeAsked(facts.AnchorTime.HOME_ARRIVAL, story.instant(0.5)), 10)
    story.add(facts.Procedure(facts.Cause.NEW_PROCEDURE), 20)
    assert NeedReason.TIME_ASKED not in needs(story)


def test_an_unread_message_is_a_need_until_a_physiotherapist_has_read_it():
    story = Story().begins()
    first = story.add(facts.Message("May I drive?"), 10)
    second = story.add(facts.Message("And swim?"), 11)
    found = need(story, NeedReason.UNREAD)
    assert (found.key, found.from_at, found.detail) == (f"unread:{second}", story.instant(11), {"count": 2})
    story.add(facts.MessageRead(first), 12, author=PHYSIO)
    assert need(story, NeedReason.UNREAD).detail == {"count": 1}
    story.add(facts.MessageRead(second), 12.5)
    assert NeedReason.UNREAD in needs(story), "the patient has not read it for the clinic"
    story.add(facts.MessageRead(second), 13, author=PHYSIO)
    reply = story.add(facts.Message("Not yet."), 13, author=PHYSIO)
    assert NeedReason.UNREAD not in needs(story)
    story.add(facts.MessageRead(reply), 14)
    assert NeedReason.UNREAD not in needs(story)


def test_reading_the_later_message_reads_the_earlier_one():
    story = Story().begins()
    story.add(facts.Message("May I drive?"), 10)
    second = story.add(facts.Message("And swim?"), 11)
    story.add(facts.MessageRead(second), 12, author=PHYSIO)
    assert NeedReason.UNREAD not in needs(story)


# ---------------------------------------------------------------- doing too much, nothing, too little


def test_a_day_above_120_per_cent_of_the_dose_is_a_need_from_the_set_that_passed_it():
    story = Story().begins()
    for hours in (45, 47.5, 50, 52.5):
        story.does(GLUTES, hours, takes_s=60)
    story.feels(2, 60)
    found = need(story, NeedReason.OVER_DOING)
    assert found.key == "over_doing:2025-06-06"
    assert (found.from_at, found.until_at) == (story.instant(50) + timedelta(minutes=1), midnight(SUN))
    assert found.detail == {"routine": GLUTES, "done": 4, "share": 2.0, "bad": 20}


def test_the_day_s_dose_itself_is_not_too_much():
    story = Story().begins()
    for hours in (45, 47.5):
        story.does(GLUTES, hours)
    assert NeedReason.OVER_DOING not in needs(story)


def test_hourly_pumps_are_too_many_above_twelve_a_day():
    story = Story().begins(home=-10)
    for number in range(12):
        story.does(PUMPS, number - 9, reps=10)
    assert NeedReason.OVER_DOING not in needs(story)
    last = 3.2
    story.does(PUMPS, last, reps=10)
    found = need(story, NeedReason.OVER_DOING)
    assert found.from_at == story.instant(last)
    assert found.detail["share"] == pytest.approx(13 / 12)


def test_after_48_hours_without_an_entry_a_patient_is_silent():
    story = Story().begins()
    last = story.feels(3, 50)
    story.add(facts.ClinicianHold(GLUTES, "a scan first"), 70, author=PHYSIO)
    found = need(story, NeedReason.SILENT)
    assert (found.key, found.from_at, found.until_at) == (f"silent:{last}", story.instant(98), FOREVER)
    assert not holds(story, NeedReason.SILENT, story.instant(98) - timedelta(seconds=1))
    assert holds(story, NeedReason.SILENT, story.instant(98))


def test_nobody_is_silent_before_there_is_a_course():
    story = Story()
    story.add(facts.Setting("zone", LONDON), 0)
    assert NeedReason.SILENT not in needs(story)


def test_who_never_enters_anything_is_silent_48_hours_after_the_clinic_entered_the_procedure():
    story = Story()
    first = story.add(facts.Procedure(), 0, told=5, author=PHYSIO)
    found = need(story, NeedReason.SILENT)
    assert (found.key, found.from_at) == (f"silent:{first}", story.instant(53))


@pytest.mark.parametrize(
    ("away", "silent"),
    [
        ((60, 200), [(248, None)]),
        ((10, 40), [(98, None)]),
        ((120, 200), [(98, 120), (248, None)]),
        ((98, 200), [(248, None)]),
        ((200, 200), [(98, None)]),
    ],
)
def test_while_away_nobody_is_silent_and_it_counts_anew_from_the_return(away, silent):
    story = Story().begins()
    story.add(facts.Away(story.instant(away[0]), story.instant(away[1]), "holiday"), 20, author=PHYSIO)
    story.feels(3, 50)
    found = [n for n in triage.needs(Case.of(PROTOCOL, story.history)) if n.reason is NeedReason.SILENT]
    spans = [(story.instant(a), story.instant(b) if b else FOREVER) for a, b in silent]
    assert [(n.from_at, n.until_at) for n in found] == spans
    assert len({n.key for n in found}) == len(found)


def test_below_half_of_the_dose_over_the_last_complete_days_is_a_need_from_that_midnight():
    story = Story().begins()
    story.feels(1, 30)
    found = need(story, NeedReason.LOW)
    # Wednesday, Thursday and Friday asked for something, and nothing was done.
    assert (found.key, found.from_at) == ("low:2025-06-07", midnight(SAT))
    assert found.until_at == FOREVER
    assert found.detail == {"share": 0, "bad": 99}


def test_two_days_are_too_few_to_say_that_little_was_done():
    story = Story().begins()
    story.feels(1, 30)
    assert not holds(story, NeedReason.LOW, midnight(SAT) - timedelta(seconds=1))


def test_exactly_half_of_the_dose_is_not_below_half():
    story = Story().begins()
    for hours in (25, 27, 29):
        story.does(PUMPS, hours, reps=10)
    share = need(story, NeedReason.LOW).detail["share"]
    assert isinstance(share, float)
    assert 0 < share < 0.5

    def low(limit: float) -> bool:
        quantity = dataclasses.replace(PROTOCOL.rules.partly_from, value=limit)
        rules = dataclasses.replace(PROTOCOL.rules, partly_from=quantity)
        other = dataclasses.replace(PROTOCOL, rules=rules, digest=f"{limit}")
        found = triage.needs(Case.of(other, story.history))
        return any(n.reason is NeedReason.LOW and n.from_at == midnight(SAT) for n in found)

    assert low(share + 0.001)
    assert not low(share)


def test_the_run_of_such_midnights_is_followed_back():
    story = Story().begins()
    story.feels(1, 30)
    story.feels(1, 24 * 20)
    assert need(story, NeedReason.LOW).key == "low:2025-06-07"


def test_who_does_the_dose_is_not_low_now_and_becomes_so_when_it_stops():
    story = Story().begins()
    for day in range(1, 8):
        for hours in (-2, 1):
            story.trains([PUMPS, GLUTES, "quadriceps", "transversus_abdominis"], 24 * day + hours, reps=10)
    found = need(story, NeedReason.LOW)
    assert found.from_at > story.entries[-1].recorded_at
    assert found.until_at == FOREVER
    known = [outcome.adherence(Case.of(PROTOCOL, story.history), [found.from_at.date() - n * DAY]).overall or 0.0
             for n in range(7)]  # fmt: skip
    assert sum(known) / 7 < 0.5


def test_a_hold_on_everything_makes_nothing_due_and_ends_the_low_share_in_a_week():
    story = Story().begins()
    story.feels(1, 80)
    story.add(facts.ClinicianHold(None, "a scan first"), 81, author=PHYSIO)
    found = need(story, NeedReason.LOW)
    assert found.from_at == midnight(SAT)
    assert found.until_at < FOREVER
    assert not holds(story, NeedReason.LOW, midnight(SAT) + 10 * DAY)


# ---------------------------------------------------------------- review, seen, discharged


def test_a_review_is_due_from_week_twelve_until_a_physiotherapist_has_looked_or_changed_the_plan():
    story = Story().begins()
    story.feels(1, 2000)
    found = need(story, NeedReason.REVIEW_DUE)
    assert (found.key, found.from_at) == ("review_due:after-week-12", story.instant(2016))
    story.add(facts.Seen(("review_due:after-week-12",)), 2015, author=PHYSIO)
    assert NeedReason.REVIEW_DUE in needs(story)
    story.add(facts.Seen(("silent:x",)), 2017, author=PHYSIO)
    story.add(facts.Seen(("review_due:after-week-12",)), 2017)
    assert NeedReason.REVIEW_DUE in needs(story)
    for fact in (
        facts.Seen(("review_due:after-week-12",)),
        facts.PlanText(facts.PlanTopic.BRACE, "Leave it off.", "healed"),
    ):
        looked = Story(entries=list(story.entries))
        looked.add(fact, 2018, author=PHYSIO)
        assert NeedReason.REVIEW_DUE not in needs(looked)


def test_seen_counts_until_the_next_local_day_begins_and_a_new_reason_shows():
    story = Story().begins()
    one, other = (
        story.add(facts.TimeAsked(facts.AnchorTime.PROCEDURE_END, noon(WED)), at) for at in (30, 32)
    )
    story.add(facts.Seen((f"time_asked:{one}",), "rang her"), 33, author=PHYSIO)
    found = {n.key: n for n in triage.needs(Case.of(PROTOCOL, story.history))}
    first = found[f"time_asked:{one}"]
    assert first.seen_until == midnight(FRI)
    assert first.seen(story.instant(33))
    assert not first.seen(midnight(FRI))
    assert (first.seen_by, first.detail["seen_note"]) == (PHYSIO, "rang her")
    assert found[f"time_asked:{other}"].seen_until == BEGINNING


def test_an_open_flag_and_a_message_stay_in_their_place_whoever_has_seen_them():
    story = Story().begins()
    flag = story.add(facts.RedFlagYes("fall"), 30)
    message = story.add(facts.Message("May I drive?"), 30.5)
    marked = story.add(facts.Seen((f"red_flag:{flag}", f"unread:{message}")), 31, author=PHYSIO)
    found = needs(story)
    assert {found[which].seen_until for which in (NeedReason.RED_FLAG, NeedReason.UNREAD)} == {BEGINNING}
    seen = found[NeedReason.RED_FLAG]
    assert (seen.seen_by, seen.detail["seen"]) == (PHYSIO, str(marked))
    assert not seen.may_be_marked(story.instant(33), LONDON)
    assert seen.may_be_marked(midnight(FRI), LONDON)
    assert found[NeedReason.UNREAD].seen_by == ""
    assert not found[NeedReason.UNREAD].may_be_marked(story.instant(33), LONDON)


def test_what_was_marked_as_seen_by_mistake_counts_again_once_it_is_undone():
    story = Story().begins()
    asked = story.add(facts.TimeAsked(facts.AnchorTime.PROCEDURE_END, noon(WED)), 30)
    story.feels(1, 2000)
    keys = (f"time_asked:{asked}", "review_due:after-week-12")
    marked = story.add(facts.Seen(keys), 2017, author=PHYSIO)
    assert NeedReason.REVIEW_DUE not in needs(story)
    story.add(facts.Void(marked, "undone"), 2017.5, author="physiotherapist:other")
    found = needs(story)
    assert found[NeedReason.TIME_ASKED].seen_by == ""
    assert NeedReason.REVIEW_DUE in found


def test_a_patient_cannot_mark_themselves_as_seen():
    story = Story().begins()
    flag = story.add(facts.RedFlagYes("fall"), 30)
    story.add(facts.Seen((f"red_flag:{flag}",)), 31)
    assert need(story, NeedReason.RED_FLAG).seen_by == ""


def test_of_a_discharged_patient_only_an_open_flag_is_left():
    story = Story().begins()
    story.add(facts.Message("May I drive?"), 10)
    story.add(facts.Discharged("well again"), 100, author=PHYSIO)
    assert needs(story) == {}
    story.add(facts.RedFlagYes("fall"), 101)
    assert set(needs(story)) == {NeedReason.RED_FLAG}
    story.add(facts.Readmitted("fell"), 102, author=PHYSIO)
    assert NeedReason.UNREAD in needs(story)


# ---------------------------------------------------------------- the card


def test_a_card_shows_where_a_patient_is():
    story = Story().begins()
    scored(story, (THU, 0), (FRI, 4))
    story.feels(facts.PainWord.BAD, noon(SAT))
    story.add(facts.ClinicianHold(None, "a scan first", noon(MON)), noon(SAT) + DAY, author=PHYSIO)
    card = caseload_card.card(Case.of(PROTOCOL, story.history))
    assert card.procedure_day == WED
    assert card.day(SAT) == 3
    assert [card.phase(noon(day)) for day in (WED, SAT)] == [None, "First week"]
    assert list(card.pain) == [(THU, 0), (FRI, 4)]
    assert card.latest_pain == (noon(SAT), "bad")
    assert card.last_at == noon(SAT)
    assert [card.closed(noon(MON) - timedelta(seconds=1)), card.closed(noon(MON))] == [True, False]


def test_an_open_flag_closes_the_card_for_ever():
    story = Story().begins()
    story.add(facts.ClinicianHold(GLUTES, "a scan first"), 10, author=PHYSIO)
    assert caseload_card.card(Case.of(PROTOCOL, story.history)).closed_until == BEGINNING
    story.add(facts.RedFlagYes("fall"), 30)
    assert caseload_card.card(Case.of(PROTOCOL, story.history)).closed_until == FOREVER


def test_the_card_s_adherence_is_that_of_the_seven_complete_days_before():
    story = Story().begins()
    for day in range(1, 6):
        story.does(PUMPS, 24 * day, reps=10)
    card = caseload_card.card(Case.of(PROTOCOL, story.history))
    today = local_date(story.instant(24 * 6), LONDON)
    days = list(outcome.days_between(today - 7 * DAY, today - DAY))
    assert card.adherence(today) == pytest.approx(
        outcome.adherence(Case.of(PROTOCOL, story.history), days).overall
    )
    assert card.adherence(today + 400 * DAY) == 0
    assert caseload_card.card(Case.of(PROTOCOL, History())).adherence(today) is None


# ---------------------------------------------------------------- whatever is recorded


STORIES = histories.stories()
MORE = st.lists(
    st.one_of(
        st.builds(lambda text: (facts.Message(text), PHYSIO), st.sampled_from(["Hello", "Yes"])),
        st.builds(lambda text: (facts.Message(text), "patient"), st.sampled_from(["Hello", "Yes"])),
        st.builds(lambda n: (facts.MessageRead(UUID(int=n)), PHYSIO), st.integers(1, 30)),
        st.builds(
            lambda days: (facts.Away(noon(WED), noon(WED) + days * DAY, "away"), PHYSIO), st.integers(0, 60)
        ),
        st.just((facts.TimeAsked(facts.AnchorTime.PROCEDURE_END, noon(WED)), "patient")),
        st.just((facts.Discharged("well"), PHYSIO)),
        st.just((facts.Readmitted("ill"), PHYSIO)),
    ),
    max_size=4,
)


@some(120)
@given(STORIES, MORE)
def test_needs_and_card_follow_from_any_history(story: Story, more):
    for fact, author in more:
        story.add(fact, histories.last_told(story), author=author)
    history = story.history
    found = triage.needs(Case.of(PROTOCOL, history))
    last = max(entry.recorded_at for entry in history.entries)
    assert len({need.key for need in found}) == len(found)
    assert all(need.from_at < need.until_at and need.until_at > last for need in found)
    assert all(need.key.startswith(need.reason.value + ":") for need in found)
    assert list(found) == sorted(found, key=rank)
    flags = {f"red_flag:{flag.id}" for flag in red_flags.open_flags(Case.of(PROTOCOL, history))}
    assert {need.key for need in found if need.reason is NeedReason.RED_FLAG} == flags
    row = worked_out(Case.of(PROTOCOL, history), "made")
    assert caseload_rows.to_row(SimpleNamespace(**caseload_rows.to_columns(row))) == row
    if standing.is_discharged(history):
        assert {need.reason for need in found} <= {NeedReason.RED_FLAG}


@some(60)
@given(STORIES, WAITS, st.sampled_from(["seen", "setting"]))
def test_what_says_nothing_of_the_patient_changes_no_need_that_holds(story: Story, minutes: int, what: str):
    now = later(story, minutes)
    before = standing.current(triage.needs(Case.of(PROTOCOL, story.history)), now)
    fact = (
        facts.Seen(tuple(need.key for need in before))
        if what == "seen"
        else facts.Setting("voice", value=True)
    )
    story.add(fact, now, author=PHYSIO)
    after = standing.current(triage.needs(Case.of(PROTOCOL, story.history)), now)
    kept = {need.key for need in before if not (what == "seen" and need.reason is NeedReason.REVIEW_DUE)}
    assert {need.key for need in after} == kept
    if what == "seen":
        assert not any(need.may_be_marked(now, story.history.zone) for need in after)
        assert {need.reason for need in after if not need.seen(now)} <= STAY_IN_PLACE


@some(60)
@given(STORIES, st.integers(-400, 400))
def test_moving_everything_by_days_moves_the_needs(story: Story, days: int):
    zone = "Asia/Kolkata"
    story = Story(zone=zone, procedure_end=story.procedure_end, entries=[
        dataclasses.replace(
            entry, zone=zone, local_date=local_date(entry.at, zone),
            fact=facts.Setting("zone", zone) if isinstance(entry.fact, facts.Setting) else entry.fact,
        )
        for entry in story.entries
    ])  # fmt: skip
    by = timedelta(days=days)

    def spans(told: Story, back: timedelta) -> list[tuple[object, ...]]:
        return [
            (n.reason, n.from_at - back, FOREVER if n.until_at == FOREVER else n.until_at - back)
            for n in triage.needs(Case.of(PROTOCOL, told.history))
        ]

    assert spans(histories.moved(story, days), by) == spans(story, timedelta(0))
