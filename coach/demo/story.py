"""A story: one patient's weeks, recorded through the desk day by day with a moved clock.

Everything goes through the same gate and the same use cases as in real use, so that a sample never
shows what the product would not allow.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from random import Random
from uuid import UUID

from coach.desk import PatientDesk
from coach.desk.installation import clock
from coach.domain import coming_up
from coach.domain.facts import BoneState, BoneStep, Change, PainWhen, PlannedSet, Reply, StopReason
from coach.domain.protocol import RoutineKind
from coach.domain.session import planned_reps, schedule
from coach.domain.times import from_wall_clock, local_date

ZONE = "America/New_York"
COUNTRY = "US"
CLINIC = "770 555 0142"  # a fictitious number
FIRST_DAY, SECOND_DAY, LATER = (13, 15, 17, 19), (8, 10, 12, 14, 16, 19), (9, 13, 18)  # local hours


@dataclass(frozen=True)
class Plot:
    """What happens in a story; days are counted from the procedure, which is day 0.

    Pain falls from `worst` towards `least`, by about two thirds each `fades` days; `rises` adds to
    single days. `skips` are the shares of first and later sessions of a day that are skipped,
    `sparse_until` the day before which there is one session a day. On `silent` days nothing is
    recorded, on `unasked` ones no check-in. `activities` are scored when the questions are due.
    From day `treated_from` on a bone treatment is arranged.
    `then` is done on the evening of a day, by the patient or does it.
    """

    name: str
    days: int
    seed: int
    baseline: int = 8
    worst: float = 7.0
    least: float = 2.3
    fades: float = 4.5
    rises: Mapping[int, float] = field(default_factory=dict)
    skips: tuple[float, float] = (0.12, 0.3)
    hours: tuple[int, ...] = LATER
    sparse_until: int = 0
    silent: frozenset[int] = frozenset()
    unasked: frozenset[int] = frozenset()
    amber: int | None = None
    red: int | None = None
    tired: int | None = None
    notes: Mapping[int, str] = field(default_factory=dict)
    activities: tuple[str, ...] = ("Getting out of bed", "Putting on socks", "Carrying the shopping")
    treated_from: int = 30
    then: Mapping[int, Callable[[StoryTeller], None]] = field(default_factory=dict)


class StoryTeller:
    """A story being recorded: its present instant, and the random numbers that make it lifelike."""

    def __init__(self, patient: PatientDesk, plot: Plot, *, ends: datetime) -> None:
        self.patient = patient
        self.plot = plot
        self.ends = ends
        self.dice = Random(plot.seed)  # noqa: S311  the same sample every time, no secret
        self.own_dice = Random(plot.seed + 1)  # noqa: S311  of the outcome questions: what comes after stays as it is
        self.bone_dice = Random(plot.seed + 2)  # noqa: S311  as above
        self.test_dice = Random(plot.seed + 3)  # noqa: S311  of the results of tests: as above
        self.first = local_date(ends, ZONE) - timedelta(days=plot.days)
        self.at = self._instant(0, time(10, 30))

    @contextmanager
    def telling(self) -> Iterator[None]:
        """Let the desk read the story's clock during the block."""
        with clock.showing(lambda: self.at):
            yield

    def wall(self, number: int, at: time) -> datetime:
        """Return a local time on a day of the story."""
        return datetime.combine(self.first + timedelta(days=number), at)

    def _instant(self, number: int, at: time) -> datetime:
        return from_wall_clock(self.wall(number, at), ZONE)

    def key(self, dice: Random | None = None) -> UUID:
        """Return a UUIDv7 of the story's time, the same in every run."""
        bits = int(self.at.timestamp() * 1000) << 80 | (dice or self.dice).getrandbits(80)
        bits = bits & ~(0xF << 76) | 7 << 76
        return UUID(int=bits & ~(3 << 62) | 2 << 62)

    def goes(self, number: int, at: time) -> bool:
        """Move on to a local time, give or take some minutes; False after the end of the story."""
        then = self._instant(number, at) + timedelta(minutes=self.dice.randrange(20))
        if then > self.ends - timedelta(hours=3):
            return False
        self.at = max(self.at, then)
        return True

    def passes(self, seconds: float) -> None:
        """Advance the clock."""
        self.at += timedelta(seconds=seconds)

    # set-up

    def set_up(self) -> None:
        """Answer the first questions, ten minutes after getting home."""
        patient = self.patient
        self.at += timedelta(hours=1, minutes=40)
        patient.settings.set("zone", ZONE, key=self.key())
        patient.set_up.understand(key=self.key())
        patient.course_times.procedure_ended(self.wall(0, time(10, 30)), key=self.key())
        patient.course_times.got_home(self.wall(0, time(12, 0)), key=self.key())
        patient.set_up.baseline(self.plot.baseline, key=self.key())
        for question in patient.protocol.questions:
            patient.set_up.reply(question.id, Reply.NO, key=self.key())
        patient.settings.set("country", COUNTRY, key=self.key())
        patient.settings.set("clinic_phone", CLINIC, key=self.key())
        patient.settings.set("first_name", self.plot.name, key=self.key())

    # one day

    def live(self, number: int) -> None:
        """Record one day; the day of the procedure is day 0."""
        plot = self.plot
        if number not in plot.silent:
            self._exercise(number)
        if number in plot.then and self.goes(number, time(20)):
            plot.then[number](self)
        if number and number not in plot.silent | plot.unasked and self.goes(number, time(20, 20)):
            average = self._pain(number)
            self.patient.diary.check_in(
                average=average, worst=min(10, average + self.dice.choice((1, 1, 2))), key=self.key()
            )
            self._questions(number, average)
            self._bones(number)

    def _questions(self, number: int, pain: int) -> None:
        """Answer the outcome questions when they are due; with less pain activities go better."""
        asked = self.patient.measures.questions()
        if asked is None or not asked.left or not self.plot.activities:
            return
        dice, before = self.own_dice, not asked.occasion.asks_change
        occasion, pain = asked.occasion.id, self.plot.baseline if before else pain
        self.passes(60)
        if asked.activities:
            self.patient.measures.name_activities(self.plot.activities, key=self.key(dice))
        for activity in self.patient.measures.activities():
            self.passes(15)
            able = max(0, min(10, 10 - pain + dice.choice((-1, 0, 0, 1)) + (0 if before else number // 28)))
            self.patient.measures.score_activity(occasion, activity.id, able, key=self.key(dice))
        if asked.change:
            self.passes(15)
            fell = self.plot.baseline - pain
            steps = ((5, Change.VERY_MUCH_BETTER), (3, Change.MUCH_BETTER), (1, Change.A_LITTLE_BETTER))
            rating = next((change for points, change in steps if fell >= points), Change.ABOUT_THE_SAME)
            self.patient.measures.rate_change(occasion, rating, key=self.key(dice))

    def _bones(self, number: int) -> None:
        """Answer the questions about bone health when they are due."""
        asked = self.patient.bone_health.questions()
        states = {
            BoneStep.TREATMENT: BoneState.YES if number >= self.plot.treated_from else BoneState.NO,
            BoneStep.SCAN: BoneState.BOOKED,
            BoneStep.APPOINTMENT: None,
        }
        if asked is None:
            return
        for step in asked.left:
            self.passes(15)
            key = self.key(self.bone_dice)
            self.patient.bone_health.answer(asked.occasion.id, step, states[step], key=key)

    def _exercise(self, number: int) -> None:
        plot = self.plot
        hours = FIRST_DAY if number == 0 else SECOND_DAY if number == 1 else plot.hours
        eventful = {plot.amber, plot.red} | ({plot.amber + 1} if plot.amber else set())
        if number < plot.sparse_until and number not in eventful:
            hours = hours[:1]
        for turn, hour in enumerate(hours):
            lazy = number > 1 and self.dice.random() < plot.skips[0 if turn == 0 else 1]
            if lazy and number not in eventful:
                continue
            if self.goes(number, time(hour, 10)):
                self._session(number, turn)

    def _pain(self, number: int) -> int:
        """Return a pain score of that day: falling, with noise and the plot's rises."""
        plot = self.plot
        level = (
            plot.least
            + (plot.worst - plot.least) * math.exp(-number / plot.fades)
            + plot.rises.get(number, 0.0)
        )
        return max(0, min(10, round(level + self.dice.choice((-0.7, -0.2, 0.0, 0.2, 0.7)))))

    # one session

    def _session(self, number: int, turn: int) -> None:
        """Do the open routines that are still due, as Today's button does."""
        patient, session, check = self.patient, self.key(), self.key()
        if self._due():  # where nothing is open, Today asks nothing
            patient.sessions.answer_none(whole=patient.sessions.last_check_today() is None, key=check)
        self.passes(12)
        wanted = self._due()
        if not wanted:
            return
        squeezes = self._squeezes(wanted)
        before = self._pain(number)
        if number in {self.plot.amber, self.plot.red, (self.plot.amber or -9) + 1}:
            before = min(before, 3)
        if squeezes:
            patient.sessions.give_pain(before, PainWhen.BEFORE, session=session, key=self.key())
            self.passes(8)
            wanted = self._due()  # the pain score may have closed some
            squeezes = self._squeezes(wanted)
        if not wanted:
            return
        patient.sessions.start(wanted, easier=False, session=session)
        why = None
        if squeezes and turn:
            why = {self.plot.red: StopReason.PAIN, self.plot.tired: StopReason.TIRED}.get(number)
        self._play(session, stops_early=why is not None)
        self._send(session, "session_finished", {"stop_reason": why.value if why else None})
        if squeezes:
            self.passes(15)
            after = self._after(before, number, turn)
            self._send(session, "pain", {"score": after})
            self._send(session, "effort", {"effort": self.dice.choice((2, 3, 3, 4))})
        if turn == 0 and number in self.plot.notes:
            self._send(session, "note", {"text": self.plot.notes[number]})

    def _due(self) -> list[str]:
        wanted = coming_up.still_due(self.patient.decisions(), self.patient.counts_today())
        return [each.routine.id for each in wanted]

    def _squeezes(self, routines: list[str]) -> bool:
        known = self.patient.protocol.routines
        return any(known[routine].kind is RoutineKind.SQUEEZE for routine in routines)

    def _play(self, session: UUID, *, stops_early: bool) -> None:
        """Post each set when it is finished; a session stopped early has half of the second set."""
        running = self.patient.sessions.running_session()
        sets = running.started.fact.sets if running else ()
        for index, plan in enumerate(sets):
            half = stops_early and index == 1
            share = 0.6 if half else 1.0
            took_s = share * self._lasts_s(plan)
            self.passes(took_s)
            reps = math.ceil(share * planned_reps(plan))
            told = {"set": index, "routine": plan.routine, "reps_done": reps, "took_ms": took_s * 1000}
            self._send(session, "set_done", told)
            if half:
                return
            self.passes(self.patient.protocol.rules.between_routines.value)

    def _lasts_s(self, plan: PlannedSet) -> float:
        """Return how long a set takes: as long as its schedule, but for a test, which ends when it is done."""
        if self.patient.protocol.routines[plan.routine].kind is RoutineKind.TEST:
            weeks = (self.at - self._instant(0, time(10, 30))).days / 7
            return 17 - round(weeks / 2 + self.test_dice.uniform(0, 1), 1)
        return schedule(self.patient.protocol, [plan]).ends_s

    def _after(self, before: int, number: int, turn: int) -> int:
        """Return the score after a session: about as before, except for the two that hurt."""
        if number == self.plot.amber and turn == 1:
            return before + 2
        if number == self.plot.red and turn:
            return before + 3
        after = max(0, before + self.dice.choice((-1, 0, 0, 0, 0, 1)))
        return min(after, 5) if before < 6 else after

    def _send(self, session: UUID, kind: str, payload: dict[str, object]) -> None:
        item = {
            "id": str(self.key()),
            "kind": kind,
            "session": str(session),
            "age_ms": 0,
            "estimated": False,
            "payload": payload,
        }
        receipt = self.patient.outbox.receive([item], owner=str(self.patient.patient))
        for _id, refused in receipt.refused:
            raise refused
