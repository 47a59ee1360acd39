"""Tables for the physiotherapist: the figures of each chart, sessions, flags and changes.

Some columns contain names and text that people wrote: show these tables as data, never as Markdown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import cast

import pandas as pd

from coach.domain import facts, pain, red_flags
from coach.domain.case import Case
from coach.domain.history import Entry, Session
from coach.domain.protocol import Protocol
from coach.i18n import _
from coach.i18n.sentences import in_a_row
from coach.review.clinic import findings
from coach.review.clinic import frames as clinic_frames
from coach.review.patient import tables
from coach.text import pain as pain_text
from coach.text import sets, short_dates
from coach.text import times as times_text
from coach.text.clinic_entries import EntryTold, flag_name, name_of, told_alone

NOTHING = tables.NOTHING
PLAN = (
    facts.Procedure, facts.ClinicAgreed, facts.FlagMistake, facts.FlagCleared, facts.ClinicianHold,
    facts.HoldLifted, facts.Override, facts.OverrideEnded, facts.Released, facts.ReleaseEnded,
    facts.PainLimit, facts.PlanText, facts.ProtocolChosen, facts.TimeAsked, facts.TimeDecided,
    facts.Away, facts.Discharged, facts.Readmitted,
)  # fmt: skip


def by_routine(counts: pd.DataFrame) -> pd.DataFrame:
    """Return one row a routine with the sessions by change of pain."""
    wide = {
        _("Exercise"): list(dict.fromkeys(counts["name"])),
    }
    for points in range(-3, 4):
        heading = f"{points:+d}".replace("-", "−").replace("+0", "0")
        if abs(points) == 3:
            heading = _("{change} or more").format(change=heading)
        wide[heading] = [str(n) for n in counts[counts["change"] == points]["sessions"]]
    return pd.DataFrame(wide)


def kept(shares: pd.DataFrame) -> pd.DataFrame:
    """Return one row a routine with the adherence and its band over 7 and 28 days."""
    columns: dict[str, list[str]] = {_("Exercise"): list(dict.fromkeys(shares["name"]))}
    for days in (clinic_frames.SHORT_DAYS, clinic_frames.LONG_DAYS):
        mine = shares[shares["days"] == days]
        heading = times_text.days(days)
        columns[heading] = [
            findings.share(percent, _(band), over)
            for percent, band, over in zip(mine["percent"], mine["band"], mine["over"], strict=True)
        ]
    return pd.DataFrame(columns)


def marks(shown: pd.DataFrame) -> pd.DataFrame:
    """Return red flags, holds and own doses, the newest first."""
    newest = shown.iloc[::-1]
    return pd.DataFrame({_("What"): newest["label"].to_list(), _("When"): newest["when"].to_list()})


def stretches(shown: pd.DataFrame) -> pd.DataFrame:
    """Return every stretch of the gate's timeline, routine by routine, the newest first."""
    newest = shown.iloc[::-1]
    return pd.DataFrame(
        {
            _("Exercise"): newest["name"].to_list(),
            _("State"): newest["label"].to_list(),
            _("When"): newest["when"].to_list(),
        }
    )


def plan(case: Case, authors: Mapping[str, str]) -> pd.DataFrame:
    """Return who changed what and why, the newest first: everything that affects gate or plan."""
    rows: list[tuple[str, ...]] = []
    for entry in reversed(case.history.entries):
        if not isinstance(entry.fact, PLAN):
            continue
        about = getattr(entry.fact, "entry", None)
        what = told_alone(EntryTold(entry.at, entry, case.history.by_id.get(about) if about else None), case)
        gone = case.history.voided.get(entry.id)
        if gone:
            what = _("{what} (taken back)").format(what=what)
        elif entry.id in case.history.replaced:
            what = _("{what} (corrected later)").format(what=what)
        rows.append(
            (
                short_dates.moment(entry.recorded_at, case.history.zone),
                name_of(entry.author, authors),
                what,
                str(getattr(entry.fact, "why", "")),
            )
        )
    return _frame((_("When"), _("Who"), _("What"), _("Why")), rows)


def sessions(case: Case) -> pd.DataFrame:
    """Return one row a session, the newest first."""
    lights = {lit.session.id: lit for lit in pain.lit_sessions(case)}
    heads = (
        _("When"), _("Ended"), _("Before"), _("After"), _("Light"), _("Effort"), _("Note"), _("Exercises"),
        _("Plan"), _("Counted by"),
    )  # fmt: skip
    rows = [
        (
            short_dates.moment_words(session.started),
            _end(session),
            _score(session.before, case.protocol),
            _score(session.after, case.protocol),
            _light(lights.get(session.id)),
            str(session.effort.fact.effort) if session.effort else NOTHING,
            " / ".join(note.fact.text for note in session.notes),
            _sets(case.protocol, session),
            _("outside") if any(done.fact.outside_plan for done in session.sets) else _("inside"),
            _("player") if clinic_frames.source(session) is facts.Source.PLAYER else _("memory"),
        )
        for session in reversed(case.history.sessions)
    ]
    return _frame(heads, rows)


def _sets(protocol: Protocol, session: Session) -> str:
    return in_a_row(sets.in_figures(each.fact, protocol) for each in session.sets) or NOTHING


def _score(entry: Entry[facts.Pain] | None, protocol: Protocol) -> str:
    score = entry.fact.score if entry else None
    if score is None:
        return NOTHING
    return pain_text.in_words(score, protocol)


def _light(lit: pain.Lit | None) -> str:
    if lit is None or (lit.light is None and not lit.red_from):
        return NOTHING
    return _("red") if lit.red_from else _("amber")


def _end(session: Session) -> str:
    if session.finished is None:
        return _("not ended")
    why = session.finished.fact.stop_reason
    return _("stopped: {why}").format(why=_(findings.STOPS[why])) if why else _("to the end")


def flags(case: Case, authors: Mapping[str, str], *, now: datetime) -> pd.DataFrame:
    """Return one row a red flag, open ones first, then the newest: level, age and outcome."""
    open_ = [flag.id for flag in red_flags.open_flags(case)]
    entries = sorted(case.history.of(facts.RedFlagYes), key=lambda e: (e.id not in open_, -e.at.timestamp()))
    rows = []
    for flag in entries:
        known = case.protocol.red_flags.get(flag.fact.flag)
        level = _(findings.LEVELS[known.level]) if known else NOTHING
        state, spoke, why = outcome(case, flag, authors)
        rows.append(
            (
                flag_name(flag.fact.flag, case.protocol),
                level,
                short_dates.moment_words(flag),
                times_text.age(now - flag.at),
                state,
                spoke,
                why,
            )
        )
    heads = (_("Sign"), _("Level"), _("Since"), _("Age"), _("State"), _("Contact"), _("Why"))
    return _frame(heads, rows)


def outcome(case: Case, flag: Entry[facts.RedFlagYes], authors: Mapping[str, str]) -> tuple[str, str, str]:
    """Return the outcome of a red flag: state, who was spoken to and when, and the reason."""
    zone = case.history.zone
    if flag in red_flags.open_flags(case):
        return _("open"), NOTHING, ""
    for mistake in case.history.of(facts.FlagMistake):
        if red_flags.takes_back(case.protocol, mistake, flag):
            state = _("taken back as a mistake, {when}").format(
                when=short_dates.moment(mistake.recorded_at, zone)
            )
            return state, NOTHING, ""
    for cleared in case.history.of(facts.FlagCleared):
        fact = cleared.fact
        if red_flags.clears(case.protocol, cleared, flag):
            state = _("cleared by {who}, {when}").format(
                who=name_of(cleared.author, authors), when=short_dates.moment(cleared.recorded_at, zone)
            )
            spoke = _("{who}, {when}").format(who=fact.who, when=short_dates.moment(fact.spoke_at, zone))
            return state, spoke, fact.why
    restarted = red_flags.restarted_after(case, flag)
    when = short_dates.moment(restarted, zone) if restarted else ""
    return _("ended by a restart, {when}").format(when=when), NOTHING, ""


def _frame(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> pd.DataFrame:
    columns = cast("list[list[str]]", [list(column) for column in zip(*rows, strict=True)]) or [
        [] for _h in heads
    ]
    return pd.DataFrame(
        {head: pd.array(values, dtype="str") for head, values in zip(heads, columns, strict=True)}
    )
