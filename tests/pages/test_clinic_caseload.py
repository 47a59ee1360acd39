"""The caseload on the screen: who stands where, with which reasons in words, and what a click does."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from streamlit.testing.v1 import AppTest

from coach.desk import NotFound
from coach.desk.accounts.sign_in import SignIns
from coach.desk.clinic import plan_commands
from coach.desk.clinic.caseload import CaseloadDesk, Counts, State
from coach.desk.clinic.messages import MessagesDesk
from coach.desk.clinic.patients import PatientsDesk
from coach.desk.clinic.plan import PlanDesk
from coach.desk.installation.recording import new_key
from coach.domain.facts import PainWhen, Seen
from coach.records.entries.store import Store
from coach.text import caseload as caseload_text
from coach.ui.clinic import caseload, caseload_calm
from coach.ui.parts import navigation
from tests.support.clinic_pages import CANARIES, assert_inert, open_clinic, sign_in, texts
from tests.support.followed import Followed, follow
from tests.support.pages import Home, given, note_calls, run, said, sent, title


@pytest.fixture
def team(home: Home, monkeypatch: pytest.MonkeyPatch) -> Followed:
    made = follow(home.settle())
    sign_in(monkeypatch, made)
    return made


def opened(team: Followed, **state: object) -> AppTest:
    return open_clinic("caseload", team.patient, **state)


def data(at: AppTest) -> dict[str, Any]:
    (found,) = given(at, "coach_caseload")
    return found


def rows(at: AppTest, section: str) -> list[dict[str, Any]]:
    return [row for each in data(at)["sections"] if each["id"] == section for row in each["rows"]]


def reasons(at: AppTest, section: str = "NEEDED") -> list[str]:
    return [reason["text"] for row in rows(at, section) for reason in row["reasons"]]


def click(at: AppTest, **what: object) -> AppTest:
    at.session_state["caseload"] = {"act": what}
    run(at)
    at.session_state["caseload"] = {"act": None}
    return run(at)


def test_a_red_flag_stands_first_in_its_own_words(home: Home, team: Followed):
    home.clock.goes_on(hours=1)
    team.desk().red_flags.report_flag("leg_weakness", key=new_key())
    at = opened(team)
    assert title(at) == "Caseload"
    (row,) = rows(at, "NEEDED")
    assert row["name"] == "Ada Example"
    flag = row["reasons"][0]
    assert flag["shape"] == "red_flag"
    assert flag["text"] == "Red flag, emergency, since 11:07"
    assert flag["more"].startswith("“New weakness in a leg")
    assert flag["more"].endswith("; all closed")
    assert row["last"] == "11:07"
    assert row["place"][0].startswith("Day 3, ")


def test_who_needs_nothing_is_on_track_and_folded(team: Followed):
    team.desk().sessions.give_pain(3, PainWhen.NOW, key=new_key())
    at = opened(team)
    assert rows(at, "ON_TRACK") == []
    (section,) = [each for each in data(at)["sections"] if each["id"] == "ON_TRACK"]
    assert (section["count"], section["fold"]) == (1, True)
    click(at, act="fold", section="ON_TRACK", open=True)
    (row,) = rows(at, "ON_TRACK")
    assert row["reasons"][0]["text"] == "On track"
    assert row["pain"]["text"] == "3"


def calm(at: AppTest) -> dict[str, Any]:
    """Return what stands where nobody needs the viewer."""
    (section,) = [each for each in data(at)["sections"] if each["id"] == "NEEDED"]
    assert not section["rows"]
    found: dict[str, Any] = section["calm"]
    return found


def test_nobody_who_needs_anything_is_drawn_and_said_with_how_the_others_are(team: Followed):
    team.desk().sessions.give_pain(3, PainWhen.NOW, key=new_key())
    told = calm(opened(team))
    assert told["text"] == "Nobody needs you now. Whoever does will stand here, with the reason."
    assert told["more"] == "1 is on track."
    assert "patients.svg" in told["picture"]
    assert not told["to"], "there is nothing to do"


def test_where_no_patient_is_the_caseload_leads_to_taking_one_in(
    home: Home, team: Followed, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(CaseloadDesk, "counts", lambda _desk, **_what: Counts())
    at = opened(team)
    told = calm(at)
    assert (told["text"], told["to"]) == ("There is no patient yet.", "patients")
    went: list[str] = []
    monkeypatch.setattr(navigation, "go", went.append)
    click(at, act="go", to=told["to"])
    assert went == ["patients"]


def test_a_caseload_is_never_called_empty_that_is_only_discharged_another_leads_or_without_a_team():
    def text(counts: Counts, *, mine: bool = False, has_team: bool = True) -> str:
        return caseload_calm.told(counts, mine=mine, has_team=has_team)["text"]

    assert "discharged" in text(Counts(discharged=2))
    assert "by name" in text(Counts(), mine=True)
    assert "no care team" in text(Counts(), has_team=False)
    assert caseload_calm.told(Counts(later=1, on_track=3), mine=False, has_team=True)["more"] == (
        "1 can wait, 3 are on track."
    )


def test_silence_is_told_by_its_length(home: Home, team: Followed):
    home.clock.goes_on(hours=24 * 4)
    assert "Silent for 4 days" in reasons(opened(team))


def test_a_message_waits_until_it_is_read(home: Home, team: Followed):
    MessagesDesk(team.installation, team.patient, team.own).write("Is this normal?", key=new_key())
    home.clock.goes_on(hours=2)
    assert reasons(opened(team)) == ["Unread message, 2 hours"]


def mark(at: AppTest, row: dict[str, Any], note: str = "") -> AppTest:
    return click(at, act="seen", patient=row["patient"], needs=row["seen"], note=note, seq=row["seq"])


def test_seen_names_who_and_when_and_an_open_flag_stays_on_top(home: Home, team: Followed):
    team.desk().red_flags.report_flag("fall", key=new_key())
    at = opened(team)
    (row,) = rows(at, "NEEDED")
    assert (row["reasons"][0]["seen"], row["marks"]) == ("", [])
    mark(at, row, "rang her")
    (row,) = rows(at, "NEEDED")
    assert row["reasons"][0]["seen"] == "Seen by Pat Sample, 10:07: rang her"
    assert (row["reasons"][0]["shape"], row["reasons"][0]["tone"]) == ("red_flag", "red")
    assert row["seen"] == []
    click(at, act="undo", patient=row["patient"], marks=row["marks"], seq=row["seq"])
    (row,) = rows(at, "NEEDED")
    assert (row["reasons"][0]["seen"], row["marks"], len(row["seen"])) == ("", [], 1)
    mark(at, row)
    (row,) = rows(at, "NEEDED")
    assert row["reasons"][0]["seen"] == "Seen by Pat Sample, 10:07"
    home.clock.goes_on(hours=24)
    (row,) = rows(run(at), "NEEDED")
    assert row["reasons"][0]["seen"] == "Seen by Pat Sample, yesterday 10:07"
    assert (row["marks"], len(row["seen"])) == ([], 1)


def test_seen_today_moves_the_patient_and_a_message_brings_them_back(home: Home, team: Followed):
    home.clock.goes_on(hours=24 * 4)
    at = opened(team)
    (row,) = rows(at, "NEEDED")
    mark(at, row)
    assert rows(at, "NEEDED") == []
    (seen,) = rows(at, "SEEN")
    assert {each["shape"] for each in seen["reasons"]} == {"seen"}
    assert seen["seen"] == []
    home.clock.goes_on(minutes=5)
    MessagesDesk(team.installation, team.patient, team.own).write("I fell.", key=new_key())
    (again,) = rows(run(at), "NEEDED")
    unread = "Unread message, 1 minute"
    assert unread in [reason["text"] for reason in again["reasons"]]
    assert not any(key.startswith("unread") for key in again["seen"])
    mark(
        at,
        again
        | {
            "seen": [f"unread:{MessagesDesk(team.installation, team.patient, team.own).thread()[0].entry.id}"]
        },
    )
    assert unread in reasons(at)


def test_a_mark_that_comes_too_late_says_so_and_stores_nothing(home: Home, team: Followed):
    home.clock.goes_on(hours=24 * 4)
    at = opened(team)
    (row,) = rows(at, "NEEDED")
    team.desk().sessions.give_pain(3, PainWhen.NOW, key=new_key())
    size = home.size
    at.session_state["caseload"] = {"act": {
        "act": "seen", "patient": row["patient"], "seq": row["seq"], "note": "",
        "needs": [key for key in row["seen"] if key.startswith("silent")],
    }}  # fmt: skip
    run(at)
    assert home.size == size
    assert [error.value for error in at.error] == [
        "Not marked: what you saw there is over, or somebody has marked it already. Look at what stands there now."
    ]


def test_the_same_click_twice_is_one_entry(team: Followed):
    team.desk().red_flags.report_flag("fall", key=new_key())
    at, other = opened(team), opened(team)
    (row,) = rows(at, "NEEDED")
    for screen in (at, at, other):
        mark(screen, row)
    assert len(team.desk().history().of(Seen)) == 1


@pytest.mark.parametrize(
    "what",
    [
        {"act": "seen", "patient": "nobody", "needs": ["x"]},
        {"act": "seen", "patient": str(UUID(int=9)), "needs": ["x"]},
        {"act": "seen"},
        {"act": "review", "patient": "../.."},
        {"act": "page", "section": "NEEDED", "offset": -5},
        {"act": "reason", "reason": "1=1"},
        {"act": "fold", "section": "x" * 1000, "open": 1},
        {"act": ["seen"]},
        "seen",
        17,
    ],
)
def test_whatever_the_browser_sends_stores_nothing(home: Home, team: Followed, what: Any):
    team.desk().red_flags.report_flag("fall", key=new_key())
    before, at = home.size, opened(team)
    at.session_state["caseload"] = {"act": what}
    at.run()
    assert not at.exception
    assert home.size == before


def test_a_forged_click_on_the_patient_of_another_team_finds_nothing(home: Home, team: Followed):
    team.desk().red_flags.report_flag("fall", key=new_key())
    (line,) = CaseloadDesk(team.installation, team.physiotherapist()).page(State.NEEDED)
    stranger, before = CaseloadDesk(team.installation, team.stranger()), home.size
    assert stranger.page(State.NEEDED) == []
    with pytest.raises(NotFound):
        stranger.mark_seen(team.patient, [need.key for need in line.needs], key=uuid4())
    assert home.size == before


def test_the_filter_by_reason_counts_and_shows_only_those(team: Followed):
    team.desk().red_flags.report_flag("fall", key=new_key())
    MessagesDesk(team.installation, team.patient, team.own).write("Hello", key=new_key())
    at = opened(team)
    chips = {chip["text"]: chip["count"] for chip in data(at)["chips"]}
    assert chips == {"All": 1, "Red flag": 1, "Waits for you": 1}
    click(at, act="reason", reason="answer")
    assert len(rows(at, "NEEDED")) == 1
    click(at, act="reason", reason="unread")
    assert [each["id"] for each in data(at)["sections"]] == ["NEEDED"]
    assert len(rows(at, "NEEDED")) == 1
    click(at, act="reason", reason="silent")
    assert rows(at, "NEEDED") == []
    assert data(at)["sections"][0]["empty"] == "Nobody has this reason now."


def test_mine_are_those_in_my_care(team: Followed, monkeypatch: pytest.MonkeyPatch):
    team.desk().red_flags.report_flag("fall", key=new_key())
    at = opened(team)
    at.segmented_control[0].set_value(True)
    assert len(rows(run(at), "NEEDED")) == 1
    sign_in(monkeypatch, team, team.kim)
    other = opened(team)
    assert len(rows(other, "NEEDED")) == 1
    other.segmented_control[0].set_value(True)
    assert rows(run(other), "NEEDED") == []


def test_a_search_finds_by_any_spelling(team: Followed):
    team.desk().red_flags.report_flag("fall", key=new_key())
    at = opened(team)
    at.text_input[0].set_value("ADÁ")
    assert len(rows(run(at), "NEEDED")) == 1
    at.text_input[0].set_value("zzz")
    assert rows(run(at), "NEEDED") == []


def test_whoever_needs_somebody_today_is_on_one_page():
    assert caseload.rows_shown(State.NEEDED, 40) == 40
    assert caseload.rows_shown(State.NEEDED, 41) == caseload.rows_shown(State.LATER, 40) == 20


def test_a_long_list_has_pages(team: Followed):
    desk = PatientsDesk(team.installation, team.physiotherapist())
    for number in range(25):
        desk.create(f"New {number:02}", "", team.team, None, key=uuid4())
    at = opened(team)
    first = rows(at, "LATER")
    (section,) = [each for each in data(at)["sections"] if each["id"] == "LATER"]
    assert section["pages"] == {"text": "1 to 20 of 25", "back": None, "on": 20}
    click(at, act="page", section="LATER", offset=20)
    second = rows(at, "LATER")
    assert (len(first), len(second)) == (20, 5)
    assert not {row["patient"] for row in first} & {row["patient"] for row in second}
    new = next(row for row in first if row["name"] == "New 00")
    assert new["reasons"][0]["text"] == "Has not begun"
    assert new["last"] == "never"


def test_forty_patients_are_one_table_with_the_shown_rows_alone_and_no_history_is_read(
    team: Followed, monkeypatch: pytest.MonkeyPatch
):
    patients = PatientsDesk(team.installation, team.physiotherapist())
    for number in range(39):
        patients.create(f"Somebody {number:02}", f"R-{number:02}", team.team, None, key=new_key())
    team.desk().red_flags.report_flag("fall", key=new_key())
    at = opened(team)  # the projections are there
    told: list[str] = []
    note_calls(monkeypatch, told, caseload_text, "pain")  # a cell of each row
    note_calls(monkeypatch, told, Store, "entries")
    messages, size = sent(run(at))
    assert sum(section["count"] for section in data(at)["sections"]) == 40
    assert told == ["pain"] * len([row for each in data(at)["sections"] for row in each["rows"]])
    assert 1 <= len(told) <= 2 * caseload.ROWS
    assert messages <= 26
    assert size < 70_000
    at.session_state["caseload-open"] = {"ON_TRACK"}
    again, more = sent(run(at))
    assert (again, more < size + 20_000) == (messages, True)
    assert "entries" not in told


def test_review_remembers_whom(team: Followed):
    team.desk().red_flags.report_flag("fall", key=new_key())
    at = opened(team)
    at.session_state[navigation.PATIENT_CHOSEN] = uuid4()
    at.session_state["caseload"] = {"act": {"act": "review", "patient": str(team.patient)}}
    at.run()
    assert at.session_state[navigation.PATIENT_CHOSEN] == team.patient


@pytest.mark.parametrize("canary", CANARIES)
def test_a_name_is_only_ever_data(team: Followed, canary: str):
    PatientsDesk(team.installation, team.physiotherapist()).rename(team.patient, canary, "")
    team.desk().red_flags.report_flag("fall", key=new_key())
    at = opened(team)
    assert rows(at, "NEEDED")[0]["name"] == canary
    assert canary not in said(at)
    assert_inert(at, canary)


# ---------------------------------------------------------------- five stories, as their rows read


def row_of(at: AppTest) -> tuple[str, dict[str, Any]]:
    """Return the section in which the one patient stands, and their row."""
    for section in data(at)["sections"]:
        if section["fold"]:
            click(at, act="fold", section=section["id"], open=True)
    ((name, row),) = [(each["id"], row) for each in data(at)["sections"] for row in each["rows"]]
    return name, row


def days_of_pain(home: Home, team: Followed, scores: list[int]) -> None:
    for score in scores:
        team.desk().sessions.give_pain(score, PainWhen.AVERAGE_24H, key=new_key())
        home.clock.goes_on(hours=24)
    home.clock.goes_on(hours=-23)


def test_nine_days_of_severe_pain_stand_first_and_say_what_the_patient_reads(home: Home, team: Followed):
    days_of_pain(home, team, [7, 8, 7, 9, 8, 8, 7, 9, 8])
    section, row = row_of(opened(team))
    assert section == "NEEDED"
    assert row["reasons"][0] == {
        "shape": "high_pain",
        "tone": "red",
        "text": "Pain 6 or more, 9 days in a row",
        "more": "Since 5 March; their Today page says: call your clinic today",
        "seen": "",
    }
    assert team.desk().two_high_days()
    assert "Pain 6 or more, 9 days in a row" in " ".join(texts(open_clinic("review", team.patient)))


def test_a_slow_rise_says_from_where_to_where(home: Home, team: Followed):
    days_of_pain(home, team, [2, 2, 3, 3, 3, 4, 4, 4, 5, 5])
    section, row = row_of(opened(team))
    assert section == "NEEDED"
    assert "Pain rising: 2 to 5 in 7 days" in [reason["text"] for reason in row["reasons"]]


def test_a_hold_on_everything_says_until_when(home: Home, team: Followed):
    plan = PlanDesk(team.installation, team.patient, team.physiotherapist())
    until = home.clock.now.replace(tzinfo=None) + timedelta(days=3)
    plan.save(plan_commands.Hold(None, until, "an X-ray first"), key=uuid4(), seen_seq=plan.seen_seq())
    section, row = row_of(opened(team))
    assert section == "LATER"
    assert [reason["text"] for reason in row["reasons"]] == ["All on hold until 8 March, 09:07"]


def test_a_message_that_was_read_stands_there_until_it_is_answered(home: Home, team: Followed):
    MessagesDesk(team.installation, team.patient, team.own).write("May I drive?", key=new_key())
    theirs = MessagesDesk(team.installation, team.patient, team.physiotherapist())
    home.clock.goes_on(hours=3)
    theirs.read(theirs.thread()[-1].entry.id, key=new_key())
    section, row = row_of(opened(team))
    assert section == "NEEDED"
    assert row["reasons"][0]["text"] == "Message not answered, 3 hours"
    theirs.write("Not yet.", key=new_key())
    assert row_of(opened(team))[0] == "ON_TRACK"


def test_a_share_is_told_only_when_it_means_something_and_says_over_how_many_days(home: Home, team: Followed):
    first = row_of(opened(team))[1]["share"]
    assert (first["part"], first["text"], first["of"]) == (None, "–", "")
    said = []
    for _day in range(3):
        home.clock.goes_on(hours=24)
        share = row_of(opened(team))[1]["share"]
        said.append((share["text"], share["of"]))
    assert said == [("–", "too early"), ("–", "too early"), ("0 %", "3 days")]


# ---------------------------------------------------------------- by itself


def test_a_clock_that_asks_keeps_nobody_signed_in_and_a_click_does(
    team: Followed, monkeypatch: pytest.MonkeyPatch
):
    asked: list[bool] = []
    who = SignIns(team.installation).identity("")

    def identity(_sign_ins: SignIns, token: str, *, seen: bool = True) -> Any:
        asked.append(seen)
        return who

    monkeypatch.setattr(SignIns, "identity", identity)
    team.desk().red_flags.report_flag("fall", key=new_key())
    account = opened(team).session_state["coach-account"]
    for told, seen in ((None, False), ({"act": "reason", "reason": "red_flag"}, True)):
        at = AppTest.from_function(the_list_alone)
        at.session_state["coach-account"] = account
        at.session_state["caseload"] = {"act": told}
        run(at)
        assert asked[-1] is seen


def the_list_alone() -> None:
    """Run what the list's clock runs, and a click on it: not the whole page."""
    from coach.ui.clinic import caseload  # the runner takes the source of this function

    caseload._open_list(mine=False, search="")  # noqa: SLF001


def test_an_open_flag_is_an_alarm_whatever_the_list_is_narrowed_to(team: Followed):
    assert data(opened(team))["alarms"] == []
    team.desk().red_flags.report_flag("leg_weakness", key=new_key())
    at = opened(team)
    at.text_input[0].set_value("zzz")
    (alarm,) = data(run(at))["alarms"]
    assert alarm["text"] == "Ada Example. Red flag, emergency, since 10:07"


def test_staff_choose_their_language_in_the_menu_and_read_in_it(
    team: Followed, monkeypatch: pytest.MonkeyPatch
):
    at = opened(team)
    assert title(at) == "Caseload"
    (choice,) = [each for each in at.selectbox if each.key == "clinic-language"]
    assert choice.options == ["English", "Español", "Deutsch", "Français"]
    choice.set_value("de")
    run(at)
    who = SignIns(team.desk().installation).identity("")
    assert who
    stored = team.desk().installation.accounts.account(who.account)
    assert stored
    assert stored.language == "de"
    monkeypatch.setattr(SignIns, "identity", lambda *_a, **_k: replace(who, language="de"))
    assert title(opened(team)) == "Übersicht"
