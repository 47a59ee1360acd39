"""The plan page: preview before saving, a reason always, and nothing that a stale form could do."""

from __future__ import annotations

from datetime import date, time, timedelta
from uuid import UUID

import pytest
from streamlit.testing.v1 import AppTest

from coach.desk.clinic.plan import PlanDesk
from coach.desk.clinic.plan_commands import ClearFlag, DoseChange, Hold, Limit, ReleaseExercise, Text
from coach.desk.installation.history_cache import HistoryCache
from coach.desk.installation.recording import NewEntry, new_key
from coach.domain import facts
from coach.domain.errors import BadValue
from coach.protocols import loader
from coach.records.database.errors import Reason, RecordUnavailable
from coach.ui.parts import navigation
from tests.support.clinic_pages import CANARIES, assert_inert, open_clinic, sign_in, texts
from tests.support.followed import Followed, follow
from tests.support.homes import NOW
from tests.support.library import BREATHS, MOVE, TEST, WALK, library
from tests.support.pages import (
    Home,
    at_address,
    buttons,
    enter_time,
    run,
    said,
    tap,
    time_fields,
    title,
    type_time,
    unfold,
)
from tests.support.patient_acts import GLUTES, QUADS, TUMMY
from tests.support.patients import wall
from tests.support.records import record
from tests.support.server import ROOT

TONIGHT, TOMORROW, WEEK = "0", "1", "7"


@pytest.fixture
def team(home: Home, monkeypatch: pytest.MonkeyPatch) -> Followed:
    made = follow(home.settle(hours=40, home=37))
    sign_in(monkeypatch, made)
    return made


def patients_today() -> AppTest:
    """Open the patient's Today, in a browser where the staff are signed in too."""
    at = AppTest.from_file(ROOT / "coach" / "app.py", default_timeout=120)
    at_address(at, "today")
    return run(at)


def desk(team: Followed, account: UUID | None = None) -> PlanDesk:
    return PlanDesk(team.installation, team.patient, team.physiotherapist(account))


def pick(at: AppTest, ending: str, value: object) -> AppTest:
    """Choose one of some pills; `ending` is how their key ends."""
    (found,) = [each for each in at.pills if str(each.key).endswith(ending)]
    found.set_value(value)
    return run(at)


def because(at: AppTest, why: str) -> AppTest:
    (field,) = [each for each in at.text_area if str(each.key).endswith("-why")]
    field.set_value(why)
    return run(at)


def table(at: AppTest) -> list[list[str]]:
    """Return the rows of "What will change"."""
    (found,) = [each.value for each in at.markdown if str(each.value).startswith("| Exercise")]
    return [[cell.strip() for cell in row.strip("| ").split("|")] for row in str(found).split("\n")[2:]]


def save(at: AppTest) -> AppTest:
    return tap(at, "plan-save")


# the way through: form, preview, reason, save


def test_opening_early_is_previewed_in_words_saved_and_seen_by_the_patient_without_a_restart(
    home: Home, team: Followed
):
    patients = patients_today()
    at = open_clinic("plan", team.patient, plan_act="open")
    assert title(at) == "Plan"
    assert "Ada Example" in texts(at)
    assert "Times are the patient’s: Europe/Berlin, now 10:07" in texts(at)
    assert "Nothing differs from the protocol, and nothing waits for you." in texts(at)
    assert "plan-save" not in buttons(at)  # nothing to save before there is something to see
    stored = home.size
    pick(at, f"{TUMMY}-until", TOMORROW)
    assert table(at) == [
        [
            "Tummy tightening",
            "now",
            "today, 18:07",
            "closed: before its phase; opens today, 18:07",
            "open: 5 × 3 seconds, 2 times a day",
        ]
    ]
    reads = "Pat Sample opened tummy tightening early: 5 × 3 seconds, 2 times a day, until tomorrow, 22:00."
    assert reads in texts(at)
    because(at, "You are doing well.")
    assert "Why: You are doing well." in texts(at)
    assert home.size == stored
    save(at)
    assert [each.value for each in at.success] == ["Saved. The patient sees it on Today."]
    (entry,) = home.patient.history().of(facts.Override)
    assert entry.author == f"physiotherapist:{team.pat}"
    assert (entry.fact.routine, entry.fact.reps, entry.fact.hold_s, entry.fact.per_day) == (TUMMY, 5, 3, 2)
    run(patients)
    assert reads in texts(patients)
    assert f"only-{TUMMY}" in buttons(unfold(patients))
    home.clock.goes_on(hours=36)
    assert f"only-{TUMMY}" in buttons(unfold(patients))


def test_a_form_with_something_missing_says_what_and_shows_how_it_is_now(team: Followed):
    said_now = texts(open_clinic("plan", team.patient, plan_act="hold"))
    assert any(text.startswith("Choose the time that is missing") for text in said_now)
    assert said_now[said_now.index("Ankle pumps") + 1] == "open: 10 times, every hour you are awake"
    limit = texts(open_clinic("plan", team.patient, plan_act="limit"))
    assert any(text.startswith("Choose the time that is missing") for text in limit)


def test_after_the_expiry_it_is_closed_again(home: Home, team: Followed):
    desk(team).save(
        DoseChange(TUMMY, 5, 3, 2, None, wall(NOW + timedelta(hours=2)), "Try it once."),
        key=new_key(),
        seen_seq=10**6,
    )
    assert f"only-{TUMMY}" in buttons(unfold(patients_today()))
    home.clock.goes_on(hours=2)
    assert f"only-{TUMMY}" not in buttons(unfold(patients_today()))


def test_without_a_reason_nothing_is_saved_and_the_form_stays(home: Home, team: Followed):
    at = pick(open_clinic("plan", team.patient, plan_act="hold"), "hold-until", WEEK)
    assert "Why: (your reason)" in texts(at)
    stored = home.size
    save(at)
    assert "Something is missing here. Please fill it in." in said(at)
    assert home.size == stored
    because(at, "x" * 2001)
    assert "At most 2000 fit" in said(at)
    assert "plan-save" not in buttons(at)
    assert home.size == stored
    because(at, "Sore.")
    save(at)
    (hold,) = home.patient.history().of(facts.ClinicianHold)
    assert hold.fact.routine is None
    assert hold.fact.until is not None


def test_what_was_not_on_the_screen_before_the_tap_is_shown_first(home: Home, team: Followed):
    at = because(pick(open_clinic("plan", team.patient, plan_act="hold"), "hold-until", WEEK), "Sore.")
    (what,) = [each for each in at.pills if str(each.key).endswith("-hold")]
    what.set_value(QUADS)  # changed and saved in one go
    stored = home.size
    save(at)
    assert "This is other than what you saw before. Look at it, then save again." in said(at)
    assert home.size == stored
    save(at)
    assert home.patient.history().of(facts.ClinicianHold)[0].fact.routine == QUADS


def test_saving_twice_is_one_change(home: Home, team: Followed, monkeypatch: pytest.MonkeyPatch):
    at = because(pick(open_clinic("plan", team.patient, plan_act="hold"), "hold-until", WEEK), "Sore.")
    real = HistoryCache.append

    def stored_but_not_answered(*args: object, **more: object) -> None:
        real(*args, **more)  # type: ignore[arg-type]
        raise RecordUnavailable(Reason.UNREACHABLE, "the database")

    with monkeypatch.context() as patched:
        patched.setattr(HistoryCache, "append", stored_but_not_answered)
        save(at)
        assert "does not answer" in said(at)
    save(at)
    assert len(home.patient.history().of(facts.ClinicianHold)) == 1


# a stale form


def test_a_stale_form_shows_what_is_new_and_asks_again(home: Home, team: Followed):
    at = because(pick(open_clinic("plan", team.patient, plan_act="hold"), "hold-until", WEEK), "Sore.")
    kim = desk(team, team.kim)
    kim.save(Hold(GLUTES, None, "Seen in the clinic."), key=new_key(), seen_seq=kim.seen_seq())
    stored = home.size
    save(at)
    assert home.size == stored
    assert "Something was recorded since you opened this." in said(at)
    assert any("Kim Other" in each and "ottom squeeze" in each for each in texts(at))
    save(at)
    assert home.size == stored
    tap(at, "plan-read")
    assert "Something was recorded since you opened this." not in said(at)
    save(at)
    assert [each.fact.why for each in home.patient.history().of(facts.ClinicianHold)] == [
        "Seen in the clinic.",
        "Sore.",
    ]


def test_a_red_flag_that_comes_meanwhile_is_shown_before_anything_is_saved(home: Home, team: Followed):
    at = because(pick(open_clinic("plan", team.patient, plan_act="dose"), "-until", TOMORROW), "Well.")
    home.patient.red_flags.report_flag("fall", key=new_key())
    stored = home.size
    save(at)
    assert home.size == stored
    assert "Something was recorded since you opened this." in said(at)
    assert "Nothing changes while the red flag is open." in texts(at)


# each act


def test_a_hold_is_in_force_on_top_and_lifted_with_a_reason(home: Home, team: Followed):
    desk(team).save(Hold(QUADS, None, "Left knee."), key=new_key(), seen_seq=10**6)
    (hold,) = home.patient.history().of(facts.ClinicianHold)
    at = open_clinic("plan", team.patient)
    assert "Pat Sample closed thigh tightening, until it is taken back." in texts(at)
    assert "Changed today, 10:07. Why: Left knee." in texts(at)
    tap(at, f"plan-lift-{hold.id}")
    assert [row[0] for row in table(at)] == ["Thigh tightening"] * len(table(at))
    because(at, "It is better.")
    save(at)
    assert home.patient.history().of(facts.HoldLifted)[0].fact.entry == hold.id
    assert "Pat Sample no longer holds thigh tightening closed." in texts(patients_today())


def test_a_dose_is_prefilled_with_todays_and_its_limits_are_shown(home: Home, team: Followed):
    at = pick(open_clinic("plan", team.patient, plan_act="dose"), "-routine", GLUTES)
    labels = {str(each.label): each for each in at.number_input}
    assert set(labels) == {"Reps (1 to 12)", "Hold in seconds (1 to 10)", "Times a day (1 to 4)"}
    assert [each.value for each in labels.values()] == [5, 3, 2]
    labels["Reps (1 to 12)"].set_value(8)
    run(at)
    pick(at, f"{GLUTES}-until", TOMORROW)
    assert "Pat Sample set bottom squeeze: 8 × 3 seconds, 2 times a day, until tomorrow, 22:00." in texts(at)
    because(at, "More is fine.")
    save(at)
    assert home.patient.history().of(facts.Override)[0].fact.reps == 8


def test_a_forged_dose_above_the_maximum_is_refused_by_the_desk(home: Home, team: Followed):
    at = pick(open_clinic("plan", team.patient, plan_act="dose"), f"{TUMMY}-until", TOMORROW)
    (reps,) = [each for each in at.number_input if str(each.key).endswith("-reps")]
    reps.set_value(13)
    because(run(at), "Forged.")
    assert not any("13 ×" in each for each in texts(at))
    with pytest.raises(BadValue):
        desk(team).save(
            DoseChange(TUMMY, 13, 3, 2, None, wall(NOW + timedelta(days=1)), "Forged."),
            key=new_key(),
            seen_seq=10**6,
        )
    assert home.patient.history().of(facts.Override) == ()


def in_library(home: Home, monkeypatch: pytest.MonkeyPatch) -> Followed:
    """A patient, sixteen days after the procedure, whose protocol has exercises that wait for a release."""
    monkeypatch.setattr(loader, "default", library)
    made = follow(home.settle(hours=16 * 24))
    sign_in(monkeypatch, made)
    return made


def test_an_exercise_is_released_beside_its_criteria_and_taken_away(
    home: Home, monkeypatch: pytest.MonkeyPatch
):
    team = in_library(home, monkeypatch)
    at = open_clinic("plan", team.patient, plan_act="release-exercise")
    shown = texts(at)
    assert (
        "You decide. The criteria only tell how this patient stands; they open nothing by themselves."
        in shown
    )
    for line in (
        "Dose: 8 times, once a day, on 3 days a week",
        "Not before 3 March: reached",
        "Latest pain below 4: no number known of the last 7 days",
        "Average pain of the week below 4: known of 0 days, needed of 3 days",
        "No red light for 16 days, at least 7 days: yes",
        "15 minutes walked on 3 days in a row: 0 days so far",
        "The protocol names no criteria.",
    ):
        assert line in shown, line
    assert "plan-save" not in buttons(at)
    pick(at, "-released", MOVE)
    assert "The protocol names no criteria." not in texts(at), "of the others nothing is said any more"
    assert "Pat Sample opened chair rise for you." in texts(at)
    assert table(at)[0][0] == "Chair rise"
    because(at, "You stand up well.")
    save(at)
    (entry,) = home.patient.history().of(facts.Released)
    assert (entry.fact.routine, entry.author) == (MOVE, f"physiotherapist:{team.pat}")
    at = tap(open_clinic("plan", team.patient), f"plan-take-back-{entry.id}")
    assert "Pat Sample closed chair rise again." in texts(at)
    because(at, "It hurt.")
    save(at)
    assert len(home.patient.history().of(facts.ReleaseEnded)) == 1


def test_a_dose_is_asked_for_in_the_words_of_its_kind(home: Home, monkeypatch: pytest.MonkeyPatch):
    team = in_library(home, monkeypatch)
    wanted = {
        WALK: ["Minutes (1 to 30)", "Times a day (1 to 3)", "Days a week (1 to 7)"],
        BREATHS: ["Breaths (1 to 10)", "Seconds in, and out (1 to 6)"],
        TEST: ["Longest try in seconds (1 to 60)", "Times a day (1 to 1)"],
    }
    for routine in wanted:
        desk(team).save(ReleaseExercise(routine, "ready"), key=new_key(), seen_seq=desk(team).seen_seq())
    at = open_clinic("plan", team.patient, plan_act="dose")
    (offered,) = [each for each in at.pills if str(each.key).endswith("-routine")]
    assert "Corridor walk" in offered.options
    assert "Chair rise" not in offered.options, "it is not released"
    for routine, labels in wanted.items():
        pick(at, "-routine", routine)
        assert [str(each.label) for each in at.number_input][: len(labels)] == labels


def test_an_override_is_ended_before_its_time(home: Home, team: Followed):
    ends = wall(NOW + timedelta(days=2))
    desk(team).save(DoseChange(TUMMY, 5, 3, 2, None, ends, "Well."), key=new_key(), seen_seq=10**6)
    (override,) = home.patient.history().of(facts.Override)
    at = tap(open_clinic("plan", team.patient), f"plan-end-{override.id}")
    because(at, "Pain went up.")
    save(at)
    assert home.patient.history().of(facts.OverrideEnded)[0].fact.entry == override.id
    assert f"only-{TUMMY}" not in buttons(unfold(patients_today()))


def test_an_own_time_is_local_to_the_patient_and_one_that_does_not_exist_is_refused(
    home: Home, team: Followed
):
    home.clock.now = NOW + timedelta(days=22)  # Friday 27 March; the clocks go forward on Sunday
    at = pick(open_clinic("plan", team.patient, plan_act="hold"), "hold-until", "own")
    assert any(text.startswith("Choose the time that is missing") for text in texts(at))
    at.date_input[0].set_value(date(2026, 3, 29))
    type_time(at, time(2, 30))
    assert "That time did not exist: the clocks were put forward." in said(at)
    assert "plan-save" not in buttons(at)
    enter_time(at, time(3, 30))
    assert "Pat Sample closed all exercises, until Sunday 29 March, 03:30." in texts(at)


def test_a_time_that_has_passed_is_refused_in_words(home: Home, team: Followed):
    at = pick(open_clinic("plan", team.patient, plan_act="hold"), "hold-until", "own")
    at.date_input[0].set_value(NOW.date())
    enter_time(at, time(9, 0))
    assert "This must end later than it begins, and not in the past." in said(at)
    assert "plan-save" not in buttons(at)


def test_tonight_is_offered_only_before_the_evening(home: Home, team: Followed):
    def offered() -> list[str]:
        at = open_clinic("plan", team.patient, plan_act="hold")
        (found,) = [each for each in at.pills if str(each.key).endswith("hold-until")]
        return list(found.options)

    assert "Tonight" in offered()
    home.clock.goes_on(hours=12)
    assert "Tonight" not in offered()


def test_a_personal_pain_limit_is_at_most_seven_and_ends(home: Home, team: Followed):
    home.patient.sessions.give_pain(5, facts.PainWhen.NOW, key=new_key())
    at = open_clinic("plan", team.patient, plan_act="limit")
    (limits,) = [each for each in at.pills if str(each.key).endswith("-limit")]
    assert list(limits.options) == [str(n) for n in range(1, 8)]
    pick(at, "-limit", 4)
    pick(at, "limit-until", WEEK)
    assert {row[4].split(";")[0] for row in table(at)} == {"closed: pain at the limit or above"}
    because(at, "Careful this week.")
    save(at)
    (limit,) = home.patient.history().of(facts.PainLimit)
    at = tap(open_clinic("plan", team.patient), f"plan-end-limit-{limit.id}")
    because(at, "All well.")
    save(at)
    assert f"only-{GLUTES}" in buttons(unfold(patients_today()))
    assert "Pat Sample ended the pain limit: the usual one holds again." in texts(patients_today())


def test_a_text_stands_there_to_be_changed_and_empty_takes_it_back(home: Home, team: Followed):
    desk(team).save(Text(facts.PlanTopic.BATHING, "Showers only.", "Wound."), key=new_key(), seen_seq=10**6)
    (entry,) = home.patient.history().of(facts.PlanText)
    at = tap(open_clinic("plan", team.patient), f"plan-text-{entry.id}")
    (words,) = [each for each in at.text_area if str(each.key).endswith("-text")]
    assert words.value == "Showers only."
    words.set_value("")
    run(at)
    because(at, "It has healed.")
    save(at)
    assert "**Bathing**" not in [each.value for each in patients_today().markdown]


def test_a_red_flag_is_cleared_with_a_reason_and_the_first_doses_follow(home: Home, team: Followed):
    flag = new_key()
    home.patient.red_flags.report_flag("fall", key=flag)
    home.clock.goes_on(minutes=30)
    at = open_clinic("plan", team.patient, plan_act="clear", plan_about=flag)
    assert any(each.startswith("Red flag since today, 10:07:") for each in texts(at))
    assert any(row[3] == "closed: red flag not cleared" for row in table(at))
    because(at, "Seen today, the X-ray is fine.")
    save(at)
    (cleared,) = home.patient.history().of(facts.FlagCleared)
    assert (cleared.fact.entry, cleared.fact.who) == (flag, "Pat Sample")
    assert title(patients_today()) == "You can exercise now"


def test_a_flag_that_only_a_restart_ends_leads_to_the_restart(home: Home, team: Followed):
    flag = new_key()
    home.patient.red_flags.report_flag("new_back_pain", key=flag)
    home.clock.goes_on(hours=2)
    at = open_clinic("plan", team.patient)
    assert "Only a restart of the clock ends it." in texts(at)
    tap(at, f"plan-restart-{flag}")
    pick(at, "-cause", facts.Cause.NEW_FRACTURE)
    start = wall(NOW + timedelta(hours=1))
    for day in at.date_input:
        day.set_value(start.date())
    for field in range(len(time_fields(at))):
        enter_time(at, start.time(), field=field)
    because(at, "The scan shows a new fracture.")
    save(at)
    course = home.patient.history().of(facts.Procedure)[-1]
    assert (course.fact.cause, course.fact.why) == (
        facts.Cause.NEW_FRACTURE,
        "The scan shows a new fracture.",
    )
    assert home.patient.history().of(facts.HomeArrival)[-1].fact.home
    assert home.patient.open_flags() == ()


def test_a_set_up_answer_is_released(home: Home, team: Followed):
    home.patient.set_up.reply("went_wrong", facts.Reply.YES, key=new_key())
    at = open_clinic("plan", team.patient, plan_act="release", plan_about="went_wrong")
    because(at, "The surgeon agrees.")
    save(at)
    (agreed,) = home.patient.history().of(facts.ClinicAgreed)
    assert (agreed.fact.question, agreed.fact.who) == ("went_wrong", "Pat Sample")
    assert title(patients_today()) == "You can exercise now"


def test_several_set_up_answers_are_released_in_one_form(home: Home, team: Followed):
    both = ("went_wrong", "tumour_or_three")
    for question in both:
        home.patient.set_up.reply(question, facts.Reply.UNSURE, key=new_key())
    at = open_clinic("plan", team.patient, plan_act="release", plan_about="went_wrong")
    (other,) = [each for each in at.checkbox if not each.value]
    other.check()
    run(at)
    because(at, "The surgeon agrees.")
    assert said(at).count("Why: The surgeon agrees.") == 1
    save(at)
    agreed = home.patient.history().of(facts.ClinicAgreed)
    assert {each.fact.question for each in agreed} == set(both)
    assert title(patients_today()) == "You can exercise now"


@pytest.mark.parametrize("accepted", [True, False])
def test_a_request_for_an_earlier_time_is_answered(home: Home, team: Followed, *, accepted: bool):
    asked = new_key()
    to = NOW - timedelta(hours=39)
    record(home.patient, NewEntry(facts.TimeAsked(facts.AnchorTime.HOME_ARRIVAL, to), key=asked))
    at = open_clinic("plan", team.patient)
    tap(at, f"plan-decide-{asked}")
    assert "plan-save" not in buttons(at)
    pick(at, "-accept", accepted)
    because(at, "As the letter says.")
    save(at)
    (decided,) = home.patient.history().of(facts.TimeDecided)
    assert (decided.fact.entry, decided.fact.accepted) == (asked, accepted)
    assert (home.patient.course().home == to) is accepted  # type: ignore[union-attr]


def test_another_protocol_is_offered_by_title_and_version(home: Home, team: Followed):
    at = open_clinic("plan", team.patient, plan_act="choose")
    (found,) = [each for each in at.selectbox if each.key != "clinic-language"]
    assert found.options == ["After a balloon kyphoplasty, version 1.1.0 (the present one)"]
    assert "plan-save" not in buttons(at)


# past an open red flag


def test_past_an_open_red_flag_nothing_changes_and_it_says_so(home: Home, team: Followed):
    home.patient.red_flags.report_flag("fall", key=new_key())
    at = pick(open_clinic("plan", team.patient, plan_act="dose"), f"{TUMMY}-until", TOMORROW)
    assert "Nothing changes while the red flag is open." in texts(at)
    because(at, "Well.")
    save(at)
    assert title(patients_today()) == "Do not exercise now"


# inert


@pytest.mark.parametrize("canary", CANARIES)
def test_reasons_texts_and_names_are_only_ever_text(home: Home, team: Followed, canary: str):
    from coach.records.database import schema

    with team.installation.store.writing() as connection:
        connection.execute(schema.account.update().values(name=canary))
        connection.execute(schema.person.update().values(name=canary))
    sign = desk(team)
    ends = wall(NOW + timedelta(days=2))
    flag = new_key()
    for change in (
        Hold(QUADS, None, canary),
        DoseChange(TUMMY, 5, 3, 2, None, ends, canary),
        Limit(4, ends, canary),
        Text(facts.PlanTopic.BRACE, canary, canary),
    ):
        sign.save(change, key=new_key(), seen_seq=10**6)
    home.patient.red_flags.report_flag("fall", key=flag)
    sign.save(ClearFlag(flag, canary), key=new_key(), seen_seq=10**6)
    for act in ("hold", "dose", "text", "lift", "end", "end-limit"):
        at = open_clinic("plan", team.patient, plan_act=act)
        because(at, canary)
        assert any(canary in each for each in texts(at))
        assert_inert(at, canary)


# strangers


def test_a_patient_of_another_team_is_not_found_and_no_patient_chosen_leads_to_the_caseload(
    home: Home, team: Followed, monkeypatch: pytest.MonkeyPatch
):
    assert title(open_clinic("plan", new_key())) == "Not found"
    assert title(open_clinic("thread", new_key())) == "Not found"
    at = open_clinic("plan", team.patient)
    at.session_state[navigation.PATIENT_CHOSEN] = new_key()
    assert title(run(at)) == "Not found"
