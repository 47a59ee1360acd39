"""The tables of a history: one row a fact, with a unit and a meaning for each column.

They contain only entries that count: the latest versions, no voided ones; the plain history has
everything. Missing is missing, never zero, and so is a value that nobody measured. Each time
appears twice: as the instant in UTC and as the patient's local time, with the patient's zone at
that time.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from coach.domain import facts
from coach.domain.history import Entry, History, by_clinician
from coach.domain.measures import is_before
from coach.domain.patient_record import PatientRecord
from coach.domain.protocol import RoutineKind
from coach.export.tables import bone_health, sets_due
from coach.export.tables.clock import EntryClock
from coach.export.tables.table import COURSE, ROUTINE, WHEN, Column, ColumnKind, Row, Table

_NRS = "NRS 0-10"
_SESSION = Column(ColumnKind.TEXT, "the session, a UUID")
_SOURCE = Column(ColumnKind.TEXT, "player (counted while it played) or diary (told from memory)")
_WHY = Column(ColumnKind.TEXT, "the reason that was given", personal=True)
_AUTHOR = Column(ColumnKind.TEXT, "patient or physiotherapist")


def _score(entry: Entry[facts.Pain] | None) -> Row:
    """Return a score as number, as word, and whether it was asked but unknown."""
    if entry is None:
        return (None, None, None)
    score = entry.fact.score
    if isinstance(score, facts.PainWord):
        return (None, score.value, False)
    return (score, None, score is None)


def _who(entry: Entry[Any]) -> str:
    return "physiotherapist" if by_clinician(entry) else "patient"


# sessions and sets

_SESSIONS = {
    "session": _SESSION,
    **WHEN,
    "source": _SOURCE,
    "protocol": Column(ColumnKind.TEXT, "the protocol in force when it was started, or told from memory: id"),
    "protocol_version": Column(ColumnKind.TEXT, "the same: version"),
    "protocol_digest": Column(ColumnKind.TEXT, "the same: SHA-256 of its file"),
    "sets_planned": Column(ColumnKind.WHOLE, "sets that it was started with; empty where it is told from memory", "sets"),
    "sets_done": Column(ColumnKind.WHOLE, "sets that were done in it", "sets"),
    "ended_at": Column(ColumnKind.INSTANT, "when it ended, in UTC; empty where nobody said, and from memory", personal=True),
    "stop_reason": Column(ColumnKind.TEXT, "enough, pain, tired, unwell, interrupted or other; empty at its regular end"),
    "pain_before": Column(ColumnKind.WHOLE, "pain right before it", _NRS),
    "pain_before_word": Column(ColumnKind.TEXT, "the same, answered in a word: none, mild, medium, bad or worst"),
    "pain_before_unknown": Column(ColumnKind.YES_NO, "it was asked, and not known"),
    "pain_after": Column(ColumnKind.WHOLE, "pain right after it", _NRS),
    "pain_after_word": Column(ColumnKind.TEXT, "the same, answered in a word"),
    "pain_after_unknown": Column(ColumnKind.YES_NO, "it was asked, and not known"),
    "effort": Column(ColumnKind.WHOLE, "how hard it was", "0-10"),
    "notes": Column(ColumnKind.TEXT, "the patient's own words, one line each", personal=True),
}  # fmt: skip


def _sessions(patient_record: PatientRecord) -> Iterator[Row]:
    clock = EntryClock.of(patient_record)
    for session in patient_record.history.sessions:
        start, end = session.started, session.finished
        yield (
            session.id, *clock.when(start), start.fact.source.value, start.fact.protocol, start.fact.version,
            start.fact.digest, None if session.from_memory else len(start.fact.sets), len(session.sets), session.known_end,
            end.fact.stop_reason.value if end and end.fact.stop_reason else None,
            *_score(session.before), *_score(session.after),
            session.effort.fact.effort if session.effort else None,
            "\n".join(note.fact.text for note in session.notes) or None,
        )  # fmt: skip


_SETS = {
    "set": Column(ColumnKind.TEXT, "the set, a UUID"),
    "session": _SESSION,
    **WHEN,
    "routine": ROUTINE,
    "phase": Column(ColumnKind.TEXT, "the phase of the course then: its id in the protocol"),
    "reps_done": Column(ColumnKind.WHOLE, "repetitions done, over both sides; `counted_in` says of what", "reps"),
    "reps_planned": Column(
        ColumnKind.WHOLE,
        "repetitions that the dose asked for, over both sides; empty where it is told from memory and outside the plan",
        "reps",
    ),
    "hold": Column(ColumnKind.NUMBER, "how long each was to be held; empty as before", "s"),
    "counts": Column(ColumnKind.YES_NO, "it counts as a set of its day: enough of its repetitions were done"),
    "took": Column(
        ColumnKind.NUMBER,
        "seconds by a clock, pauses included; of a test its result, unless 0 `reps_done` says that it was given up; empty "
        "where none ran",
        "s",
    ),
    "source": _SOURCE,
    "outside_plan": Column(ColumnKind.YES_NO, "it was done while the plan did not allow it"),
    "time_estimated": Column(
        ColumnKind.YES_NO,
        "time or repetitions are from memory or worked out: it was told afterwards, the device had slept or was closed, "
        "or part of it ran unseen and unheard",
    ),
    "corrected": Column(ColumnKind.YES_NO, "the repetitions were put right by hand afterwards, whoever counted them first"),
    "counted_in": Column(
        ColumnKind.TEXT, "what a repetition is: times, minutes, breaths or tries; empty for an unknown exercise"
    ),
}  # fmt: skip
_COUNTED_IN = {
    RoutineKind.WALK: "minutes",
    RoutineKind.REST: "minutes",
    RoutineKind.BREATHE: "breaths",
    RoutineKind.TEST: "tries",
}


def _sets(patient_record: PatientRecord) -> Iterator[Row]:
    clock, history = EntryClock.of(patient_record), patient_record.history
    counted = patient_record.case.counted
    counting = {entry.id for sets in counted.values() for entry in sets}
    for entry in history.of(facts.SetDone):
        done = entry.fact
        asked = (done.reps_planned, done.hold_s) if done.was_asked_for else (None, None)
        yield (
            entry.id, done.session, *clock.when(entry), done.routine, done.phase, done.reps_done, *asked,
            entry.id in counting, done.measured_s, done.source.value, done.outside_plan, done.is_estimated,
            history.corrected_by(entry) is not None, _counted_in(patient_record, done.routine),
        )  # fmt: skip


def _counted_in(patient_record: PatientRecord, routine: str) -> str | None:
    known = patient_record.protocol.routines.get(routine)
    return _COUNTED_IN.get(known.kind, "times") if known else None


def _ends_from_memory(history: History) -> dict[UUID, datetime]:
    """Return by id when each session entered from memory would have ended by the schedule."""
    return {each.id: each.ended_at for each in history.sessions if each.from_memory}


# pain and checks

_PAIN = {
    "answer": Column(ColumnKind.TEXT, "the answer, a UUID"),
    **WHEN,
    "question": Column(
        ColumnKind.TEXT, "now, before or after (a session), average_24h, worst_24h, or baseline (before the procedure)"
    ),
    "score": Column(ColumnKind.WHOLE, "the answer as a number", _NRS),
    "word": Column(ColumnKind.TEXT, "the answer as a word: none, mild, medium, bad or worst; never both"),
    "unknown": Column(ColumnKind.YES_NO, "it was asked, and not known"),
    "session": _SESSION,
    "time_estimated": Column(ColumnKind.YES_NO, "its time is worked out: right after a session that is told from memory"),
    "course": COURSE,
}  # fmt: skip


def _pain(patient_record: PatientRecord) -> Iterator[Row]:
    clock, ends = EntryClock.of(patient_record), _ends_from_memory(patient_record.history)
    for entry in patient_record.history.of(facts.Pain):
        fact = entry.fact
        before = fact.when is facts.PainWhen.BASELINE
        when = clock.before_all(entry) if before else clock.when(entry)
        course = clock.course_told(entry.seq) if before else clock.course_at(entry.at)
        estimated = (
            fact.when is facts.PainWhen.AFTER
            and fact.session is not None
            and ends.get(fact.session) == entry.at
        )
        yield (entry.id, *when, fact.when.value, *_score(entry), fact.session, estimated, course)


_CHECKS = {
    "entry": Column(ColumnKind.TEXT, "the entry, a UUID"),
    **WHEN,
    "what": Column(
        ColumnKind.TEXT,
        "none_of_these or nothing_new (no red flag), red_flag, mistake (it was none), cleared, sleepy or not_sleepy",
    ),
    "red_flag": Column(ColumnKind.TEXT, "which: its id in the protocol"),
    "about": Column(ColumnKind.TEXT, "the entry of the red flag that is a mistake or cleared, a UUID"),
    "author": _AUTHOR,
    "reason": _WHY,
}  # fmt: skip


def _checks(patient_record: PatientRecord) -> Iterator[Row]:
    clock, history = EntryClock.of(patient_record), patient_record.history
    kinds = (facts.FlagCheck, facts.RedFlagYes, facts.FlagMistake, facts.FlagCleared, facts.Drowsy)
    for entry in sorted((e for kind in kinds for e in history.of(kind)), key=lambda e: (e.at, e.seq)):
        match entry.fact:
            case facts.FlagCheck(whole):
                said: Row = ("none_of_these" if whole else "nothing_new", None, None)
            case facts.RedFlagYes(flag):
                said = ("red_flag", flag, None)
            case facts.FlagMistake(about):
                said = ("mistake", _flag(patient_record, about), about)
            case facts.FlagCleared(about):
                said = ("cleared", _flag(patient_record, about), about)
            case facts.Drowsy(yes):
                said = ("sleepy" if yes else "not_sleepy", None, None)
            case _ as other:
                raise TypeError(type(other).__name__)
        yield (entry.id, *clock.when(entry), *said, _who(entry), getattr(entry.fact, "why", None) or None)


def _flag(patient_record: PatientRecord, entry: UUID) -> str | None:
    known = patient_record.history.by_id.get(entry)
    return known.fact.flag if known and isinstance(known.fact, facts.RedFlagYes) else None


# the plan

_PLAN = {
    "entry": Column(ColumnKind.TEXT, "the entry, a UUID"),
    **WHEN,
    "what": Column(ColumnKind.TEXT, "the kind of change, such as hold, hold_lifted, override, pain_limit or procedure"),
    "about": Column(ColumnKind.TEXT, "the earlier entry that it ends, answers or corrects, a UUID"),
    "routine": Column(ColumnKind.TEXT, "the routine's id in the protocol; empty where it concerns all"),
    "begins": Column(ColumnKind.INSTANT, "from when it holds, in UTC; empty: from then on", personal=True),
    "ends": Column(ColumnKind.INSTANT, "until when, in UTC; empty: until somebody ends it", personal=True),
    "reps": Column(ColumnKind.WHOLE, "repetitions a side; of a walk or a rest minutes", "reps"),
    "hold": Column(ColumnKind.NUMBER, "how long each is held", "s"),
    "per_day": Column(ColumnKind.WHOLE, "how often a day", "sets a day"),
    "days_per_week": Column(ColumnKind.WHOLE, "on how many days of a week; 7: daily", "days a week"),
    "pain_limit": Column(ColumnKind.WHOLE, "pain at or above it closes the tightening exercises", _NRS),
    "detail": Column(ColumnKind.TEXT, "which: the cause, the question and its answer, the topic, the protocol, the decision"),
    "text": Column(ColumnKind.TEXT, "what was said in own words, or who said it", personal=True),
    "earliest": Column(ColumnKind.INSTANT, "the earliest, in UTC, if it is not known exactly; `at` is the latest", personal=True),
    "author": _AUTHOR,
    "reason": _WHY,
}  # fmt: skip
_CHANGES = (
    facts.Procedure, facts.HomeArrival, facts.Answer, facts.ClinicAgreed, facts.FlagCleared,
    facts.ClinicianHold, facts.HoldLifted, facts.Override, facts.OverrideEnded, facts.Released,
    facts.ReleaseEnded, facts.PainLimit, facts.PlanText, facts.ProtocolChosen, facts.TimeDecided, facts.CourseDetail,
    facts.Away, facts.Discharged, facts.Readmitted,
)  # fmt: skip


def _plan(patient_record: PatientRecord) -> Iterator[Row]:
    clock, history = EntryClock.of(patient_record), patient_record.history
    for entry in sorted((e for kind in _CHANGES for e in history.of(kind)), key=lambda e: (e.at, e.seq)):
        fact = entry.fact
        about = getattr(fact, "entry", None) or entry.supersedes
        yield (
            entry.id, *clock.when(entry), entry.kind, about, getattr(fact, "routine", None),
            getattr(fact, "begins", None), getattr(fact, "ends", None) or getattr(fact, "until", None),
            getattr(fact, "reps", None), getattr(fact, "hold_s", None), getattr(fact, "per_day", None),
            getattr(fact, "days_per_week", None),
            getattr(fact, "limit", None), _detail(fact), getattr(fact, "text", None) or getattr(fact, "who", None),
            getattr(fact, "earliest", None), _who(entry), getattr(fact, "why", None) or None,
        )  # fmt: skip


def _detail(fact: object) -> str | None:
    match fact:
        case facts.Procedure(cause):
            return cause.value
        case facts.HomeArrival(home):
            return "home" if home else "not home yet"
        case facts.Answer(question, reply):
            return f"{question}: {reply.value}"
        case facts.ClinicAgreed(question):
            return question
        case facts.PlanText(topic):
            return topic.value
        case facts.ProtocolChosen(protocol, version):
            return f"{protocol} {version}"
        case facts.TimeDecided(accepted=accepted):
            return "accepted" if accepted else "declined"
        case facts.CourseDetail(detail):
            return detail.value
        case _:
            return None


# outcome measures

_MEASURES = {
    "answer": Column(ColumnKind.TEXT, "the answer, a UUID"),
    **WHEN,
    "occasion": Column(ColumnKind.TEXT, "when it was asked: the occasion's id in the protocol"),
    "what": Column(ColumnKind.TEXT, "function (one of the patient's own activities) or change (of the back)"),
    "activity": Column(ColumnKind.TEXT, "which activity, a UUID; the same at every occasion"),
    "activity_text": Column(ColumnKind.TEXT, "the activity in the patient's own words", personal=True),
    "score": Column(ColumnKind.WHOLE, "how well it goes", "0 (unable) to 10 (as before)"),
    "rating": Column(ColumnKind.TEXT, "how the back is, compared with before the procedure: the answer's id in the protocol"),
    "unknown": Column(ColumnKind.YES_NO, "it was asked, and not known"),
    "course": COURSE,
}  # fmt: skip


def _measures(patient_record: PatientRecord) -> Iterator[Row]:
    clock, history = EntryClock.of(patient_record), patient_record.history
    activities = _activities(history)
    answers: list[Entry[Any]] = [*history.of(facts.FunctionScore), *history.of(facts.ChangeRating)]
    for entry in sorted(answers, key=lambda each: (each.at, each.seq)):
        fact = entry.fact
        if isinstance(fact, facts.ChangeRating):
            rating = fact.change.value if fact.change else None
            said: Row = ("change", None, None, None, rating, rating is None)
        elif fact.activity in activities:
            said = ("function", *activities[fact.activity], fact.able, None, fact.able is None)
        else:  # the scores of a voided activity are voided too
            continue
        before = isinstance(fact, facts.FunctionScore) and is_before(patient_record.protocol, fact.occasion)
        when = clock.before_all(entry) if before else clock.when(entry)
        first: Entry[Any] = entry
        while earlier := history.corrected_by(first):
            first = earlier
        yield (entry.id, *when, fact.occasion, *said, clock.course_told(first.seq))


def _activities(history: History) -> dict[UUID, tuple[UUID, str]]:
    """Return each activity's first entry and present words, by each of its entries."""
    found: dict[UUID, tuple[UUID, str]] = {}
    for activity in history.of(facts.Activity):
        versions: list[Entry[facts.Activity]] = [activity]
        while earlier := history.corrected_by(versions[-1]):
            versions.append(earlier)
        found |= {each.id: (versions[-1].id, activity.fact.text) for each in versions}
    return found


TABLES = (
    Table("sessions", "One session a row: one guided run, or one that was entered in the diary.", _SESSIONS, _sessions),
    Table("sets", "One set a row: one complete dose of one routine, or a part of it.", _SETS, _sets),
    Table("pain", "One answer to a question about pain a row.", _PAIN, _pain),
    Table("checks", "One answer about red flags or sleepiness a row, and what became of a red flag.", _CHECKS, _checks),
    Table("outcome_measures", "One answer about an activity or about how the back has changed a row.", _MEASURES, _measures),
    Table(
        "bone_health", "One answer about bone treatment, a scan or an appointment a row.",
        bone_health.COLUMNS, bone_health.rows,
    ),
    Table(
        "due", "One routine on one day of this course a row: sets done, sets due, what closed it.",
        sets_due.COLUMNS, sets_due.rows,
    ),
    Table("plan_changes", "One change of the course or of the plan a row.", _PLAN, _plan),
)  # fmt: skip


def utc_text(at: datetime) -> str:
    """Return an instant in UTC, such as 2026-03-05T09:07:00Z, with fractions of a second if any."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
