"""Triage: who needs a physiotherapist, why and from when, by the entries alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import cached_property
from statistics import fmean
from uuid import UUID

from coach.domain import (
    bone_health,
    caseload_order,
    facts,
    measures,
    messages,
    outcome,
    pain,
    pain_change,
    plan,
    red_flags,
    release_criteria,
    rising_pain,
    waiting,
)
from coach.domain.case import Case
from coach.domain.derived import derived
from coach.domain.history import Entry, by_clinician, last_by_patient
from coach.domain.need import ABOUT_MESSAGES, OVERDUE, STAY_IN_PLACE, Detail, Need, NeedReason
from coach.domain.standing import is_discharged
from coach.domain.times import BEGINNING, FOREVER, local_date, midnight_after, start_of_day

DAY = timedelta(days=1)
AHEAD = 14  # days after the last entry over which "nothing more is recorded" is computed


@derived
def needs(case: Case) -> tuple[Need, ...]:
    """Return every need that can hold at or after the last entry was recorded, most urgent first.

    A discharged patient only has open red flags as needs. A patient without entries has "not
    begun".
    """
    if not case.history.counted:
        detail = {"missing": waiting.Missing.EVERYTHING.value}
        return (
            Need(NeedReason.NOT_BEGUN, f"{NeedReason.NOT_BEGUN.value}:nothing", BEGINNING, FOREVER, detail),
        )
    look = _Look(case)
    found = [need for need in look.all() if need.until_at > max(need.from_at, look.last)]
    return caseload_order.most_urgent_first(found)


class _Look:
    """Gathers the needs of one case."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.protocol = case.protocol
        self.rules = case.rules
        self.history = case.history
        self.last = case.history.index.last_recorded or BEGINNING
        self.today = local_date(self.last, case.history.zone)

    def all(self) -> Iterator[Need]:
        yield from self.red_flags()
        if is_discharged(self.history):
            return
        yield from self.high_pain()
        yield from self.red_lights()
        yield from caseload_order.one_after_the_other(self.pain_up())
        yield from caseload_order.one_after_the_other(self.pain_rising())
        yield from self.pain_worse()
        yield from self.answers()
        yield from self.unread()
        yield from self.unanswered()
        yield from self.times_asked()
        yield from self.over_doing()
        yield from self.silent()
        yield from self.function_down()
        yield from self.review_due()
        yield from self.not_begun()
        yield from self.on_hold()
        yield from self.bone_treatment()
        yield from self.low()
        yield from self.ready_to_release()

    def need(
        self, reason: NeedReason, name: object, begins: datetime, ends: datetime, detail: Detail | None = None
    ) -> Need:
        key = f"{reason.value}:{name}"
        told = dict(detail or {})
        seen, until = self.seen.get(key), BEGINNING
        if seen and reason not in ABOUT_MESSAGES:
            told |= {"seen": str(seen.id), "seen_by": seen.author, "seen_at": seen.recorded_at.isoformat()}
            told |= {"seen_note": seen.fact.note} if seen.fact.note else {}
            if reason not in STAY_IN_PLACE:
                until = midnight_after(seen.recorded_at, self.history.zone)
        return Need(reason, key, begins, ends, told, until)

    @cached_property
    def seen(self) -> Mapping[str, Entry[facts.Seen]]:
        """Return the latest "seen" of each key, without those that were undone."""
        found: dict[str, Entry[facts.Seen]] = {}
        for seen in sorted(self.history.of(facts.Seen), key=lambda entry: entry.seq):
            if by_clinician(seen):
                found |= dict.fromkeys(seen.fact.needs, seen)
        return found

    def in_time(
        self,
        reason: NeedReason,
        name: object,
        begins: datetime,
        ends: datetime,
        wait: timedelta,
        detail: Detail,
    ) -> Iterator[Need]:
        """Yield a need that can wait for a while, then one that cannot."""
        late = begins + wait
        yield self.need(reason, name, begins, min(late, ends), detail)
        if late < ends:
            yield self.need(reason, f"{name}{OVERDUE}", late, ends, {**detail, "overdue": 1})

    @cached_property
    def bad(self) -> Detail:
        """The latest pain as a detail for sorting; empty if no score is known."""
        latest = rising_pain.latest(self.history)
        return {"bad": round(9 * rising_pain.as_number(self.protocol, latest.fact.score))} if latest else {}

    def end_of_next_day(self, day: date) -> datetime:
        return start_of_day(day + 2 * DAY, self.history.zone)

    def red_flags(self) -> Iterator[Need]:
        for flag in red_flags.open_flags(self.case):
            known = self.protocol.red_flags.get(flag.fact.flag)
            detail = {"flag": flag.fact.flag, "level": known.level.value if known else ""}
            yield self.need(NeedReason.RED_FLAG, flag.id, flag.at, FOREVER, detail)

    def high_pain(self) -> Iterator[Need]:
        """Pain high on days in a row, for as long as Today tells the patient to call the clinic."""
        if self.case.course is None:
            return
        for run in rising_pain.high_runs(self.case, since=self.case.course.procedure.at):
            detail: Detail = {"days": run.days, "first": run.first.isoformat(), **self.bad}
            yield self.need(NeedReason.HIGH_PAIN, run.first, run.at, self.end_of_next_day(run.last), detail)

    def red_lights(self) -> Iterator[Need]:
        """A red light: a session that was red twice is one need, from when it last became red."""
        lasts = self.rules.red_light_closes_for.span
        for lit in pain.lit_sessions(self.case):
            if not lit.red_from:
                continue
            begins = ends = BEGINNING
            for red in sorted(lit.red_from):
                begins, ends = (begins if red <= ends else red), red + lasts
            yield self.need(NeedReason.RED_LIGHT, lit.session.id, begins, ends, self.bad)

    def pain_up(self) -> Iterator[Need]:
        """A day on which pain rose, to the end of the next one."""
        for rise in rising_pain.rises(self.case, since=self.today - DAY):
            detail: Detail = {
                "rise": round(rise.score - rise.usual, 9),
                "score": rise.score,
                "median": rise.usual,
                **self.bad,
            }
            yield self.need(NeedReason.PAIN_UP, rise.day, rise.at, self.end_of_next_day(rise.day), detail)

    def pain_rising(self) -> Iterator[Need]:
        """A day up to which pain has risen slowly, to the end of the next one."""
        days = rising_pain.daily_pain(self.history)
        for day in (self.today - DAY, self.today):
            found = rising_pain.rising(self.protocol, days, day)
            if found:
                first = min(
                    entry.at
                    for entry in pain.by_day(self.history)[day]
                    if entry.fact.when in facts.PAIN_OF_A_DAY and isinstance(entry.fact.score, int)
                )
                detail: Detail = {
                    "usual": found.usual,
                    "lowest": found.lowest,
                    "over": found.over,
                    **self.bad,
                }
                yield self.need(NeedReason.PAIN_RISING, day, first, self.end_of_next_day(day), detail)

    def pain_worse(self) -> Iterator[Need]:
        """A week's mean above the pain before the procedure, while Progress says "Tell your clinic"."""
        window = self.rules.better_window.whole
        changes = {day: self.change(day) for day in (self.today + n * DAY for n in range(window + 1))}
        worse = [day for day, change in changes.items() if rising_pain.worse(self.protocol, change)]
        if not worse:
            return
        first = worse[0]
        while first <= self.today and rising_pain.worse(self.protocol, self.change(first - DAY)):
            first -= DAY
        begins = start_of_day(first, self.history.zone)
        ends = start_of_day(worse[-1] + DAY, self.history.zone)
        # The mean moves on by itself: each day has its own, as Progress and Review say it.
        known = {day: each.mean for day, each in changes.items() if each.mean is not None}
        means = {day.isoformat(): round(mean, 9) for day, mean in known.items()}
        detail: Detail = {"baseline": changes[worse[0]].baseline or 0, **means, **self.bad}
        yield self.need(NeedReason.PAIN_WORSE, first, begins, ends, detail)

    def change(self, day: date) -> pain_change.PainChange:
        return pain_change.pain_change(self.case, today=day)

    def answers(self) -> Iterator[Need]:
        """A set-up answer that keeps something closed until the clinic agrees."""
        for question, reply in waiting.answers(self.case):
            detail = {"question": question.id}
            yield self.need(NeedReason.ANSWER, reply.id, reply.recorded_at, FOREVER, detail)

    def function_down(self) -> Iterator[Need]:
        """Activities clearly worse than before the procedure, until a physiotherapist reviews."""
        scored = [each for each in measures.results(self.case) if each.mean is not None]
        if not scored or not measures.is_down(scored[-1]):
            return
        latest = scored[-1]
        since = max(each.entry.recorded_at for each in latest.scores)
        name = f"{latest.occasion.id}:{since.isoformat()}"
        if not self.reviewed(f"{NeedReason.FUNCTION_DOWN.value}:{name}", since):
            detail: Detail = {"occasion": latest.occasion.name, "points": round(-(latest.change or 0), 9)}
            yield self.need(NeedReason.FUNCTION_DOWN, name, since, FOREVER, detail)

    def not_begun(self) -> Iterator[Need]:
        """A course in which nothing can open before more is recorded."""
        found = waiting.not_begun(self.case)
        if found:
            wait, ends = self.rules.not_begun_after.span, found.until or FOREVER
            detail = {"missing": found.missing.value}
            yield from self.in_time(
                NeedReason.NOT_BEGUN, found.missing.value, found.since, ends, wait, detail
            )

    def on_hold(self) -> Iterator[Need]:
        """A hold on everything: can wait at first, is to be reviewed when it lasts."""
        for held in waiting.all_on_hold(self.case):
            ends = held.until or FOREVER
            detail = {"until": held.until.isoformat()} if held.until else {}
            wait = self.rules.hold_asks_after.span
            yield from self.in_time(NeedReason.ON_HOLD, held.entry, held.since, ends, wait, detail)

    def bone_treatment(self) -> Iterator[Need]:
        """No bone treatment is arranged, or it is not known, until a physiotherapist marks it."""
        told = bone_health.not_arranged(self.case)
        if told:
            detail: Detail = {"occasion": told.fact.occasion, "known": int(told.fact.state is not None)}
            need = self.need(NeedReason.BONE_TREATMENT, told.id, told.recorded_at, FOREVER, detail)
            if need.key not in self.seen:
                yield need

    def times_asked(self) -> Iterator[Need]:
        """An undecided request for an earlier time; one from before a new course has lapsed."""
        for asked in plan.waiting_requests(self.case):
            detail = {"what": asked.fact.what.value, "to": asked.fact.to.isoformat()}
            yield self.need(NeedReason.TIME_ASKED, asked.id, asked.at, FOREVER, detail)

    def over_doing(self) -> Iterator[Need]:
        """A day with more sets than the dose allows, from the end of the set that passed it."""
        for day in (self.today - DAY, self.today):
            counts = [count for count in outcome.day(self.case, day).values() if count.over]
            passed = [
                (count.done / count.most, outcome.passed_at(self.case, count), count) for count in counts
            ]
            if passed:
                _, _, most = max(passed, key=lambda each: each[0])
                share = most.done / outcome.dose_sets(self.protocol, most)
                over: Detail = {"share": share, "bad": round(10 * share)}
                detail = {"routine": most.routine, "done": most.done, **over}
                begins = min(at for _, at, _ in passed)
                yield self.need(NeedReason.OVER_DOING, day, begins, self.end_of_next_day(day), detail)

    def silent(self) -> Iterator[Need]:
        """Nothing from the patient for a while since their last entry, or since a course began.

        While the patient is away silence does not count; it is counted again from the return.
        """
        known = self.case.course
        if known is None:
            return
        last = last_by_patient(self.history)
        since, who = max(known.procedure.at, known.first.recorded_at), known.first.id
        if last and last.recorded_at >= since:
            since, who = last.recorded_at, last.id
        wait = self.rules.silent_after.span
        for away in sorted(self.history.of(facts.Away), key=lambda each: each.fact.begins):
            if not max(since, away.fact.begins) < away.fact.ends:
                continue
            if since + wait < away.fact.begins:
                yield self.silence(who, since, away.fact.begins)
            since, who = away.fact.ends, away.id
        yield self.silence(who, since, FOREVER)

    def silence(self, who: UUID, since: datetime, ends: datetime) -> Need:
        detail = {"since": since.isoformat()}
        return self.need(NeedReason.SILENT, who, since + self.rules.silent_after.span, ends, detail)

    def low(self) -> Iterator[Need]:
        """A completed share that is low, or below what is on track, over the last complete days.

        It is computed at each midnight. The present run of such midnights is followed back to its
        begin.
        """
        kinds = {day: self.kept(day) for day in (self.today + n * DAY for n in range(AHEAD + 1))}
        first = self.today
        while kinds[first] is not None and self.kept(first - DAY) == kinds[first]:
            kinds[first - DAY] = kinds[first]
            first -= DAY
        run: list[date] = []
        for day in [*sorted(kinds), None]:
            if run and (day is None or kinds[day] != kinds[run[-1]]):
                yield from self.low_need(kinds[run[0]], run[0], day)
                run = []
            if day is not None:
                run.append(day)

    def low_need(self, reason: NeedReason | None, begun: date, ended: date | None) -> Iterator[Need]:
        if reason is None:
            return
        share = self.low_share(max(begun, self.today))
        detail: Detail = (
            {} if share is None else {"share": share, "bad": round(caseload_order.WORST * (1 - share))}
        )
        begins = start_of_day(begun, self.history.zone)
        ends = FOREVER if ended is None else start_of_day(ended, self.history.zone)
        yield self.need(reason, begun, begins, ends, detail)

    def kept(self, day: date) -> NeedReason | None:
        """Return the reason by the mean share before that day's midnight.

        None if on track or unknown.
        """
        share = self.low_share(day)
        if share is None or share >= self.rules.on_track_from.value:
            return None
        return NeedReason.LOW if share < self.rules.partly_from.value else NeedReason.PARTLY

    def low_share(self, day: date) -> float | None:
        """Return the mean share of the complete days before that day's midnight.

        None if too few are known.
        """
        days = (day - n * DAY for n in range(1, self.rules.low_over.whole + 1))
        before = (outcome.day_share(self.case, each) for each in days)
        known = [share for share in before if share is not None]
        return round(fmean(known), 9) if len(known) >= self.rules.low_needs.whole else None

    def review_due(self) -> Iterator[Need]:
        """A phase that asks for a review of the patient, until a physiotherapist has made it."""
        for span in self.case.course.spans if self.case.course else ():
            key = f"{NeedReason.REVIEW_DUE.value}:{span.phase.id}"
            if span.phase.review_due and not self.reviewed(key, span.starts):
                wait, detail = self.rules.review_asks_after.span, {"phase": span.phase.name}
                yield from self.in_time(
                    NeedReason.REVIEW_DUE, span.phase.id, span.starts, FOREVER, wait, detail
                )

    def ready_to_release(self) -> Iterator[Need]:
        """An exercise that meets its criteria, until it is released or a physiotherapist has seen it."""
        reason, days = NeedReason.READY_TO_RELEASE, AHEAD
        for routine in self.protocol.routines.values():
            if not release_criteria.decided_against(self.case, routine, f"{reason.value}:{routine.id}"):
                for begins, ends in release_criteria.ready(self.case, routine, now=self.last, days=days):
                    yield self.need(reason, routine.id, begins, ends, {"routine": routine.id})

    def reviewed(self, key: str, since: datetime) -> bool:
        """Tell whether a physiotherapist has marked it as seen since then, or changed the plan."""
        return any(
            by_clinician(entry)
            and entry.recorded_at >= since
            and entry.id not in self.history.voided
            and (
                isinstance(entry.fact, facts.PLAN)
                or (
                    isinstance(entry.fact, facts.Seen)
                    and not {key, f"{key}{OVERDUE}"}.isdisjoint(entry.fact.needs)
                )
            )
            for entry in self.history.told(facts.Seen, *facts.PLAN)
        )

    def unread(self) -> Iterator[Need]:
        """The patient's messages that no physiotherapist has read."""
        wait = [each.message for each in messages.waiting(self.history) if each.read is None]
        if wait:
            yield self.need(
                NeedReason.UNREAD, wait[-1].id, wait[-1].recorded_at, FOREVER, {"count": len(wait)}
            )

    def unanswered(self) -> Iterator[Need]:
        """Messages that were read, but neither answered nor marked as needing no answer."""
        wait = [(each.message, each.read) for each in messages.waiting(self.history) if each.read]
        if wait:
            (first, read), (latest, _read) = wait[0], wait[-1]
            detail: Detail = {"count": len(wait), "since": first.recorded_at.isoformat()}
            yield self.need(NeedReason.UNANSWERED, latest.id, read.recorded_at, FOREVER, detail)
