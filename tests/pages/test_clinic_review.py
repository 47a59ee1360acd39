"""The review page: what changed, in plain text; everything drawn is a table too; looking is remembered."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from coach.desk import PatientDesk, Principal
from coach.desk.access.permissions import Role
from coach.desk.accounts.sign_in import SignIns
from coach.desk.clinic import plan_commands
from coach.desk.clinic.messages import MessagesDesk
from coach.desk.clinic.patients import FollowUpDesk
from coach.desk.clinic.plan import PlanDesk
from coach.desk.clinic.review import ReviewDesk
from coach.desk.installation.recording import NewEntry, new_key
from coach.domain import facts
from coach.domain.free_text import LINE_LIMIT
from coach.domain.need import NeedReason
from coach.domain.times import local
from coach.records.clinic.people import Person
from coach.review.clinic import frames as clinic_frames
from coach.review.clinic import news
from coach.review.clinic import tables as clinic_tables
from coach.review.clinic.news_items import Part
from coach.review.patient import frames
from coach.ui.clinic import plan, review_acts
from coach.ui.parts import navigation
from tests.support.clinic_pages import CANARIES, assert_inert, open_clinic, sign_in, texts, unfold
from tests.support.followed import Followed, follow
from tests.support.pages import Home, buttons, note_calls, run, said, sent, tap
from tests.support.patients import answer_set_up
from tests.support.progress_pages import with_data
from tests.support.records import record


@pytest.fixture
def team(home: Home, monkeypatch: pytest.MonkeyPatch) -> Followed:
    made = follow(home.settle(hours=24 * 6))
    sign_in(monkeypatch, made)
    return made


def theirs(team: Followed, account: UUID | None = None) -> ReviewDesk:
    return ReviewDesk(team.installation, team.patient, team.physiotherapist(account))


def does(patient: PatientDesk, routine: str, *, before: int, after: int) -> UUID:
    """Record a session of one set with its scores; return its key."""
    session, now = new_key(), patient.now()
    planned = facts.PlannedSet(routine, 5, 3, 1)
    for key, fact in (
        (session, facts.SessionStarted((planned,), "p", "1", "0" * 64)),
        (new_key(), facts.Pain(before, facts.PainWhen.BEFORE, session)),
        (new_key(), facts.SetDone(session, routine, 5, 5, 3, 40, "first-week")),
        (new_key(), facts.SessionFinished(session)),
        (new_key(), facts.Pain(after, facts.PainWhen.AFTER, session)),
    ):
        record(patient, NewEntry(fact, at=now), key=key)
    return session


TABLES = tuple(f"review-table-{name}" for name in ("pain", "doing", "kept", "changes", "function", "gate"))
LISTS = (
    *(f"review-{name}" for name in ("kept", "changes", "function", "gate")),
    *(f"review-list-{name}" for name in ("flags", "plan", "sessions")),
)
FOLDED = (
    *TABLES,
    *LISTS,
    "review-take",
    *(f"review-more-{part.value}" for part in Part),
    "review-details",
    "review-answers",
)


def opened(team: Followed, *unfolded: str) -> AppTest:
    at = open_clinic("review", team.patient)
    return unfold(at, *unfolded) if unfolded else at


def charts(at: AppTest) -> int:
    return len(at.get("vega_lite_chart"))


def tables(at: AppTest) -> dict[tuple[str, ...], pd.DataFrame]:
    return {tuple(each.value.columns): each.value for each in at.dataframe}


# who and where


def test_the_head_says_who_where_and_why_somebody_must_look(team: Followed):
    team.desk().red_flags.report_flag("leg_clot", key=new_key())
    at = opened(team)
    assert at.title[0].value == "Review"
    assert "Ada Example" in texts(at)
    assert "Day 6, First week, 144 hours after the procedure" in texts(at)
    assert "Nothing may start now." in texts(at)
    [need] = [text for text in texts(at) if text.startswith("!")]
    assert "Red flag since 10:07" in need


def test_the_first_screen_says_what_is_open_at_which_dose_and_what_was_done(home: Home, team: Followed):
    own = team.desk()
    assert "Nothing needs you now." in texts(opened(team))
    does(own, "static_glutes", before=3, after=2)
    said_now = texts(opened(team))
    dose = "5 × 3 seconds, 2 times a day"
    glutes = said_now[said_now.index("Bottom squeeze") + 1]
    assert glutes.startswith(f"{dose}, closed: rest between two sets; opens ")
    assert glutes.endswith(", 1 done today")
    assert said_now[said_now.index("Ankle pumps") + 1] == "open: 10 times, 3 times a day"


def test_without_a_chosen_patient_the_caseload_opens(team: Followed):
    at = open_clinic("review", team.patient)
    del at.session_state[navigation.PATIENT_CHOSEN]
    at.session_state["last-patient"] = {"patient": "nobody"}
    run(at)
    assert at.title[0].value == "Caseload"


def test_somebody_elses_patient_is_not_found(home: Home, team: Followed, monkeypatch: pytest.MonkeyPatch):
    stranger = team.stranger()
    monkeypatch.setattr(SignIns, "identity", lambda _sign_ins, _token, **_how: _Stranger(stranger))
    at = open_clinic("review", team.patient)
    assert "Not found" in said(at)
    assert "Ada" not in said(at)
    assert not at.dataframe


class _Stranger:
    def __init__(self, principal: object) -> None:
        self.principal = principal

    def as_staff(self) -> object:
        return self.principal

    def as_patient(self) -> None:
        return None


# what changed


def test_what_changed_is_told_once_and_stays_for_this_visit(home: Home, team: Followed):
    opened(team)
    home.clock.goes_on(hours=2)
    team.desk().sessions.give_pain(6, facts.PainWhen.NOW, key=new_key())
    home.clock.goes_on(minutes=1)
    at = opened(team)
    line = "Pain right now: 6, Thu 5\u00a0Mar, 12:07."
    assert "Since you last looked, today at 10:07" in texts(at)
    assert line in texts(at)
    assert line in texts(run(at)), "a click on the page does not make it old"
    assert line in texts(opened(team)), "a reload, or another device, shows the same"
    home.clock.goes_on(minutes=31)
    assert line not in texts(run(at)), "this visit is over"
    assert theirs(team).last_looked() == (
        team.desk().history().entries[-1].seq,
        home.clock.now - timedelta(minutes=31),
    )


def test_the_first_look_says_so_and_all_shows_everything(home: Home, team: Followed):
    at = opened(team)
    assert "You look at this record for the first time." in texts(at)
    assert any("The procedure was recorded" in text for text in texts(at))
    home.clock.goes_on(hours=1)
    again = opened(team)
    assert not any("The procedure was recorded (" in text for text in texts(again))
    again.segmented_control(key="review-span").set_value("all")
    assert any("The procedure was recorded (" in text for text in texts(run(again)))


def test_a_colleagues_hold_is_news_and_my_own_is_not(team: Followed):
    opened(team)
    record(theirs(team, team.kim), NewEntry(facts.ClinicianHold("quadriceps", "swollen knee")), key=new_key())
    record(theirs(team), NewEntry(facts.ClinicianHold("static_glutes", "sore hip")), key=new_key())
    at = opened(team)
    told = [text for text in texts(at) if text.startswith("Hold on")]
    assert told == ["Hold on Thigh tightening, until lifted (Kim Other, Thu 5\u00a0Mar, 10:07): swollen knee"]


def test_a_patient_who_recorded_nothing_can_be_reviewed(home: Home, team: Followed):
    patient = UUID(int=77)
    team.installation.people.add_person(Person(patient, "New One", "R-9", team.team, None), at=home.clock.now)
    at = open_clinic("review", patient)
    assert "No procedure is recorded yet." in texts(at)
    assert "R-9" in texts(at)
    assert charts(at) == 0


# charts and tables


def test_every_chart_has_its_table_and_the_lists_are_there(home: Home, team: Followed):
    own = team.desk()
    does(own, "static_glutes", before=3, after=2)
    own.diary.check_in(average=3, worst=5, key=new_key())
    home.clock.goes_on(hours=20)
    at = opened(team, *LISTS, *TABLES)
    assert charts(at) == 6, "pain, heat map and its key, adherence, change, gate"
    heads = tables(at)
    for head in (
        ("Day", "Average", "Worst", "Right now"),
        ("Day", "Ankle", "Bottom", "Thigh", "Tummy"),
        ("Exercise", "7 days", "28 days"),
        ("Exercise", "−3 or more", "−2", "−1", "0", "+1", "+2", "+3 or more"),
        ("Exercise", "State", "When"),
        ("When", "Who", "What", "Why"),
    ):
        assert head in heads, head
    sessions = next(table for head, table in heads.items() if "Exercises" in head)
    assert sessions["Before"].to_list() == ["3"]
    assert sessions["Ended"].to_list() == ["to the end"]


def test_what_is_closed_is_not_sent_and_what_is_read_is_few_elements(home: Home, team: Followed):
    does(team.desk(), "static_glutes", before=3, after=2)
    home.clock.goes_on(hours=20)
    at = opened(team)
    assert not [key for key in (each.key for each in at.text_input) if str(key).startswith("review-detail-")]
    assert not at.dataframe, "the lists are closed"
    assert charts(at) == 3, "pain, the calendar and its key; the other charts are closed"
    messages, size = sent(at)
    assert messages <= 85
    assert size < 150_000
    for key in FOLDED:
        at.session_state[key] = True
    assert sent(run(at))[0] > messages + 15


def test_a_run_with_nothing_new_derives_nothing_again(
    home: Home, team: Followed, monkeypatch: pytest.MonkeyPatch
):
    does(team.desk(), "static_glutes", before=3, after=2)
    at = opened(team, "review-list-plan", "review-list-sessions")
    made: list[str] = []
    for module, name in (
        (frames, "scores"), (frames, "averages"), (clinic_frames, "did"), (clinic_frames, "kept"),
        (clinic_frames, "change_by_routine"), (clinic_tables, "sessions"), (clinic_tables, "plan"),
        (news, "_grouped"),
    ):  # fmt: skip
        note_calls(monkeypatch, made, module, name)
    run(at)
    assert made == []
    does(team.desk(), "static_glutes", before=2, after=2)
    run(at)
    assert set(made) == {
        "scores", "averages", "did", "kept", "change_by_routine", "sessions", "plan", "_grouped",
    }  # fmt: skip


def test_the_lists_are_made_when_they_are_opened(team: Followed, monkeypatch: pytest.MonkeyPatch):
    does(team.desk(), "static_glutes", before=3, after=2)
    made: list[str] = []
    for name in ("sessions", "plan"):
        note_calls(monkeypatch, made, clinic_tables, name)
    at = opened(team)
    assert made == []
    unfold(at, "review-list-plan", "review-list-sessions")
    assert sorted(set(made)) == ["plan", "sessions"]


def shown_days(at: AppTest) -> list[str]:
    """Return the days of the exercises' table."""
    head = ("Day", "Ankle", "Bottom", "Thigh", "Tummy")
    return list(tables(at)[head]["Day"])


@pytest.fixture
def long_followed(home: Home, monkeypatch: pytest.MonkeyPatch) -> Followed:
    made = follow(home.settle(hours=24 * 60))
    sign_in(monkeypatch, made)
    return made


def test_earlier_weeks_are_those_of_one_patient(home: Home, long_followed: Followed):
    at = opened(long_followed, *TABLES)
    latest = shown_days(at)
    earlier = shown_days(tap(at, "review-earlier"))
    assert earlier != latest
    assert "review-later" in buttons(at)
    other = UUID(int=77)
    installation = long_followed.installation
    installation.people.add_person(
        Person(other, "Other One", "", long_followed.team, None), at=home.clock.now
    )
    answer_set_up(
        PatientDesk(installation, other, Principal(Role.PATIENT, name="Other", patient=other)),
        procedure=timedelta(hours=24 * 60),
    )
    at.session_state[navigation.PATIENT_CHOSEN] = other
    assert shown_days(run(at)) == latest
    assert "review-later" not in buttons(at)


def test_a_new_course_has_no_weeks_before_it(home: Home, long_followed: Followed):
    at = tap(opened(long_followed, *TABLES), "review-earlier")
    plan_desk = PlanDesk(long_followed.installation, long_followed.patient, long_followed.physiotherapist())
    ended = local(home.clock.now, plan_desk.zone).replace(tzinfo=None) - timedelta(hours=20)
    new_course = plan_commands.Restart(facts.Cause.NEW_PROCEDURE, ended, ended, "another level")
    plan_desk.save(new_course, key=new_key(), seen_seq=plan_desk.seen_seq())
    assert shown_days(run(at)) == ["Thu 5\u00a0Mar", "Wed 4\u00a0Mar"]
    assert "review-later" not in buttons(at)


def test_the_studys_average_is_off_until_it_is_switched_on(team: Followed):
    at = opened(team)
    assert at.toggle[0].value is False
    assert with_data(at, "curve")[0].empty
    at.toggle[0].set_value(True)
    assert len(with_data(run(at), "curve")[0])


def test_a_red_flag_is_listed_with_its_contact_outcome(home: Home, team: Followed):
    own = team.desk()
    own.red_flags.report_flag("leg_clot", key=new_key())
    [flag] = own.open_flags()
    home.clock.goes_on(hours=2)
    record(
        theirs(team),
        NewEntry(facts.FlagCleared(flag.id, "Dr Ames", home.clock.now, "no clot")),
        key=new_key(),
    )
    at = opened(team, "review-list-flags")
    [flags] = [table for head, table in tables(at).items() if head[0] == "Sign"]
    row = flags.to_dict("records")[0]
    assert row["Level"] == "urgent"
    assert row["State"] == "cleared by Pat Sample, Thu 5\u00a0Mar, 12:07"
    assert row["Contact"] == "Dr Ames, Thu 5\u00a0Mar, 12:07"
    assert row["Why"] == "no clot"


# what can be done


def filled(at: AppTest) -> list[str | None]:
    """Return the keys of the buttons that are filled: what is to be done next."""
    return [each.key for each in at.button if each.proto.type == "primary"]


def test_each_reason_has_an_act_that_comes_next():
    assert set(review_acts.NEXT) == set(NeedReason)
    assert set(review_acts.NEXT.values()) <= set(review_acts.ACTS)


def test_the_most_urgent_need_decides_the_one_filled_button(team: Followed):
    assert filled(opened(team)) == ["review-next"]
    MessagesDesk(team.installation, team.patient, team.own).write("Hello?", key=new_key())
    assert filled(opened(team)) == ["review-message"]
    team.desk().red_flags.report_flag("leg_clot", key=new_key())
    at = opened(team)
    assert filled(at) == ["review-clear"]
    tap(at, "review-seen")
    assert filled(at) == ["review-message"], "the flag was dealt with today, the message was not"


def test_a_hold_that_can_wait_does_not_ask_to_be_lifted(team: Followed):
    record(theirs(team), NewEntry(facts.ClinicianHold(None, "swollen knee")), key=new_key())
    at = opened(team)
    assert "review-lift" in buttons(at)
    assert filled(at) == ["review-next"]


@pytest.mark.parametrize(
    ("button", "act"), [("review-hold", "hold"), ("review-open", "open"), ("review-dose", "dose")]
)
def test_the_bar_leads_to_the_plan_with_that_act_open(team: Followed, button: str, act: str, monkeypatch):
    went: list[str] = []
    monkeypatch.setattr(navigation, "go", went.append)
    at = opened(team)
    tap(at, button)
    assert went == ["plan"]
    assert at.session_state[plan.ACT] == act


def test_a_red_flag_can_be_cleared_from_here_while_it_is_open(team: Followed, monkeypatch):
    assert "review-clear" not in buttons(opened(team))
    own = team.desk()
    own.red_flags.report_flag("leg_clot", key=new_key())
    monkeypatch.setattr(navigation, "go", lambda name: None)
    at = opened(team)
    tap(at, "review-clear")
    assert at.session_state[plan.ACT] == "clear"
    assert at.session_state[plan.ABOUT] == str(own.open_flags()[0].id)


def test_an_answer_that_closes_can_be_released_from_here(team: Followed, monkeypatch):
    assert not [each for each in buttons(opened(team)) if each.startswith("review-release")]
    team.desk().set_up.reply("leg_clot_or_injury", facts.Reply.YES, key=new_key())
    monkeypatch.setattr(navigation, "go", lambda name: None)
    at = opened(team)
    tap(at, "review-release-leg_clot_or_injury")
    assert (at.session_state[plan.ACT], at.session_state[plan.ABOUT]) == ("release", "leg_clot_or_injury")


def test_seen_today_names_who_and_is_undone_and_messages_are_no_part_of_it(home: Home, team: Followed):
    own = team.desk()
    MessagesDesk(team.installation, team.patient, team.own).write("Hello?", key=new_key())
    own.red_flags.report_flag("leg_clot", key=new_key())
    at = opened(team)
    next(field for field in at.text_input if field.label == "Note, if you like").set_value("rang her")
    tap(at, "review-seen")
    assert "review-seen" not in buttons(at)
    assert any(text.endswith("Seen by Pat Sample, 10:07: rang her") for text in texts(at))
    assert not any("message" in text and "Seen by" in text for text in texts(at))
    tap(at, "review-unseen")
    assert own.history().of(facts.Seen) == ()
    assert not any("Seen by" in text for text in texts(at))
    assert "review-seen" in buttons(at)


def test_course_data_is_saved_once_and_never_longer_than_a_line(team: Followed):
    at = opened(team, "review-details")
    at.text_input(key="review-detail-levels").set_value("T12, L1")
    tap(at, "review-details-save")
    assert [entry.fact for entry in team.desk().history().of(facts.CourseDetail)] == [
        facts.CourseDetail(facts.Detail.LEVELS, "T12, L1")
    ]
    assert "T12, L1" in texts(at)
    tap(at, "review-details-save")
    assert len(team.desk().history().of(facts.CourseDetail)) == 1
    at.text_input(key="review-detail-falls").set_value("x" * 201)
    tap(at, "review-details-save")
    latest = team.desk().history().latest(facts.CourseDetail)
    assert latest
    assert len(latest.fact.text) == LINE_LIMIT


# people's own words


@pytest.mark.parametrize("canary", CANARIES)
def test_whatever_people_wrote_is_shown_as_text_alone(home: Home, team: Followed, canary: str):
    own = team.desk()
    session = does(own, "static_glutes", before=3, after=2)
    record(own, NewEntry(facts.Note(session, canary)), key=new_key())
    MessagesDesk(team.installation, team.patient, team.own).write(canary, key=new_key())
    kim, hold = theirs(team, team.kim), new_key()
    record(kim, NewEntry(facts.ClinicianHold("quadriceps", canary)), key=hold)
    record(kim, NewEntry(facts.HoldLifted(hold, canary)), key=new_key())
    record(kim, NewEntry(facts.CourseDetail(facts.Detail.CAUSE, canary)), key=new_key())
    record(kim, NewEntry(facts.RedFlagYes("unknown " + canary)), key=new_key())
    record(kim, NewEntry(facts.Discharged(canary)), key=new_key())
    at = opened(team, *FOLDED)
    assert_inert(at, canary)
    assert any(canary in text for text in texts(at)), "it is shown, as text"


def test_a_discharged_patient_is_said_to_be(team: Followed):
    FollowUpDesk(team.installation, team.patient, team.physiotherapist()).discharge(why="done", key=new_key())
    assert "Discharged: your clinic does not follow this patient now." in texts(opened(team))
