"""Every screen and state of it: who sees it, and how to come there. Tests and pictures walk this list.

A screen is named by its page and its state. Who sees it is a kind of viewer; `person` is the state of
the patient whom it shows (`screen_people`). One comes there by an address and then by taps; all is
named by selectors, so that it is the same way in every language.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from uuid import UUID

from playwright.sync_api import Browser, Error, Page

from coach.desk.accounts.sign_in import Stage
from coach.desk.clinic import protocol_edits as edits
from coach.desk.clinic.protocol_drafts import ProtocolDraftsDesk
from coach.ui.patient import settings
from tests.support.browser import PAINTED
from tests.support.patients import ZONE
from tests.support.sample_clinic import SampleClinic, open_as
from tests.support.screen_people import ZONES, at_home, take_in

Step = str | Callable[[Page], None]
READY = "html[data-coach-ready=true]"  # taps count
#: What moves without an end, such as the muscle of a session, is not waited for.
SETTLED = """() => document.querySelector('.stApp')?.dataset.testScriptState === 'notRunning'
  && !document.querySelector('[data-stale=true]')
  && document.getAnimations().every((each) => each.playState !== 'running' || each.effect.getTiming().iterations === Infinity)"""
SETTLES_MS = 150


class Who(StrEnum):
    """The kinds of viewers."""

    NEW = "new patient"
    PATIENT = "patient"
    AT_HOME = "patient at home"
    PHYSIOTHERAPIST = "physiotherapist"
    ADMINISTRATOR = "administrator"
    NOBODY = "nobody signed in"


STAFF = {Who.PHYSIOTHERAPIST: "ann", Who.ADMINISTRATOR: "adam"}


@dataclass(frozen=True, slots=True)
class Screen:
    """A screen, and how to come there.

    A step is the selector of what is tapped, or what is done. `sees` is there once one has arrived.
    `alone`: coming there changes the record, so nobody else's is used. `half`: signed in without the
    second factor.
    """

    name: str
    who: Who
    person: str
    address: str
    steps: tuple[Step, ...]
    sees: str
    alone: bool = False
    half: bool = False


def typed(field: str, words: str, key: str = "Tab") -> Step:
    """Return the step that types into a field, and presses a key there."""

    def step(page: Page) -> None:
        page.locator(field).first.fill(words)
        page.locator(field).first.press(key)

    return step


def _frozen(cue: str) -> Step:
    """Return the step that lets a session stand still at a cue."""

    def step(page: Page) -> None:
        page.evaluate(FREEZE_AT, cue)

    return step


def _opened(key: str) -> Step:
    """Return the step that opens a line, unless it is open already."""

    def step(page: Page) -> None:
        line = page.locator(_key(key, "summary")).first
        line.wait_for()
        if not page.locator(_key(key, "details[open]")).count():
            page.locator(READY).wait_for(state="attached")
            page.evaluate(PAINTED)
            line.click()

    return step


#: The player's stopwatch runs until a cue of that kind, and then stands still.
FREEZE_AT = """(kind) => new Promise((done) => {
  const hear = ({ detail }) => {
    if (detail.kind !== kind) return;
    window.removeEventListener('coach:cue', hear);
    performance.now();
    globalThis.stopwatchTimes = 0;
    done();
  };
  window.addEventListener('coach:cue', hear);
  performance.now();
  globalThis.stopwatchTimes = 4;
})"""


def _at(testid: str) -> str:
    return f"[data-testid={testid}]"


def _key(name: str, inside: str = "button") -> str:
    return f".st-key-{name} {inside}".strip()


# a new patient

_DAY, _HOUR = f"{_key('answers-procedure-day')} >> nth=1", _key("procedure-hour-10")


def _set_up() -> Iterator[Screen]:
    def new(name: str, person: str, steps: tuple[Step, ...], sees: str) -> Screen:
        return Screen(f"set-up/{name}", Who.NEW, person, "", steps, sees)

    one = f"{_key('answers-set-up-group')} >> nth=0"
    yield new("welcome", "new", (), _key("set-up-understood"))
    country = (".stMain details summary",)
    yield new("welcome-country", "new", country, _key("answers-use-country"))
    yield new(
        "welcome-parts", "new", (*country, _key("use-country-elsewhere")), _key("answers-use-country-part")
    )
    yield new("procedure-day", "to-procedure", (), _key("answers-procedure-day"))
    yield new(
        "procedure-week", "to-procedure", (_key("procedure-day-another-day"),), _key("answers-procedure-week")
    )
    yield new(
        "procedure-week-day",
        "to-procedure",
        (_key("procedure-day-another-day"), f"{_key('answers-procedure-week')} >> nth=1"),
        _key("answers-procedure-day"),
    )
    yield new("procedure-hour", "to-procedure", (_DAY,), _HOUR)
    yield new("procedure-quarter", "to-procedure", (_DAY, _HOUR), _key("grid-procedure-quarter"))
    yield new(
        "procedure-roughly",
        "to-procedure",
        (_DAY, _key("procedure-roughly")),
        _key("answers-about-procedure-morning"),
    )
    yield new("procedure-typed", "to-procedure", (_DAY, _key("procedure-typed")), ".stMain input")
    yield new(
        "procedure-read-back",
        "to-procedure",
        (_DAY, _key("procedure-typed"), typed(".stMain input", "10:20")),
        "[class*='-right-'] button",
    )
    yield new(
        "procedure-not-a-time",
        "to-procedure",
        (_DAY, _key("procedure-typed"), typed(".stMain input", "soon")),
        "[role=alert]",
    )
    yield new("overnight", "to-overnight", (), _key("answers-q-overnight"))
    yield new("home-hour", "to-home", (), "[class*=st-key-grid-home]")
    yield new("home-quarter", "to-home", ("[class*=st-key-grid-home] button",), _key("grid-home-quarter"))
    yield new("baseline", "to-baseline", (), _key("scale-baseline"))
    yield new("questions", "to-questions", (), _key("answers-set-up-group"))
    yield new("question", "to-questions", (one,), "[class*=st-key-answers-q-] button")
    yield Screen(
        "set-up/questions-one-answered",
        Who.NEW,
        "to-questions",
        "",
        (one, "[class*=st-key-answers-q-] button >> nth=2"),
        f"{_key('answers-set-up-group', 'strong')}",
        alone=True,
    )
    zone = (".stMain details summary",)
    yield new("zone", "to-procedure", zone, _key("answers-use-zone"))
    city = (*zone, _key("use-zone-elsewhere"), _key("use-zone-part-america"))
    yield new("zone-city", "to-procedure", city, ".stMain [role=combobox]")
    yield new("country", "no-country", (), _key("answers-country"))
    parts = (_key("country-elsewhere"),)
    yield new("country-parts", "no-country", parts, _key("answers-country-part"))
    yield new("country-list", "no-country", (*parts, _key("country-part-asia")), _key("country-other"))


# a patient


def _today() -> Iterator[Screen]:
    def today(state: str, person: str, sees: str, *steps: Step) -> Screen:
        return Screen(f"today/{state}", Who.PATIENT, person, "", steps, sees)

    yield today("open", "open", _key("start-all"))
    yield today("exercise-open", "open", _key("only-ankle_pumps"), _key("exercise-ankle_pumps", "summary"))
    yield today(
        "where-you-are-open", "open", _key("where-you-are", ".coach-coming"), _opened("where-you-are")
    )
    yield today("resting", "resting", _key("hero-rest", ""))
    yield today("waiting", "waiting", _key("hero-wait", ""))
    yield today("done", "done", _key("hero-done", ""))
    yield today("night", "night", _key("start-at-night"))
    yield today("not-home", "not-home", _key("am-home"))
    yield today("running", "running", _key("carry-on"))
    yield today("in-pain", "in-pain", "[class*=st-key-again-] button")
    yield today("held", "held", _key("hero-hold", ""))
    yield today("unsure", "unsure", _key("hero-open", ""))
    yield today("changed-and-written-to", "months", _key("panel-changed", ""))
    for level in ("emergency", "urgent", "ask"):
        yield today(level, level, ".coach-wrong")
    yield today("another-sign", "urgent", _at("help-none"), ".coach-wrong")
    yield today("pain", "open", _key("scale-now"), _key("score-now"))
    yield today("something-is-wrong", "open", _at("help-none"), ".coach-wrong")
    yield today(
        "something-is-wrong-asked", "open", _at("confirm-yes"), ".coach-wrong", _at("flag-chest_pain")
    )
    yield Screen(
        "today/unsure-at-home",
        Who.AT_HOME,
        "unsure",
        "",
        (".stMain details summary >> nth=0",),
        "[class*=st-key-agreed-] input",
    )


def _warning() -> Iterator[Screen]:
    def warning(state: str, person: str, sees: str, *steps: Step, who: Who = Who.PATIENT) -> Screen:
        return Screen(f"warning/{state}", who, person, "warning", steps, sees)

    yield warning("list", "open", _key("warning-none"))
    for flag in ("chest_pain", "new_back_pain", "not_settling"):
        yield warning(f"is-that-so-{flag}", "open", _key("confirm"), _key(f"warning-{flag}"))
    for level in ("emergency", "urgent", "ask"):
        yield warning(level, level, ".coach-wrong")
    yield Screen(
        "warning/something-else", Who.PATIENT, "urgent", "warning?part=another", (), _key("more-none")
    )
    yield warning("never-cleared", "urgent", "[class*=-restart] button", who=Who.AT_HOME)
    yield warning(
        "spoken-to-the-clinic",
        "ask",
        ".stMain [class*=st-key-answers-clear-]",
        "[class*=st-key-spoken-] button",
        who=Who.AT_HOME,
    )
    yield warning(
        "spoken-and-gone",
        "ask",
        ".stMain [role=radiogroup]",
        "[class*=st-key-spoken-] button",
        "[class*=-still-no] button",
        who=Who.AT_HOME,
    )


def _before() -> Iterator[Screen]:
    start = _key("start-all")

    def before(state: str, person: str, sees: str, *steps: Step, alone: bool = False) -> Screen:
        return Screen(f"before/{state}", Who.PATIENT, person, "", (start, *steps), sees, alone=alone)

    none = _key("check-none")
    yield before("check", "open", none)
    yield before("check-asked", "open", _key("confirm"), _key("check-leg_clot"))
    yield before("check-again", "checked", _key("nothing-new"))
    yield before("pain", "open", _key("scale-before"), none, alone=True)
    yield before("not-all", "open", ".stMain h1, .stMain h2", none, _key("before-9"), alone=True)


def _player() -> Iterator[Screen]:
    def player(state: str, sees: str, *steps: Step) -> Screen:
        return Screen(f"player/{state}", Who.PATIENT, "running", "session", steps, sees, alone=True)

    start = _at("start")
    stopped = (start, _at("stop"), _at("stop-reason-tired"))
    unwell = (start, _at("stop"), _at("stop-reason-unwell"), _at("pain-5"))
    scored = (*stopped, _at("pain-3"))
    yield player("begin", start)
    yield player("get-ready", _at("pause"), start, _frozen("ready"))
    yield player("working", _at("cue-label"), start, _frozen("point"))
    yield player("holding", _at("cue-label"), start, _frozen("hold"))
    yield player("resting", _at("cue-label"), start, _frozen("relax"))
    yield player("paused", _at("resume"), start, _at("pause"))
    yield player("more-open", _at("skip"), start, _at("more"), _frozen("hold"))
    yield player("why-stop", _at("stop-reason-tired"), start, _at("stop"))
    yield player("pain-after", _at("pain-3"), *stopped)
    yield player("effort", _at("effort-3"), *scored)
    yield player("note", _at("note"), *scored, _at("effort-3"))
    yield player("end", _at("back-to-today"), *scored, _at("effort-3"), _at("save"))
    yield player("unwell-check", _at("flag-chest_pain"), *unwell)
    yield player("unwell-asked", _at("confirm-yes"), *unwell, _at("flag-chest_pain"))
    yield player("unwell-card", _at("card"), *unwell, _at("flag-chest_pain"), _at("confirm-yes"))


def _diary() -> Iterator[Screen]:
    def diary(state: str, person: str, sees: str, *steps: Step, alone: bool = False) -> Screen:
        return Screen(f"diary/{state}", Who.PATIENT, person, "diary", steps, sees, alone=alone)

    second = "[class*=st-key-day-] summary >> nth=1"
    yield diary("empty", "open", _key("check-in"))
    yield diary("weeks", "months", "[class*=st-key-day-]")
    yield diary("day-opened", "months", "[class*=st-key-panel-] [class*=st-key-correct-] button", second)
    yield diary(
        "correct",
        "months",
        "[class*=st-key-asks-]",
        second,
        "[class*=st-key-panel-] [class*=st-key-correct-] button",
    )
    yield diary(
        "take-back",
        "months",
        "[class*=st-key-asks-]",
        second,
        "[class*=st-key-panel-] [class*=st-key-back-] button",
    )
    yield diary("check-in-average", "open", _key("scale-average_24h"), _key("check-in"))
    yield diary(
        "check-in-worst", "open", _key("scale-worst_24h"), _key("check-in"), _key("average_24h-3"), alone=True
    )
    yield diary("pain-now", "open", _key("scale-diary"), _key("diary-now"))
    yield diary(
        "pain-earlier", "open", ".stMain input", _key("diary-now"), _key("pain-when", "[role=radio] >> nth=1")
    )
    yield diary("without-the-app", "open", _key("past-save"), _key("diary-past"))
    yield diary(
        "without-the-app-refused",
        "open",
        "[role=alert]",
        _key("diary-past"),
        _key("past-routines", "button >> nth=0"),
        _key("past-save"),
    )
    yield diary("paper", "open", _key("paper-how", ""), _key("diary-paper"))


def _looking_back() -> Iterator[Screen]:
    folds = ("pain", "doing", "changes", "function", "take")
    yield Screen("progress/empty", Who.PATIENT, "open", "progress", (), _key("progress-to-diary"))
    yield Screen("progress/weeks", Who.PATIENT, "months", "progress", (), _key("progress-pain", ""))
    for fold in folds:
        yield Screen(
            f"progress/{fold}-open",
            Who.PATIENT,
            "months",
            "progress",
            (_key(f"progress-{fold}", "summary"),),
            _key(f"progress-{fold}", "[data-testid=stExpanderDetails] > *"),
        )
    yield Screen("messages/empty", Who.PATIENT, "open", "messages", (), _key("message-field", "textarea"))
    yield Screen("messages/thread", Who.PATIENT, "months", "messages", (), "[class*=st-key-message-who-]")
    yield Screen(
        "messages/typed",
        Who.PATIENT,
        "open",
        "messages",
        (typed(_key("message-field", "textarea"), "Is this normal?"),),
        _key("message-send"),
    )
    bones = (_key("bones-start"),)
    yield Screen("bones/card", Who.PATIENT, "bones", "", (), _key("panel-bones", ""))
    yield Screen(
        "bones/treatment", Who.PATIENT, "bones", "", bones, "[class*=st-key-answers-bones]", alone=True
    )
    treated = (*bones, "[class*=st-key-bones-week-2-treatment-yes] button")
    yield Screen(
        "bones/which", Who.PATIENT, "bones", "", treated, _key("bones-week-2-which-save"), alone=True
    )
    questions = (_key("questions-start"),)
    yield Screen("questions/card", Who.PATIENT, "open", "", (), _key("panel-questions", ""))
    yield Screen("questions/name", Who.PATIENT, "open", "", questions, _key("questions-named"))
    named = (
        *questions,
        typed("[class*=st-key-questions-activity-] input", "To walk to the shop"),
        _key("questions-named"),
    )
    yield Screen("questions/score", Who.PATIENT, "open", "", named, "[class*=st-key-scale-]", alone=True)


GUIDE = (
    "warning-signs", "procedure", "timeline", "getting-up", "daily-moves", "ankle-pumps", "static-glutes",
    "quadriceps", "transversus-abdominis", "next-fracture", "words", "numbers", "about",
)  # fmt: skip


def _guide() -> Iterator[Screen]:
    yield Screen("guide/contents", Who.PATIENT, "open", "guide", (), _key("guide-to-words"))
    for part in GUIDE:
        yield Screen(f"guide/{part}", Who.PATIENT, "open", f"guide?part={part}", (), _key("guide-back-above"))
    sources = (_key("guide-numbers-sources", "summary"),)
    yield Screen("guide/sources", Who.PATIENT, "open", "guide?part=numbers", sources, ".stMain cite")


#: What is tapped in a part of Settings, and what comes of it.
CHANGES: tuple[tuple[str, str, str], ...] = (
    ("times", "procedure", _key("answers-procedure-day")),
    ("answers", "heart_or_vessels", ".stMain [class*=st-key-answers-]"),
    ("answers", "baseline", ".stMain [class*=st-key-scale-]"),
    ("you", "first_name", ".stMain input"),
    ("you", "zone", _key("answers-set-zone")),
    ("you", "country", _key("answers-set-country")),
    ("you", "emergency_phone", ".stMain input"),
    ("reminders", "reminder_times", ".stMain input, .stMain [role=combobox]"),
    ("reminders", "night_begins", ".stMain input"),
)


def _settings() -> Iterator[Screen]:
    yield Screen("settings/contents", Who.PATIENT, "open", "settings", (), _key("settings-to-times"))
    for part in settings.PARTS:
        who = Who.AT_HOME if part == settings.PHYSIOTHERAPIST else Who.PATIENT
        yield Screen(f"settings/{part}", who, "open", f"settings?part={part}", (), _key("settings-back"))
    for part, name, sees in CHANGES:
        yield Screen(
            f"settings/{part}-{name}",
            Who.PATIENT,
            "open",
            f"settings?part={part}",
            (_key(f"change-{name}"),),
            sees,
        )
    yield Screen(
        "settings/answers-unsure",
        Who.PATIENT,
        "unsure",
        "settings?part=answers",
        (),
        _key("panel-unsure", ""),
    )
    new = "settings?part=new-course"
    yield Screen("settings/fracture", Who.PATIENT, "open", new, (_key("anew-fracture"),), _key("anew-flag"))
    yield Screen(
        "settings/procedure-at-home",
        Who.AT_HOME,
        "open",
        new,
        (_key("anew-procedure"),),
        _key("answers-anew-ended-day"),
    )
    home = (_key("anew-procedure"), _key("answers-about-anew-ended-no-day"))
    yield Screen("settings/home-at-home", Who.AT_HOME, "open", new, home, _key("anew-not-home"))
    sure = (*home, _key("anew-not-home"))
    yield Screen("settings/sure-at-home", Who.AT_HOME, "open", new, sure, _key("anew-save"))
    yield Screen(
        "settings/fracture-at-home",
        Who.AT_HOME,
        "open",
        new,
        (_key("anew-fracture"), _key("anew-again")),
        _key("answers-anew-ended-day"),
    )


# the clinic

_FIND, _REVIEW = ".st-key-caseload-search input", ".st-key-caseload button.review"


def _about(reference: str) -> tuple[Step, ...]:
    """Return the steps from the caseload to the review of a patient."""
    return (typed(_FIND, reference, "Enter"), _REVIEW)


ADA, MONTHS = _about("R-ada"), _about("R-months")


def _clinic() -> Iterator[Screen]:
    def seen(name: str, sees: str, *steps: Step, address: str = "", person: str = "months") -> Screen:
        return Screen(name, Who.PHYSIOTHERAPIST, person, address, steps, sees)

    yield seen("caseload/all", _REVIEW)
    yield seen("caseload/one-reason", _REVIEW, ".st-key-caseload .chips button >> nth=1")
    yield seen(
        "caseload/marking",
        ".st-key-caseload .marking input",
        typed(_FIND, "R-urgent", "Enter"),
        ".st-key-caseload [data-act^=mark]",
        person="urgent",
    )
    yield seen("caseload/found", _REVIEW, typed(_FIND, "R-months", "Enter"))
    yield seen("caseload/nobody-found", _FIND, typed(_FIND, "zzz", "Enter"))
    yield seen("review/top", _key("review-hold"), *MONTHS)
    yield seen("review/all-news", _key("review-hold"), *MONTHS, _key("review-span", "[role=radio] >> nth=2"))
    yield seen("review/details-open", _key("review-details-save"), *MONTHS, _key("review-details", "summary"))
    yield seen(
        "review/answers-open", _key("review-answers-said", ""), *MONTHS, _key("review-answers", "summary")
    )
    yield seen(
        "review/table-open",
        "[data-testid=stDataFrame]",
        *MONTHS,
        _key("review-table-doing", "summary"),
    )
    yield seen(
        "review/seen-today",
        _key("review-seen"),
        *_about("R-urgent"),
        _key("review-seen-open"),
        person="urgent",
    )
    yield seen("review/nothing-done", _key("review-hold"), *_about("R-cleo"), person="")
    yield seen("plan/hold", _key("plan-preview", ""), *MONTHS, _key("review-hold"))
    yield seen(
        "plan/hold-a-week",
        _key("plan-save"),
        *MONTHS,
        _key("review-hold"),
        "[class*=-hold-until] [role=radio] >> nth=4",
    )
    yield seen("plan/dose", "[class*=-numbers] input", *MONTHS, _key("review-dose"))
    for act in range(1, 7):
        yield seen(
            f"plan/form-{act}",
            _key("plan-preview", ""),
            *MONTHS,
            _key("review-hold"),
            _key("plan-act", f"[role=radio] >> nth={act}"),
        )
    yield seen(
        "plan/end", _key("plan-preview", ""), *MONTHS, _key("review-hold"), "[class*=st-key-plan-end-] button"
    )
    yield seen("thread/clinic", _key("message-send"), *MONTHS, _key("review-message"))
    yield seen("patients/list", _key("people-add"), address="patients")
    yield seen("patients/new", _key("new-save"), _key("people-add"), address="patients")
    yield seen(
        "patients/one", _key("people-review"), ".stMain tbody .acts button >> nth=0", address="patients"
    )
    yield seen("patients/protocols", ".stMain h1", address="protocols")
    yield from _editor()
    part = "values-phases-second-day"
    yield seen(
        "patients/values", f"[class*=st-key-{part}-0-sign] button", _key(part, "summary"), address="protocols"
    )


DRAFT, FAULTY = UUID(int=0xD1), UUID(int=0xD2)


def _drafts_in(clinic: SampleClinic) -> None:
    """Let Ken have made two drafts of protocols, one with a fault: Ann is asked whether they are right."""
    with clinic.in_time():
        desk = ProtocolDraftsDesk(clinic.installation, clinic.made.people["ken"])
        copied = clinic.installation.protocol_registry.shipped.digest
        for key, title in ((DRAFT, "After a vertebroplasty"), (FAULTY, "With a fault")):
            desk.start(copied, id=edits.new_id(title, ()), title=title, key=key)
        if desk.draft(FAULTY).revision == 1:
            wrong = edits.changed(desk.draft(FAULTY).content, {("rules", "pain_limit"): 11})
            desk.save(FAULTY, wrong, revision=1, key=UUID(int=0xD3))


def _editor() -> Iterator[Screen]:
    def seen(state: str, sees: str, *steps: Step, draft: UUID = DRAFT, **where: str) -> Screen:
        told = "".join(f"&{name}={value}" for name, value in where.items())
        return Screen(
            f"editor/{state}", Who.PHYSIOTHERAPIST, "", f"protocol-editor?draft={draft}{told}", steps, sees
        )

    yield Screen(
        "editor/new", Who.PHYSIOTHERAPIST, "", "protocols", (_key("draft-new"),), _key("draft-start")
    )
    yield seen("name", _key("editor-save-name"))
    yield seen("exercises", _key("editor-open-exercise-quadriceps"), part="exercises")
    for view in ("texts", "numbers"):
        save = "[class*=st-key-editor-save-exercise]"
        yield seen(f"exercise-{view}", save, part="exercises", item="quadriceps", view=view)
    drawn = _key("editor-choose-walking")
    yield seen("exercise-drawing", drawn, part="exercises", item="quadriceps", view="drawing")
    yield seen("dose", _key("editor-cell-close"), part="phases", view="quadriceps.second-day")
    asked = _key("editor-remove-phase-sure")
    yield seen("phase", asked, _key("editor-remove-phase"), part="phases", item="second-day")
    yield seen("sign", "[class*=st-key-editor-save-signs]", part="signs", item="infection")
    yield seen("check", _key("editor-opinion-save"), part="check")
    yield seen("fault", _key("editor-fault-0"), draft=FAULTY, part="rules", item="pain")
    yield seen("revision", "[class*=st-key-editor-item-history-2] h3", draft=FAULTY, part="history", item="2")


def _administration() -> Iterator[Screen]:
    def seen(name: str, sees: str, address: str, *steps: Step) -> Screen:
        return Screen(name, Who.ADMINISTRATOR, "", address, steps, sees)

    opened = ".stMain tbody .acts button >> nth=0"
    yield seen("staff/list", _key("staff-add"), "staff")
    yield seen("staff/new", _key("staff-save"), "staff", _key("staff-add"))
    yield seen("staff/one", _key("staff-facts", ""), "staff", opened)
    yield seen("administrator/patients", _key("people-add"), "")
    yield seen("administrator/patients-by-its-name", _key("people-add"), "patients")
    yield seen("administrator/patient", ".st-key-clinic-name", "", opened)
    yield seen("administrator/protocols", ".stMain h1", "protocols")
    yield seen("administrator/status", _key("status-to-staff"), "status")
    yield seen("administrator/audit", _key("quiet-trail", ""), "audit")
    yield Screen(
        "administrator/invitation",
        Who.ADMINISTRATOR,
        "",
        "",
        (opened, _key("invite")),
        _key("invitation-sheet", ""),
    )


# in and out, and what is not there


def _outside() -> Iterator[Screen]:
    def outside(name: str, address: str, *steps: Step, sees: str = "h1") -> Screen:
        return Screen(name, Who.NOBODY, "", address, steps, sees)

    wrong = (
        typed("[name=login]", "somebody"),
        typed("[name=password]", "four plain words here"),
        "form button[type=submit], form button:not([type])",
    )
    yield outside("sign-in/form", "sign-in")
    yield outside("sign-in/wrong", "sign-in", *wrong, sees="[role=alert]")
    yield outside("sign-in/ended", "sign-in?ended=1", sees="[role=status]")
    yield outside("sign-in/join", "join")
    yield outside("sign-in/signed-out", "signed-out")
    yield outside("error/no-such-mail", "reminders/stop/nobody")
    yield Screen(
        "sign-in/codes-set-up", Who.PHYSIOTHERAPIST, "", "sign-in/second", (), "[name=code]", half=True
    )
    yield Screen("sign-in/sign-out", Who.PATIENT, "open", "sign-out", (), "form")
    yield Screen("error/unknown-address", Who.PATIENT, "open", "nowhere", (), ".stMain h1, .stMain h2")
    yield Screen("error/refused", Who.PATIENT, "open", "staff", (), _key("to-start"))


SCREENS: tuple[Screen, ...] = (
    *_set_up(), *_today(), *_warning(), *_before(), *_player(), *_diary(), *_looking_back(), *_guide(),
    *_settings(), *_clinic(), *_administration(), *_outside(),
)  # fmt: skip


def chosen(names: Collection[str]) -> tuple[Screen, ...]:
    """Return the screens of these names, or of pages with these names; all of them without any."""
    if not names:
        return SCREENS
    return tuple(each for each in SCREENS if {each.name, each.name.partition("/")[0]} & set(names))


# the way there

#: What a screen before has left in the browser, such as the question at which set-up was, leads nobody elsewhere.
FORGETS = "try { localStorage.clear(); } catch {}"


def walked(
    chromium: Browser,
    clinic: SampleClinic,
    screens: Collection[Screen],
    *,
    language: str,
    missed: Callable[[Screen, str], None],
) -> Iterator[tuple[Page, Screen]]:
    """Come to one screen after the other; each viewer has one browser for all of theirs.

    A new patient has one for each screen: set-up leads a browser back to the question it showed last.
    `missed` is told of each screen that could not be reached, and why.
    """

    def viewer(screen: Screen) -> tuple[str, str, str, bool, str]:
        alone = f"{screen.name} {language}" if screen.alone else ""
        own_browser = screen.name if screen.who == Who.NEW else ""
        return screen.who, screen.person, alone, screen.half, own_browser

    for (who, person, alone, half, _browser), theirs in groupby(sorted(screens, key=viewer), key=viewer):
        url, whom = clinic.url, STAFF.get(Who(who), "")
        if who == Who.AT_HOME:
            url = at_home(clinic, person)
        elif person:
            taken = take_in(clinic, person, alone=alone)
            whom = whom or taken
        zone = ZONE if Who(who) in STAFF else ZONES.get(person, ZONE)
        page = open_as(
            chromium,
            clinic,
            whom,
            language=language,
            zone=zone,
            stage=Stage.SECOND_FACTOR if half else Stage.FULL,
        )
        page.add_init_script(FORGETS)
        for screen in theirs:
            if "draft=" in screen.address:
                _drafts_in(clinic)
            page.set_viewport_size({"width": 390, "height": 844})
            try:
                come_to(page, url, screen)
            except Error as error:
                missed(screen, str(error).partition("\n")[0])
            else:
                yield page, screen
        page.context.close()


def come_to(page: Page, url: str, screen: Screen) -> None:
    """Go to the address, take the steps, and see that it is the screen."""
    page.goto(f"{url}/{screen.address}")
    page.locator("h1, h2, body:not(:has(.stApp))").first.wait_for()
    for step in screen.steps:
        if not isinstance(step, str):
            settled(page)
            step(page)
            continue
        target = page.locator(step).locator("visible=true").first
        target.wait_for()
        settled(page)
        if page.locator(".stApp").count():
            page.locator(READY).wait_for(state="attached")
        page.evaluate(PAINTED)
        target.click()
    page.locator(screen.sees).first.wait_for()
    settled(page)


def settled(page: Page) -> None:
    """Wait until no run of the page is under way and nothing of the run before is there."""
    page.wait_for_timeout(SETTLES_MS)
    if page.locator(".stApp").count():
        page.wait_for_function(SETTLED)
