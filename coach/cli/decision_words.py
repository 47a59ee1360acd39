"""One moment of a story in words for a physiotherapist: what is open or closed, by which rule."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import assert_never, cast
from uuid import UUID

from coach.domain import decisions, dosing
from coach.domain.course import Course
from coach.domain.day_counts import DayCount
from coach.domain.facts import RedFlagYes, Score
from coach.domain.protocol import Protocol, Routine
from coach.domain.protocol_changes import HoursAfter
from coach.domain.times import local
from coach.i18n import _
from coach.scenarios.days import Days
from coach.scenarios.expectations import Difference, Moment
from coach.text import doses, pain, plan, plan_states, protocol_labels, protocols, reasons, times

COLUMNS = 88
STEP = "  "


@dataclass(frozen=True, slots=True)
class Said:
    """The state of one exercise, and the lines that explain it."""

    state: str
    lines: tuple[str, ...]


class Decision:
    """One moment's answers in words."""

    def __init__(self, moment: Moment) -> None:
        self.moment = moment
        self.case = moment.case
        self.protocol = moment.case.protocol
        self.now = moment.at
        self.zone = moment.case.history.zone

    def lines(self) -> Iterator[str]:
        """Yield the lines of the moment: time, place in the course, what is open and closed."""
        yield _("{when} ({zone})").format(when=dated(self.now, self.zone), zone=self.zone)
        for line in self._course():
            yield from wrapped(line, 1)
        answers = self.moment.answers.values()
        opened = [(each.routine, self._opened(each)) for each in answers if isinstance(each, decisions.Open)]
        closed = [
            (each.routine, self._closed(each)) for each in answers if isinstance(each, decisions.Locked)
        ]
        for heading, found in ((_("OPEN"), opened), (_("CLOSED"), closed)):
            if found:
                yield ""
                yield STEP + heading
                for names, said in together(found):
                    yield from wrapped(_("{exercises}: {state}").format(exercises=names, state=said.state), 2)
                    for line in said.lines:
                        yield from wrapped(line, 3)

    def _course(self) -> Iterator[str]:
        course = self.case.course
        if course is None:
            yield _("No procedure is recorded.")
            return
        began = course.procedure.at
        hours, minutes = divmod(int(abs(self.now - began) / timedelta(minutes=1)), 60)
        day = (local(self.now, self.zone).date() - local(began, self.zone).date()).days
        told = {"day": day, "hours": hours, "minutes": minutes, "when": dated(began, self.zone)}
        since = _("Day {day}: {hours} h {minutes} min after the procedure, which ended on {when}.")
        ahead = _("{hours} h {minutes} min before the procedure, which ends on {when}.")
        yield (since if began <= self.now else ahead).format(**told)
        yield self._home(course)
        span = course.span_at(self.now)
        if span and began <= self.now:
            text = _("Phase “{phase}” since {when}.")
            if span.ends:
                text = _("Phase “{phase}” from {when} to {ends}.")
            ends = times.point(span.ends, self.zone, now=self.now) if span.ends else ""
            yield text.format(phase=_(span.phase.name), when=self._point(span.starts), ends=ends)

    def _home(self, course: Course) -> str:
        if course.home is None:
            return _("Not home yet.")
        text = _("At home since {when}.") if course.home <= self.now else _("At home from {when} on.")
        if course.home_assumed:
            text = _("Nobody said when they got home: {when} is assumed.")
        return text.format(when=dated(course.home, self.zone))

    # what is open

    def _opened(self, answer: decisions.Open) -> Said:
        routine, dose = answer.routine, answer.dose
        state = _("{dose}, {often}").format(dose=doses.dose(routine, dose), often=doses.often(dose))
        lines = [
            _("Done today: {n} of at most {most}. Easier today: {dose}.").format(
                n=answer.done_today,
                most=dosing.cap(routine, dose),
                dose=doses.dose(routine, answer.easier),
            )
        ]
        if not any(isinstance(step, decisions.Overridden) for step in answer.steps):
            lines.append(_("Rule 4: Dose of the phase “{phase}”.").format(phase=_(answer.phase.name)))
        for step in answer.steps:
            lines.append(self._step(step))
            lines.append(self._reads(doses.step(step, self.zone, now=self.now)))
        return Said(state, tuple(lines))

    def _step(self, step: decisions.Step) -> str:
        match step:
            case decisions.FirstDose(until):
                clearing = dosing.after_clearing(self.case, self.now)
                if clearing is not None and clearing == until:
                    return _("Rule 17: {rule}.").format(rule=self._rule("first_dose_after_red_flag"))
                first = protocols.plain(self.protocol.rules.first_dose.plain)
                rule = self._rule("first_dose_for")
                return _("Rule 4: {dose} at most. {rule}.").format(dose=first, rule=rule)
            case decisions.Halved():
                return _("Rule 13: {rule}.").format(rule=self._rule("amber_reps"))
            case decisions.Overridden(_why, _until, entry):
                return _("Rule 9: {change}").format(change=self._change(entry))
            case _:
                assert_never(step)

    # what is closed

    def _closed(self, answer: decisions.Locked) -> Said:
        lines = []
        if answer.opens_at is None:
            lines.append(_("Does not open by itself: somebody has to act."))
        else:
            lines.append(
                _("Opens {when}, in {span}.").format(
                    when=self._point(answer.opens_at), span=times.span(answer.opens_at - self.now)
                )
            )
        lines += [self._why(why, answer.routine) for why in answer.told]
        lines.append(self._reads(reasons.closed_by(answer, self.case)))
        return Said(", ".join(map(plan_states.closed, answer.told)), tuple(lines))

    def _why(  # noqa: C901  one match lists every reason
        self, why: decisions.Reason, routine: Routine
    ) -> str:
        """Return the basis of a reason: entry or number of the protocol, and the clinical rule."""
        match why:
            case decisions.NoProcedure():
                return _("Rule 3: Everything is counted from the procedure’s end.")
            case decisions.FutureTime(at):
                return _("Rule 6: {when} lies ahead.").format(when=dated(at, self.zone))
            case decisions.Contradictory(procedure, home):
                return _("Rule 3: At home {home}, but the procedure ended {procedure}.").format(
                    home=dated(home, self.zone), procedure=dated(procedure, self.zone)
                )
            case decisions.OpenRedFlag(_flag, entry):
                return _("Rule 17: {flag}").format(flag=self._flag(entry))
            case decisions.Held(_why_held, _until, _since, entry):
                return _("Rule 6: {change}").format(change=self._change(entry))
            case decisions.NeedsClinic(question):
                return _("Rule 11: The answer to “{question}” needs the clinic’s word.").format(
                    question=_(question.text)
                )
            case decisions.Unanswered(question):
                return _("Rule 11: “{question}” has no answer.").format(question=_(question.text))
            case decisions.NotHome(assumed):
                if assumed is None:
                    return _("Rule 3: Before the arrival at home everything is closed.")
                return _("Rule 3: {rule}.").format(rule=self._rule("home_fallback"))
            case decisions.Sleepy():
                return _("Rule 6: {rule}.").format(rule=self._rule("drowsy_closes_for"))
            case decisions.AfterRed():
                return _("Rule 6: {rule}.").format(rule=self._rule("red_light_closes_for"))
            case decisions.TooMuchPain(score):
                return self._pain(cast("Score", score))
            case decisions.NeedsRelease():
                return _("Rule 24: No physiotherapist released it.")
            case decisions.WeekDone(done, days):
                return _("Rule 24: Done on {n} of the last 7 days, of {most} a week.").format(
                    n=done, most=days
                )
            case decisions.TooEarly(phase, opens):
                if phase is None and opens is not None:
                    return _("Rule 24: It is not its time yet.")
                if phase is None:
                    return _("Rule 4: No phase to come opens it.")
                return _("Rule 4: The phase “{phase}” opens it, earliest {when}.").format(
                    phase=_(phase.name),
                    when=protocols.opening(HoursAfter(phase.anchor, phase.opens_after.value)),
                )
            case decisions.DoseDone(done, cap):
                return _("Rule 7: Done today: {n} of at most {most}.").format(n=done, most=cap)
            case decisions.TooSoon():
                return self._gap(routine)
            case _:
                assert_never(why)

    def _pain(self, score: Score) -> str:
        own = self.case.pain_limit_at(self.now)
        said = _("Pain is {score}.").format(score=pain.score(score, self.protocol))
        if own:
            return _("Rule 6: {pain} {change} {rule}.").format(
                pain=said, change=self._change(own.id), rule=self._rule("pain_closes_for")
            )
        return _("Rule 6: {pain} {from_rule}. {for_rule}.").format(
            pain=said, from_rule=self._rule("pain_limit"), for_rule=self._rule("pain_closes_for")
        )

    def _gap(self, routine: Routine) -> str:
        shaped = dosing.dose(self.case, routine, self.now)
        last = self.case.last_ends.get(routine.id)
        if shaped is None or last is None:
            raise AssertionError("a gap follows a set of an open dose")
        return _("Rule 7: The last set ended {when}. At least {gap} lie between two sets.").format(
            when=self._point(last), gap=times.length(dosing.gap(routine, shaped[0]))
        )

    def _rule(self, name: str) -> str:
        number = getattr(self.protocol.rules, name)
        words = _(protocol_labels.RULES[name])
        return _("{rule}: {number}").format(rule=words, number=protocols.quantity(number))

    def _change(self, entry: UUID) -> str:
        """Return what a physiotherapist changed, and why, in their words."""
        told = plan.told(
            self.case.history.by_id[entry],
            self.case,
            who=_("A physiotherapist"),
            zone=self.zone,
            now=self.now,
        )
        return _("{change} Why: “{why}”.").format(change=told.did, why=told.why) if told.why else told.did

    def _flag(self, entry: UUID) -> str:
        flag = next(each for each in self.case.history.of(RedFlagYes) if each.id == entry)
        return plan.open_flag(flag, self.protocol, self.zone, now=self.now)

    def _reads(self, text: str) -> str:
        return _("The patient reads: “{text}”").format(text=text)

    def _point(self, at: datetime) -> str:
        return times.point(at, self.zone, now=self.now)


def verdict(differences: Sequence[Difference]) -> Iterator[str]:
    """Yield that everything is as the file expects, or the differences."""
    if not differences:
        yield from wrapped(_("As the file expects."), 1)
    for each in differences:
        text = _("DIFFERS: {what}: the file expects {expected}; it is {found}.")
        yield from wrapped(text.format(what=each.what, expected=each.expected, found=each.found), 1)


def day(found: Days, protocol: Protocol) -> Iterator[str]:
    """Yield the result of one or several days."""
    first, last = (times.dated(each, today=date.min) for each in (found.first, found.last))
    if found.first == found.last:
        yield _("{day}, looked back on").format(day=first)
        rows = [(protocol.routines[name], Said(_counted(each), ())) for name, each in found.counts.items()]
        for names, said in together(rows):
            yield from wrapped(_("{exercises}: {state}").format(exercises=names, state=said.state), 2)
    else:
        yield _("{first} to {last}, looked back on").format(first=first, last=last)
    if found.share is None:
        yield from wrapped(_("Nothing was due."), 1)
    else:
        share = round(100 * found.share)
        yield from wrapped(_("Of what was due {n} % was done.").format(n=share), 1)


def _counted(count: DayCount) -> str:
    if not count.due and not count.done:
        return _("nothing due")
    if count.days > 1:
        text = _("done on {done} of {due} days of the week")
        if count.over:
            text = _("done on {done} of {due} days of the week; more than the dose allows")
        return text.format(done=count.done, due=count.due)
    text = (
        _("{done} done of {due} due; more than the dose allows")
        if count.over
        else _("{done} done of {due} due")
    )
    return text.format(done=count.done, due=count.due)


def dated(at: datetime, zone: str) -> str:
    """Return day and time with the year: "Wednesday, 4 June 2025, 12:00"."""
    # Compared with the year 1, so that the year is always given.
    day_said = times.dated(local(at, zone).date(), today=date.min)
    return _("{day}, {time}").format(day=day_said, time=times.clock_time(at, zone))


def together(found: Sequence[tuple[Routine, Said]]) -> list[tuple[str, Said]]:
    """Group exercises with the same text; each is given by its name and its clinical name."""
    names: dict[Said, list[str]] = {}
    for routine, said in found:
        names.setdefault(said, []).append(_exercise(routine))
    return [(", ".join(each), said) for said, each in names.items()]


def _exercise(routine: Routine) -> str:
    name, clinical = _(routine.name), _(routine.clinical_name)
    if name.lower() == clinical.lower():
        return name
    return _("{name} ({clinical})").format(name=name, clinical=clinical)


def wrapped(text: str, depth: int) -> Iterator[str]:
    """Yield a text as lines that fit a terminal, indented by steps.

    Continuation lines one step more.
    """
    indent = STEP * depth
    yield from textwrap.wrap(
        text, COLUMNS, initial_indent=indent, subsequent_indent=indent + STEP, break_on_hyphens=False
    )
