"""Every screen that a patient comes to: how its record is prepared, and the way to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from playwright.sync_api import Error, Page, expect

from coach.desk import PatientDesk
from coach.desk.clinic.messages import MessagesDesk
from coach.desk.installation.recording import new_key
from coach.domain.facts import PainWhen, Reply
from coach.domain.protocol import Protocol
from tests.support.patients import wall

PASS = "node => (globalThis.coachGuard?.pass ?? ((act) => act()))(() => node.click())"
RESTS = """() => document.querySelector('.stApp')?.dataset.testScriptState === 'notRunning'
  && !document.querySelector('[data-stale=true]')"""

Prepare = Callable[[PatientDesk], object]


@dataclass(frozen=True)
class State:
    """A screen: how the record is prepared, where it is, what is tapped on the way, and what then stands there."""

    name: str
    path: str
    shows: str
    prepare: Prepare = lambda desk: None
    way: tuple[tuple[str, str], ...] = ()  # what is tapped, and what is shown after that
    hours: float = 60
    set_up: bool = True
    menu: bool = False  # its menu is tapped too; elsewhere it is the same one


def h1(text: str) -> str:
    return f'h1:has-text("{text}")'


def key(name: str) -> str:
    return f".st-key-{name} button"


def by_id(name: str) -> str:
    return f"[data-testid={name}]"


def until_step(step: str) -> Prepare:
    """Answer the questions of set-up that stand before a step."""

    def prepare(desk: PatientDesk) -> None:
        ended = desk.now() - timedelta(hours=60)
        desk.settings.set("zone", "Europe/Berlin")
        for each in desk.set_up.steps():
            if each == step:
                return
            if each == "understood":
                desk.set_up.understand(key=new_key())
            elif each == "procedure":
                desk.course_times.procedure_ended(wall(ended), key=new_key())
            elif each == "home":
                desk.course_times.got_home(wall(ended + timedelta(hours=2)), key=new_key())
            elif each == "baseline":
                desk.set_up.baseline(8, key=new_key())
            elif desk.protocol.question(each):
                desk.set_up.reply(each, Reply.NO, key=new_key())
            else:
                desk.settings.set(each, "EU")

    return prepare


def started(desk: PatientDesk) -> None:
    session = new_key()
    desk.sessions.answer_none(whole=True, key=new_key())
    desk.sessions.give_pain(4, PainWhen.BEFORE, session=session, key=new_key())
    desk.sessions.start(["ankle_pumps", "transversus_abdominis"], easier=False, session=session)


def hurts(desk: PatientDesk) -> None:
    desk.sessions.give_pain(9, PainWhen.NOW, key=new_key())


def emergency(desk: PatientDesk) -> None:
    desk.red_flags.report_flag(next(iter(desk.protocol.red_flags)), key=new_key())


def scored(desk: PatientDesk) -> None:
    desk.diary.check_in(average=4, worst=6, key=new_key())
    desk.sessions.give_pain(3, PainWhen.NOW, key=new_key())


def named(desk: PatientDesk) -> None:
    desk.measures.name_activities(["Walk to the shop"], key=new_key())


START = ((key("start-all"), h1("Do you have any of these?")),)
NONE = (*START, (key("check-none"), h1("How bad is your back pain right now?")))
STAGE = ((by_id("start"), by_id("cue-label")),)
STOP = (*STAGE, (by_id("stop"), by_id("stop-reason-tired")))
PAIN_AFTER = (*STOP, (by_id("stop-reason-tired"), by_id("pain-3")))
EFFORT = (*PAIN_AFTER, (by_id("pain-3"), by_id("effort-3")))
NOTE = (*EFFORT, (by_id("effort-3"), by_id("note")))
SAVED = (*NOTE, (by_id("save"), by_id("back-to-today")))


TODAY = h1("You can exercise now")
HOUR = (("[class*=procedure-day-] button >> nth=1", h1("Which hour was it?")),)
HOURS = "[class*=procedure-hour-] button"
WEEK = ((key("procedure-day-another-day"), h1("In which week?")),)


def states(protocol: Protocol) -> list[State]:
    """Return every screen that a patient comes to."""
    steps = ("understood", "procedure", "overnight", "home", "baseline")
    asked = tuple(q.id for q in protocol.questions if q.meaning != "overnight")
    overnight = next(q.id for q in protocol.questions if q.meaning == "overnight")
    flag = next(iter(protocol.red_flags))
    sign = (*START, (key(f"check-{flag}"), h1("Is that so?")))
    set_up = [overnight if step == "overnight" else step for step in steps]
    return [
        *(
            State(f"set-up: {step}", "set-up", "h1", until_step(step), set_up=False)
            for step in (*set_up, "country")
        ),
        *(
            State(f"set-up: {name}", "set-up", "h1", until_step(step), way=way, set_up=False)
            for name, step, way in (
                ("hour", "procedure", HOUR),
                ("quarter", "procedure", (*HOUR, (HOURS, h1("Which one is right?")))),
                ("roughly", "procedure", (*HOUR, (key("procedure-roughly"), h1("About when was it?")))),
                ("typed", "procedure", (*HOUR, (key("procedure-typed"), h1("What time was it?")))),
                ("week", "procedure", WEEK),
                (
                    "day of a week",
                    "procedure",
                    (*WEEK, ("[class*=procedure-week-] button", h1("Which day?"))),
                ),
                ("questions", asked[0], ()),
                *((each, asked[0], ((key(f"group-{each}"), key(f"q-{each}-no")),)) for each in asked),
            )
        ),
        State("check", "", TODAY, way=START),
        State("check: is that so", "", TODAY, way=sign),
        State("pain before", "", TODAY, way=NONE),
        State("average", "diary", h1("Diary"), way=AVERAGE),
        State("worst", "diary", h1("Diary"), way=WORST),
        State("player: start", "session", by_id("start"), started),
        State("player: stage", "session", by_id("start"), started, way=STAGE),
        State("player: why stop", "session", by_id("start"), started, way=STOP),
        State("player: check", "session", by_id("start"), started, way=UNWELL),
        State("player: pain after", "session", by_id("start"), started, way=PAIN_AFTER),
        State("player: effort", "session", by_id("start"), started, way=EFFORT),
        State("player: note", "session", by_id("start"), started, way=NOTE),
        State("player: saved", "session", by_id("start"), started, way=SAVED),
        State("today: open", "", TODAY, menu=True),
        State("today: locked", "", "h1", hours=2.5),
        State("today: running", "", h1("not finished"), started),
        State("today: open flag", "", h1("Do not exercise now"), emergency),
        State("today: pain closes", "", "h1", hurts),
        State(
            "today: pain now",
            "",
            TODAY,
            way=((key("score-now"), h1("How bad is your back pain right now?")),),
        ),
        State("diary", "diary", h1("Diary"), scored),
        State("diary: correction", "diary", h1("Diary"), scored, way=CORRECTION),
        State("diary: taking back", "diary", h1("Diary"), scored, way=TAKING_BACK),
        State("diary: past", "diary", h1("Diary"), way=((key("diary-past"), key("diary-back-past")),)),
        State("questions: naming", "questions", "h1"),
        State("questions: scoring", "questions", "h1", named),
        State("messages", "messages", h1("Messages"), wrote),
        State("warning", "warning", "h1", emergency),
        State("warning: something else", "warning?part=another", key("more-none"), emergency),
        State(
            "settings: open row",
            "settings?part=you",
            h1("You and where you are"),
            way=((key("change-country"), key("leave-country")),),
        ),
        State(
            "settings: answer",
            "settings?part=answers",
            h1("Set-up answers"),
            way=((key(f"change-{asked[0]}"), key(f"leave-{asked[0]}")),),
        ),
        State("settings", "settings", h1("Settings")),
        State(
            "settings: part",
            "settings",
            h1("Settings"),
            way=((key("settings-to-looks"), h1("How it looks and sounds")),),
        ),
        State("progress", "progress", "h1", scored),
        State("guide", "guide", "h1"),
        State("guide: page", "guide", "h1", way=GUIDE),
    ]


def wrote(desk: PatientDesk) -> None:
    MessagesDesk(desk.installation, desk.patient, desk.principal).write("Good morning", key=new_key())


UNWELL = (*STOP, (by_id("stop-reason-unwell"), by_id("pain-3")), (by_id("pain-3"), by_id("none")))
AVERAGE = ((key("check-in"), h1("on average")),)
WORST = (*AVERAGE, (key("average_24h-4"), h1("at its worst")))
CORRECTION = (("[class*=st-key-correct-] button", "[class*=st-key-leave-] button"),)
TAKING_BACK = (("[class*=st-key-back-] button", "[class*=st-key-leave-] button"),)
GUIDE = (("[class*=st-key-answers-guide-routines] button", "[class*=st-key-answers-guide-stop] button"),)


def come(pages: list[Page], address: str, state: State) -> None:
    """Bring pages to the state, side by side; what is tapped on the way is tapped past the guard."""
    for page in pages:
        leave(page)
        page.goto(f"{address}/{state.path}", wait_until="commit")
    for page in pages:
        page.locator(state.shows).first.wait_for()
    for thing, then in state.way:
        for page in pages:
            page.wait_for_function(RESTS)
            page.locator(thing).first.evaluate(PASS)
        for page in pages:
            page.locator(then).first.wait_for()
    for page in pages:
        ready(page)


def ready(page: Page) -> None:
    """Wait until the page is at rest and may be tapped."""
    page.wait_for_function(RESTS)
    if page.evaluate("'coachGuard' in globalThis"):
        expect(page.locator("html[data-coach-ready=true]")).to_be_attached()


def leave(page: Page) -> None:
    """Leave for an empty page."""
    try:
        page.goto("about:blank")
    except Error:  # it was just leaving for somewhere else
        page.goto("about:blank")
