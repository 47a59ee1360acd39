"""What a role may do, asked of the desks themselves."""

from __future__ import annotations

import inspect
from datetime import time
from typing import Any
from uuid import UUID, uuid4

from coach.desk import Installation, NotFound, Principal
from coach.desk.access.permissions import Action, Role
from coach.desk.clinic.plan_commands import Hold
from coach.desk.installation.patient_context import Desk, PatientContext
from coach.desk.installation.recording import new_key
from coach.domain import facts
from coach.domain.course import PhaseSpan
from coach.domain.errors import BadValue
from coach.domain.history import Entry, Session
from coach.domain.protocol import Dose
from coach.domain.sign_off import Opinion, values
from coach.protocols.loader import default
from tests.support.homes import NOW

# What each role may touch, as a person would say it: own record, patients of one's own teams, everybody's.
MAY = {
    "history.see": "household own, patient own, physiotherapist team",
    "history.tell": "household own, patient own",
    "history.correct": "household own, patient own",
    "settings.change": "household own, patient own",
    "gate.open_self": "household own",
    "gate.ask": "patient own",
    "history.export": "household own, patient own, physiotherapist team",
    "calendar.see": "household own, patient own, calendar own",
    "messages.see": "patient own, physiotherapist team",
    "messages.write": "patient own, physiotherapist team",
    "caseload.see": "physiotherapist team",
    "review.see": "physiotherapist team",
    "plan.change": "physiotherapist team",
    "flag.clear": "physiotherapist team",
    "course.restart": "physiotherapist team",
    "patient.mark": "physiotherapist team",
    "patient.create": "physiotherapist team, administrator all",
    "patient.assign": "physiotherapist team, administrator all",
    "patient.invite": "physiotherapist team, administrator all, operator all",
    "patient.discharge": "physiotherapist team",
    "teams.see": "physiotherapist team, administrator all, operator all",
    "teams.change": "administrator all, operator all",
    "accounts.change": "administrator all, operator all",
    "physiotherapist.invite": "household own, operator all",
    "protocols.see": "physiotherapist all, administrator all",
    "protocols.change": "administrator all",
    "protocols.sign": "physiotherapist all",
    "protocols.edit": "physiotherapist all, administrator all",
    "protocols.approve": "physiotherapist all",
    "audit.see": "administrator all, operator all",
}


def may(action: Action, role: Role) -> str:
    """Return "own", "team", "all" or "" as the list above has it."""
    for grant in MAY[action.value].split(", "):
        who, what = grant.split()
        if who == role.value:
            return what
    return ""


def at(kind: Any, installation: Installation, patient: UUID, who: Principal) -> Any:
    """Return that desk for one patient: one that others hold is made from a context."""
    if issubclass(kind, Desk):
        return kind(installation, patient, who)
    return kind(PatientContext(installation, patient, who))


# What each parameter is called with, by its name; refusing what it says is as good as taking it.
ARGUMENTS: dict[str, object] = {
    "content": b"date,time,what,score\n2026-03-04,12:00,pain_now,3\n",
    "address": "ada@example.org",
    "code": "0000-0000",
    "hour": 18,
    "able": 3,
    "occasion": "week-2",
    "owner": "",
    "state": facts.BoneState.BOOKED,
    "step": facts.BoneStep.SCAN,
    "rating": facts.Change.MUCH_BETTER,
    "texts": ("Getting out of bed",),
    "what": facts.PutOffWhat.FOR_TODAY,
    "cause": facts.Cause.NEW_PROCEDURE,
    "begins": time(22),
    "ends": time(7),
    "span": PhaseSpan(default().phases[0], NOW, None),
    "change": Hold(None, None, "Because"),
    "dose": Dose(5, 3, 2),
    "detail": facts.Detail.LEVELS,
    "easier": False,
    "entries": (),
    "fact": facts.Pain(3, facts.PainWhen.NOW),
    "flag": "fall",
    "items": [],
    "login": "somebody",
    "meaning": "overnight",
    "name": "first_name",
    "needs": (),
    "note": "",
    "plan": facts.PlannedSet("ankle_pumps", 10, 0, 1),
    "question": "went_wrong",
    "reply": facts.Reply.NO,
    "replies": {"helper": facts.Reply.YES},
    "questions": ("helper",),
    "reps": 5,
    "role": Role.PHYSIOTHERAPIST,
    "routine": "ankle_pumps",
    "routines": ("ankle_pumps",),
    "score": 3,
    "seen_seq": 0,
    "sets": (),
    "source": facts.Source.PLAYER,
    "text": "Hello",
    "took_s": 30.0,
    "value": "Ada",
    "opinion": Opinion.AGREE,
    "digest": default().digest,
    "shown": {each.path: each.hash for each in values(default())[:1]},
    "when": facts.PainWhen.NOW,
    "who": "The nurse",
    "whole": True,
    "why": "Because",
}

START = Entry(
    uuid4(), 1, NOW, "UTC", NOW.date(), NOW, facts.PATIENT, facts.SessionStarted((), "p", "1", "0" * 64)
)  # fmt: skip

SESSION = Session(START, (), None, None, None, None, ())

FRESH = {"key", "entry", "session", "last", "word", "activity"}  # ids that nobody has used


def call(desk: Any, name: str) -> bool:
    """Call a method with something for each parameter; return whether it was let in."""
    method = getattr(desk, name)
    parameters = inspect.signature(method).parameters.values()
    given = {
        each.name: new_key() if each.name in FRESH else ARGUMENTS[each.name]
        for each in parameters
        if each.default is each.empty and each.kind is not each.VAR_POSITIONAL
    }
    if name == "schedule":
        given["session"] = SESSION
    if "owner" in given:
        given["owner"] = str(desk.patient)
    try:
        method(**given)
    except NotFound:
        return False
    except (BadValue, LookupError):
        return True
    return True


def expected(action: Action, who: Principal, whom: UUID, team_of: UUID | None) -> bool:
    """Return what the list of `test_access` says of a record; written apart from the rule itself."""
    match may(action, who.role):
        case "all":
            return True
        case "own":
            return whom == who.patient
        case "team":
            return whom != who.patient and team_of in who.teams
        case _:
            return False
