"""Warning signs: told, taken back in time, or cleared as decision 17 says, each on the screen."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from streamlit.testing.v1 import AppTest

from coach.desk.installation.history_cache import HistoryCache
from coach.desk.installation.recording import new_key
from coach.domain.facts import FlagCleared, FlagMistake, RedFlagYes
from coach.domain.protocol import FlagLevel
from coach.records.database.errors import Reason, RecordUnavailable
from tests.support.homes import NOW
from tests.support.pages import (
    Home,
    buttons,
    enter_time,
    frame_part,
    given,
    headers,
    links,
    markup,
    said,
    tap,
    title,
    unfold,
)
from tests.support.patient_acts import PUMPS, begin
from tests.support.patients import wall


def flagged(home: Home, flag: str = "fall") -> UUID:
    """Settle a patient who has just told of a red flag."""
    key = new_key()
    home.settle().red_flags.report_flag(flag, key=key)
    return key


def spoke(
    home: Home, at: AppTest, flag: UUID, *, ago: timedelta, who: str | None = "My surgeon or doctor"
) -> None:
    """Say who was spoken to and when, and that they agreed."""
    when = wall(home.clock.now - ago)
    at.radio[0].set_value(who)
    at.pills[0].set_value(when.date())
    enter_time(at, when.time())
    tap(at, f"clear-{flag}-yes")


# telling


def test_a_symptom_is_told_in_two_taps_and_the_card_comes_at_once(home: Home):
    patient = home.settle()
    at = home.open("warning")
    assert title(at) == "What is wrong?"
    assert len([name for name in buttons(at) if name.startswith("warning-")]) == 20
    tap(at, "warning-stroke_signs")
    assert title(at) == "Is that so?"
    assert "Face drooping, arm weak, or speech slurred." in said(at)
    assert patient.history().of(RedFlagYes) == ()
    tap(at, "Yes, that is so")
    assert title(at) == "Do not exercise now"
    assert "Call 112 now. Say when it began." in said(at)
    assert links(at) == ["tel:112", "tel:+49305550100"]
    assert len(patient.history().of(RedFlagYes)) == 1


def test_a_tap_that_is_not_confirmed_stores_nothing(home: Home):
    home.settle()
    stored = home.size
    at = tap(tap(home.open("warning"), "warning-chest_pain"), "No, go back")
    assert title(at) == "What is wrong?"
    assert home.size == stored
    assert title(tap(at, "warning-none")) == "You can exercise now"


def test_a_second_symptom_can_be_told_and_the_most_urgent_comes_first(home: Home):
    flagged(home, "fall")
    at = home.open("warning", part="another")
    assert title(at) == "What is wrong?"
    tap(at, "more-confused")
    tap(at, "Yes, that is so")
    assert headers(at) == ["Call 112 now", "Call your clinic today"]


def test_what_to_do_is_shown_also_where_it_cannot_be_saved(home: Home, monkeypatch: pytest.MonkeyPatch):
    home.settle()
    at = tap(home.open("warning"), "warning-chest_pain")

    def full(*_: object, **__: object) -> None:
        raise RecordUnavailable(Reason.DISK_FULL, "coach.sqlite3")

    with monkeypatch.context() as patched:
        patched.setattr(HistoryCache, "append", full)
        tap(at, "Yes, that is so")
        assert "The disk is full." in said(at)
        assert "Call 112 now" in said(at)
        assert links(at) == ["tel:112", "tel:+49305550100"]
    tap(at, "Yes, that is so")
    assert len(home.patient.open_flags()) == 1


def test_a_warning_sign_is_stored_and_shown_also_while_the_clock_is_wrong(home: Home):
    home.settle()
    home.clock.goes_on(hours=-3)
    at = tap(tap(home.open("warning"), "warning-chest_pain"), "Yes, that is so")
    assert "Call 112 now" in said(at)
    home.clock.goes_on(hours=3)
    assert len(home.patient.open_flags()) == 1


# taking back


def test_a_mistaken_tap_is_taken_back_on_the_screen_within_ten_minutes(home: Home):
    flag = flagged(home)
    home.clock.goes_on(minutes=10)
    at = home.open("warning")
    assert "I tapped this by mistake. I have not had this." in [each.label for each in at.button]
    tap(at, f"mistake-{flag}")
    assert title(at) == "You can exercise now"
    assert len(home.patient.history().of(FlagMistake)) == 1


def test_after_ten_minutes_it_is_offered_no_more_and_a_late_tap_is_refused_in_words(home: Home):
    flag = flagged(home)
    at = home.open("warning")
    stored = home.size
    home.clock.goes_on(minutes=11)
    tap(at, f"mistake-{flag}")
    assert home.size == stored
    assert f"mistake-{flag}" not in buttons(at)
    assert title(at) == "Do not exercise now"


# clearing


def test_a_flag_is_cleared_by_a_talk_after_it(home: Home):
    flag = flagged(home, "infection")
    home.clock.goes_on(hours=3)
    at = tap(home.open(), "I have spoken to my clinic")
    assert title(at) == "Do you still have this?"
    assert f"clear-{flag}-yes" not in buttons(at)
    tap(at, f"clear-{flag}-still-no")
    assert title(at) == "What did your clinic say?"
    spoke(home, at, flag, ago=timedelta(hours=1))
    assert title(at) == "You can exercise now"
    (cleared,) = home.patient.history().of(FlagCleared)
    assert (cleared.fact.who, cleared.fact.spoke_at) == ("My surgeon or doctor", NOW + timedelta(hours=2))


def test_while_the_symptom_is_there_it_cannot_be_cleared(home: Home):
    flag = flagged(home, "infection")
    home.clock.goes_on(hours=3)
    at = tap(tap(home.open("warning"), f"spoken-{flag}"), f"clear-{flag}-still-yes")
    assert "Then the exercises stay closed. Do what your clinic told you." in said(at)
    assert f"clear-{flag}-yes" not in buttons(at)


def test_if_they_did_not_say_so_it_stays_closed(home: Home):
    flag = flagged(home, "infection")
    stored = home.size
    at = tap(tap(home.open("warning"), f"spoken-{flag}"), f"clear-{flag}-still-no")
    tap(at, f"clear-{flag}-no")
    assert "Then the exercises stay closed." in said(at)
    assert home.size == stored


def test_a_talk_that_does_not_count_is_refused_in_words(home: Home):
    flag = flagged(home, "chest_pain")
    home.clock.goes_on(hours=3)
    at = home.open("warning")
    assert "From tomorrow, 10:07 on, you can tell us here what your clinic said." in said(at)
    assert f"spoken-{flag}" not in buttons(at)
    assert title(home.open("warning", part=str(flag))) == "Do not exercise now", "nor by its address"
    home.clock.goes_on(hours=21)
    at = tap(tap(home.open("warning"), f"spoken-{flag}"), f"clear-{flag}-still-no")
    stored = home.size
    tap(at, f"clear-{flag}-yes")
    assert "A day and a time are needed here." in said(at)
    for ago, who, sentence in (
        (25, "My surgeon or doctor", "You spoke to them before you had this."),
        (-1, "My surgeon or doctor", "This time lies ahead."),
    ):
        spoke(home, at, flag, ago=timedelta(hours=ago), who=who)
        assert sentence in said(at)
    spoke(home, at, flag, ago=timedelta(hours=1), who=None)
    assert "Something is missing here." in said(at)
    assert home.size == stored


EVENTS = ["collapse", "head_injury_thinner", "fall"]


@pytest.mark.parametrize("flag", EVENTS)
def test_nobody_is_asked_whether_what_happened_has_gone(home: Home, flag: str):
    """And all else that must be told before it is cleared is asked, as ever."""
    entry = flagged(home, flag)
    home.clock.goes_on(hours=25)
    at = tap(home.open(), f"spoken-{entry}")
    assert title(at) == "What did your clinic say?"
    assert home.patient.protocol.red_flags[flag].text in said(at)
    assert not any("-still-" in name for name in buttons(at))
    stored = home.size
    tap(at, f"clear-{entry}-yes")
    assert "A day and a time are needed here." in said(at)
    spoke(home, at, entry, ago=timedelta(hours=1), who=None)
    assert "Something is missing here." in said(at)
    assert home.size == stored
    spoke(home, at, entry, ago=timedelta(hours=1))
    assert title(at) == "You can exercise now"


def test_all_that_can_be_told_of_an_open_sign_stands_by_name_on_today_and_on_its_page(home: Home):
    flag = flagged(home)
    for page in ("today", "warning"):
        at = home.open(page)
        labels = [each.label for each in at.button]
        assert labels == ["I have spoken to my clinic", "I tapped this by mistake. I have not had this."]
        assert 'href="/warning?part=another"' in " ".join(each.body for each in at.html)
    home.clock.goes_on(minutes=11)
    assert buttons(home.open()) == [f"spoken-{flag}"], "a mistake only while it may be taken back"
    at = tap(home.open("warning", part="another"), "more-none")
    assert title(at) == "Do not exercise now"
    at = tap(tap(at, f"spoken-{flag}"), "spoken-back")
    assert title(at) == "Do not exercise now"


def test_where_two_signs_are_open_each_button_names_its_own(home: Home):
    flagged(home, "infection")
    flagged(home, "new_leg_tingling")
    labels = [each.label for each in home.open("warning").button]
    assert len(labels) == len(set(labels)) == 4, labels
    signs = [
        home.patient.protocol.red_flags[each].text.rstrip(".") for each in ("infection", "new_leg_tingling")
    ]
    for sign in signs:
        assert sum(sign in label.replace("\\", "") for label in labels) == 2, labels


def test_an_emergency_without_a_known_number_leads_to_where_it_is_written_down(home: Home):
    home.settle().settings.set("country", "other")
    home.patient.red_flags.report_flag("collapse", key=new_key())
    for page in ("today", "warning"):
        at = home.open(page)
        assert "Call your emergency number now" in said(at)
        assert "Emergency: your emergency number" not in said(at), "said once"
        assert title(tap(at, "write-emergency")) == "You and where you are"


def test_a_new_fracture_leads_to_a_restart_and_nowhere_else(home: Home):
    flag = flagged(home, "new_back_pain")
    at = home.open("warning")
    assert "Your clinic tells you when to start again." in said(at)
    assert [name for name in buttons(at) if name.startswith("clear-")] == [f"clear-{flag}-restart"]
    tap(at, f"clear-{flag}-restart")
    assert title(at) == "A new fracture, or a new procedure"


def test_after_a_clearing_the_card_is_gone_and_the_pumps_are_open(home: Home):
    flag = flagged(home)
    home.clock.goes_on(hours=3)
    home.patient.red_flags.clear_flag(flag, who="x", spoke=wall(home.clock.now), key=new_key())
    at = home.open()
    assert f"only-{PUMPS}" in buttons(unfold(at))
    assert title(home.open("warning")) == "What is wrong?"


# the list


def test_the_signs_stand_alike_by_urgency_wherever_they_are_listed(home: Home):
    patient = home.settle()
    at = home.open("warning")
    told = ["For these, call 112 now", "For these, call your clinic today", "For these, call your clinic"]
    assert headers(at) == told
    carried = frame_part(at, "help")
    assert carried
    assert [group["title"] for group in carried["groups"]] == told
    urgency = list(FlagLevel)
    listed = [flag["id"] for group in carried["groups"] for flag in group["flags"]]
    levels = [patient.protocol.red_flags[each].level for each in listed]
    assert levels == sorted(levels, key=urgency.index)
    asked = tap(home.open(), "start-all")
    assert headers(asked) == told
    for name, page in (("warning", at), ("check", asked)):
        signs = [each for each in buttons(page) if each.startswith(f"{name}-")]
        assert signs == [*(f"{name}-{each}" for each in listed), f"{name}-none"]
    begin(patient)
    (data,) = given(home.open("session"), "coach_player")
    assert data["check"]["groups"] == carried["groups"]


@pytest.mark.parametrize(("flag", "call"), [("stroke_signs", "112"), ("leg_clot", "+49305550100")])
def test_a_card_begins_with_what_to_do_and_the_number_to_call(home: Home, flag: str, call: str):
    home.settle().red_flags.report_flag(flag, key=new_key())
    shown = [each for each in markup(home.open("warning")) if each[0] != "span"]
    level = home.patient.protocol.red_flags[flag].level
    card = shown.index(("div", {"class": f"coach-card coach-card-{level}"}))
    assert [tag for tag, _ in shown[card + 1 : card + 4]] == ["h2", "a", "p"]
    assert shown[card + 2][1]["href"] == f"tel:{call}"
