"""Messages on the screen: both sides read the same thread, and a text is only ever a text."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from coach.desk.clinic.messages import MessagesDesk
from coach.desk.clinic.patients import PatientsDesk
from coach.desk.installation.history_cache import HistoryCache
from coach.desk.installation.recording import NewEntry, new_key
from coach.domain.facts import Discharged, Message, MessageRead
from coach.records.database.errors import Reason, RecordUnavailable
from coach.ui.parts import messages, navigation
from tests.support.clinic_pages import CANARIES, assert_inert, open_clinic, sign_in, texts
from tests.support.followed import Followed, follow
from tests.support.pages import Home, buttons, frame_part, run, said, tap, title
from tests.support.records import record


@pytest.fixture
def team(home: Home) -> Followed:
    return follow(home.settle())


@pytest.fixture
def signed_in(team: Followed, monkeypatch: pytest.MonkeyPatch) -> None:
    sign_in(monkeypatch, team)


def own(team: Followed) -> MessagesDesk:
    return MessagesDesk(team.installation, team.patient, team.own)


def theirs(team: Followed) -> MessagesDesk:
    return MessagesDesk(team.installation, team.patient, team.physiotherapist())


def test_a_patient_writes_and_sees_when_it_was_read(home: Home, team: Followed):
    at = home.open("messages")
    assert title(at) == "Messages"
    assert (
        "Your physiotherapist reads this on working days. Nobody watches it live. In an emergency call 112."
        in texts(at)
    )
    assert "No messages yet." in texts(at)
    at.text_area[0].set_value("Is it normal?\nMy calf is sore.")
    tap(at, "message-send")
    assert at.text_area[0].value == ""
    assert "Is it normal?\nMy calf is sore." in texts(at)
    assert "You, today at 10:07" in texts(at)
    assert "Not read yet" in texts(at)
    home.clock.goes_on(minutes=5)
    theirs(team).read(team.desk().history().of(Message)[0].id, key=new_key())
    assert "Read by Pat Sample, today at 10:12" in texts(run(at))


def menu_of_messages(at: AppTest) -> tuple[str, int | None, str | None]:
    """Return where the menu leads for messages, and how many it says are new: on "More", and behind it."""
    menu = frame_part(at, "foot")
    assert menu
    (link,) = [each for each in menu["more"]["links"] if each["text"] == "Messages"]
    news = link.get("count"), link.get("told")
    assert (menu["more"].get("count"), menu["more"].get("told")) == news
    return link["address"], *news


def test_a_message_of_the_physiotherapist_is_new_on_today_and_read_when_it_is_shown(
    home: Home, team: Followed
):
    at = home.open()
    assert "to-messages" not in buttons(at)
    assert menu_of_messages(at) == ("/messages", None, None)
    theirs(team).write("Which side?", key=new_key())
    theirs(team).write("And since when?", key=new_key())
    at = home.open()
    assert "2 new messages" in [each.label for each in at.button]
    assert menu_of_messages(at) == ("/messages", 2, "2 new messages")
    assert menu_of_messages(home.open("diary")) == ("/messages", 2, "2 new messages")
    tap(at, "to-messages")
    assert texts(at).index("And since when?") < texts(at).index("Which side?")
    assert said(at).count("New") == 2
    assert len(team.desk().history().of(MessageRead)) == 1
    run(at)
    assert len(team.desk().history().of(MessageRead)) == 1
    assert menu_of_messages(at) == ("/messages", None, None)
    assert menu_of_messages(home.open()) == ("/messages", None, None)
    assert [row.read_by[0].who for row in theirs(team).thread()] == ["Ada Example"] * 2


def test_a_physiotherapist_sees_the_patients_name_the_notice_and_answers(
    home: Home, team: Followed, signed_in: None
):
    own(team).write("Is it normal?", key=new_key())
    at = open_clinic("thread", team.patient)
    assert title(at) == "Messages"
    assert "Ada Example" in texts(at)
    assert any("Nobody watches it live." in text for text in texts(at))
    assert "Ada Example, today at 10:07" in texts(at)
    assert "Read by you, today at 10:07" in texts(at)
    at.text_area[0].set_value("Yes.")
    tap(at, "message-send")
    (answer,) = [each for each in team.desk().history().of(Message) if each.fact.text == "Yes."]
    assert answer.author == f"physiotherapist:{team.pat}"
    assert "Times are the patient’s: Europe/Berlin" in texts(at)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Something is missing here."),
        ("   ", "Something is missing here."),
        ("x" * 1001, "This text has 1001 characters. At most 1000 fit: please shorten it."),
    ],
)
def test_what_is_refused_stays_in_the_field(home: Home, team: Followed, text: str, sentence: str):
    at = home.open("messages")
    stored = home.size
    at.text_area[0].set_value(text)
    tap(at, "message-send")
    assert sentence in said(at)
    assert at.text_area[0].value == text
    assert home.size == stored


def test_what_cannot_be_saved_stays_in_the_field_and_is_sent_once(
    home: Home, team: Followed, monkeypatch: pytest.MonkeyPatch
):
    def full(*_: object, **__: object) -> None:
        raise RecordUnavailable(Reason.DISK_FULL, "coach.sqlite3")

    at = home.open("messages")
    at.text_area[0].set_value("Hello")
    with monkeypatch.context() as patched:
        patched.setattr(HistoryCache, "append", full)
        tap(at, "message-send")
    assert "The disk is full." in said(at)
    assert at.text_area[0].value == "Hello"
    tap(at, "message-send")
    assert len(team.desk().history().of(Message)) == 1


def test_a_second_tap_on_send_complains_of_nothing(home: Home, team: Followed):
    at = home.open("messages")
    at.session_state[messages.SENT] = True  # the run that a message led to, with another tap in it
    tap(at, "message-send")
    assert [each.value for each in at.success] == ["Sent."]
    assert len(at.error) == 0
    tap(at, "message-send")
    assert "Something is missing here." in said(at)


@pytest.mark.parametrize("canary", CANARIES)
def test_a_text_is_only_ever_a_text_for_both_sides(home: Home, team: Followed, signed_in: None, canary: str):
    own(team).write(canary, key=new_key())
    theirs(team).write(canary, key=new_key())
    for at in (home.open("messages"), open_clinic("thread", team.patient)):
        assert texts(at).count(canary) == 2
        assert_inert(at, canary)


def test_a_draft_to_one_patient_never_stands_in_the_field_of_another(
    home: Home, team: Followed, signed_in: None
):
    other = follow_another(team)
    at = open_clinic("thread", team.patient)
    at.text_area[0].set_value("For Ada alone")
    run(at)
    at.session_state[navigation.PATIENT_CHOSEN] = other
    run(at)
    assert "Bea Example" in texts(at)
    assert at.text_area[0].value in ("", None)


def follow_another(team: Followed) -> object:
    from coach.records.clinic.people import Person
    from tests.support.followed import LONG_AGO

    made = new_key()
    team.installation.people.add_person(Person(made, "Bea Example", "", team.team, None), at=LONG_AGO)
    return made


def test_long_threads_come_a_page_at_a_time(home: Home, team: Followed):
    for number in range(23):
        own(team).write(f"Number {number}", key=new_key())
    at = home.open("messages")
    assert "Number 22" in texts(at)
    assert "Number 2" not in texts(at)
    tap(at, "messages-older")
    assert "Number 0" in texts(at)
    assert "messages-older" not in buttons(at)


def test_after_a_discharge_there_is_no_field_and_it_says_why(home: Home, team: Followed):
    record(theirs(team), NewEntry(Discharged("All well.")))
    at = home.open("messages")
    assert at.text_area == []
    assert "nobody would read a message" in said(at)


def test_a_home_without_a_physiotherapist_has_no_messages(home: Home):
    home.settle()
    assert title(home.open("messages")) == "Not found"
    assert "to-messages" not in buttons(home.open())


def test_a_physiotherapist_says_that_no_answer_is_needed_and_takes_it_back(
    home: Home, team: Followed, signed_in: None
):
    own(team).write("Thank you!", key=new_key())
    at = open_clinic("thread", team.patient)
    assert "Waits for an answer" in texts(at)
    (tapped,) = [key for key in buttons(at) if key.startswith("no-answer")]
    tap(at, tapped)
    assert "No answer needed: you, today at 10:07" in texts(at)
    assert "Waits for an answer" not in texts(at)
    mine = texts(home.open("messages"))
    assert not {"Waits for an answer", "No answer needed"} & {text.split(":")[0] for text in mine}
    (undo,) = [key for key in buttons(at) if key.startswith("answer-")]
    tap(at, undo)
    assert "Waits for an answer" in texts(at)


def looked_after_by_the_team(team: Followed) -> None:
    PatientsDesk(team.installation, team.physiotherapist()).assign(team.patient, team.team, None)


def test_the_clinic_reads_what_waits_since_when_and_who_answers(home: Home, team: Followed, signed_in: None):
    at = open_clinic("thread", team.patient)
    assert "No message waits for an answer." in texts(at)
    assert "Pat Sample answers, or whoever of the team sees it first." in texts(at)
    own(team).write("Is this normal?", key=new_key())
    home.clock.goes_on(hours=2)
    looked_after_by_the_team(team)
    at = open_clinic("thread", team.patient)
    assert "1 message waits for an answer since 10:07." in texts(at)
    assert "Whoever of the care team sees it first answers." in texts(at)
    theirs(team).write("Yes.", key=new_key())
    assert "No message waits for an answer." in texts(open_clinic("thread", team.patient))


def test_the_patient_reads_who_answers_and_never_the_name_of_somebody_who_left(home: Home, team: Followed):
    assert "Pat Sample answers you, or a colleague." in texts(home.open("messages"))
    team.installation.people.leave(team.team, team.pat)
    assert "Somebody of your care team answers you." in texts(home.open("messages"))
