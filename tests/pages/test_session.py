"""The way into a session, one question a screen, and all that the player is given."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from coach.desk.installation.recording import new_key
from coach.domain import facts
from coach.domain.errors import BadValue
from coach.domain.session import schedule
from coach.ui.patient.player import written
from tests.support.pages import Home, buttons, given, links, run, said, tap, title, unfold
from tests.support.patient_acts import (
    GLUTES,
    PUMPS,
    QUADS,
    SQUEEZES,
    TUMMY,
    begin,
    item,
    send,
    set_done,
)

CHECK, SHORT = "Do you have any of these?", "Anything new since 10:07?"
PAIN = "How bad is your back pain right now?"


def player(at: AppTest) -> dict[str, Any]:
    """Return what the player on the page is given."""
    (data,) = given(at, "coach_player")
    return data


def checked(home: Home, **answers: Any) -> AppTest:
    """Answer the whole check for all that is due, and return the page with the pain question."""
    home.settle(**answers)
    at = tap(tap(home.open(), "start-all"), "check-none")
    assert title(at) == PAIN
    return at


# taps


def test_when_nothing_is_new_the_first_cue_is_four_taps_away(home: Home):
    patient = home.settle()
    patient.sessions.answer_none(whole=True, key=new_key())
    at = home.open()
    taps = 0
    for button in ("start-all", "nothing-new", "before-3"):
        tap(at, button)
        taps += 1
    assert player(at)["cues"][0]["at_s"] == 0
    assert player(at)["words"]["start"] == "Start"
    assert taps + 1 == 4  # the player's own Start


def test_one_routine_alone_and_an_easier_dose_are_one_tap_before_the_same_way(home: Home):
    patient = home.settle()
    patient.sessions.answer_none(whole=True, key=new_key())
    at = tap(unfold(home.open()), f"easier-{PUMPS}")
    tap(at, "nothing-new")
    tap(at, "before-0")
    (started,) = patient.history().of(facts.SessionStarted)
    (planned,) = started.fact.sets
    assert (planned.routine, planned.reps, planned.easier) == (PUMPS, 5, True)


# the check


def test_the_whole_list_comes_first_in_a_day_and_one_line_after_that(home: Home):
    patient = home.settle()
    at = tap(home.open(), "start-all")
    assert title(at) == CHECK
    listed = [name for name in buttons(at) if name.startswith("check-")]
    assert listed == [*(f"check-{flag}" for flag in patient.protocol.red_flags), "check-none"]
    tap(at, "check-none")
    tap(at, "back-to-today")
    home.clock.goes_on(minutes=40)
    tap(at, "start-all")
    assert title(at) == SHORT
    assert buttons(at)[:2] == ["nothing-new", "show-list"]
    tap(at, "nothing-new")
    assert title(at) == PAIN
    assert [check.fact.whole for check in patient.history().of(facts.FlagCheck)] == [True, False]


def test_the_next_day_begins_with_the_whole_list_again(home: Home):
    home.settle().sessions.answer_none(whole=True, key=new_key())
    home.clock.goes_on(hours=24)
    assert title(tap(home.open(), "start-all")) == CHECK


def test_the_list_can_be_asked_for_and_counts_as_whole_then(home: Home):
    patient = home.settle()
    patient.sessions.answer_none(whole=True, key=new_key())
    at = tap(tap(home.open(), "start-all"), "show-list")
    assert title(at) == CHECK
    tap(at, "check-none")
    assert [check.fact.whole for check in patient.history().of(facts.FlagCheck)] == [True, True]


def test_a_red_flag_in_the_check_is_confirmed_and_closes_everything(home: Home):
    patient = home.settle()
    at = tap(tap(home.open(), "start-all"), "check-chest_pain")
    assert title(at) == "Is that so?"
    assert patient.open_flags() == ()
    tap(at, "No, go back")
    assert title(at) == CHECK
    tap(at, "check-leg_clot")
    tap(at, "Yes, that is so")
    assert title(at) == "Do not exercise now"
    assert "Do not rub it. Do not pump your ankles." in said(at)
    assert links(at) == ["tel:+49305550100", "tel:112"]
    assert [entry.fact.flag for entry in patient.open_flags()] == ["leg_clot"]
    assert patient.history().of(facts.SessionStarted) == ()


@pytest.mark.parametrize(("hours", "asked"), [(20, True), (60, False)])
def test_sleepy_or_dizzy_is_asked_in_the_first_day(home: Home, hours: float, asked: bool):
    home.settle(hours=hours)
    at = tap(home.open(), "start-all")
    assert ("check-drowsy" in buttons(at)) is asked
    tap(at, "check-none")
    assert [entry.fact.yes for entry in home.patient.history().of(facts.Drowsy)] == [False] * asked
    tap(at, "back-to-today")
    tap(at, "start-all")
    assert ("check-drowsy" in buttons(at)) is asked


def test_sleepy_or_dizzy_is_asked_while_on_strong_painkillers_and_closes_for_an_hour(home: Home):
    patient = home.settle(hours=24 * 20)
    patient.set_up.reply("strong_painkillers", facts.Reply.YES, key=new_key())
    at = tap(tap(home.open(), "start-all"), "check-drowsy")
    assert title(at) == "Not yet"
    assert "Rest now. Do not exercise while you are sleepy or dizzy." in said(at)
    assert [name for name in buttons(at) if name.startswith(("start", "only"))] == []
    home.clock.goes_on(hours=1)
    assert title(run(at)) == "You can exercise now"


# pain before


def test_nothing_is_chosen_before_the_pain_is_scored_and_it_is_asked_each_time(home: Home):
    at = checked(home)
    stored = home.size
    scale = [name for name in buttons(at) if name.startswith("before-")]
    assert scale == [f"before-{n}" for n in range(11)]
    labels = [each.label for each in at.button if (each.key or "").startswith("before-")]
    assert [label for label in labels if " " in label] == [
        "0   No pain", "3   Mild", "5   Medium", "7   Bad", "10   Worst pain you can imagine",
    ]  # fmt: skip
    run(at)
    assert home.size == stored
    tap(at, "before-2")
    session = home.patient.sessions.running_session()
    assert session is not None
    assert session.before is not None
    assert session.before.fact.score == 2
    send(home.patient, item(session.id, "session_finished"))
    at = tap(tap(unfold(home.open()), f"only-{PUMPS}"), "nothing-new")
    assert title(at) == PAIN


def test_the_pain_of_ankle_pumps_can_be_skipped_and_is_missing_then_not_zero(home: Home):
    at = checked(home, hours=20)
    tap(at, "Skip this question")
    session = home.patient.sessions.running_session()
    assert session is not None
    assert session.before is None
    assert [
        p for p in home.patient.history().of(facts.Pain) if p.fact.when is not facts.PainWhen.BASELINE
    ] == []
    assert player(at)["pain"]["optional"] is True


def test_the_pain_of_squeezes_cannot_be_skipped(home: Home):
    at = checked(home)
    assert "Skip this question" not in [each.label for each in at.button]


@pytest.mark.parametrize("score_", [6, 10])
def test_pain_too_high_takes_the_squeezes_out_and_says_so_before_it_starts(home: Home, score_: int):
    at = checked(home)
    tap(at, f"before-{score_}")
    assert title(at) == "Not all of them just now"
    assert said(at).count("the tightening exercises wait") == 3
    assert home.patient.sessions.running_session() is None
    tap(at, "Start: Ankle pumps")
    assert [each["routine"] for each in player(at)["sets"]] == [PUMPS]


def test_pain_too_high_for_the_only_routine_starts_nothing(home: Home):
    home.settle()
    at = tap(tap(tap(unfold(home.open()), f"only-{GLUTES}"), "check-none"), "before-7")
    assert buttons(at)[:1] == ["back-to-today"]
    assert home.patient.history().of(facts.SessionStarted) == ()
    tap(at, "back-to-today")
    assert f"again-{GLUTES}" in buttons(at)


def test_a_check_of_long_ago_is_asked_again(home: Home):
    at = checked(home)
    home.clock.goes_on(minutes=31)
    tap(at, "before-2")
    assert title(at) == "Anything new since 10:07?"
    tap(at, "nothing-new")
    assert home.patient.sessions.running_session() is not None


def test_back_leads_to_today_and_starts_nothing(home: Home):
    at = checked(home)
    tap(at, "back-to-today")
    assert title(at) == "You can exercise now"
    assert home.patient.history().of(facts.SessionStarted) == ()
    assert title(home.open("session")) == "You can exercise now"


# the player


def test_a_reload_in_a_session_shows_the_same_player(home: Home):
    at = checked(home)
    tap(at, "before-2")
    before = player(at)
    home.restart()
    assert player(home.open("session")) == before
    run(at)
    assert player(at) == before
    assert len(home.patient.history().of(facts.SessionStarted)) == 1


def test_a_finished_session_keeps_its_player_for_the_last_questions_and_later_leads_back_to_today(home: Home):
    at = checked(home)
    tap(at, "before-2")
    before = player(at)
    assert (before["ended"], before["next"], before["pain"]["before"]) == (False, "", 2)
    session = home.patient.sessions.running_session()
    assert session is not None
    send(home.patient, item(session.id, "session_finished"))
    run(at)
    assert (player(at)["session"], player(at)["ended"]) == (before["session"], True)
    assert player(at)["next"] == "You can do all exercises now."
    assert title(home.open()) == "You can exercise now"  # Today asks nothing of it
    at = home.open("session")
    assert player(at)["ended"] is True
    home.clock.goes_on(hours=3)
    assert title(run(at)) == "You can exercise now"


def test_whoever_stops_is_not_asked_to_go_on_at_once(home: Home):
    at = checked(home)
    tap(at, "before-2")
    session = home.patient.sessions.running_session()
    assert session is not None
    send(home.patient, item(session.id, "session_finished", stop_reason="tired"))
    assert player(run(at))["next"] == "When you feel ready, you can start again."


def test_back_from_the_questions_before_the_next_session_leads_to_today_and_not_to_the_last_one(home: Home):
    at = checked(home)
    tap(at, "before-2")
    session = home.patient.sessions.running_session()
    assert session is not None
    send(home.patient, item(session.id, "session_finished"))
    at = tap(unfold(home.open()), f"only-{PUMPS}")
    assert title(at) == "Anything new since 10:07?"
    tap(at, "back-to-today")
    assert title(at) == "You can exercise now"
    assert given(at, "coach_player") == []


def test_a_red_flag_in_another_tab_takes_the_player_away(home: Home):
    at = checked(home)
    tap(at, "before-2")
    home.patient.red_flags.report_flag("fall", key=new_key())
    run(at)
    assert given(at, "coach_player") == []
    assert title(at) == "Do not exercise now"


def data_of(home: Home, *routines: str, **settings: Any) -> tuple[dict[str, Any], Any]:
    patient = home.settle()
    for name, value in settings.items():
        patient.settings.set(name, value)
    begin(patient, *routines)
    running = patient.sessions.running_session()
    assert running is not None
    return json.loads(written(patient, running)), running


def test_the_players_data_is_json_and_its_cues_are_the_domains_one_by_one(home: Home):
    data, running = data_of(home, PUMPS, *SQUEEZES, voice=False)
    assert json.loads(json.dumps(data, allow_nan=False)) == data
    plan = schedule(home.patient.protocol, running.started.fact.sets)
    assert data["ends_s"] == plan.ends_s
    assert len(data["cues"]) == len(plan.cues)
    for told, cue in zip(data["cues"], plan.cues, strict=True):
        assert told["label"] or told["say"]
        assert {name: told[name] for name in ("at_s", "until_s", "set", "rep", "count", "credits")} == {
            "at_s": cue.at_s,
            "until_s": cue.until_s,
            "set": cue.set,
            "rep": cue.rep,
            "count": cue.count,
            "credits": cue.credits,
        }
        assert told["kind"] == cue.kind
        assert told["side"] == (cue.side and cue.side.value)
    assert [each["routine"] for each in data["sets"]] == [PUMPS, GLUTES, QUADS, TUMMY]
    assert all(each["drawing"].lstrip().startswith("<svg") for each in data["sets"])
    for index, planned in enumerate(running.started.fact.sets):
        credited = sum(cue["credits"] for cue in data["cues"] if cue["set"] == index)
        assert credited == planned.reps * planned.sides
        send(home.patient, set_done(running.id, planned.routine, index=index, reps=credited))
    assert len(home.patient.history().session(running.id).sets) == 4  # type: ignore[union-attr]


def test_where_a_voice_tells_the_position_the_first_get_ready_is_as_long_as_that_and_no_dose_changes(
    home: Home,
):
    data, running = data_of(home, PUMPS, *SQUEEZES, voice_rate="slower")
    plan = schedule(home.patient.protocol, running.started.fact.sets)
    more = data["cues"][0]["until_s"] - plan.cues[0].until_s
    assert plan.cues[0].kind == data["cues"][0]["kind"] == "ready"
    sentences = data["sound"]["sentences"]
    told = [sentences[place] for place in data["cues"][0]["say"][0]]
    assert told[1]["text"] == home.patient.protocol.routines[PUMPS].position
    assert sum(each["s"] for each in told) / data["sound"]["rate"] < data["cues"][0]["until_s"] <= 30
    for sent, cue in zip(data["cues"][1:], plan.cues[1:], strict=True):
        assert (sent["at_s"], sent["until_s"]) == pytest.approx((cue.at_s + more, cue.until_s + more))


def test_how_loud_and_how_fast_is_what_the_patient_set_and_nothing_beside_it(home: Home):
    data, _running = data_of(home, PUMPS, sound_volume="quiet", voice_rate="faster", vibration=False)
    assert [data["sound"][name] for name in ("volume", "rate", "vibration")] == [0.3, 1.15, False]
    with pytest.raises(BadValue):
        home.patient.settings.set("sound_volume", "deafening")
    with pytest.raises(BadValue):
        home.patient.settings.set("voice_rate", "3")


@pytest.mark.parametrize("plain", [False, True])
def test_every_score_after_has_its_advice_and_so_has_a_missing_one(home: Home, plain: bool):
    home.settle().settings.set("plain_words", plain)
    before: Any = facts.PainWord.MILD if plain else 2
    session = new_key()
    home.patient.sessions.answer_none(whole=True, key=new_key())
    home.patient.sessions.give_pain(before, facts.PainWhen.BEFORE, session=session, key=new_key())
    home.patient.sessions.start([GLUTES], easier=False, session=session)
    running = home.patient.sessions.running_session()
    assert running is not None
    data = json.loads(written(home.patient, running))
    choices = [str(each["value"]) for each in data["pain"]["choices"]]
    assert len(choices) == (5 if plain else 11)
    assert data["pain"]["optional"] is False
    finished, stopped = data["advice"]["finished"], data["advice"]["pain"]
    assert set(finished) == set(stopped) == {*choices, "missing"}
    assert all("went up too much" in text for text in stopped.values())
    assert not finished["missing"]
    if plain:
        assert "went up too much" in finished["bad"]
        assert finished["medium"] == ""
    else:
        assert [bool(finished[str(n)]) for n in range(11)] == [False] * 4 + [True] * 7
        assert "half as many" in finished["4"]
        assert "went up too much" in finished["5"]


def test_ankle_pumps_alone_get_no_advice(home: Home):
    data, _ = data_of(home, PUMPS)
    assert data["advice"] == {"finished": {}, "pain": {}}


def test_the_player_holds_every_red_flag_with_its_card(home: Home):
    data, _ = data_of(home, PUMPS, country="GB")
    flags = [flag for group in data["check"]["groups"] for flag in group["flags"]]
    assert len(flags) == 19
    for flag in flags:
        assert flag["text"] in flag["confirm"]
        assert flag["card"]["lines"]
        assert flag["card"]["phones"]
        assert all(set(phone) == {"label", "tel"} for phone in flag["card"]["phones"])
    assert {flag["id"] for flag in flags} == set(home.patient.protocol.red_flags)


def test_the_player_knows_whose_the_session_is_where_to_send_it_and_who_reads_it(home: Home):
    data, running = data_of(home, PUMPS, voice=False)
    assert (data["session"], data["owner"]) == (str(running.id), str(home.patient.patient))
    assert data["endpoint"] == "/api/outbox"
    assert data["reader"] == "Nobody else sees this. To tell your clinic, call +49 30 555 0100."
    assert (data["sound"]["voice"], data["sound"]["tones"]) == (False, True)
    assert [each["id"] for each in data["stop_reasons"]] == [reason.value for reason in facts.StopReason]
    assert {each["id"] for each in data["stop_reasons"] if each["check"]} == {"pain", "unwell"}
    assert [each["value"] for each in data["effort"]["choices"]] == [0, 3, 5, 7, 10]


def test_every_choice_that_the_player_offers_is_one_that_the_desk_takes(home: Home):
    data, running = data_of(home, GLUTES)
    for each in data["pain"]["choices"]:
        assert send(home.patient, item(running.id, "pain", score=each["value"])).refused == []
    for each in data["effort"]["choices"]:
        assert send(home.patient, item(running.id, "effort", effort=each["value"])).refused == []
    for each in (flag for group in data["check"]["groups"] for flag in group["flags"]):
        assert send(home.patient, item(running.id, "red_flag", flag=each["id"])).refused == []
    note = "a" * data["note"]["max"]
    assert send(home.patient, item(running.id, "note", text=note)).refused == []
    for each in data["stop_reasons"]:
        assert send(home.patient, item(running.id, "session_finished", stop_reason=each["id"])).refused == []


def test_a_session_started_before_midnight_is_carried_on_after_it(home: Home):
    home.clock.now = datetime(2026, 3, 5, 22, 50, tzinfo=UTC)
    home.settle()
    begin(home.patient)
    home.clock.goes_on(minutes=20)
    assert given(home.open("session"), "coach_player")
