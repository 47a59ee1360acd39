"""Settings as a patient uses them: each change recorded once, what opens earlier asked twice."""

import json
from collections.abc import Iterator
from datetime import time, timedelta
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from coach.desk.installation.recording import new_key
from coach.domain.facts import (
    Answer,
    Cause,
    ClinicAgreed,
    Fact,
    HomeArrival,
    Pain,
    PainWhen,
    Procedure,
    Reply,
    Setting,
)
from coach.domain.nights import ENDS
from coach.domain.patient_record import plain
from coach.domain.reminders import BEFORE, NAMES, TIMES
from coach.protocols import loader
from coach.ui.patient import where_you_are
from coach.ui.patient.settings import SETTINGS, part_of
from tests.support.homes import settled
from tests.support.http import ask, home_cookie
from tests.support.pages import (
    Home,
    answer_kept,
    at_address,
    blocks,
    buttons,
    enter_time,
    frame_part,
    given,
    links,
    part,
    run,
    said,
    sent,
    tap,
    time_fields,
    title,
)
from tests.support.patients import desk_in, wall
from tests.support.protocols import default_text
from tests.support.server import AppServer

PICTURE = "![x](http://127.0.0.1:9/x.png)"


@pytest.fixture
def settings(home: Home) -> AppTest:
    home.settle()
    return home.open("settings")


def enter(at: AppTest, name: str, days: int, clock: time, home: Home) -> None:
    """Enter a day and a time; where it stands alone, confirming it saves it."""
    today = home.patient.today()
    at.pills(key=f"{name}-recent").set_value(today - timedelta(days=days))
    (field,) = [n for n, each in enumerate(time_fields(at)) if each.key == f"{name}-time"]
    enter_time(at, clock, field=field)


# the parts


def test_a_part_is_opened_from_the_list_and_leads_back_to_it(home: Home, settings: AppTest):
    listed = {
        str(each.key): each.label for each in settings.button if str(each.key).startswith("settings-to-")
    }
    assert len(listed) == 10
    for key, label in listed.items():
        tap(settings, key)
        assert title(settings) == label.split("  \n")[0].strip("*")
        assert settings.query_params["part"] == key.removeprefix("settings-to-")
        tap(settings, "settings-back")
        assert title(settings) == "Settings"
        assert "part" not in settings.query_params


def test_only_the_open_part_is_sent(home: Home, settings: AppTest):
    shell, _size = sent(part(settings, "physiotherapist"))
    part(settings, "you")
    assert [each for each in buttons(settings) if each.startswith("change-")] == [
        f"change-{name}" for name in where_you_are.NAMES
    ]
    messages, size = sent(settings)
    assert messages <= shell + 4 * len(
        where_you_are.NAMES
    )  # a panel, a line, what is read, and a button each
    assert size < 40_000
    assert sent(home.open("settings"))[0] <= shell + 10
    for name in ("times", "answers", "reminders", "looks", "sounds", "new-course", "data"):
        assert sent(part(settings, name))[0] <= 50, name


def test_an_unknown_part_is_the_list(home: Home):
    home.settle()
    assert title(home.open("settings", part="<script>")) == "Settings"
    assert title(home.open("settings", part="signing-in")) == "Settings"  # nobody signs in at home


def test_each_setting_and_answer_is_found_in_the_part_where_it_is_changed(home: Home, settings: AppTest):
    patient = home.patient
    told: list[Fact] = [Procedure(Cause.FIRST), HomeArrival(home=True)]
    told += [Answer(question.id, Reply.NO) for question in patient.protocol.questions]
    told += [Setting(name, "x") for names in SETTINGS.values() for name in names]
    for fact in told:
        name = getattr(fact, "name", "") or getattr(fact, "question", "")
        name = name or ("home" if isinstance(fact, HomeArrival) else "procedure")
        found = set(buttons(part(settings, part_of(fact, patient.protocol))))
        if name not in (BEFORE, NAMES, ENDS):  # these come with the others of the part
            assert {f"change-{name}", f"on-{name}", f"off-{name}", f"set-{name}-en"} & found or any(
                each.startswith(f"set-{name}-") for each in found
            ), name


def test_what_is_typed_and_not_saved_is_a_draft_until_it_is_saved_or_left(home: Home, settings: AppTest):
    for name, key in (("you", "first_name"), ("reminders", f"{TIMES}-0-time")):
        change = "change-" + key.removesuffix("-time").removesuffix("-0")
        tap(part(settings, name), change)
        assert f"st-key-set-{key}" in drafts(settings)["fields"]
        kept = drafts(settings)["fields"][f"st-key-set-{key}"]["slot"]
        assert kept not in drafts(settings)["sent"].values()
        tap(settings, change.replace("change", "leave"))
        assert f"st-key-set-{key}" not in drafts(settings)["fields"]
        assert kept in drafts(settings)["sent"].values()


def drafts(at: AppTest) -> dict[str, Any]:
    found = frame_part(at, "drafts")
    assert found
    return found


# times


def change_time(at: AppTest, name: str, days: int, clock: time, home: Home) -> None:
    """Change a time of the course from Settings: the day by a button, and the time typed."""
    tap(part(at, "times"), f"change-{name}")
    at_address(at, "set_up")  # where a browser is by now
    tap(at, f"{name}-day-{home.patient.today() - timedelta(days=days)}")
    tap(at, f"{name}-typed")
    enter_time(at, clock)


def test_an_earlier_procedure_is_asked_twice(home: Home, settings: AppTest):
    before = home.size
    change_time(settings, "procedure", 3, time(9, 0), home)
    assert "may open earlier" in said(settings)
    assert home.size == before
    tap(settings, "set-up-sure-procedure")
    assert title(settings) == "Times"
    assert "Saved." in [each.value for each in settings.success]
    latest = home.patient.course()
    assert latest
    assert wall(latest.procedure.at).time() == time(9, 0)
    assert home.size[0] == before[0] + 1


def test_a_confirmation_holds_for_the_time_it_was_asked_about(home: Home, settings: AppTest):
    before = home.size
    change_time(settings, "procedure", 3, time(9, 0), home)
    assert "set-up-sure-procedure" in buttons(settings)
    (back,) = [key for key in buttons(settings) if key.startswith("set-up-back-")]
    tap(settings, back)
    assert "set-up-sure-procedure" not in buttons(settings)
    enter_time(settings, time(8, 0))
    assert "set-up-sure-procedure" in buttons(settings)
    assert home.size == before


def test_from_a_time_that_is_not_changed_back_leads_to_settings(home: Home, settings: AppTest):
    before = home.size
    tap(part(settings, "times"), "change-procedure")
    at_address(settings, "set_up")
    tap(settings, "set-up-back-procedure")
    assert title(settings) == "Times"
    assert home.size == before


@pytest.mark.parametrize(
    ("name", "days", "clock", "sentence"),
    [
        ("procedure", 0, time(23, 0), "This time lies ahead"),
        ("procedure", 2, time(20, 0), "cannot get home before the procedure ended"),
        ("home", 3, time(6, 0), "cannot get home before the procedure ended"),
    ],
)
def test_an_impossible_time_is_refused_and_kept(home, settings, name, days, clock, sentence):
    before = home.size
    change_time(settings, name, days, clock, home)
    assert sentence in settings.error[0].value
    assert home.size == before
    assert settings.text_input(key=f"{name}-own-time").value == f"{clock:%I:%M %p}"
    assert f"st-key-{name}-own-time" in drafts(settings)["fields"]


def test_not_home_yet_can_be_said_again(home: Home, settings: AppTest):
    tap(part(settings, "times"), "change-home")
    at_address(settings, "set_up")
    tap(settings, "set-up-not-home")
    known = home.patient.course()
    assert known
    assert known.home is None
    assert "Not home yet" in said(settings)


def test_a_night_in_hospital_is_asked_twice(home: Home, settings: AppTest):
    tap(part(settings, "times"), "change-overnight")
    before = home.size
    tap(settings, "set-overnight-yes")
    assert home.size == before
    tap(settings, "sure-overnight")
    assert home.patient.history().answers["overnight"].fact.reply is Reply.YES


# set-up answers


def test_an_answer_that_closes_is_recorded_at_once_and_waits_for_the_clinic(home, settings):
    tap(part(settings, "answers"), "change-went_wrong")
    tap(settings, "set-went_wrong-unsure")
    assert home.patient.history().answers["went_wrong"].fact.reply is Reply.UNSURE
    assert "Closed until your clinic agrees" in said(settings)


def test_an_answer_that_opens_is_asked_twice(home: Home, settings: AppTest):
    home.patient.set_up.reply("went_wrong", Reply.YES, key=new_key())
    tap(part(settings, "answers"), "change-went_wrong")
    before = home.size
    tap(settings, "set-went_wrong-no")
    assert home.size == before
    tap(settings, "sure-went_wrong")
    assert home.patient.history().answers["went_wrong"].fact.reply is Reply.NO


def test_the_clinics_word_needs_who_and_when(home: Home, settings: AppTest):
    home.patient.set_up.reply("went_wrong", Reply.YES, key=new_key())
    tap(part(settings, "answers"), "change-agreed-went_wrong")
    before = home.size
    tap(settings, "save-agreed-went_wrong")
    assert "A day and a time are needed" in settings.error[0].value
    enter(settings, "agreed-went_wrong", 0, time(9, 30), home)
    tap(settings, "save-agreed-went_wrong")
    assert "Something is missing here" in settings.error[0].value
    assert home.size == before
    settings.text_input(key="agreed-went_wrong-who").set_value(PICTURE)
    tap(run(settings), "save-agreed-went_wrong")
    assert home.patient.history().of(ClinicAgreed)[0].fact.who == PICTURE
    assert PICTURE in said(settings)
    assert not any(PICTURE in each.value for each in settings.markdown)


def test_the_pain_before_the_procedure_can_be_corrected_to_unknown(home: Home, settings: AppTest):
    tap(part(settings, "answers"), "change-baseline")
    tap(settings, "set-baseline-unknown")
    scores = [e.fact.score for e in home.patient.history().of(Pain) if e.fact.when is PainWhen.BASELINE]
    assert scores == [None]


# where the patient is


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("call me", "“call me” is not a phone number"),
        ("![x](http://evil.example/x.png)", r"“!\[x\](http://evil.example/x.png)”"),
        ("1" * 41, "41 characters"),
    ],
)
def test_a_phone_number_that_is_none_is_refused_and_kept(
    home: Home, settings: AppTest, typed: str, told: str
):
    tap(part(settings, "you"), "change-clinic_phone")
    settings.text_input(key="set-clinic_phone").set_value(typed)
    before = home.size
    tap(run(settings), "save-clinic_phone")
    assert told in settings.error[0].value
    assert home.size == before
    assert settings.text_input(key="set-clinic_phone").value == typed


def test_a_name_too_long_is_refused_in_words_and_none_is_needed(home: Home, settings: AppTest):
    tap(part(settings, "you"), "change-first_name")
    settings.text_input(key="set-first_name").set_value("a" * 61)
    before = home.size
    tap(run(settings), "save-first_name")
    assert "61 characters. At most 60 fit" in settings.error[0].value
    assert home.size == before
    settings.text_input(key="set-first_name").set_value("")
    tap(run(settings), "save-first_name")
    assert home.patient.history().settings["first_name"] == ""


def test_an_own_emergency_number_can_be_set_and_emptied(home: Home, settings: AppTest):
    for number, shown in (("911", "911"), ("", "112")):
        tap(part(settings, "you"), "change-emergency_phone")
        settings.text_input(key="set-emergency_phone").set_value(number)
        tap(run(settings), "save-emergency_phone")
        assert shown in blocks(settings)


def test_the_zone_and_the_country_can_be_changed(home: Home, settings: AppTest):
    tap(part(settings, "you"), "change-zone")
    for key in ("set-zone-elsewhere", "set-zone-part-america"):
        tap(settings, key)
    settings.selectbox[0].set_value("America/New_York")
    tap(run(settings), "set-zone-use")
    assert home.patient.zone == "America/New_York"
    choose_country(settings, "US")
    assert "911" in blocks(settings)


def choose_country(at: AppTest, code: str) -> None:
    tap(part(at, "you"), "change-country")
    if f"set-country-{code}" not in buttons(at):
        tap(tap(at, "set-country-elsewhere"), "set-country-part-europe")
    tap(at, f"set-country-{code}")


def test_where_no_number_is_known_for_a_country_the_patient_is_asked_for_it(home: Home, settings: AppTest):
    choose_country(settings, "other")
    assert "Coach does not know your country’s number. Write down the one for an ambulance." in [
        each.value for each in settings.text
    ]
    settings.text_input(key="set-emergency_phone").set_value("1122")
    tap(run(settings), "save-emergency_phone")
    assert home.patient.history().settings["emergency_phone"] == "1122"
    assert "1122" in blocks(settings)
    choose_country(settings, "US")
    assert home.patient.history().settings["country"] == "US"
    choose_country(settings, "other")  # the own number stands: nothing more is asked
    assert "set-emergency_phone" not in [each.key for each in settings.text_input]


def test_a_name_is_shown_as_plain_text(home: Home, settings: AppTest):
    tap(part(settings, "you"), "change-first_name")
    settings.text_input(key="set-first_name").set_value(PICTURE)
    tap(run(settings), "save-first_name")
    assert PICTURE in blocks(settings)
    assert not any(PICTURE in each.value for each in settings.markdown)


# looks and sounds


@pytest.mark.parametrize("name", ["plain_words", "voice", "tones", "vibration", "curve"])
def test_a_switch_records_each_change_once(home: Home, settings: AppTest, name: str):
    part(settings, "looks" if name in ("plain_words", "curve") else "sounds")
    for _ in range(2):
        (tapped,) = [each for each in buttons(settings) if each in (f"on-{name}", f"off-{name}")]
        tap(settings, tapped)
    values = [each.fact.value for each in home.patient.history().of(Setting) if each.fact.name == name]
    assert len(values) == 2
    assert values[0] is not values[1]


def test_the_sound_test_follows_the_switches(home: Home, settings: AppTest):
    tap(part(settings, "sounds"), "off-voice")
    (test,) = given(settings, "coach_sound_test")
    assert (test["sound"]["voice"], test["sound"]["tones"]) == (False, True)


@pytest.mark.parametrize(
    ("name", "value", "sent"),
    [("sound_volume", "quiet", ("volume", 0.3)), ("voice_rate", "slower", ("rate", 0.85))],
)
def test_how_loud_and_how_fast_is_chosen_by_one_tap_and_heard_in_the_test(
    home: Home, settings: AppTest, name: str, value: str, sent: tuple[str, float]
):
    tap(part(settings, "sounds"), f"change-{name}")
    tap(settings, f"set-{name}-{value}")
    (test,) = given(settings, "coach_sound_test")
    assert test["sound"][sent[0]] == sent[1]
    assert [each.fact.value for each in home.patient.history().of(Setting) if each.fact.name == name] == [
        value
    ]


def test_the_size_of_letters_and_light_or_dark_are_one_tap_and_the_page_shows_them_at_once(
    home: Home, settings: AppTest
):
    assert frame_part(settings, "looks") == {"size": "usual", "theme": "device"}
    tap(tap(part(settings, "looks"), "set-text_size-largest"), "set-theme-dark")
    assert frame_part(settings, "looks") == {"size": "largest", "theme": "dark"}
    chosen = [each.label for each in settings.button if each.label.startswith("✓")]
    assert chosen == ["✓ Very large", "✓ Always dark"]
    stored = home.size
    tap(settings, "set-theme-dark")
    assert home.size == stored, "the same again records nothing"


def test_each_line_of_the_list_says_what_holds_now(home: Home, settings: AppTest):
    def now(name: str) -> str:
        label = next(each.label for each in home.open("settings").button if each.key == f"settings-to-{name}")
        return label.partition("  \n")[2].replace("\\", "")

    assert now("looks") == "Text: usual. Light or dark: like this device."
    assert now("sounds") == "Voice: on. Sounds: on."
    assert now("times") == "Procedure: on 2 March at 22:07."
    assert now("you") == "Ada, Germany, Emergency: 112"
    assert now("reminders") == "No times chosen yet."
    assert now("language") == ""
    home.patient.settings.set("voice_rate", "slower")
    assert now("sounds") == "Voice: on, slower. Sounds: on."
    for name, value in (("voice", False), ("text_size", "large"), ("first_name", "*Ada*")):
        home.patient.settings.set(name, value)
    assert now("sounds") == "Voice: off. Sounds: on."
    assert now("looks") == "Text: large. Light or dark: like this device."
    labels = [each.label for each in home.open("settings").button]
    assert any(r"\*Ada\*, Germany" in each for each in labels), "a name formats nothing"


# a new course


def test_another_procedure_begins_a_new_course_with_times_that_are_chosen(home: Home, settings: AppTest):
    yesterday = home.patient.today() - timedelta(days=1)
    before = home.size
    tap(part(settings, "new-course"), "anew-procedure")
    for key in (f"anew-ended-day-{yesterday}", "anew-ended-hour-12", "anew-ended-at-15"):
        tap(settings, key)
    for key in (f"anew-home-day-{yesterday}", "anew-home-roughly", "anew-home-about-evening"):
        tap(settings, key)
    text = said(settings)
    assert "Your procedure ended: yesterday at 12:15" in text
    assert "You got home: yesterday, between 18:00 and 23:59" in text
    assert home.size == before
    tap(settings, "anew-save")
    known = home.patient.course()
    assert known
    assert known.procedure.fact.cause is Cause.NEW_PROCEDURE
    assert wall(known.procedure.at).time() == time(12, 15)
    assert known.home
    assert known.home_earliest == known.home - timedelta(hours=5, minutes=59)
    assert len(home.patient.history().of(Procedure)) == 2


def test_what_is_not_known_of_another_procedure_lies_after_the_first(home: Home, settings: AppTest):
    first = home.patient.course()
    assert first
    tap(part(settings, "new-course"), "anew-procedure")
    days = [key for key in buttons(settings) if key.startswith("anew-ended-day-")]
    assert len(days) == 4  # none before the day of the procedure
    tap(settings, "anew-ended-about-no-day")
    tap(settings, "anew-not-home")
    assert "Not home yet" in said(settings)
    tap(settings, "anew-save")
    known = home.patient.course()
    assert known
    assert known.home is None
    assert known.procedure.at == home.clock.now.replace(second=0, microsecond=0)
    assert known.procedure_earliest > first.procedure.at


def test_a_reload_in_the_middle_comes_back_to_what_was_chosen(home: Home, settings: AppTest):
    yesterday = home.patient.today() - timedelta(days=1)
    tap(part(settings, "new-course"), "anew-procedure")
    for key in (f"anew-ended-day-{yesterday}", "anew-ended-hour-12", "anew-ended-at-15"):
        tap(settings, key)
    tap(settings, f"anew-home-day-{yesterday}")
    kept = drafts(settings)["held"]["anew-at"]["text"]
    anew = answer_kept(home.open("settings", part="new-course"), "anew-at", kept)
    assert title(anew) == "A new fracture, or a new procedure"  # it was opened, not loaded again
    again = home.open("settings", part="new-course")
    again.query_params["at"] = "3"  # as the address is in the middle
    run(again)
    assert drafts(again)["held"]["anew-at"]["text"] is None  # the browser is asked
    answer_kept(again, "anew-at", kept)
    assert title(again) == "Which hour was it?"
    tap(again, "anew-home-hour-16")
    tap(again, "anew-home-at-0")
    assert "Your procedure ended: yesterday at 12:15" in said(again)
    tap(again, "anew-save")
    assert len(home.patient.history().of(Procedure)) == 2
    assert drafts(again)["sent"]


@pytest.mark.parametrize("kept", ["", "{", "[]", '{"way": 1, "step": 2, "times": 3}', *(
    json.dumps({"way": "procedure", "step": step, "times": times})
    for step, times in (
        ("anew-sure", {}), ("anew-home/9999-99-99", {"anew-ended": "x"}), ("anew-ended/../../x", {}),
        ("anew-sure", {"anew-ended": "2026-03-04T12:00/x"}), ("anew-ended/2026-03-04/99/typed/1/2", {}),
    )
)])  # fmt: skip
def test_whatever_a_browser_says_it_has_kept_a_question_is_shown(home: Home, settings: AppTest, kept: str):
    before = home.size
    settings.query_params["at"] = "3"
    answer_kept(part(settings, "new-course"), "anew-at", kept)
    assert title(settings) in ("A new fracture, or a new procedure", "When did your procedure end?")
    assert home.size == before


def test_a_new_fracture_closes_everything_until_the_clinic_starts_again(home: Home, settings: AppTest):
    tap(part(settings, "new-course"), "anew-fracture")
    tap(settings, "anew-flag")
    (flag,) = home.patient.open_flags()
    assert flag.fact.flag == "new_back_pain"
    assert title(settings) == "Do not exercise now"
    assert any(link.startswith("tel:") for link in links(settings))
    home.clock.goes_on(hours=2)
    tap(settings, "anew-again")
    for key in ("anew-ended-hour-11", "anew-ended-at-30", "anew-save"):
        tap(settings, key)
    assert not home.patient.open_flags()
    known = home.patient.course()
    assert known
    assert known.procedure.fact.cause is Cause.NEW_FRACTURE


def test_the_flag_of_a_new_fracture_is_the_protocols(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    file = tmp_path / "own.toml"
    file.write_text(default_text().replace('id = "new_back_pain"', 'id = "new_fracture"'), encoding="utf-8")
    own = loader.load(file)
    monkeypatch.setattr(loader, "default", lambda: own)
    home.settle()
    settings = home.open("settings")
    tap(part(settings, "new-course"), "anew-fracture")
    tap(settings, "anew-flag")
    assert [each.fact.flag for each in home.patient.open_flags()] == ["new_fracture"]


# the patient's data


def test_the_page_says_where_the_record_lies_and_what_this_is_not(home: Home, settings: AppTest):
    part(settings, "data")
    assert links(settings)[-1] == "/api/export"
    assert str(home.folder / "coach.sqlite3") in said(settings)
    assert "not a medical device" in said(settings)
    assert "Nobody else gets it" in said(settings)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppServer]:
    folder = tmp_path_factory.mktemp("export")
    settled(folder).installation.store.close()
    server = AppServer(folder).start()
    yield server
    server.stop()


def test_the_export_is_a_file_with_everything(server: AppServer):
    answer = ask(server, "/api/export", headers={"Cookie": home_cookie(server)})
    assert answer.status == 200
    assert answer.headers["content-disposition"] == 'attachment; filename="coach-history.json"'
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-type"] == "application/json"
    content = json.loads(answer.body)
    expected = plain(desk_in(server.home).export.patient_record())
    assert {**content, "exported_at": ""} == {**expected, "exported_at": ""}
    assert content["entries"]


@pytest.mark.parametrize("cookie", [None, "coach-home=x", '"'])
def test_the_export_is_refused_to_a_browser_without_the_homes_cookie(server: AppServer, cookie: str | None):
    answer = ask(server, "/api/export", headers={"Cookie": cookie} if cookie else {})
    assert answer.status == 403
    assert b"entries" not in answer.body


def test_the_export_is_refused_to_a_foreign_page(server: AppServer):
    headers = {"Cookie": home_cookie(server), "Sec-Fetch-Site": "cross-site"}
    assert ask(server, "/api/export", headers=headers).status == 403


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_the_export_only_gives(server: AppServer, method: str):
    answer = ask(server, "/api/export", method=method, headers={"Cookie": home_cookie(server)})
    assert answer.status == 405


# what the patient was not sure about


def test_all_unsure_answers_are_answered_in_one_form_and_what_opens_is_confirmed(
    home: Home, settings: AppTest
):
    for name in ("tumour_or_three", "strong_painkillers", "helper"):
        home.patient.set_up.reply(name, Reply.UNSURE, key=new_key())
    part(settings, "answers")
    assert "You said you are not sure about these" in said(settings)
    before = home.size
    settings.pills(key="unsure-tumour_or_three").set_value(Reply.NO)
    settings.pills(key="unsure-helper").set_value(Reply.YES)
    tap(settings, "save-unsure-save")
    assert "something may open earlier" in said(settings)
    assert home.size == before
    tap(settings, "save-unsure-sure")
    given = {name: each.fact.reply for name, each in home.patient.history().answers.items()}
    assert (given["tumour_or_three"], given["helper"]) == (Reply.NO, Reply.YES)
    assert [each.id for each in home.patient.set_up.unsure()] == ["strong_painkillers"]
    assert home.size[0] == before[0] + 2


def test_another_answer_in_the_form_needs_its_own_confirmation(home: Home, settings: AppTest):
    home.patient.set_up.reply("tumour_or_three", Reply.UNSURE, key=new_key())
    home.patient.set_up.reply("went_wrong", Reply.UNSURE, key=new_key())
    part(settings, "answers")
    before = home.size
    settings.pills(key="unsure-tumour_or_three").set_value(Reply.NO)
    tap(settings, "save-unsure-save")
    settings.pills(key="unsure-went_wrong").set_value(Reply.NO)
    run(settings)
    assert "save-unsure-sure" not in buttons(settings)
    assert home.size == before


def test_a_time_is_chosen_by_large_buttons_too_and_is_said_to_be_an_estimate(home: Home, settings: AppTest):
    tap(part(settings, "times"), "change-home")
    assert title(settings) == "When did you get home?"
    at_address(settings, "set_up")  # where a browser is by now
    tap(settings, f"home-day-{home.patient.today() - timedelta(days=2)}")
    tap(settings, "home-roughly")
    tap(settings, "home-about-not-known")
    assert title(settings) == "Times"
    text = said(settings)
    assert ", time not known. This is an estimate. Coach counts from " in text
    known = home.patient.course()
    assert known is not None
    assert known.home is not None
    assert known.home_earliest == known.home - timedelta(hours=23, minutes=59)
