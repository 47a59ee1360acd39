"""Progress on a real record: the sentence first, each chart with its table, and an honest empty state."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest

from coach.desk.installation.recording import new_key
from coach.desk.patient.settings import SettingsDesk
from coach.domain import pain_change
from coach.domain.case import Case
from coach.domain.facts import PainWhen, PainWord
from coach.records.database.errors import Reason, RecordUnavailable
from coach.review.patient import charts
from coach.ui.parts import assets
from coach.ui.parts import charts as chart_parts
from tests.support.pages import (
    Home,
    blocks,
    buttons,
    lines,
    markup,
    open_line,
    run,
    said,
    tap,
    title,
    unfold,
)
from tests.support.progress_pages import calendars, drawn, live, with_data


def test_at_first_each_part_says_when_it_will_show_something(home: Home):
    home.settle(hours=2)
    at = home.open("progress")
    assert title(at) == "Your progress"
    assert blocks(at, "h2") == ["Your pain shows here after your first daily check-in."]
    assert assets.address("drawings/states/progress.svg") in [each.get("src") for _tag, each in markup(at)]
    text = "\n".join([said(unfold(at)), *lines(at)])
    for told in (
        "Today so far: 0 of ",
        "Pain before and after exercise shows here once a session has both scores.",
        "How your own activities go",
        "Your first day of exercise will be counted here.",
        "Take it with you",
    ):
        assert told in text
    assert not with_data(at, "scores")
    assert title(tap(at, "progress-to-diary")) == "Diary"


def test_a_closed_line_sends_its_finding_alone(home: Home):
    home.settle(hours=60)
    live(home, 4)
    at = home.open("progress")
    assert not drawn(at)
    assert not calendars(at)
    assert [each.split("  \n")[0] for each in lines(at)] == [
        "Your pain, day by day", "What you did", "Pain before and after exercise", "Take it with you",
    ]  # fmt: skip
    assert not any(each.children for each in at.expander)


def test_the_number_is_that_of_the_sentence_and_before_it_that_of_the_last_check_in(home: Home):
    home.settle(hours=60)
    live(home, 1)
    at = home.open("progress")
    assert "5 of 10: your pain at the last check-in" in said(at)
    assert blocks(at, "h2")[0].startswith("Two more daily check-ins")
    home.clock.goes_on(hours=24)
    live(home, 4)
    at = home.open("progress")
    assert "3.8 of 10: your pain this week" in said(at)
    assert "to 3.8 this week" in blocks(at, "h2")[0]


def test_the_course_is_drawn_to_scale(home: Home):
    patient = home.settle(hours=24 * 21)
    (course,) = [each for each in markup(home.open("progress")) if each[1].get("class") == "coach-course"]
    known = patient.course()
    assert known
    share = timedelta(days=21) / (known.spans[-1].starts - known.procedure.at)
    assert course[1]["style"] == f"--here: {100 * share:.1f}%" == "--here: 25.0%"
    assert "You are here: Weeks 3 to 6" in str(course[1]["aria-label"])
    home.clock.goes_on(hours=24 * 200)
    (course,) = [each for each in markup(home.open("progress")) if each[1].get("class") == "coach-course"]
    assert course[1]["style"] == "--here: 100.0%"


def test_the_sentence_comes_first_and_agrees_with_the_domain(home: Home):
    home.settle(hours=60)
    patient = live(home, 4)
    at = home.open("progress")
    change = pain_change.pain_change(Case.of(patient.protocol, patient.history()), today=patient.today())
    assert change.mean == 3.5
    first = blocks(at, "h2")[0]
    assert first.startswith(f"Your pain fell from {change.baseline} before the procedure to 3.5 this week.")
    assert "After all of your 4 sessions" in lines(at)[2]
    assert "You have exercised on 4 days." in blocks(unfold(at))


def test_what_is_drawn_is_what_is_recorded(home: Home):
    home.settle(hours=60)
    patient = live(home, 3)
    at = unfold(home.open("progress"))
    [averages] = with_data(at, "averages")
    assert averages["score"].to_list() == [5.0, 4.0, 3.0]
    [scores] = with_data(at, "scores")
    assert sorted(scores["series"]) == sorted(["after", "before", "worst"] * 3)
    days = calendars(at)
    assert len(days) == len(patient.case.routines)
    for cells in days.values():
        assert sum("today" in each for each in cells) == 1
    assert sum(each.startswith("1/") for each in days["Ankle pumps"]) == 3
    [counts] = with_data(at, "change_counts")
    assert dict(zip(counts["change"], counts["sessions"], strict=True))[-1] == 3


def test_every_chart_has_a_description_and_no_data_in_its_specification(home: Home):
    home.settle(hours=60)
    live(home, 3)
    charts_drawn = drawn(unfold(home.open("progress")))
    assert len(charts_drawn) == 2
    for each in charts_drawn:
        assert each["alt"]
        assert "datasets" not in each["spec"]
        assert "values" not in json.dumps(each["spec"].get("data", {}))


def test_every_chart_has_its_table(home: Home):
    home.settle(hours=60)
    live(home, 3)
    at = unfold(home.open("progress"))
    labels = [each.label for each in at.expander]
    assert labels.count("Show as table") == 3
    assert not at.table, "what is closed is not sent"
    for name in ("pain", "doing", "changes"):
        open_line(at, f"table-{name}")
    assert [next(iter(each.value.columns)) for each in at.table] == ["Day", "Day", "Session"]
    assert at.table[0].value["Average"].to_list() == ["3", "4", "5"]


def test_the_studys_curve_is_off_until_switched_on_and_stays_on(home: Home):
    home.settle(hours=60)
    live(home, 3)
    at = unfold(home.open("progress"))
    assert with_data(at, "curve")[0].empty
    tap(at, "study-on")
    [curve] = with_data(at, "curve")
    assert curve["mean"].to_list() == [7.4, 4.1, 3.4, 3.0]
    assert set(curve["label"]) == {"One study’s average, not your goal."}
    assert home.patient.history().settings["curve"] is True
    assert len(with_data(unfold(home.open("progress")), "curve")[0]) == 4
    tap(at, "study-off")
    assert home.patient.history().settings["curve"] is False


def test_a_second_tab_never_puts_the_studys_curve_back(home: Home):
    home.settle(hours=60)
    live(home, 1)
    first, second = unfold(home.open("progress")), unfold(home.open("progress"))
    tap(first, "study-on")
    stored = home.size
    tap(second, "study-on")  # where it still looks as before
    run(second)
    assert home.size == stored
    assert home.patient.history().settings["curve"] is True
    assert "study-off" in buttons(second)


def test_a_choice_that_cannot_be_kept_is_said(home: Home, monkeypatch: pytest.MonkeyPatch):
    def full(*_args: object, **_more: object) -> None:
        raise RecordUnavailable(Reason.DISK_FULL, "there")

    home.settle(hours=60)
    live(home, 1)
    at = unfold(home.open("progress"))
    monkeypatch.setattr(SettingsDesk, "set", full)
    tap(at, "study-on")
    assert "disk" in at.error[0].value


def test_answers_in_words_are_listed_and_not_drawn(home: Home):
    home.settle(hours=60)
    home.patient.diary.check_in(average=PainWord.MILD, worst=PainWord.BAD, key=new_key())
    at = unfold(home.open("progress"))
    assert blocks(at, "h2")[0] == "You answer in words. The last answer: mild pain."
    assert not with_data(at, "scores")
    assert at.table[0].value["Answer"].to_list() == ["Bad pain", "Mild pain"]


def test_earlier_weeks_are_one_tap_away_and_back(home: Home):
    home.settle(hours=24 * 40)
    at = unfold(home.open("progress"))
    assert "doing-earlier" in buttons(at)
    assert "doing-later" not in buttons(at)
    newest = calendars(at)
    tap(at, "doing-earlier")
    assert not any("today" in each for cells in calendars(at).values() for each in cells)
    assert "doing-earlier" not in buttons(at), "the procedure was in these weeks"
    tap(at, "doing-later")
    assert calendars(at) == newest


def test_a_score_of_zero_is_drawn_and_a_silent_day_is_a_gap(home: Home):
    patient = home.settle(hours=60)
    patient.sessions.give_pain(0, PainWhen.AVERAGE_24H, key=new_key())
    home.clock.goes_on(hours=48)
    patient.sessions.give_pain(2, PainWhen.AVERAGE_24H, key=new_key())
    [averages] = with_data(unfold(home.open("progress")), "averages")
    assert averages["score"].fillna(-1).to_list() == [0, -1, 2]


def test_a_run_with_nothing_new_makes_no_data_again(home: Home, monkeypatch: pytest.MonkeyPatch):
    home.settle(hours=60)
    live(home, 3)
    at = unfold(home.open("progress"))
    before = [each["data"]["scores"] for each in drawn(at) if "scores" in each["data"]]
    made: list[object] = []

    def packed(*what: object, **_how: object) -> bytes:
        made.append(what)
        return b""

    for name in ("packed", "packed_rows"):
        monkeypatch.setattr(chart_parts, name, packed)
    run(at)
    assert made == []
    monkeypatch.undo()
    home.patient.sessions.give_pain(8, PainWhen.NOW, key=new_key())
    (after,) = with_data(unfold(home.open("progress")), "scores")
    assert len(after) == len(before[0]) + 1


def test_what_layers_have_in_common_is_said_once_and_nothing_is_lost():
    whole, sent = charts.pain().to_dict(), chart_parts.specification(charts.pain)
    assert len(json.dumps(sent)) < 0.9 * len(json.dumps(whole))

    def drawn_layers(
        layers: list[dict], data: object = None, encoding: dict | None = None
    ) -> Iterator[object]:
        for layer in layers:
            here = {
                "data": layer.get("data", data),
                "encoding": {**(encoding or {}), **layer.get("encoding", {})},
            }
            if "layer" in layer:
                yield from drawn_layers(layer["layer"], here["data"], here["encoding"])
            else:
                yield {**layer, **here}

    assert list(drawn_layers(sent["layer"])) == list(drawn_layers(whole["layer"]))


def test_a_chart_is_compiled_once():
    assert chart_parts.specification(charts.pain) is chart_parts.specification(charts.pain)


@pytest.mark.parametrize("days", [1, 8])
def test_no_word_shames(home: Home, days: int):
    home.settle(hours=60)
    live(home, days)
    at = unfold(home.open("progress"))
    text = "\n".join([said(at), *lines(at)]).lower()
    for word in ("fail", "missed", "compliance", "gate", "patient"):
        assert word not in text
