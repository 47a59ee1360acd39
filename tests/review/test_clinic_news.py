"""What changed since somebody looked: every kind of fact has its sentence, and the figures are the domain's."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest

from coach.domain import facts, outcome
from coach.domain.case import Case
from coach.domain.history import History
from coach.domain.payloads import KINDS
from coach.protocols.loader import default
from coach.review.clinic import findings
from coach.review.clinic import news as clinic_news
from coach.review.clinic.news_items import (
    AverageMoved,
    FlagTold,
    Part,
    RightNow,
    Sessions,
    Unread,
)
from coach.text.clinic_entries import EntryTold
from tests.domain.story import GLUTES, QUADS, Story
from tests.support.review_samples import Record, on_day, plausible

PROTOCOL = default()
ANNA, BEN = "physiotherapist:a", "physiotherapist:b"
AUTHORS = {"patient": "Mrs Example", ANNA: "Anna Berg", BEN: "Ben Cole"}
DAY_0 = date(2026, 9, 7)
SOME = UUID(int=1)


def after(days: int) -> date:
    return DAY_0 + timedelta(days=days)


def by(record: Record, author: str) -> None:
    """Let the last entry be somebody else's."""
    record.entries[-1] = replace(record.entries[-1], author=author)


def news(record: Record, since: int, *, day: int, me: str = "") -> list[tuple[Part, object]]:
    return list(clinic_news.changed(Case.of(PROTOCOL, record.history), since=since, today=after(day), me=me))


def sentences(record: Record, since: int, *, day: int, me: str = "") -> list[str]:
    return [
        findings.item(what, Case.of(PROTOCOL, record.history), AUTHORS)
        for _part, what in clinic_news.changed(
            Case.of(PROTOCOL, record.history), since=since, today=after(day), me=me
        )
    ]


def looked(record: Record) -> int:
    return len(record.entries)


# every kind


def every_kind() -> dict[str, facts.Fact]:
    """Return one fact of each kind."""
    at = on_day(5, "10:00")
    later = on_day(6, "10:00")
    return {
        "procedure": facts.Procedure(facts.Cause.NEW_FRACTURE),
        "home_arrival": facts.HomeArrival(home=False),
        "answer": facts.Answer("leg_clot_or_injury", facts.Reply.YES),
        "clinic_agreed": facts.ClinicAgreed("leg_clot_or_injury", "Dr Ames", at, "no clot"),
        "setting": facts.Setting("voice", value=True),
        "pain": facts.Pain(4, facts.PainWhen.NOW),
        "flag_check": facts.FlagCheck(whole=True),
        "red_flag": facts.RedFlagYes("leg_clot"),
        "flag_mistake": facts.FlagMistake(SOME),
        "flag_cleared": facts.FlagCleared(SOME, "Dr Ames", at, "scan was fine"),
        "drowsy": facts.Drowsy(yes=True),
        "session_started": facts.SessionStarted((), "p", "1", "d"),
        "set_done": facts.SetDone(SOME, GLUTES, 5, 5, 3, 40, "first-week"),
        "session_finished": facts.SessionFinished(SOME, facts.StopReason.PAIN),
        "effort": facts.Effort(SOME, 5),
        "note": facts.Note(SOME, "ok"),
        "hold": facts.ClinicianHold(None, "wait for the scan"),
        "hold_lifted": facts.HoldLifted(SOME, "scan was fine"),
        "override": facts.Override(GLUTES, 5, 3.0, 2, at, later, "doing well"),
        "override_ended": facts.OverrideEnded(SOME, "too much"),
        "released": facts.Released("walking", "ready"),
        "release_ended": facts.ReleaseEnded(SOME, "dizzy"),
        "pain_limit": facts.PainLimit(7, later, "used to pain"),
        "plan_text": facts.PlanText(facts.PlanTopic.BRACE, "Wear it.", "three levels"),
        "protocol_chosen": facts.ProtocolChosen("slow", "2", "d", "frail"),
        "time_asked": facts.TimeAsked(facts.AnchorTime.PROCEDURE_END, at),
        "time_decided": facts.TimeDecided(SOME, accepted=False, why="the letter says noon"),
        "course_detail": facts.CourseDetail(facts.Detail.LEVELS, "T12, L1"),
        "away": facts.Away(at, later, "wedding"),
        "discharged": facts.Discharged("done"),
        "readmitted": facts.Readmitted("new fall"),
        "seen": facts.Seen(("silent:1",)),
        "message": facts.Message("Hello"),
        "message_read": facts.MessageRead(SOME),
        "no_answer_needed": facts.NoAnswerNeeded(SOME),
        "activity": facts.Activity("Getting out of bed"),
        "function_score": facts.FunctionScore("week-2", SOME, 4),
        "change_rating": facts.ChangeRating("week-2", facts.Change.MUCH_BETTER),
        "bone_health": facts.BoneHealth("week-6", facts.BoneStep.TREATMENT, facts.BoneState.NO),
        "put_off": facts.PutOff("week-2", facts.PutOffWhat.ACTIVITIES),
        "void": facts.Void(SOME, "a slip"),
        "set_aside": facts.SetAside(SOME, "wrong clock"),
    }


def test_the_list_of_kinds_is_whole():
    assert every_kind().keys() == KINDS.keys()


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_of_fact_has_its_sentence(kind: str):
    record = Record().set_up()
    since = looked(record)
    record.add(every_kind()[kind], on_day(5, "10:00"))
    by(record, ANNA)
    told = sentences(record, since, day=0)
    bare = sentences(Record().set_up(), since, day=0)
    if kind in ("message_read", "no_answer_needed"):
        assert told == bare, "that somebody read a message is no news"
    else:
        assert len(set(told) - set(bare)) == 1, told
    why = getattr(every_kind()[kind], "why", "")
    assert not why or any(why in sentence for sentence in told)


def test_what_i_wrote_myself_is_no_news_to_me_but_to_others():
    record = Record().set_up()
    since = looked(record)
    record.add(facts.ClinicianHold(QUADS, "swollen knee"), on_day(0, "20:00"))
    by(record, ANNA)
    mine = sentences(record, since, day=0, me=ANNA)
    others = sentences(record, since, day=0, me=BEN)
    assert not any("swollen" in each for each in mine)
    assert "Hold on Thigh tightening, until lifted (Anna Berg, Mon 7\u00a0Sep, 20:00): swollen knee" in others


def test_a_lifted_hold_names_who_lifted_it_and_what():
    record = Record().set_up()
    hold = record.add(facts.ClinicianHold(QUADS, "swollen knee"), on_day(1))
    since = looked(record)
    record.add(facts.HoldLifted(hold, "no swelling"), on_day(2, "09:00"))
    by(record, BEN)
    assert "Hold lifted: Thigh tightening (Ben Cole, Wed 9\u00a0Sep, 09:00): no swelling" in sentences(
        record, since, day=2
    )


def test_an_ended_pain_limit_is_not_told_as_one_that_was_set():
    record = Record().set_up()
    record.add(facts.PainLimit(4, on_day(9), "careful"), on_day(1))
    since = looked(record)
    record.add(facts.PainLimit(4, on_day(2, "09:00"), "all well"), on_day(2, "09:00"))
    by(record, BEN)
    assert "Own pain limit 4 ended (Ben Cole, Wed 9\u00a0Sep, 09:00): all well" in sentences(
        record, since, day=2
    )


# red flags


def test_a_red_flag_comes_first_and_says_whether_it_is_open():
    record = plausible(6)
    since = looked(record)
    record.pain(5, 3, clock="21:00")
    flag = record.add(facts.RedFlagYes("leg_weakness"), on_day(5, "21:14"))
    part, first = news(record, since, day=5)[0]
    assert part is Part.FLAGS
    assert isinstance(first, FlagTold)
    assert first.open
    assert sentences(record, since, day=5)[0].startswith("Red flag: New weakness in a leg")
    assert sentences(record, since, day=5)[0].endswith("Sat 12\u00a0Sep, 21:14, open.")
    record.add(facts.FlagMistake(flag), on_day(5, "21:16"))
    told = sentences(record, since, day=5)
    assert any(each.endswith("not open any more.") for each in told)
    assert any(each.startswith("Red flag taken back as a mistake: New weakness") for each in told)


# pain


def average(record: Record, since: int, *, day: int) -> AverageMoved:
    [found] = [what for _part, what in news(record, since, day=day) if isinstance(what, AverageMoved)]
    return found


def test_pain_is_compared_with_the_last_average_that_was_seen():
    record = Record().set_up()
    record.pain(1, 2)
    record.pain(2, 3)
    since = looked(record)
    record.pain(3, 4)
    record.pain(4, 6)
    moved = average(record, since, day=4)
    assert (moved.before, moved.after, moved.count) == (3, 6, 2)
    assert "Pain over 24 hours rose from 3 to 6, Fri 11\u00a0Sep." in sentences(record, since, day=4)


def test_an_average_told_late_is_compared_with_the_day_before_it():
    record = Record().set_up()
    record.pain(1, 2)
    record.pain(3, 7)
    since = looked(record)
    record.pain(2, 4)
    moved = average(record, since, day=3)
    assert (moved.before, moved.after) == (2, 4)


def test_pain_of_zero_is_a_score_and_the_first_one_has_nothing_before_it():
    record = Record().set_up()
    since = looked(record)
    record.pain(1, 0)
    assert average(record, since, day=1).before is None
    assert "Pain over 24 hours: 0, Tue 8\u00a0Sep." in sentences(record, since, day=1)
    since = looked(record)
    record.pain(2, 0)
    assert "Pain over 24 hours stayed at 0, Wed 9\u00a0Sep." in sentences(record, since, day=2)


def test_words_and_not_known_are_told_apart_from_numbers():
    record = Record().set_up()
    since = looked(record)
    record.pain(1, facts.PainWord.BAD)
    record.pain(1, None, facts.PainWhen.NOW)
    told = sentences(record, since, day=1)
    assert "Pain told in words: bad pain." in told
    assert "Pain was asked for once and not known." in told
    kinds = [type(what) for _part, what in news(record, since, day=1)]
    assert AverageMoved not in kinds
    assert RightNow not in kinds


def test_the_highest_score_right_now_is_not_lost_behind_the_latest():
    record = Record().set_up()
    since = looked(record)
    for clock, score in (("09:00", 3), ("12:00", 8), ("18:00", 2)):
        record.pain(1, score, facts.PainWhen.NOW, clock)
    assert "Pain right now, 3 times: latest 2; highest 8, Tue 8\u00a0Sep, 12:00." in sentences(
        record, since, day=1
    )


def test_a_red_light_is_told_once():
    record = Record().set_up()
    since = looked(record)
    record.session(on_day(3, "09:00"), [GLUTES], before=3, after=7)
    assert "Red light: Thu 10\u00a0Sep, 09:02." in sentences(record, since, day=3)
    assert not any("light" in each for each in sentences(record, looked(record), day=3))


def test_the_second_amber_turns_red_though_the_first_was_seen():
    record = Record().set_up()
    record.session(on_day(3, "09:00"), [GLUTES], before=3, after=5)
    since = looked(record)
    record.session(on_day(3, "15:00"), [GLUTES], before=3, after=5)
    told = sentences(record, since, day=3)
    assert any(each.startswith("Red light") for each in told)
    assert not any(each.startswith("Amber") for each in told)


def test_a_correction_says_from_what_to_what_and_by_whom():
    record = Record().set_up()
    old = record.pain(2, 6)
    since = looked(record)
    record.add(facts.Pain(3, facts.PainWhen.AVERAGE_24H), on_day(2), supersedes=old)
    assert "The patient corrected average pain over 24 hours: 6, now 3." in sentences(record, since, day=2)


def test_a_corrected_time_of_the_procedure_says_both_times():
    record = Record().set_up()
    since = looked(record)
    first = next(entry for entry in record.entries if isinstance(entry.fact, facts.Procedure))
    record.add(facts.Procedure(), on_day(0, "12:30"), supersedes=first.id)
    assert (
        "The patient corrected the time of the procedure: Mon 7\u00a0Sep, 14:30, now Mon 7\u00a0Sep, 12:30."
        in sentences(record, since, day=0)
    )


def test_what_was_told_and_taken_back_since_is_told_as_taken_back_alone():
    record = Record().set_up()
    since = looked(record)
    wrong = record.pain(2, 9, facts.PainWhen.NOW)
    record.add(facts.Void(wrong, "a slip"), on_day(2, "20:05"))
    told = news(record, since, day=2)
    assert not any(isinstance(what, RightNow) for _part, what in told)
    [void] = [(part, what) for part, what in told if isinstance(what, EntryTold)]
    assert void[0] is Part.PAIN
    assert any(each.startswith("Taken back: Pain right now: 9 (") for each in sentences(record, since, day=2))


# sessions


def done(record: Record, since: int, *, day: int) -> Sessions:
    [found] = [what for _part, what in news(record, since, day=day) if isinstance(what, Sessions)]
    return found


def test_since_the_beginning_done_and_due_are_the_domains_sums():
    record = plausible(9)
    found = done(record, 0, day=8)
    counts = [
        count
        for on in outcome.days_between(DAY_0, after(8))
        for count in outcome.day(Case.of(PROTOCOL, record.history), on).values()
    ]
    assert found.due == sum(count.due for count in counts)
    assert found.done == sum(min(count.done, count.due) for count in counts)
    assert found.count == len(record.history.sessions)


@pytest.mark.parametrize("share", [0.2, 0.5, 0.8])
def test_two_looks_add_up_to_one(share: float):
    record = plausible(9)
    cut = int(len(record.entries) * share)
    seen = History(record.entries[:cut])
    day = max(entry.local_date for entry in seen.entries)
    first = [
        w
        for _p, w in clinic_news.changed(Case.of(PROTOCOL, seen), since=0, today=day)
        if isinstance(w, Sessions)
    ]
    assert first[0].done + done(record, cut, day=8).done == done(record, 0, day=8).done


def test_silence_is_told_where_sets_were_due():
    record = Record().set_up()
    record.session(on_day(3, "09:00"), [GLUTES])
    since = looked(record)
    found = done(record, since, day=5)
    assert found.count == found.done == 0
    assert found.due > 0
    assert sentences(record, since, day=5)[-1].startswith(f"No session, 0 of {found.due} sets due")


def test_that_nothing_was_done_yet_today_is_no_news():
    record = Record().set_up()
    record.session(on_day(3, "09:00"), [GLUTES])
    since = looked(record)
    assert not any(isinstance(item, Sessions) for _part, item in news(record, since, day=3))


def test_stops_sets_outside_the_plan_and_notes_are_in_the_sentence():
    story = Story().begins()
    since = len(story.entries)
    session = story.trains([GLUTES], 30, stop=facts.StopReason.PAIN)
    story.add(facts.Note(session, "**hurt**"), 30.2)
    outside = next(entry for entry in story.entries if isinstance(entry.fact, facts.SetDone))
    at = story.entries.index(outside)
    assert isinstance(outside.fact, facts.SetDone)
    story.entries[at] = replace(outside, fact=replace(outside.fact, outside_plan=True))
    told = clinic_news.changed(Case.of(PROTOCOL, story.history), since=since, today=date(2025, 6, 5))
    text = [findings.item(what, Case.of(PROTOCOL, story.history), AUTHORS) for _part, what in told]
    [line] = [each for each in text if "1 session" in each]
    assert "1 set outside the plan, 1 stopped: pain, 1 note." in line
    assert "**hurt**" not in line


# messages


def test_messages_are_unread_until_a_physiotherapist_reads_them():
    record = Record().set_up()
    since = looked(record)
    record.add(facts.Message("May I drive?"), on_day(1, "09:00"))
    last = record.add(facts.Message("Hello?"), on_day(1, "10:00"))
    [unread] = [what for _part, what in news(record, since, day=1) if isinstance(what, Unread)]
    assert unread.count == 2
    assert "Messages: 2 unread, the latest Tue 8\u00a0Sep, 10:00." in sentences(record, since, day=1)
    record.add(facts.MessageRead(last), on_day(1, "11:00"))
    by(record, BEN)
    assert not any("unread" in each for each in sentences(record, since, day=1))


def test_the_patients_own_words_are_in_no_sentence_about_messages():
    record = Record().set_up()
    since = looked(record)
    record.add(facts.Message("# Look at me"), on_day(1))
    assert not any("Look" in each for each in sentences(record, since, day=1))


def test_the_viewers_own_answer_is_counted_and_is_no_news_alone():
    record = Record().set_up()
    since = looked(record)
    question = record.add(facts.Message("May I drive?"), on_day(1, "09:00"))
    record.add(facts.MessageRead(question), on_day(1, "10:00"))
    by(record, ANNA)
    record.add(facts.Message("Not yet."), on_day(1, "10:01"))
    by(record, ANNA)
    assert any(
        "1 by the patient, 1 by the clinic" in each for each in sentences(record, since, day=1, me=ANNA)
    )
    answered = looked(record) - 1
    assert not any("Messages" in each for each in sentences(record, answered, day=1, me=ANNA))


def test_a_check_for_warning_signs_is_not_counted_with_another_question():
    record = Record().set_up()
    since = looked(record)
    record.add(facts.FlagCheck(whole=True), on_day(1, "09:00"))
    record.add(facts.Drowsy(yes=False), on_day(1, "09:01"))
    told = sentences(record, since, day=1)
    assert any(each.startswith("Warning signs checked once") for each in told)
    assert any(each.startswith("Asked once whether sleepy") for each in told)


# answers


def test_an_answer_that_closes_something_is_counted_apart():
    record = Record().set_up()
    since = looked(record)
    for question, reply in (
        ("leg_clot_or_injury", facts.Reply.YES),
        ("helper", facts.Reply.YES),
        ("went_wrong", facts.Reply.NO),
    ):
        record.add(facts.Answer(question, reply), on_day(1))
    assert "3 set-up questions answered, 1 of them closes something." in sentences(record, since, day=1)


def test_nothing_new_says_nothing():
    record = Record()
    assert news(record, 0, day=0) == []
    record.set_up()
    assert news(record, looked(record), day=0) == [], "what is due today may still be done"
