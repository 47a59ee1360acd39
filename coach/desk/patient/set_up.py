"""Set-up: the first visit's answers, each recorded as it is given, all correctable later."""

from __future__ import annotations

import re
from datetime import datetime
from uuid import UUID

from coach.desk.access.authorization import requires
from coach.desk.access.permissions import Action
from coach.desk.installation.recording import NewEntry
from coach.desk.patient.course_times import Anchors
from coach.domain import facts, nights, plan, reminders, set_up
from coach.domain.case import Case
from coach.domain.errors import BadValue, Fault
from coach.domain.free_text import one_line, plain_text
from coach.domain.history import Entry
from coach.domain.times import from_wall_clock, zone

PHONE = re.compile(r"(?=(?:[^0-9]*[0-9]){3})\+?[0-9(][0-9 ()./-]{1,24}")
NAME_LIMIT = 60
SWITCHES = frozenset({"plain_words", "voice", "tones", "curve", reminders.NAMES})


def _seq(entry: Entry[facts.HomeArrival]) -> int:
    return entry.seq


class SetUp(Anchors):
    """Answers of the first visit, and their corrections."""

    @requires(Action.HISTORY_SEE)
    def steps(self) -> tuple[str, ...]:
        """Return the steps of the first visit in order; a question's step is its id."""
        asked = tuple(q.id for q in self.protocol.questions)
        overnight = tuple(q.id for q in self.protocol.questions if q.meaning == "overnight")
        others = tuple(each for each in asked if each not in overnight)
        return (
            "understood", "procedure", *overnight, "home", "baseline", *others,
            "country", "clinic_phone", "first_name",
        )  # fmt: skip

    @requires(Action.HISTORY_SEE)
    def missing(self) -> tuple[str, ...]:
        """Return the steps that are not answered yet, in order."""
        history = self.history()
        known = Case.of(self.protocol, history).course
        since = known.told_since if known else 0
        answered = {name for name in history.settings if name in self.steps()}
        for reply in history.answers.values():
            question = self.protocol.question(reply.fact.question)
            if question and reply.seq > since:  # a new course asks again
                answered.add(question.id)
        if known:
            answered.add("procedure")
            answered |= {"home"} if any(a.seq > since for a in history.of(facts.HomeArrival)) else set()
        if any(p.fact.when is facts.PainWhen.BASELINE and p.seq > since for p in history.of(facts.Pain)):
            answered.add("baseline")
        return tuple(step for step in self.steps() if step not in answered)

    @requires(Action.SETTINGS_CHANGE)
    def understand(self, *, key: UUID) -> None:
        """Record that the first screen, what this is and is not, was read."""
        self._record(NewEntry(facts.Setting("understood", self.protocol.version)), key=key)

    @requires(Action.HISTORY_SEE)
    def checked_setting(self, name: str, value: facts.SettingValue) -> facts.SettingValue:
        """Return the value as it is stored; one that cannot be is refused."""
        if name in SWITCHES and isinstance(value, bool):
            return value
        if name == reminders.TIMES:
            return reminders.as_setting(reminders.clock_times(value))
        if name == reminders.BEFORE and value in reminders.MINUTES_BEFORE:
            return value
        if name in (nights.BEGINS, nights.ENDS):
            return nights.checked(value)
        if name == "zone":
            return str(zone(str(value)).key)
        if name == "country":
            if value not in self.protocol.emergency_numbers:
                raise BadValue(Fault.UNKNOWN_COUNTRY, value=str(value)[:20])
            return value
        if name in {"clinic_phone", "emergency_phone"}:
            number = plain_text(value, 40)
            if number and not PHONE.fullmatch(number):
                raise BadValue(Fault.NOT_A_PHONE_NUMBER, value=number)
            return number
        if name == "first_name":
            return one_line(value, NAME_LIMIT)
        raise BadValue(Fault.UNKNOWN_CHOICE, value=name[:40])

    @requires(Action.HISTORY_TELL)
    def reply(self, question: str, reply: facts.Reply, *, key: UUID) -> None:
        """Record the answer to a set-up question; the latest answer counts."""
        known = self.protocol.question(question)
        if known is None:
            raise BadValue(Fault.UNKNOWN_CHOICE, value=question)
        told = self.history().answers.get(question)
        counts = told if told and told.id != key and self._still_counts(told) else None
        if counts and set_up.opens_earlier(known, counts.fact.reply, reply) and self.is_followed():
            raise BadValue(Fault.PHYSIOTHERAPIST_DECIDES)
        self._record(NewEntry(facts.Answer(question, reply)), key=key)

    def _still_counts(self, answer: Entry[facts.Answer]) -> bool:
        """Tell whether an answer was given in the present course."""
        known = self.case.course
        return known is None or answer.seq > known.told_since

    @requires(Action.HISTORY_TELL)
    def baseline(self, score: facts.Score | None, *, key: UUID) -> None:
        """Record the pain in the week before the procedure; None: not remembered."""
        self._record(NewEntry(facts.Pain(score, facts.PainWhen.BASELINE)), key=key)

    @requires(Action.HISTORY_TELL)
    def procedure_ended(self, wall: datetime, *, key: UUID, earlier_is_right: bool = False) -> bool:
        """Record when the procedure ended, as a local time; a second time corrects the first.

        Returns False where it is recorded as a request, which the physiotherapist decides.

        Raises:
            BadValue: the time lies ahead or too far back, is after getting home, does not exist,
                or would open something earlier and `earlier_is_right` does not confirm it.
        """
        at = self._procedure_time(wall)
        history = self.history()
        known = Case.of(self.protocol, history).course
        if known and known.home and not known.home_assumed and known.home < at:
            raise BadValue(Fault.HOME_BEFORE_PROCEDURE)
        old = known.procedure if known else None
        if old and at == old.at:
            return True
        if old and at < old.at and not earlier_is_right:
            raise BadValue(Fault.OPENS_EARLIER)
        if known:
            self._refuse_before(at, known.first.seq)
        if old and at < old.at and self.is_followed():
            return self._ask(facts.AnchorTime.PROCEDURE_END, at, key)
        cause = old.fact.cause if old else facts.Cause.FIRST
        self._record(NewEntry(facts.Procedure(cause), at=at, supersedes=old.id if old else None), key=key)
        return True

    def _ask(self, what: facts.AnchorTime, at: datetime, key: UUID) -> bool:
        """Ask the physiotherapist; of what was asked before and waits, this takes the place."""
        self.admit(Action.GATE_ASK)
        waiting = plan.in_force(self.case, now=self.now()).requests
        old = [request for request in waiting if request.fact.what is what and request.id != key]
        self._record(NewEntry(facts.TimeAsked(what, at), supersedes=old[-1].id if old else None), key=key)
        return False

    @requires(Action.HISTORY_TELL)
    def got_home(self, wall: datetime | None, *, key: UUID, earlier_is_right: bool = False) -> bool:
        """Record when the patient got home, as a local time; None: not home yet.

        Returns False where it is recorded as a request, which the physiotherapist decides.

        Raises:
            BadValue: no procedure is known, the time lies ahead or before the procedure's end,
                or would open something earlier and `earlier_is_right` does not confirm it.
        """
        history = self.history()
        known = Case.of(self.protocol, history).course
        if known is None:
            raise BadValue(Fault.TIME_MISSING)
        at = self._past(from_wall_clock(wall, history.zone)) if wall else None
        if at and at < known.procedure.at:
            raise BadValue(Fault.HOME_BEFORE_PROCEDURE)
        said = sorted((a for a in history.of(facts.HomeArrival) if a.seq > known.first.seq), key=_seq)
        old = said[-1] if said and said[-1].fact.home and at else None
        if old and at == old.at:
            return True
        # "Not home yet" in between does not make an earlier time than the one told before any later.
        before = next((a for a in reversed(said) if a.fact.home), None)
        earlier = at is not None and before is not None and at < before.at
        if earlier and not earlier_is_right:
            raise BadValue(Fault.OPENS_EARLIER)
        if earlier and at and self.is_followed():
            return self._ask(facts.AnchorTime.HOME_ARRIVAL, at, key)
        fact = facts.HomeArrival(home=at is not None)
        self._record(NewEntry(fact, at=at, supersedes=old.id if old else None), key=key)
        return True

    @requires(Action.GATE_OPEN_SELF)
    def restart(self, cause: facts.Cause, wall: datetime, home: datetime | None, *, key: UUID) -> None:
        """Start a new course: another procedure, or a new fracture that the clinic lets start again.

        Both are local times; `home` None: not home yet.

        Raises:
            BadValue: the times contradict each other, lie ahead, or do not lie after the earlier
                procedure and after the warning sign that only a restart ends.
        """
        if key in self.history().by_id:
            return
        at = self._procedure_time(wall)
        self._refuse_before(at, len(self.history().entries) + 1)
        arrived = self._past(from_wall_clock(home, self.history().zone)) if home else None
        if arrived and arrived < at:
            raise BadValue(Fault.HOME_BEFORE_PROCEDURE)
        self._record(
            NewEntry(facts.Procedure(cause), at=at),
            NewEntry(facts.HomeArrival(home=arrived is not None), at=arrived),
            key=key,
        )
