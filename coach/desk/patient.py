"""The patient's desk: what one patient asks and tells, about themselves alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from coach.desk.outbox import Outbox
from coach.desk.setup import SetUp
from coach.desk.writer import New
from coach.domain import gate, outcome, pain
from coach.domain.course import Course, course
from coach.domain.faults import BadValue, Fault
from coach.domain.history import (
    NEVER_VOIDED,
    ClinicAgreed,
    Drowsy,
    Effort,
    Entry,
    Fact,
    FlagCheck,
    FlagCleared,
    FlagMistake,
    Note,
    Pain,
    PainWhen,
    PlannedSet,
    RedFlagYes,
    Reply,
    Score,
    Session,
    SessionFinished,
    SessionStarted,
    SetDone,
    Setting,
    SettingValue,
    Source,
    StopReason,
    Void,
    plain_text,
    to_payload,
)
from coach.domain.moments import from_wall_clock, local, local_date
from coach.domain.protocol import Dose
from coach.domain.session import Schedule, schedule

CHECK_HOLDS_FOR = timedelta(minutes=30)
FEW_MINUTES = timedelta(minutes=5)
MOST_REPS = 1000


@dataclass(frozen=True, slots=True)
class PastSet:
    """Reps (over both legs) of one routine that were done without the app."""

    routine: str
    reps: int


class PatientDesk(SetUp, Outbox):
    """Everything a patient can ask and tell.

    Whatever records takes a `key`, made where the screen is built: the same key again is the
    same act, and stored once. What is refused raises `BadValue` and stores nothing.
    """

    # asking

    @property
    def zone(self) -> str:
        """The patient's zone."""
        return self.history().zone

    def today(self) -> date:
        """Return today's date where the patient lives."""
        return local_date(self.now(), self.zone)

    def course(self) -> Course | None:
        """Return the present course, or None before a procedure is recorded."""
        return course(self.protocol, self.history())

    def decisions(self) -> Mapping[str, gate.Decision]:
        """Return what is open now and what is not, by routine, in the order of a session."""
        return gate.decide(self.protocol, self.history(), now=self.now())

    def counts_today(self) -> Mapping[str, outcome.DayCount]:
        """Return done and due of each routine today, due being no more than may be done now."""
        case = gate.Case.of(self.protocol, self.history())
        counts = dict(outcome.day(self.protocol, self.history(), self.today()))
        for routine in self.protocol.routines.values():
            shaped = case.dose(routine, self.now())
            if shaped:
                count = counts[routine.id]
                counts[routine.id] = replace(count, due=min(count.due, case.cap(routine, shaped[0])))
        return counts

    def open_flags(self) -> tuple[Entry[RedFlagYes], ...]:
        """Return the red flags that nobody cleared, most urgent first."""
        return gate.open_flags(self.protocol, self.history())

    def last_check_today(self) -> datetime | None:
        """Return when today's latest red-flag check was answered with none, or None."""
        today = self.today()
        checks = [c for c in self.history().of(FlagCheck) if c.local_date == today]
        return checks[-1].at if checks else None

    def asks_drowsy(self) -> bool:
        """Tell whether "Are you sleepy or dizzy?" is asked before a session now (decision 6)."""
        known = self.course()
        if known is None:
            return True
        span = self.protocol.rules.drowsy_asked_for.span
        return self.now() - known.procedure.at < span or self.said_yes("strong_painkillers")

    def said_yes(self, meaning: str) -> bool:
        """Tell whether the set-up question with that meaning was answered with yes."""
        replies = self.history().answers
        return any(
            q.meaning == meaning and q.id in replies and replies[q.id].fact.reply is Reply.YES
            for q in self.protocol.questions
        )

    def running_session(self) -> Session | None:
        """Return the session that was started and may be carried on, or None."""
        span = self.protocol.rules.session_open_for.span
        for session in reversed(self.history().sessions[-3:]):
            fact = session.started.fact
            if fact.source is Source.PLAYER and session.finished is None:
                return session if self.now() - session.started.at < span else None
        return None

    def schedule(self, session: Session) -> Schedule:
        """Return the cues of a session as Start allowed it."""
        return schedule(self.protocol, session.started.fact.sets)

    def minutes(self, routines: Sequence[str]) -> int:
        """Return how many minutes one set of each of these open routines takes."""
        decisions = self.decisions()
        sets = [self.plan(r, d.dose) for r in routines if isinstance(d := decisions[r], gate.Open)]
        return max(1, round(schedule(self.protocol, sets).ends_s / 60)) if sets else 0

    def latest_pain(self) -> Entry[Pain] | None:
        """Return the latest answer to how bad the pain is right now, or None."""
        return pain.latest_right_now(self.history())

    def closed_by_somebody(self) -> gate.Reason | None:
        """Return the red flag or hold that closes every routine now, which also ends a session."""
        reasons = [d.reason for d in self.decisions().values() if isinstance(d, gate.Locked)]
        closing = [each for each in reasons if isinstance(each, gate.OpenRedFlag | gate.Held)]
        return closing[0] if len(closing) == len(self.protocol.routines) else None

    def two_high_days(self) -> bool:
        """Tell whether pain was high on two days in a row, so that the clinic's advice is needed."""
        known = self.course()
        return known is not None and pain.two_high_days(
            self.protocol, self.history(), since=known.procedure.at, today=self.today()
        )

    def plan(self, routine: str, dose: Dose, *, easier: bool = False) -> PlannedSet:
        """Return one set of a routine at a dose."""
        sides = self.protocol.routines[routine].sides
        return PlannedSet(routine, dose.reps, dose.hold_s, sides, easier)

    # before a session

    def answer_none(self, *, whole: bool, key: UUID) -> None:
        """Record that none of the red flags is there; `whole` when the full list was shown."""
        news = [New(FlagCheck(whole))]
        if self.asks_drowsy():
            news.append(New(Drowsy(yes=False)))
        self._record(*news, key=key)

    def answer_drowsy(self, *, key: UUID) -> None:
        """Record that the patient is sleepy or dizzy, which closes everything for a while."""
        self._record(New(Drowsy(yes=True)), key=key)

    def give_pain(
        self, score: Score | None, when: PainWhen, *, key: UUID, session: UUID | None = None,
        at: datetime | None = None,
    ) -> None:  # fmt: skip
        """Record a pain score; None means asked and not known."""
        self._record(New(Pain(score, when, session), at=self._past(at)), key=key)

    def start(self, routines: Sequence[str], *, easier: bool, session: UUID) -> UUID:
        """Start a session of these routines and return its id; the gate is asked again.

        Raises:
            BadValue: one of them is not open, nothing is chosen, or the check was not answered.
        """
        if session in self.history().by_id:
            return session
        checked = self.last_check_today()
        if checked is None or self.now() - checked > CHECK_HOLDS_FOR:
            raise BadValue(Fault.CHECK_FIRST)
        decisions = self.decisions()
        sets = []
        for routine, decision in decisions.items():
            if routine not in routines:
                continue
            if not isinstance(decision, gate.Open):
                raise BadValue(Fault.NOT_OPEN, routine=routine)
            dose = decision.easier if easier else decision.dose
            sets.append(self.plan(routine, dose, easier=easier))
        if not sets or set(routines) - set(decisions):
            raise BadValue(Fault.UNKNOWN_ROUTINE)
        self._record(New(self._started(sets, Source.PLAYER)), key=session)
        return session

    def _started(self, sets: Sequence[PlannedSet], source: Source) -> SessionStarted:
        protocol = self.protocol
        return SessionStarted(tuple(sets), protocol.id, protocol.version, protocol.digest, source)

    def leave(self, session: UUID, *, key: UUID) -> None:
        """Record that a session is not carried on; one that ended already stays as it ended."""
        known = self.history().session(session)
        if known is None:
            raise BadValue(Fault.UNKNOWN_ENTRY)
        if known.finished:
            return
        self._record(New(SessionFinished(session, StopReason.INTERRUPTED)), key=key)

    # red flags

    def report_flag(self, flag: str, *, key: UUID) -> None:
        """Record a red flag; everything is closed from then on."""
        if flag not in self.protocol.red_flags:
            raise BadValue(Fault.UNKNOWN_CHOICE, value=flag)
        self._record(New(RedFlagYes(flag)), key=key)

    def take_back_flag(self, entry: UUID, *, key: UUID) -> None:
        """Record that a red flag was tapped by mistake; only for the first minutes."""
        flag = self._flag(entry)
        if self.now() - flag.recorded_at > self.protocol.rules.mistake_within.span:
            raise BadValue(Fault.MISTAKE_TOO_LATE)
        self._record(New(FlagMistake(entry)), key=key)

    def clear_flag(self, entry: UUID, *, who: str, spoke: datetime, key: UUID) -> None:
        """Record that a clinician, spoken to at a local time, allowed exercise again.

        Raises:
            BadValue: only a restart ends this flag, or the talk was too early or lies ahead.
        """
        flag = self._flag(entry)
        known = self.protocol.red_flags.get(flag.fact.flag)
        if known is None or known.never_cleared:
            raise BadValue(Fault.ONLY_RESTART)
        spoke_at = self._past(from_wall_clock(spoke, self.zone)) or self.now()
        if spoke_at <= flag.at:
            raise BadValue(Fault.SPOKE_BEFORE_FLAG)
        if not gate.may_clear(self.protocol, flag, spoke_at, now=self.now()):
            raise BadValue(Fault.CLEARED_TOO_EARLY)
        self._record(New(FlagCleared(entry, who, spoke_at)), key=key)

    def _flag(self, entry: UUID) -> Entry[RedFlagYes]:
        for flag in self.history().of(RedFlagYes):
            if flag.id == entry:
                return flag
        raise BadValue(Fault.UNKNOWN_ENTRY)

    def clinic_agreed(self, question: str, *, who: str, spoke: datetime, key: UUID) -> None:
        """Record that the clinic agreed despite a set-up answer: who, and the local time."""
        if self.protocol.question(question) is None:
            raise BadValue(Fault.UNKNOWN_CHOICE, value=question)
        spoke_at = self._past(from_wall_clock(spoke, self.zone)) or self.now()
        self._record(New(ClinicAgreed(question, who, spoke_at)), key=key)

    # diary

    def check_in(self, *, average: Score | None, worst: Score | None, key: UUID) -> None:
        """Record the daily check-in: pain on average and at its worst in the last 24 hours."""
        news = [
            New(Pain(score, when))
            for score, when in ((average, PainWhen.AVERAGE_24H), (worst, PainWhen.WORST_24H))
            if score is not None
        ]
        if not news:
            raise BadValue(Fault.PAIN_NOT_A_SCORE)
        self._record(*news, key=key)

    def log_past(
        self, wall: datetime, sets: Sequence[PastSet], *, before: Score | None, after: Score | None,
        effort: int | None, note: str, key: UUID,
    ) -> None:  # fmt: skip
        """Record a session that was done without the app, started at a local time.

        Raises:
            BadValue: the time lies ahead or before the procedure, or nothing was done.
        """
        starts = self._past(from_wall_clock(wall, self.zone)) or self.now()
        told = self.history().by_id.get(key)
        if told and told.at == starts:
            return  # a second click; the end would be another one, for the clock went on
        known = self.course()
        if known is None or starts < known.procedure.at:
            raise BadValue(Fault.BEFORE_PROCEDURE)
        done = [each for each in sets if each.reps]
        if not done:
            raise BadValue(Fault.NOTHING_DONE)
        planned = [self._dose_then(each.routine, starts) for each in done]
        clock, news = starts, [New(self._started(planned, Source.DIARY), at=starts, key=key)]
        for each, plan in zip(done, planned, strict=True):
            took_s = schedule(self.protocol, [plan]).ends_s
            fact = self.set_done(key, plan, each.reps, took_s, clock, Source.DIARY)
            news.append(New(fact, at=clock))
            clock += timedelta(seconds=took_s)
        ends = min(clock, self.now())
        news.append(New(SessionFinished(key), at=ends))
        if before is not None:
            news.append(New(Pain(before, PainWhen.BEFORE, key), at=starts))
        if after is not None:
            news.append(New(Pain(after, PainWhen.AFTER, key), at=ends))
        if effort is not None:
            news.append(New(Effort(key, effort), at=ends))
        if plain_text(note, 2000):
            news.append(New(Note(key, plain_text(note, 2000)), at=ends))
        self._record(*news, key=key)

    def _dose_then(self, routine: str, at: datetime) -> PlannedSet:
        """Return the set that was due at an instant, or the first dose where it was closed."""
        if routine not in self.protocol.routines:
            raise BadValue(Fault.UNKNOWN_ROUTINE, value=routine)
        case = gate.Case.of(self.protocol, self.history())
        shaped = case.dose(self.protocol.routines[routine], at)
        dose = shaped[0] if shaped else self.protocol.rules.first_dose.plain
        return self.plan(routine, dose)

    def correct(self, entry: UUID, fact: Fact, *, key: UUID, wall: datetime | None = None) -> None:
        """Replace an entry by a fact of the same kind; the old one stays in the record."""
        old = self._entry(entry, key)
        if type(old.fact) is not type(fact):
            raise BadValue(Fault.UNKNOWN_ENTRY)
        at = self._past(from_wall_clock(wall, old.zone)) if wall else old.at
        self._record(New(fact, at=at, supersedes=entry, zone=old.zone), key=key)

    def correct_reps(self, entry: UUID, reps: int, *, key: UUID) -> None:
        """Replace the number of reps (over both legs) of a set; the player's has at most the planned ones."""
        old = self._entry(entry, key)
        if not isinstance(old.fact, SetDone):
            raise BadValue(Fault.UNKNOWN_ENTRY)
        high = old.fact.reps_planned if old.fact.source is Source.PLAYER else MOST_REPS
        if type(reps) is not int or not 0 < reps <= high:
            raise BadValue(Fault.REPS_OUT_OF_RANGE, low=1, high=high)
        self.correct(entry, replace(old.fact, reps_done=reps), key=key)

    def void(self, entry: UUID, *, why: str, key: UUID) -> None:
        """Take an entry back with a reason; of a session, all its parts. It stays in the record."""
        old = self._entry(entry, key)
        parts = [entry]
        if isinstance(old.fact, SessionStarted):
            history = self.history()
            every = (history.of(kind) for kind in (SetDone, SessionFinished, Pain, Effort, Note))
            parts += [part.id for some in every for part in some if _belongs(part, entry)]
        self._record(*(New(Void(part, why)) for part in parts), key=key)

    def _entry(self, entry: UUID, key: UUID) -> Entry[object]:
        """Return an entry that the act of that key may change; the act itself may come twice."""
        history = self.history()
        old = history.by_id.get(entry)
        if old is None:
            raise BadValue(Fault.UNKNOWN_ENTRY)
        if isinstance(old.fact, NEVER_VOIDED):
            raise BadValue(Fault.FLAG_NEVER_VOIDED)
        if (entry in history.voided or entry in history.replaced) and key not in history.by_id:
            raise BadValue(Fault.ALREADY_VOIDED)
        return old

    # settings

    def set(self, name: str, value: SettingValue, *, key: UUID | None = None) -> None:
        """Record a setting; the same value again records nothing."""
        value = self.checked_setting(name, value)
        if self.history().settings.get(name) != value:
            self._record(New(Setting(name, value)), key=key)

    def export(self) -> dict[str, object]:
        """Return everything recorded of this patient as plain JSON values, voided entries too."""
        history = self.history()
        number, head = self._shelf.head(self.patient)
        return {
            "format": "coach-history",
            "version": 1,
            "patient": str(self.patient),
            "exported_at": self.now().isoformat(),
            "protocol": {
                "id": self.protocol.id,
                "version": self.protocol.version,
                "digest": self.protocol.digest,
            },
            "head": {"seq": number, "hash": head},
            "entries": [
                {
                    "id": str(entry.id),
                    "seq": entry.seq,
                    "kind": entry.kind,
                    "at": entry.at.isoformat(),
                    "zone": entry.zone,
                    "local_date": entry.local_date.isoformat(),
                    "local_time": local(entry.at, entry.zone).isoformat(),
                    "recorded_at": entry.recorded_at.isoformat(),
                    "author": entry.author,
                    "supersedes": str(entry.supersedes) if entry.supersedes else None,
                    "fact": to_payload(entry.fact),  # type: ignore[arg-type]
                }
                for entry in history.entries
            ],
        }


def _belongs(part: Entry[object], session: UUID) -> bool:
    return getattr(part.fact, "session", None) == session
