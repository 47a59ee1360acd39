"""Sample data: six weeks of somebody, told to the front desk day by day with a moved clock.

Everything goes through the same gate and the same use cases as in real use, so that a sample never
shows what the product would not allow.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from random import Random
from uuid import UUID

from coach.desk import PatientDesk, clock
from coach.desk.diary import PastSet
from coach.domain import gate
from coach.domain.history import PainWhen, Reply, StopReason
from coach.domain.moments import from_wall_clock, local_date
from coach.domain.protocol import RoutineKind
from coach.domain.session import planned_reps, schedule

ZONE = "America/New_York"
COUNTRY = "US"
CLINIC = "770 555 0142"  # a number that belongs to nobody
DAYS = 42
BASELINE = 8
SEED = 7

AWAY = frozenset({9, 10, 23, 31})  # days without the app
WITHOUT_CHECK_IN = frozenset({4, 13, 27, 36})
AMBER, RED, TIRED, MISTAKE, FROM_MEMORY, WRONG_SCORE = 12, 19, 27, 15, 24, 34
NOTES = {6: "Easier after a short walk.", 16: "Slept badly.", 29: "Felt good.", 38: "Stairs are fine now."}


def write(patient: PatientDesk) -> None:
    """Record the sample with an empty desk; it ends now.

    Raises:
        ValueError: something is recorded already; a sample never mixes with it.
    """
    if patient.history().entries:
        raise ValueError("the record is not empty")
    story = _Story(patient, ends=clock.now())
    with story.telling():
        story.set_up()
        for number in range(DAYS + 1):
            story.live(number)


class _Story:
    """The teller: where in time the story is, and the dice that make it lifelike."""

    def __init__(self, patient: PatientDesk, *, ends: datetime) -> None:
        self.patient = patient
        self.ends = ends
        self.dice = Random(SEED)  # noqa: S311  the same sample every time, no secret
        self.first = local_date(ends, ZONE) - timedelta(days=DAYS)
        self.at = self._instant(0, time(10, 30))

    @contextmanager
    def telling(self) -> Iterator[None]:
        """Let the desk read the story's clock meanwhile."""
        clock.use(lambda: self.at)
        try:
            yield
        finally:
            clock.use()

    def _wall(self, number: int, at: time) -> datetime:
        return datetime.combine(self.first + timedelta(days=number), at)

    def _instant(self, number: int, at: time) -> datetime:
        return from_wall_clock(self._wall(number, at), ZONE)

    def _key(self) -> UUID:
        """Return a UUIDv7 of the story's own time, the same in every telling."""
        bits = int(self.at.timestamp() * 1000) << 80 | self.dice.getrandbits(80)
        bits = bits & ~(0xF << 76) | 7 << 76
        return UUID(int=bits & ~(3 << 62) | 2 << 62)

    def _goes(self, number: int, at: time) -> bool:
        """Move on to a local time, give or take some minutes; False where the story has ended."""
        then = self._instant(number, at) + timedelta(minutes=self.dice.randrange(20))
        if then > self.ends - timedelta(hours=3):
            return False
        self.at = max(self.at, then)
        return True

    def _pass(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)

    # set-up

    def set_up(self) -> None:
        """Answer the first questions, ten minutes after getting home."""
        patient = self.patient
        self.at += timedelta(hours=1, minutes=40)
        patient.set("zone", ZONE, key=self._key())
        patient.understand(key=self._key())
        patient.procedure_ended(self._wall(0, time(10, 30)), key=self._key())
        patient.got_home(self._wall(0, time(12, 0)), key=self._key())
        patient.baseline(BASELINE, key=self._key())
        for question in patient.protocol.questions:
            patient.reply(question.id, Reply.NO, key=self._key())
        patient.set("country", COUNTRY, key=self._key())
        patient.set("clinic_phone", CLINIC, key=self._key())
        patient.set("first_name", "Rosa", key=self._key())

    # one day

    def live(self, number: int) -> None:
        """Tell one day; the day of the procedure is day 0."""
        if number in AWAY:
            return
        hours = (13, 15, 17, 19) if number == 0 else (8, 10, 12, 14, 16, 19) if number == 1 else (9, 13, 18)
        for turn, hour in enumerate(hours):
            lazy = number > 1 and self.dice.random() < (0.12 if turn == 0 else 0.3)
            if lazy and number not in {AMBER, AMBER + 1, RED}:
                continue
            if self._goes(number, time(hour, 10)):
                self._session(number, turn)
        if number == MISTAKE and self._goes(number, time(20)):
            self._tap_a_flag_by_mistake()
        if number == FROM_MEMORY and self._goes(number, time(19, 30)):
            self._log_yesterday(number)
        if number == WRONG_SCORE and self._goes(number, time(19, 30)):
            self._take_a_score_back()
        if number and number not in WITHOUT_CHECK_IN and self._goes(number, time(20, 20)):
            average = self._pain(number)
            self.patient.check_in(
                average=average, worst=min(10, average + self.dice.choice((1, 1, 2))), key=self._key()
            )

    def _pain(self, number: int) -> int:
        """Return a score of that day: falling from 7 to between 2 and 3, with some noise and two rises."""
        rises = {AMBER: 0.6, RED: 1.0, RED + 1: 1.2, RED + 2: 0.6}
        level = 2.3 + 4.7 * math.exp(-number / 4.5) + rises.get(number, 0.0)
        return max(0, min(7, round(level + self.dice.choice((-0.7, -0.2, 0.0, 0.2, 0.7)))))

    # one session

    def _session(self, number: int, turn: int) -> None:
        """Do what the gate opens and the day still asks for, as Today's one button does."""
        patient, session = self.patient, self._key()
        patient.answer_none(whole=patient.last_check_today() is None, key=self._key())
        self._pass(12)
        wanted = self._due()
        if not wanted:
            return
        squeezes = self._squeezes(wanted)
        before = min(self._pain(number), 3) if number in {AMBER, AMBER + 1, RED} else self._pain(number)
        if squeezes:
            patient.give_pain(before, PainWhen.BEFORE, session=session, key=self._key())
            self._pass(8)
            wanted = self._due()  # the score may have closed some
            squeezes = self._squeezes(wanted)
        if not wanted:
            return
        patient.start(wanted, easier=False, session=session)
        why = None
        if squeezes and turn:
            why = {RED: StopReason.PAIN, TIRED: StopReason.TIRED}.get(number)
        self._play(session, stops_early=why is not None)
        self._send(session, "session_finished", {"stop_reason": why.value if why else None})
        if squeezes:
            self._pass(15)
            after = self._after(before, number, turn)
            self._send(session, "pain", {"score": after})
            self._send(session, "effort", {"effort": self.dice.choice((2, 3, 3, 4))})
        if turn == 0 and number in NOTES:
            self._send(session, "note", {"text": NOTES[number]})

    def _due(self) -> list[str]:
        counts = self.patient.counts_today()
        return [
            routine
            for routine, decision in self.patient.decisions().items()
            if isinstance(decision, gate.Open) and counts[routine].done < counts[routine].due
        ]

    def _squeezes(self, routines: list[str]) -> bool:
        known = self.patient.protocol.routines
        return any(known[routine].kind is RoutineKind.SQUEEZE for routine in routines)

    def _play(self, session: UUID, *, stops_early: bool) -> None:
        """Post each set when it is finished; who stops early leaves the second one half done."""
        running = self.patient.running_session()
        sets = running.started.fact.sets if running else ()
        for index, plan in enumerate(sets):
            half = stops_early and index == 1
            share = 0.6 if half else 1.0
            took_s = share * schedule(self.patient.protocol, [plan]).ends_s
            self._pass(took_s)
            reps = math.ceil(share * planned_reps(plan))
            told = {"set": index, "routine": plan.routine, "reps_done": reps, "took_ms": took_s * 1000}
            self._send(session, "set_done", told)
            if half:
                return
            self._pass(self.patient.protocol.rules.between_routines.value)

    def _after(self, before: int, number: int, turn: int) -> int:
        """Return the score after a session: about as before, but for the two that hurt."""
        if number == AMBER and turn == 1:
            return before + 2
        if number == RED and turn:
            return before + 3
        after = max(0, before + self.dice.choice((-1, 0, 0, 0, 0, 1)))
        return min(after, 5) if before < 6 else after

    def _send(self, session: UUID, kind: str, payload: dict[str, object]) -> None:
        item = {
            "id": str(self._key()),
            "kind": kind,
            "session": str(session),
            "age_ms": 0,
            "estimated": False,
            "payload": payload,
        }
        receipt = self.patient.receive([item], owner=str(self.patient.patient))
        for _id, refused in receipt.refused:
            raise refused

    # what goes otherwise

    def _tap_a_flag_by_mistake(self) -> None:
        flag = self._key()
        self.patient.report_flag("fall", key=flag)
        self._pass(40)
        self.patient.take_back_flag(flag, key=self._key())

    def _log_yesterday(self, number: int) -> None:
        """Enter a session that was done without the app the day before."""
        wall = self._wall(number - 1, time(18, 0))
        done = [PastSet("ankle_pumps", 20), PastSet("static_glutes", 10)]
        self.patient.log_past(
            wall, done, before=3, after=2, effort=3, note="At my daughter's.", key=self._key()
        )

    def _take_a_score_back(self) -> None:
        score = self._key()
        self.patient.give_pain(9, PainWhen.NOW, key=score)
        self._pass(60)
        self.patient.void(score, why="Tapped the wrong number", key=self._key())
        self._pass(5)
        self.patient.give_pain(2, PainWhen.NOW, key=self._key())
