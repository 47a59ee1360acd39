"""Findings for the physiotherapist: sentences from the figures of the charts.

A sentence may contain names and text that people wrote: show it as plain text, never as Markdown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import assert_never

from coach.domain import bone_health as bone_health_rules
from coach.domain import day_counts, outcome, pain_change
from coach.domain import decisions as gate_decisions
from coach.domain.case import Case
from coach.domain.facts import Away, CourseDetail, Detail, StopReason
from coach.domain.history import Entry, History
from coach.domain.pain import Light
from coach.domain.pain_change import Verdict
from coach.domain.protocol import FlagLevel
from coach.domain.times import local_date
from coach.i18n import N_, _, ngettext
from coach.i18n.sentences import in_a_row, listed_names
from coach.review.clinic import frames as clinic_frames
from coach.review.clinic.frames import Band
from coach.review.clinic.news_items import (
    Answers,
    AverageMoved,
    Awake,
    Checks,
    FlagTold,
    InWords,
    Item,
    Lights,
    PainNotKnown,
    RightNow,
    Sessions,
    Settings,
    Unread,
    Written,
)
from coach.review.patient import findings
from coach.review.patient.frames import Cell
from coach.text import bone_health as bone_health_text
from coach.text import estimates, short_dates
from coach.text import pain as pain_text
from coach.text.clinic_entries import EntryTold, flag_name, told
from coach.text.outcome_measures import number

HOURS_TOLD_TO_DAY = 7

DETAILS = {
    Detail.LEVELS: N_("Levels treated"),
    Detail.CAUSE: N_("Cause"),
    Detail.COMPLICATIONS: N_("Complications"),
    Detail.BONE_TREATMENT: N_("Bone treatment"),
    Detail.FALLS: N_("Falls"),
    Detail.OPIOID: N_("Opioid"),
    Detail.BLOOD_THINNER: N_("Blood thinner"),
    Detail.STEROID: N_("Steroid"),
}
LEVELS = {
    FlagLevel.EMERGENCY: N_("emergency"),
    FlagLevel.URGENT: N_("urgent"),
    FlagLevel.ASK: N_("ask"),
}
STOPS = {
    StopReason.ENOUGH: N_("done enough"),
    StopReason.PAIN: N_("pain"),
    StopReason.TIRED: N_("tired"),
    StopReason.UNWELL: N_("unwell"),
    StopReason.INTERRUPTED: N_("interrupted"),
    StopReason.OTHER: N_("something else"),
}
BANDS = {
    Band.ON_TRACK: N_("on track"),
    Band.PARTLY: N_("partly"),
    Band.LOW: N_("low"),
    Band.NOT_DUE: N_("not due"),
}


# who and where


def place(case: Case, *, now: datetime) -> str:
    """Return the place in the course: "Day 5, First week, 123 hours after the procedure".

    After the first days the hours are left out.
    """
    known = case.course
    if known is None:
        return _("No procedure is recorded yet.")
    if known.procedure.at > now:
        return _("The procedure lies ahead.")
    days = (local_date(now, case.history.zone) - local_date(known.procedure.at, case.history.zone)).days
    hours = int((now - known.procedure.at) / timedelta(hours=1))
    span = known.span_at(now)
    phase = _(span.phase.name) if span else _("not home yet")
    if days > HOURS_TOLD_TO_DAY:
        return _("Day {day}, {phase}").format(day=days, phase=phase)
    if known.procedure.fact.earliest:
        return ngettext(
            "Day {day}, {phase}, at least {hours} hour after the procedure",
            "Day {day}, {phase}, at least {hours} hours after the procedure",
            hours,
        ).format(day=days, phase=phase, hours=hours)
    return ngettext(
        "Day {day}, {phase}, {hours} hour after the procedure",
        "Day {day}, {phase}, {hours} hours after the procedure",
        hours,
    ).format(day=days, phase=phase, hours=hours)


def case_facts(case: Case, *, now: datetime) -> tuple[tuple[str, str], ...]:
    """Return the known details of the course as names and values."""
    known = case.course
    facts: list[tuple[str, str]] = []
    if known:
        ended = known.procedure
        facts.append(
            (_("Procedure ended"), estimates.short(ended.at, ended.fact.earliest, case.history.zone))
        )
        if known.home is None:
            home = _("not yet")
        else:
            home = estimates.short(known.home, known.home_earliest, case.history.zone)
            home = _("{moment} (assumed)").format(moment=home) if known.home_assumed else home
        facts.append((_("Home"), home))
        change = pain_change.pain_change(case, today=local_date(known.procedure.at, case.history.zone))
        if change.baseline is not None:
            facts.append((_("Pain before"), str(change.baseline)))
    facts += [
        (_("Away"), short_dates.stretch(away.fact.begins, away.fact.ends, case.history.zone))
        for away in case.history.of(Away)
        if now < away.fact.ends
    ]
    facts += [(_(DETAILS[detail]), text) for detail, text in details(case.history).items() if text]
    return tuple(facts)


def bone_health(case: Case) -> str:
    """Return what the patient said about their bones: "treatment not arranged (Week 6)"; or ""."""
    told: dict[str, list[str]] = {}
    for entry in bone_health_rules.latest(case).values():
        when = bone_health_text.occasion_in_a_sentence(entry.fact.occasion, case.protocol)
        told.setdefault(when, []).append(bone_health_text.short(entry.fact))
    said = (
        _("{what} ({occasion})").format(what=in_a_row(each), occasion=when) for when, each in told.items()
    )
    return in_a_row(said)


def details(history: History) -> Mapping[Detail, str]:
    """Return the latest text of each course detail, in their order; "" if there is none."""
    latest = {entry.fact.detail: entry.fact.text for entry in sorted(history.of(CourseDetail), key=_seq)}
    return {detail: latest.get(detail, "") for detail in Detail}


def _seq(entry: Entry[CourseDetail]) -> int:
    return entry.seq


# what changed


def item(  # noqa: C901  one match lists every kind of item
    what: Item, case: Case, authors: Mapping[str, str]
) -> str:
    """Return one news item as a sentence; `authors` has the authors' names."""
    zone = case.history.zone
    match what:
        case FlagTold(at, entry, still):
            return _("Red flag: {flag}, {when}, {state}.").format(
                flag=flag_name(entry.fact.flag, case.protocol),
                when=short_dates.moment(at, zone),
                state=_("open") if still else _("not open any more"),
            )
        case Lights(at, light, count):
            return _lights(light, count, short_dates.moment(at, zone))
        case AverageMoved():
            return _average(what)
        case RightNow(_at, count, highest, entry, latest):
            if count == 1:
                return _("Pain right now: {latest}, {when}.").format(
                    latest=latest, when=short_dates.moment(entry.at, zone)
                )
            return _("Pain right now, {n} times: {latest} at last; highest {highest}, {when}.").format(
                n=count, latest=latest, highest=highest, when=short_dates.moment(entry.at, zone)
            )
        case InWords(_at, count, latest):
            words = pain_text.in_words(latest, case.protocol)
            return ngettext(
                "Pain told in words: {words}.", "Pain told in words, {n} times: {words} at last.", count
            ).format(n=count, words=words)
        case PainNotKnown(_at, count):
            return ngettext(
                "Pain was asked for once and not known.",
                "Pain was asked for {n} times and not known.",
                count,
            ).format(n=count)
        case Sessions():
            return _sessions(what)
        case Unread(at, count):
            return ngettext(
                "Messages: {n} unread, {when}.", "Messages: {n} unread, the latest {when}.", count
            ).format(n=count, when=short_dates.moment(at, zone))
        case Written(at, by_patient, by_clinic):
            return _("Messages: {n} by the patient, {m} by the clinic, the latest {when}.").format(
                n=by_patient, m=by_clinic, when=short_dates.moment(at, zone)
            )
        case Answers(_at, count, closing):
            said = ngettext("{n} set-up question answered", "{n} set-up questions answered", count)
            closed = ngettext("{n} of them closes something", "{n} of them close something", len(closing))
            tail = closed.format(n=len(closing)) if closing else _("none of them closes anything")
            return _("{said}, {tail}.").format(said=said.format(n=count), tail=tail)
        case Checks(at, count):
            return ngettext(
                "Warning signs checked once, none there: {when}.",
                "Warning signs checked {n} times, none there; the latest {when}.",
                count,
            ).format(n=count, when=short_dates.moment(at, zone))
        case Awake(at, count):
            return ngettext(
                "Asked once whether sleepy or dizzy, and not: {when}.",
                "Asked {n} times whether sleepy or dizzy, and not; the latest {when}.",
                count,
            ).format(n=count, when=short_dates.moment(at, zone))
        case Settings(_at, count):
            return ngettext("{n} setting changed.", "{n} settings changed.", count).format(n=count)
        case EntryTold():
            return told(what, case, authors)
        case _:
            assert_never(what)


def _lights(light: Light, count: int, when: str) -> str:
    if light is Light.RED:
        text = ngettext("Red light: {when}.", "{n} red lights, the latest {when}.", count)
    else:
        text = ngettext("Amber light: {when}.", "{n} amber lights, the latest {when}.", count)
    return text.format(n=count, when=when)


def _average(what: AverageMoved) -> str:
    when = short_dates.day_words(what.day)
    words = {"before": what.before, "after": what.after, "when": when}
    if what.before is None:
        return _("Pain over 24 hours: {after}, {when}.").format(**words)
    if what.after > what.before:
        return _("Pain over 24 hours rose from {before} to {after}, {when}.").format(**words)
    if what.after < what.before:
        return _("Pain over 24 hours fell from {before} to {after}, {when}.").format(**words)
    return _("Pain over 24 hours stayed at {after}, {when}.").format(**words)


def _sessions(what: Sessions) -> str:
    n = what.count
    parts = [ngettext("{n} session", "{n} sessions", n).format(n=n) if n else _("No session")]
    if what.due:
        due = ngettext("{done} of {due} set due", "{done} of {due} sets due", what.due)
        parts.append(due.format(done=what.done, due=what.due))
    if what.earlier:
        more = ngettext("more of {n} earlier session", "more of {n} earlier sessions", what.earlier)
        parts.append(more.format(n=what.earlier))
    if what.from_memory:
        parts.append(_("{n} told from memory").format(n=what.from_memory))
    if what.outside:
        sets = ngettext("{n} set outside the plan", "{n} sets outside the plan", what.outside)
        parts.append(sets.format(n=what.outside))
    for reason, count in what.stops:
        parts.append(_("{n} stopped: {why}").format(n=count, why=_(STOPS[reason])))
    if what.notes:
        parts.append(ngettext("{n} note", "{n} notes", what.notes).format(n=what.notes))
    return _("{parts}.").format(parts=in_a_row(parts))


# over the charts


def pain(case: Case, *, today: date) -> str:
    """Return how pain of the last 7 days compares with that before the procedure, and any rise."""
    change = pain_change.pain_change(case, today=today)
    lacking = case.protocol.rules.better_needs.whole - change.days
    if change.mean is None or lacking > 0:
        said = _too_few(case, change.baseline)
    else:
        said = _compared(change, change.mean)
    return findings.with_rise(said, case, today=today)


def _too_few(case: Case, baseline: int | None) -> str:
    averages = pain_change.averages_since_procedure(case)
    if not averages:
        return _("No average over 24 hours yet.")
    latest = number(averages[max(averages)])
    if baseline is None:
        return _("Pain over 24 hours: {latest} at last; too few days to compare.").format(latest=latest)
    return _("Pain over 24 hours: {latest} at last, {baseline} before; too few days to compare.").format(
        latest=latest, baseline=baseline
    )


def _compared(change: pain_change.PainChange, week: float) -> str:
    words = {"mean": number(week), "baseline": change.baseline}
    match change.verdict:
        case None:
            said = _("Pain is {mean} on average this week; before the procedure it is not known.")
        case Verdict.CLEARLY_BETTER:
            said = _("Pain is {mean} this week, {baseline} before: clearly better.")
        case Verdict.LITTLE_BETTER:
            said = _("Pain is {mean} this week, {baseline} before: not clearly better yet.")
        case Verdict.SAME:
            said = _("Pain is {mean} this week, {baseline} before: about the same.")
        case Verdict.WORSE:
            said = _("Pain is {mean} this week, {baseline} before: worse.")
        case _:
            assert_never(change.verdict)
    return said.format(**words)


def kept(case: Case, *, today: date) -> str:
    """Return the share of the dose done in the last 7 whole days, its band, and any over-doing."""
    days = clinic_frames.last_days(case, today=today, days=clinic_frames.SHORT_DAYS)
    adherence = outcome.adherence(case, days)
    share, over = adherence.overall, too_much(adherence.over_any)
    if share is None:
        return " ".join(filter(None, (_("Nothing was due in the last whole days."), over)))
    band = _(BANDS[clinic_frames.band(case.protocol, share)])
    said = ngettext(
        "{percent} of the dose in the last whole day: {band}.",
        "{percent} of the dose in the last {n} whole days: {band}.",
        len(days),
    ).format(percent=clinic_frames.percent(share), n=len(days), band=band)
    return " ".join(filter(None, (said, over)))


def too_much(days: int) -> str:
    """Return on how many days there was over-doing, or "": the share is capped at what was due."""
    return ngettext("Too much on {n} day.", "Too much on {n} days.", days).format(n=days) if days else ""


def share(percent: str, band: str, over: int) -> str:
    """Return a share in percent with its band, or with over-doing, which a band would hide."""
    due = percent != clinic_frames.NO_SHARE
    if not over:
        return f"{percent}, {band}" if due else _("not due")
    said = ngettext("{percent}, too much on {n} day", "{percent}, too much on {n} days", over)
    return said.format(percent=percent if due else _("not due"), n=over)


def doing(cells: Sequence[Cell]) -> str:
    """Return how many of the sets due on the shown days were done, and any over-doing."""
    shown, over = len({each.day for each in cells}), len({each.day for each in cells if each.over})
    done, due = day_counts.sets(cells)
    weeks = by_week(cells)
    if not due and not weeks:
        return ngettext("Nothing was due on this day.", "Nothing was due on these {n} days.", shown).format(
            n=shown
        )
    text = ngettext(
        "{done} of {due} sets due on this day.", "{done} of {due} sets due on these {n} days.", shown
    ).format(done=done, due=due, n=shown)
    return " ".join(filter(None, (text if due else "", weeks, too_much(over))))


def by_week(counts: Iterable[day_counts.Counted]) -> str:
    """Return how often what is for some days of the week was done, or "" if nothing such was due."""
    done, due = day_counts.week_days(counts)
    text = ngettext("By the week: {done} of {due} day.", "By the week: {done} of {due} days.", due)
    return text.format(done=done, due=due) if due else ""


def changes(history: History) -> str:
    """Return in how many scored sessions pain was higher after than before."""
    changes = [change for _session, change in clinic_frames.scored(history)]
    if not changes:
        return _("No session has a number before and after.")
    return ngettext(
        "Pain rose in {worse} of {n} scored session.",
        "Pain rose in {worse} of {n} scored sessions.",
        len(changes),
    ).format(worse=sum(change > 0 for change in changes), n=len(changes))


def now_open(decisions: Mapping[str, gate_decisions.Decision]) -> str:
    """Return which routines may start now."""
    names = [_(each.routine.name) for each in decisions.values() if isinstance(each, gate_decisions.Open)]
    locked = [each.reason for each in decisions.values() if isinstance(each, gate_decisions.Locked)]
    if locked and not names and all(isinstance(why, gate_decisions.DoseDone) for why in locked):
        return _("Today’s sets are all done.")
    if len(names) == len(decisions):
        return _("All exercises may start now.")
    if not names:
        return _("Nothing may start now.")
    return _("May start now: {names}.").format(names=listed_names(names))
