"""The outbox's other end: what the player kept is stored once, as it was, or refused for good."""

from __future__ import annotations

import unicodedata
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier
from typing import Any
from uuid import UUID, uuid4

import pytest

from coach.desk import PatientDesk
from coach.desk.installation.recording import NewEntry, new_key
from coach.desk.patient.outbox import NotTheirs
from coach.domain import decisions, facts
from coach.domain.errors import BadValue, Fault
from coach.domain.history import Entry, set_end
from tests.support.homes import Clock, size
from tests.support.patient_acts import GLUTES, PUMPS, QUADS, begin, faults, item, send, set_done
from tests.support.records import record


def only(patient: PatientDesk, kind: type) -> Any:
    """Return the only fact of a kind."""
    found: tuple[Entry[Any], ...] = patient.history().of(kind)
    (entry,) = found
    return entry.fact


def assert_refused(patient: PatientDesk, fault: Fault, items: list[dict[str, Any]]) -> None:
    """Each of these items is refused for good with that fault, and nothing is stored."""
    stored = size(patient)
    for each in items:
        receipt = send(patient, each)
        assert (receipt.acknowledged, faults(receipt)) == ([], [fault]), each
        assert receipt.refused[0][0] == str(each["id"])
    assert size(patient) == stored


# once, and only once


@pytest.mark.parametrize("later_s", [0, 600])
def test_the_same_item_twice_is_one_entry_and_acknowledged_twice(
    patient: PatientDesk, clock: Clock, later_s: float
):
    session = begin(patient)
    clock.goes_on(minutes=2)
    done = set_done(session)
    assert send(patient, done).acknowledged == [done["id"]]
    stored = size(patient)
    clock.goes_on(seconds=later_s)
    again = send(patient, {**done, "age_ms": later_s * 1000 + 137})
    assert again.acknowledged == [done["id"]]
    assert again.refused == []
    assert size(patient) == stored


def test_the_same_item_twice_in_one_batch_is_one_entry(patient: PatientDesk):
    done = set_done(begin(patient))
    assert send(patient, done, done).acknowledged == [done["id"]] * 2
    assert len(patient.history().of(facts.SetDone)) == 1


def test_the_same_items_from_two_tabs_at_once_are_one_entry_each_and_none_is_refused(
    patient: PatientDesk, clock: Clock
):
    session = begin(patient)
    clock.goes_on(minutes=5)
    items = [set_done(session), item(session, "pain", score=3), item(session, "effort", effort=2)]

    def post(number: int) -> Any:
        return send(patient, *({**each, "age_ms": 1000 * number} for each in items))

    with ThreadPoolExecutor(4) as pool:
        receipts = list(pool.map(post, range(8)))
    assert [faults(each) for each in receipts] == [[]] * 8
    assert all(each.acknowledged == [i["id"] for i in items] for each in receipts)
    for kind in (facts.SetDone, facts.Effort):
        assert len(patient.history().of(kind)) == 1
    assert sum(p.fact.when is facts.PainWhen.AFTER for p in patient.history().of(facts.Pain)) == 1


@pytest.mark.parametrize(
    ("kind", "first", "second"),
    [
        ("pain", {"score": 3}, {"score": 4}),
        ("effort", {"effort": 3}, {"effort": 4}),
        ("note", {"text": "one"}, {"text": "two"}),
        ("pain", {"score": 3}, {"score": "mild"}),
    ],
)
def test_the_same_id_with_other_content_is_refused(
    patient: PatientDesk, kind: str, first: dict[str, Any], second: dict[str, Any]
):
    session = begin(patient)
    sent = item(session, kind, **first)
    send(patient, sent)
    stored = size(patient)
    receipt = send(patient, {**sent, "payload": second})
    assert (receipt.acknowledged, faults(receipt)) == ([], [Fault.KEY_REUSED])
    assert receipt.refused[0][0] == sent["id"]
    assert size(patient) == stored


def test_the_same_id_with_another_number_of_reps_or_as_another_kind_is_refused(patient: PatientDesk):
    session = begin(patient)
    done = set_done(session)
    send(patient, done)
    stored = size(patient)
    fewer = {**done, "payload": {**done["payload"], "reps_done": 9}}
    other = {**done, "kind": "pain", "payload": {"score": 2}}
    assert faults(send(patient, fewer, other)) == [Fault.KEY_REUSED] * 2
    assert size(patient) == stored


def test_an_id_that_is_the_sessions_own_is_refused(patient: PatientDesk):
    session = begin(patient)
    done = {**set_done(session), "id": str(session)}
    assert faults(send(patient, done)) == [Fault.KEY_REUSED]


def test_a_session_finished_twice_is_finished_once(patient: PatientDesk, clock: Clock):
    session = begin(patient)
    ends = [item(session, "session_finished", stop_reason=None), item(session, "session_finished")]
    assert send(patient, *ends).acknowledged == [each["id"] for each in ends]
    clock.goes_on(minutes=1)
    patient.sessions.leave(session, key=new_key())
    (finished,) = patient.history().of(facts.SessionFinished)
    assert finished.fact.stop_reason is None


def test_a_session_that_was_left_stays_as_it_was_left(patient: PatientDesk):
    session = begin(patient)
    patient.sessions.leave(session, key=new_key())
    late = item(session, "session_finished", stop_reason=None)
    assert send(patient, late).acknowledged == [late["id"]]
    assert only(patient, facts.SessionFinished).stop_reason is facts.StopReason.INTERRUPTED


# whose, and of which session


def test_an_item_of_an_unknown_session_is_refused_and_the_others_are_stored(patient: PatientDesk):
    session = begin(patient)
    first, lost, last = set_done(session), set_done(uuid4()), item(session, "pain", score=0)
    receipt = send(patient, first, lost, last)
    assert receipt.acknowledged == [first["id"], last["id"]]
    assert [(i, why.fault) for i, why in receipt.refused] == [(lost["id"], Fault.UNKNOWN_ENTRY)]
    assert len(patient.history().of(facts.SetDone)) == 1


@pytest.mark.parametrize("owner", ["", "nobody", str(uuid4())], ids=["none", "nobody", "another"])
def test_items_of_another_owner_are_not_taken(patient: PatientDesk, owner: str):
    done = set_done(begin(patient))
    stored = size(patient)
    with pytest.raises(NotTheirs):
        patient.outbox.receive([done], owner=owner)
    assert size(patient) == stored


@pytest.mark.parametrize("name", ["id", "session"])
def test_an_item_without_a_true_id_is_refused(patient: PatientDesk, name: str):
    session = begin(patient)
    broken = (None, "", "7", 7, "../..", ["a"], "not-a-uuid")
    assert_refused(patient, Fault.UNKNOWN_ENTRY, [{**set_done(session), name: each} for each in broken])


def test_an_unknown_kind_is_refused(patient: PatientDesk):
    sent = item(begin(patient), "pain", score=3)
    unknown = (None, "", "SET_DONE", "red_flags", "override", "hold_lifted", 3, ["pain"])
    assert_refused(patient, Fault.UNKNOWN_KIND, [{**sent, "kind": kind} for kind in unknown])


def test_a_payload_that_is_none_is_refused(patient: PatientDesk):
    sent = item(begin(patient), "pain")
    none: tuple[object, ...] = (None, [], "x", 3)
    assert_refused(patient, Fault.UNKNOWN_CHOICE, [{**sent, "payload": payload} for payload in none])


# sets


def test_reps_that_nobody_can_have_done_are_refused(patient: PatientDesk):
    session = begin(patient)
    wrong = (11, 0, -1, 3.5, 10.0, True, "7", None, float("nan"), float("inf"), 10**9, [10])
    assert_refused(patient, Fault.REPS_OUT_OF_RANGE, [set_done(session, reps=reps) for reps in wrong])
    assert send(patient, set_done(session, reps=11)).refused[0][1].detail == {"low": 1, "high": 10}


def test_reps_of_both_legs_are_counted_together(patient: PatientDesk):
    session = begin(patient, QUADS)
    assert faults(send(patient, set_done(session, QUADS, reps=11))) == [Fault.REPS_OUT_OF_RANGE]
    send(patient, set_done(session, QUADS, reps=10))
    fact = only(patient, facts.SetDone)
    assert (fact.reps_done, fact.reps_planned, fact.hold_s) == (10, 10, 3)


def test_a_set_that_was_not_planned_is_refused(patient: PatientDesk):
    session = begin(patient)
    wrong = [set_done(session, index=index) for index in (1, -1, True, 0.0, "0", None, [0])]
    assert_refused(patient, Fault.UNKNOWN_ROUTINE, [*wrong, set_done(session, QUADS)])


def test_a_length_or_an_age_that_is_no_number_is_refused(patient: PatientDesk):
    done = set_done(begin(patient))
    wrong = ("40", None, True, float("nan"), [1])
    lengths = [{**done, "payload": {**done["payload"], "took_ms": each}} for each in wrong]
    assert_refused(patient, Fault.DURATION_OUT_OF_RANGE, lengths)
    assert_refused(patient, Fault.DURATION_OUT_OF_RANGE, [{**done, "age_ms": each} for each in wrong])


@pytest.mark.parametrize("huge", [float("inf"), 1e300, 10**400])
def test_an_age_or_a_length_beyond_all_bounds_is_cut(patient: PatientDesk, huge: float):
    session = begin(patient)
    done = set_done(session)
    done["age_ms"] = done["payload"]["took_ms"] = huge
    assert send(patient, done).acknowledged == [done["id"]]
    (entry,) = patient.history().of(facts.SetDone)
    assert entry.at == patient.history().session(session).started.at  # type: ignore[union-attr]


def test_a_sets_local_day_is_that_of_its_start(patient: PatientDesk, clock: Clock):
    clock.goes_on(hours=13, minutes=46)  # 23:53 in Berlin
    session = begin(patient)
    clock.goes_on(minutes=10)
    send(patient, set_done(session, took_s=420))
    (entry,) = patient.history().of(facts.SetDone)
    assert entry.local_date == date(2026, 3, 5)
    assert entry.at == clock.now - timedelta(seconds=420)
    assert patient.today() == date(2026, 3, 6)
    assert patient.counts_today()[PUMPS].done == 0


def test_an_age_beyond_the_sessions_start_is_cut_to_it(patient: PatientDesk, clock: Clock):
    started = clock.now
    session = begin(patient)
    clock.goes_on(minutes=3)
    send(
        patient,
        set_done(session, age_s=86_400),
        item(session, "pain", score=2, age_s=86_400),
        item(session, "session_finished", age_s=86_400),
    )
    for kind in (facts.SetDone, facts.SessionFinished):
        assert [entry.at for entry in patient.history().of(kind)] == [started]
    (after,) = (p for p in patient.history().of(facts.Pain) if p.fact.when is facts.PainWhen.AFTER)
    assert after.at == started


def test_an_item_is_dated_by_its_age_and_not_by_its_arrival(patient: PatientDesk, clock: Clock):
    session = begin(patient)
    clock.goes_on(hours=9)
    sent = item(session, "pain", score=2, age_s=8 * 3600)
    send(patient, sent)
    entry = patient.history().by_id[UUID(sent["id"])]
    assert entry.at == clock.now - timedelta(hours=8)
    assert entry.recorded_at == clock.now


def test_an_estimated_set_says_so(patient: PatientDesk):
    session = begin(patient, PUMPS, GLUTES)
    sent = set_done(session), {**set_done(session, GLUTES, index=1, reps=3), "estimated": True}
    send(patient, *sent)
    found = {entry.fact.routine: entry.fact for entry in patient.history().of(facts.SetDone)}
    assert (found[PUMPS].estimated, found[GLUTES].estimated) == (False, True)
    assert (found[GLUTES].reps_done, found[GLUTES].reps_planned) == (3, 5)


def test_the_plans_hold_and_phase_are_stored_whatever_the_browser_says(patient: PatientDesk):
    session = begin(patient, GLUTES)
    done = set_done(session, GLUTES, reps=5)
    done["payload"] |= {"hold_s": 60, "phase": "after-week-12", "outside_plan": True, "reps_planned": 1}
    send(patient, done)
    fact = only(patient, facts.SetDone)
    assert (fact.hold_s, fact.phase, fact.outside_plan, fact.reps_planned) == (3, "first-week", False, 5)


# red flags and the plan


def test_a_set_begun_after_a_red_flag_is_stored_and_marked(patient: PatientDesk, clock: Clock):
    session = begin(patient)
    patient.red_flags.report_flag("leg_clot", key=new_key())
    clock.goes_on(minutes=2)
    done = set_done(session, took_s=40)
    assert send(patient, done).acknowledged == [done["id"]]
    assert only(patient, facts.SetDone).outside_plan


def test_a_set_begun_before_a_red_flag_is_inside_the_plan_also_when_it_arrives_later(
    patient: PatientDesk, clock: Clock
):
    session = begin(patient)
    clock.goes_on(minutes=2)
    patient.red_flags.report_flag("fall", key=new_key())
    clock.goes_on(minutes=30)
    done = set_done(session, took_s=60, age_s=30 * 60)
    assert send(patient, done).acknowledged == [done["id"]]
    assert not only(patient, facts.SetDone).outside_plan


def test_of_two_red_flags_the_earlier_one_decides(patient: PatientDesk, clock: Clock):
    session = begin(patient)
    patient.red_flags.report_flag("leg_clot", key=new_key())
    clock.goes_on(minutes=5)
    patient.red_flags.report_flag("chest_pain", key=new_key())
    clock.goes_on(minutes=1)
    send(patient, set_done(session, took_s=120, age_s=60))
    assert only(patient, facts.SetDone).outside_plan


@pytest.mark.parametrize(("routine", "outside"), [(None, True), (PUMPS, True), (GLUTES, False)])
def test_a_set_begun_under_a_hold_is_marked(
    patient: PatientDesk, clock: Clock, routine: str | None, outside: bool
):
    session = begin(patient)
    record(patient, NewEntry(facts.ClinicianHold(routine, "rest")))
    clock.goes_on(minutes=2)
    send(patient, set_done(session, took_s=40))
    assert only(patient, facts.SetDone).outside_plan is outside


def test_what_start_allowed_may_be_finished_though_the_gate_has_closed_since(
    patient: PatientDesk, clock: Clock
):
    session = begin(patient, PUMPS, GLUTES)
    patient.sessions.give_pain(9, facts.PainWhen.NOW, key=new_key())
    clock.goes_on(minutes=5)
    send(patient, set_done(session), set_done(session, GLUTES, index=1, reps=5))
    assert [entry.fact.outside_plan for entry in patient.history().of(facts.SetDone)] == [False, False]


def test_a_red_flag_of_the_player_closes_everything_from_when_it_was(patient: PatientDesk, clock: Clock):
    session = begin(patient)
    clock.goes_on(hours=1)
    send(patient, item(session, "red_flag", flag="chest_pain", age_s=1800))
    (flag,) = patient.open_flags()
    assert flag.at == clock.now - timedelta(minutes=30)
    assert flag.recorded_at == clock.now
    assert all(not hasattr(d, "dose") for d in patient.decisions().values())


def test_an_unknown_red_flag_is_refused_and_the_rest_of_the_batch_is_stored(patient: PatientDesk):
    session = begin(patient)
    unknown = (None, "", "hunger", 3, True, ["chest_pain"], {"a": 1})
    wrong = [item(session, "red_flag", flag=flag) for flag in unknown]
    assert_refused(patient, Fault.UNKNOWN_CHOICE, wrong)
    done = set_done(session)
    assert send(patient, *wrong, done).acknowledged == [done["id"]]
    assert patient.history().of(facts.RedFlagYes) == ()


def test_a_check_in_the_player_is_a_whole_check(patient: PatientDesk, clock: Clock):
    session = begin(patient)
    clock.goes_on(minutes=1)
    send(patient, item(session, "no_red_flags"))
    assert [check.fact.whole for check in patient.history().of(facts.FlagCheck)] == [True, True]


# what is said after a session


def test_a_pain_that_is_no_score_is_refused(patient: PatientDesk):
    session = begin(patient)
    wrong: tuple[object, ...] = (
        11,
        -1,
        3.5,
        3.0,
        float("nan"),
        float("inf"),
        True,
        False,
        "7",
        "٣",
        None,
        "terrible",
        [3],
        {},
    )
    assert_refused(patient, Fault.PAIN_NOT_A_SCORE, [item(session, "pain", score=score) for score in wrong])


def test_a_missing_pain_is_refused_and_not_taken_for_zero(patient: PatientDesk):
    session = begin(patient)
    assert faults(send(patient, item(session, "pain"))) == [Fault.PAIN_NOT_A_SCORE]
    assert patient.history().session(session).after is None  # type: ignore[union-attr]


def test_plain_words_are_scores(patient: PatientDesk):
    session = begin(patient)
    for word in facts.PainWord:
        send(patient, item(session, "pain", score=str(word)))
        assert patient.history().session(session).after.fact.score is word  # type: ignore[union-attr]


def test_zero_is_a_score(patient: PatientDesk):
    session = begin(patient)
    send(patient, item(session, "pain", score=0), item(session, "effort", effort=0))
    told = patient.history().session(session)
    assert told is not None
    assert told.after is not None
    assert told.effort is not None
    assert (told.after.fact.score, told.effort.fact.effort) == (0, 0)


def test_an_effort_that_is_no_score_is_refused(patient: PatientDesk):
    session = begin(patient)
    wrong: tuple[object, ...] = (11, -1, 3.5, float("nan"), True, "7", None, "mild", [])
    assert_refused(
        patient, Fault.EFFORT_NOT_A_SCORE, [item(session, "effort", effort=each) for each in wrong]
    )


def test_a_note_of_two_thousand_characters_is_stored_and_one_more_is_refused(patient: PatientDesk):
    session = begin(patient)
    long, too_long = item(session, "note", text="ä" * 2000), item(session, "note", text="a" * 2001)
    receipt = send(patient, long, too_long)
    assert receipt.acknowledged == [long["id"]]
    assert faults(receipt) == [Fault.TEXT_TOO_LONG]
    assert receipt.refused[0][1].detail == {"length": 2001, "limit": 2000}
    assert len(only(patient, facts.Note).text) == 2000


def test_a_note_that_is_no_text_is_refused(patient: PatientDesk):
    session = begin(patient)
    wrong = (None, 3, True, "", "   ", "\u200b\u2060", ["a"])
    assert_refused(patient, Fault.TEXT_MISSING, [item(session, "note", text=text) for text in wrong])


def test_of_a_note_that_was_cut_within_a_letter_the_whole_letters_are_kept(patient: PatientDesk):
    send(patient, item(begin(patient), "note", text="it went well \ud83d"))
    assert only(patient, facts.Note).text == "it went well"


def test_a_note_is_stored_composed_and_is_the_same_note_either_way(patient: PatientDesk):
    session = begin(patient)
    apart, together = (unicodedata.normalize(form, "Rücken schön ") for form in ("NFD", "NFC"))
    assert apart != together
    sent = item(session, "note", text=apart)
    send(patient, sent)
    assert only(patient, facts.Note).text == together.strip()
    again = send(patient, {**sent, "payload": {"text": together}})
    assert again.refused == []


def test_a_note_keeps_whatever_it_says(patient: PatientDesk):
    session = begin(patient)
    texts = (
        "<script>alert(1)</script>",
        "![x](http://evil.example/a.png)",
        "=HYPERLINK(1)",
        "null",
        "1' or 1=1--",
    )
    send(patient, *(item(session, "note", text=text) for text in texts))
    assert [entry.fact.text for entry in patient.history().of(facts.Note)] == list(texts)


@pytest.mark.parametrize("why", [*facts.StopReason, None])
def test_a_stop_keeps_its_reason(patient: PatientDesk, why: facts.StopReason | None):
    send(patient, item(begin(patient), "session_finished", stop_reason=why and why.value))
    assert only(patient, facts.SessionFinished).stop_reason is why


def test_an_unknown_stop_reason_is_refused_and_the_rest_of_the_batch_is_stored(patient: PatientDesk):
    session = begin(patient)
    unknown: tuple[object, ...] = ("", "bored", 3, True, [], {"a": 1})
    wrong = [item(session, "session_finished", stop_reason=why) for why in unknown]
    assert_refused(patient, Fault.UNKNOWN_CHOICE, wrong)
    done = set_done(session)
    assert send(patient, *wrong, done).acknowledged == [done["id"]]


def test_while_the_clock_is_wrong_nothing_is_refused_for_good(patient: PatientDesk, clock: Clock):
    done = set_done(begin(patient))
    stored = size(patient)
    clock.goes_on(hours=-2)
    with pytest.raises(BadValue) as wrong:
        send(patient, done)
    assert wrong.value.fault is Fault.CLOCK_WRONG
    assert size(patient) == stored
    clock.goes_on(hours=2)
    assert send(patient, done).acknowledged == [done["id"]]


def test_a_warning_sign_behind_what_waits_for_the_clock_is_stored_at_once(patient: PatientDesk, clock: Clock):
    session = begin(patient)
    done, ended = set_done(session), item(session, "session_finished")
    sign = item(session, "red_flag", flag="chest_pain")
    clock.goes_on(hours=-2)
    receipt = send(patient, done, sign, ended)
    assert (receipt.acknowledged, receipt.refused) == ([sign["id"]], [])
    assert [flag.fact.flag for flag in patient.open_flags()] == ["chest_pain"]
    clock.goes_on(hours=2)
    assert send(patient, done, ended).acknowledged == [done["id"], ended["id"]]


def test_a_stop_for_pain_counts_also_when_another_tab_ended_the_session_first(patient: PatientDesk):
    session = begin(patient, PUMPS, GLUTES)
    patient.sessions.leave(session, key=new_key())
    send(patient, item(session, "session_finished", stop_reason="pain"))
    for routine in ("static_glutes", "quadriceps", "transversus_abdominis"):
        decision = patient.decisions()[routine]
        assert isinstance(decision, decisions.Locked)
        assert isinstance(decision.reason, decisions.AfterRed)


def test_a_warning_sign_counts_whatever_became_of_the_session(patient: PatientDesk):
    send(patient, item(uuid4(), "red_flag", flag="chest_pain"))
    assert [flag.fact.flag for flag in patient.open_flags()] == ["chest_pain"]


def test_a_set_done_over_on_another_device_is_outside_the_plan(patient: PatientDesk):
    session = begin(patient)
    send(patient, set_done(session), set_done(session))
    assert [done.fact.outside_plan for done in patient.history().of(facts.SetDone)] == [False, True]


def test_of_sets_that_several_devices_tell_at_once_one_is_inside_the_plan(patient: PatientDesk):
    session = begin(patient)
    together = Barrier(4)

    def tell(_device: int) -> None:
        own = PatientDesk(patient.installation, patient.patient, patient.principal)
        together.wait()
        assert faults(send(own, set_done(session))) == []

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(tell, range(4)))
    assert [done.fact.outside_plan for done in patient.history().of(facts.SetDone)].count(False) == 1
    assert len(patient.history().of(facts.SetDone)) == 4


def test_no_set_ends_after_it_was_told(patient: PatientDesk):
    session = begin(patient)
    send(patient, set_done(session, took_s=86_400))
    (done,) = patient.history().of(facts.SetDone)
    assert set_end(done) <= patient.now()
