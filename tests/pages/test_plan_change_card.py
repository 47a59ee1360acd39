"""What a patient sees of a physiotherapist's changes, and what a followed patient cannot do alone."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from coach.desk.installation.patient_context import PatientContext
from coach.desk.installation.recording import NewEntry, new_key
from coach.domain.facts import (
    AnchorTime,
    Cause,
    ClinicianHold,
    Fact,
    FlagCleared,
    HoldLifted,
    Override,
    OverrideEnded,
    PainLimit,
    PlanText,
    PlanTopic,
    Procedure,
    RedFlagYes,
    Reply,
    TimeAsked,
    TimeDecided,
)
from tests.support.clinic_pages import CANARIES, assert_inert, texts
from tests.support.followed import Followed, follow
from tests.support.homes import NOW
from tests.support.pages import Home, blocks, buttons, enter_time, run, said, tap, title, unfold
from tests.support.patient_acts import GLUTES, QUADS, TUMMY
from tests.support.patients import wall
from tests.support.records import record


@pytest.fixture
def team(home: Home) -> Followed:
    return follow(home.settle(hours=40, home=37))


def change(team: Followed, *facts: Fact) -> list[UUID]:
    """Let Pat record these, one after the other, and return their entries' ids."""
    desk = PatientContext(team.installation, team.patient, team.physiotherapist())
    ids = [new_key() for _ in facts]
    for key, fact in zip(ids, facts, strict=True):
        desk.record(NewEntry(fact, key=key))
    return ids


def early(why: str = "Doing well.", *, days: float = 3) -> Override:
    return Override(TUMMY, 5, 3, 2, NOW, NOW + timedelta(days=days), why)


def test_today_tells_who_changed_what_when_until_when_and_why(home: Home, team: Followed):
    change(team, early())
    at = home.open()
    assert "Your physiotherapist changed your plan" in blocks(at, "h2")
    assert (
        "Pat Sample opened tummy tightening early: 5 × 3 seconds, 2 times a day,"
        " until Sunday 8 March, 10:07." in texts(at)
    )
    assert "Why: Doing well." in texts(at)
    assert "Changed today, 10:07." in texts(at)
    assert f"only-{TUMMY}" in buttons(unfold(at))


def test_every_kind_of_change_has_its_sentence(home: Home, team: Followed):
    flag = new_key()
    home.patient.red_flags.report_flag("fall", key=flag)
    home.clock.goes_on(minutes=5)
    now = home.clock.now
    asked = new_key()
    record(home.patient, NewEntry(TimeAsked(AnchorTime.HOME_ARRIVAL, now - timedelta(hours=39)), key=asked))
    expected: dict[Fact, str] = {
        ClinicianHold(None, "w"): "Pat Sample closed all exercises, until it is taken back.",
        ClinicianHold(GLUTES, "w", now + timedelta(hours=20)): (
            "Pat Sample closed bottom squeeze, until tomorrow, 06:12."
        ),
        PainLimit(4, now + timedelta(days=2), "w"): (
            "Pat Sample set a pain limit: from 4 on the tightening exercises wait, until Saturday 7 March, 10:12."
        ),
        PlanText(PlanTopic.BRACE, "Only in the car.", "w"): "Pat Sample wrote about your brace.",
        FlagCleared(flag, "Pat", now, "w"): ("Pat Sample said that you may exercise again after: "),
        TimeDecided(asked, False, "w"): (
            "Pat Sample did not accept Tuesday 3 March, 19:12 as the time when you got home."
        ),
    }
    for fact, sentence in expected.items():
        change(team, fact)
        shown = "\n".join(texts(home.open()))
        assert sentence in shown, sentence
        assert "Why: w" in shown


def test_what_was_ended_or_replaced_is_left_to_what_came_after(home: Home, team: Followed):
    (hold,) = change(team, ClinicianHold(QUADS, "Sore."))
    change(team, HoldLifted(hold, "Better."))
    (override,) = change(team, early("First."))
    change(team, OverrideEnded(override, "Not yet."))
    shown = "\n".join(texts(home.open()))
    assert "Pat Sample no longer holds thigh tightening closed." in shown
    assert "Pat Sample set tummy tightening back to the usual plan." in shown
    assert "Sore." not in shown
    assert "First." not in shown


def test_a_change_is_shown_for_seven_days_or_as_long_as_it_is_in_force(home: Home, team: Followed):
    change(team, early(days=1), ClinicianHold(GLUTES, "Long hold.", NOW + timedelta(days=20)))
    opened, closed = "Pat Sample opened tummy tightening early", "Pat Sample closed bottom squeeze"

    def shown() -> list[str]:
        return [each for each in (opened, closed) if any(each in text for text in texts(home.open()))]

    home.clock.goes_on(hours=7 * 24 - 0.1)
    assert shown() == [opened, closed]
    home.clock.goes_on(hours=1)
    assert shown() == [closed]
    home.clock.goes_on(hours=14 * 24)
    assert shown() == []


def test_three_are_shown_and_the_diary_has_all(home: Home, team: Followed):
    for number, topic in enumerate(PlanTopic):
        change(team, PlanText(topic, f"Text {number}", f"Reason {number}"))
    at = home.open()
    shown = [each for each in texts(at) if each.startswith("Why: Reason")]
    assert shown == ["Why: Reason 3", "Why: Reason 2", "Why: Reason 1"]
    tap(at, "all-changes")
    assert title(at) == "Diary"
    assert all(f"Why: Reason {number}" in texts(at) for number in range(4))
    assert not any(name.startswith(("back-", "correct-")) for name in buttons(at) if "plan" in name)


def test_the_clinicians_texts_stand_with_what_to_do_and_can_be_taken_back(home: Home, team: Followed):
    change(team, PlanText(PlanTopic.DRIVING, "Not before Friday.", "You asked."))
    at = home.open()
    assert "Driving" in blocks(at, "p")
    assert texts(at).count("Not before Friday.") == 2  # on the card and with what to do
    change(team, PlanText(PlanTopic.DRIVING, "", "Friday is over."))
    at = home.open()
    assert "Driving" not in blocks(at, "p")


def test_texts_of_an_earlier_course_hold_no_more(home: Home, team: Followed):
    change(team, PlanText(PlanTopic.LIFTING, "Ten kilos.", "Strong."))
    change(team, Procedure(Cause.NEW_FRACTURE))
    assert "Lifting" not in blocks(home.open())


@pytest.mark.parametrize("canary", CANARIES)
def test_a_clinicians_words_are_only_ever_text(home: Home, team: Followed, canary: str):
    change(
        team,
        Override(GLUTES, 4, 3, 2, NOW, NOW + timedelta(days=3), canary),
        ClinicianHold(QUADS, canary),
        PlanText(PlanTopic.BATHING, canary, canary),
    )
    for page in ("today", "diary"):
        at = home.open(page)
        assert any(canary in each for each in texts(at))
        assert_inert(at, canary)
    change(team, ClinicianHold(None, canary))
    at = home.open()
    assert title(at) == "Not yet"
    assert_inert(at, canary)


@pytest.mark.parametrize("canary", CANARIES)
def test_a_physiotherapists_name_is_only_ever_text(home: Home, team: Followed, canary: str):
    with team.installation.store.writing() as connection:
        from coach.records.database import schema

        connection.execute(schema.account.update().values(name=canary))
    change(team, early(), PlanText(PlanTopic.BATHING, "x", "y"))
    for page in ("today", "diary"):
        at = home.open(page)
        assert any(canary in each for each in texts(at))
        assert_inert(at, canary)


# what a followed patient cannot do alone


def test_a_followed_patient_clears_no_warning_sign_and_is_told_who_does(home: Home, team: Followed):
    home.patient.red_flags.report_flag("fall", key=new_key())
    home.clock.goes_on(hours=30)
    at = home.open("warning")
    assert "Only your physiotherapist can let you start again. You cannot do that here." in texts(at)
    assert not any(name.startswith("clear-") for name in buttons(at))
    assert "Nobody watches it live." in said(at)


def test_an_earlier_time_is_asked_for_and_stays_as_it_was_until_it_is_decided(home: Home, team: Followed):
    at = tap(home.open("settings", part="times"), "change-home")
    earlier = wall(NOW - timedelta(hours=39))
    at.pills[0].set_value(earlier.date())
    enter_time(at, earlier.time())
    tap(at, "sure-home")
    assert "Asked. Your physiotherapist decides; until then the time stays as it was." in said(at)
    (asked,) = home.patient.history().of(TimeAsked)
    assert "You asked to change this: on 3 March at 19:07. Your physiotherapist decides." in texts(run(at))
    change(team, TimeDecided(asked.id, False, "The letter says otherwise."))
    assert not any(
        each.startswith("You asked to change") for each in texts(home.open("settings", part="times"))
    )


def test_an_answer_that_closes_something_is_not_taken_back_alone(home: Home, team: Followed):
    home.patient.set_up.reply("went_wrong", Reply.YES, key=new_key())
    at = home.open("settings", part="answers")
    assert any("Closed until your physiotherapist opens it." in each for each in texts(at))
    assert "change-agreed-went_wrong" not in buttons(at)
    tap(at, "change-went_wrong")
    stored = home.size
    tap(at, "set-went_wrong-no")
    assert "Only your physiotherapist can change this." in said(at)
    assert home.size == stored
    today = home.open()
    assert "Your physiotherapist looks at this and decides. Until then it stays closed." in texts(today)
    assert "agreed-went_wrong-save" not in buttons(today)


def test_a_course_is_begun_again_by_the_physiotherapist_alone(home: Home, team: Followed):
    at = home.open("settings", part="new-course")
    assert "anew-procedure" not in buttons(at)
    tap(at, "anew-fracture")
    assert "anew-again" not in buttons(at)
    tap(at, "anew-flag")
    assert title(at) == "Do not exercise now"
    assert len(home.patient.history().of(RedFlagYes)) == 1
    assert "anew-again" not in buttons(at)
    other = home.open("settings")
    other.session_state["anew-way"] = "again"
    assert title(run(other)) == "Settings"


def test_the_diary_offers_to_take_back_only_what_is_the_patients_own(home: Home, team: Followed):
    home.patient.sessions.answer_none(whole=True, key=new_key())
    home.patient.set_up.reply("went_wrong", Reply.YES, key=new_key())
    check = home.patient.history().entries[-2]
    at = home.open("diary")
    assert f"back-{check.id}" not in buttons(at)
