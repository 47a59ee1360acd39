"""The caseload in words: needs, and the values of a row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import assert_never

from coach.domain.caseload_card import Card
from coach.domain.facts import PainWord
from coach.domain.need import Need, NeedReason
from coach.domain.protocol import FlagLevel, Protocol
from coach.domain.times import local, local_date
from coach.domain.waiting import Missing
from coach.i18n import N_, _, ngettext
from coach.i18n.sentences import in_a_row, in_a_sentence
from coach.text import bone_health as bone_health_text
from coach.text import pain as pain_text
from coach.text import releases
from coach.text import times as times_text
from coach.text.outcome_measures import number

# The colour of a reason, besides its shape and words: red, amber or plain.
TONES: Mapping[NeedReason, str] = {
    NeedReason.RED_FLAG: "red",
    NeedReason.HIGH_PAIN: "red",
    NeedReason.RED_LIGHT: "red",
    NeedReason.PAIN_UP: "amber",
    NeedReason.PAIN_RISING: "amber",
    NeedReason.PAIN_WORSE: "amber",
    NeedReason.ANSWER: "amber",
    NeedReason.UNREAD: "plain",
    NeedReason.UNANSWERED: "plain",
    NeedReason.TIME_ASKED: "plain",
    NeedReason.OVER_DOING: "amber",
    NeedReason.SILENT: "amber",
    NeedReason.FUNCTION_DOWN: "amber",
    NeedReason.REVIEW_DUE: "plain",
    NeedReason.NOT_BEGUN: "plain",
    NeedReason.ON_HOLD: "plain",
    NeedReason.BONE_TREATMENT: "plain",
    NeedReason.LOW: "plain",
    NeedReason.PARTLY: "plain",
    NeedReason.READY_TO_RELEASE: "plain",
}

# What a course lacks before anything can open.
MISSING: Mapping[Missing, str] = {
    Missing.EVERYTHING: N_("Nothing is entered yet"),
    Missing.PROCEDURE: N_("When the procedure ended is not entered yet"),
    Missing.TIMES: N_("At home before the procedure ended: the times contradict each other"),
    Missing.QUESTIONS: N_("The set-up questions are not answered yet; all closed"),
    Missing.HOME: N_("Not at home yet; all closed"),
    Missing.AHEAD: N_("The procedure, or the arrival at home, lies ahead"),
}
WAITS = {Missing.HOME: N_("Not home yet"), Missing.AHEAD: N_("Begins later")}


def need(what: Need, card: Card, protocol: Protocol, *, now: datetime) -> tuple[str, str]:
    """Return a need as a sentence without full stop, and its details or ""."""
    since, detail, today = what.from_at, what.detail, local_date(now, card.zone)
    match what.reason:
        case NeedReason.RED_FLAG:
            flag = protocol.red_flags.get(str(detail.get("flag")))
            more = _("“{text}”").format(text=_(flag.text).rstrip(".")) if flag else ""
            if card.closed(now):
                more = _("{what}; all closed").format(what=more) if more else _("All closed")
            emergency = flag is not None and flag.level is FlagLevel.EMERGENCY
            text = _("Red flag, emergency, since {when}") if emergency else _("Red flag since {when}")
            return text.format(when=times_text.since(since, card.zone, now=now)), more
        case NeedReason.HIGH_PAIN:
            limit = number(protocol.rules.pain_limit.value)
            first = detail.get("first")
            since_day = (
                times_text.past_day(date.fromisoformat(first), today=today) if isinstance(first, str) else ""
            )
            text = _("Pain {limit} or more, {n} days in a row").format(limit=limit, n=detail.get("days"))
            return text, _("Since {day}; their Today page says: call your clinic today").format(day=since_day)
        case NeedReason.RED_LIGHT:
            text = _("Too much pain in a session, {when}")
            more = _(
                "It rose too far, or the session was stopped for it; tightening exercises closed for {span}"
            )
            return (
                text.format(when=times_text.since(since, card.zone, now=now)),
                more.format(span=times_text.span(protocol.rules.red_light_closes_for.span)),
            )
        case NeedReason.PAIN_UP:
            told = {key: _rounded(detail.get(key)) for key in ("rise", "score", "median")}
            told["day"] = times_text.recent_day(local_date(since, card.zone), today=today)
            more = _("{day} up to {score}, usually {median} on the days before").format(**told)
            return _("Pain up {rise} over their usual").format(**told), more
        case NeedReason.PAIN_RISING:
            told = {key: _rounded(detail.get(key)) for key in ("usual", "lowest")}
            over = int(_float(detail.get("over")) or 0)
            text = ngettext(
                "Pain rising: {lowest} to {usual} in {n} day",
                "Pain rising: {lowest} to {usual} in {n} days",
                over,
            )
            return text.format(**told, n=over), _("Their usual pain; no single day need stand out")
        case NeedReason.PAIN_WORSE:
            mean, before = _rounded(detail.get(today.isoformat())), _rounded(detail.get("baseline"))
            text = _("Pain {mean} this week, {baseline} before the procedure")
            text = text.format(mean=mean, baseline=before)
            return text, _("Their Progress page says: tell your clinic")
        case NeedReason.ANSWER:
            question = protocol.question(str(detail.get("question")))
            text = _("A set-up answer needs your word since {when}")
            more = _("“{text}”").format(text=_(question.text)) if question else ""
            return text.format(when=times_text.since(since, card.zone, now=now)), more
        case NeedReason.UNANSWERED:
            n, written = detail.get("count", 1), _instant(detail.get("since"), since)
            text = ngettext("Message not answered, {span}", "{n} messages not answered, {span}", int(n))
            more = _("Read {when}").format(when=times_text.since(since, card.zone, now=now))
            return text.format(n=n, span=times_text.span(now - written)), more
        case NeedReason.FUNCTION_DOWN:
            text = _("Activities {points} points worse than before the procedure")
            occasion = str(detail.get("occasion", ""))
            more = _("{occasion}; their Progress page says: tell your clinic").format(occasion=_(occasion))
            return text.format(points=_rounded(detail.get("points"))), more
        case NeedReason.NOT_BEGUN:
            missing = Missing(str(detail.get("missing", Missing.EVERYTHING)))
            if detail.get("overdue"):
                known = now - since + protocol.rules.not_begun_after.span
                text = _(WAITS.get(missing, N_("Has not begun"))) + ", " + times_text.span(known)
                return text, _(MISSING[missing])
            return _(WAITS.get(missing, N_("Has not begun"))), _(MISSING[missing])
        case NeedReason.ON_HOLD:
            begun = since - protocol.rules.hold_asks_after.span if detail.get("overdue") else since
            until = detail.get("until")
            if isinstance(until, str):
                text = _("All on hold until {when}").format(
                    when=times_text.date_and_time(local(datetime.fromisoformat(until), card.zone))
                )
            else:
                text = _("All on hold, no end set")
            more = _("Since {when}").format(when=times_text.since(begun, card.zone, now=now))
            if detail.get("overdue"):
                more = _("{since}: look whether it is still right").format(since=more)
            return text, more
        case NeedReason.BONE_TREATMENT:
            text = _("Bone treatment not arranged") if detail.get("known") else _("Bone treatment not known")
            when = times_text.since(since, card.zone, now=now)
            occasion = bone_health_text.occasion(str(detail.get("occasion")), protocol)
            return text, _("{occasion}; the patient said so {when}").format(occasion=occasion, when=when)
        case NeedReason.TIME_ASKED:
            text = _("Asks for an earlier time since {when}")
            return text.format(when=times_text.since(since, card.zone, now=now)), _(
                "Nothing opens before you decide"
            )
        case NeedReason.OVER_DOING:
            day = times_text.recent_day(local_date(since, card.zone), today=today)
            routine = protocol.routines.get(str(detail.get("routine")))
            more = (
                _("{day}, {routine}").format(day=day, routine=in_a_sentence(_(routine.name)))
                if routine
                else day
            )
            return _("Does {share} of the dose").format(share=percent(_float(detail.get("share")))), more
        case NeedReason.SILENT:
            silent = now - _instant(detail.get("since"), since)
            return _("Silent for {span}").format(span=times_text.span(silent)), ""
        case NeedReason.LOW | NeedReason.PARTLY:
            return done(card, today), ""
        case NeedReason.REVIEW_DUE:
            begun = since - protocol.rules.review_asks_after.span if detail.get("overdue") else since
            text = _("Review due since {day}").format(
                day=times_text.day_since(local_date(begun, card.zone), today=today)
            )
            phase = str(detail.get("phase", ""))
            return text, _(phase)
        case NeedReason.READY_TO_RELEASE:
            routine = protocol.routines.get(str(detail.get("routine")))
            name = in_a_sentence(_(routine.name)) if routine else str(detail.get("routine"))
            text = _("May be ready to be released: {routine}").format(routine=name)
            return text, releases.met(routine) if routine else ""
        case NeedReason.UNREAD:
            n = detail.get("count", 1)
            text = ngettext("Unread message, {span}", "{n} unread messages, {span}", int(n))
            return text.format(n=n, span=times_text.span(now - since)), ""
        case _:
            assert_never(what.reason)


def all_needs(
    what: Sequence[Need], card: Card, protocol: Protocol, *, now: datetime
) -> list[tuple[str, str]]:
    """Return needs in words; what several in a row add alike is said once, with the last of them."""
    said = [need(each, card, protocol, now=now) for each in what]
    later = [more for _text, more in said][1:]
    return [
        (text, "" if n < len(later) and later[n] == more else more) for n, (text, more) in enumerate(said)
    ]


def seen(what: Need, card: Card, names: Mapping[str, str], *, now: datetime) -> str:
    """Return who marked a need as seen, when, and the note; or ""."""
    at = what.detail.get("seen_at")
    if not at:
        return ""
    told = {
        "who": names.get(what.seen_by) or _("a physiotherapist"),
        "when": times_text.since(datetime.fromisoformat(str(at)), card.zone, now=now),
        "note": what.detail.get("seen_note", ""),
    }
    text = _("Seen by {who}, {when}: {note}") if told["note"] else _("Seen by {who}, {when}")
    return text.format(**told)


def done(card: Card, today: date) -> str:
    """Return the completed share, and of how many days: those with sets due."""
    share, days = card.adherence(today), len(card.known(today))
    text = ngettext("{share} done on {n} day", "{share} done over {n} days", days)
    return text.format(share=percent(share), n=days)


def over(share: float | None, days: int) -> str:
    """Return the days that a share covers; "too early" if they are too few."""
    if share is None:
        return _("too early") if days else ""
    return times_text.days(days)


def last(instant: datetime | None, zone: str, *, now: datetime) -> str:
    """Return when the patient last entered something: 08:14, yesterday, 3 days ago, 3 May; or never."""
    return times_text.last(instant, zone, now=now) if instant else _("never")


def place(card: Card, *, now: datetime) -> tuple[str, ...]:
    """Return where in the course a patient is: the day, and the phase."""
    day = card.day(local_date(now, card.zone))
    if day is None:
        return (_("Set-up not finished"),)
    if day < 0:
        return (_("The procedure lies ahead."),)
    phase = card.phase(now)
    text = _("Day {day}").format(day=day)
    return (_("{day}, {phase}").format(day=text, phase=_(phase)),) if phase else (text,)


def pain(card: Card, protocol: Protocol) -> tuple[str, bool]:
    """Return the latest pain score or a dash, and whether it is a word."""
    if card.latest_pain is None:
        return "–", False
    score = card.latest_pain[1]
    if isinstance(score, str):
        return pain_text.score(PainWord(score), protocol), True
    return str(score), False


def pain_line(values: Sequence[float]) -> str:
    """Return the alternative text of the small drawing of daily pain."""
    text = ngettext(
        "Pain on {n} day: {first}",
        "Pain on {n} days: first {first}, last {last}, highest {high}",
        len(values),
    )
    first, final, high = (number(value) for value in (values[0], values[-1], max(values)))
    return text.format(n=len(values), first=first, last=final, high=high)


def percent(share: float | None) -> str:
    """Return a share of what was due, such as 40 %; a dash where nothing was due.

    Rounded down, as in the review, so that too little never reads as enough.
    """
    return "–" if share is None else _("{n} %").format(n=int(share * 100 + 1e-9))


def others(later: int, seen: int, on_track: int) -> str:
    """Return how the patients stand who need nobody today: who can wait, was seen, is on track."""
    told = (
        (later, ngettext("{n} can wait", "{n} can wait", later)),
        (seen, ngettext("{n} was seen today", "{n} were seen today", seen)),
        (on_track, ngettext("{n} is on track", "{n} are on track", on_track)),
    )
    return _("{parts}.").format(parts=in_a_row(text.format(n=n) for n, text in told if n))


def shown(first: int, rows: int, count: int) -> str:
    """Return which part of a list is shown; `first` counts from 0."""
    return _("{first} to {last} of {count}").format(first=first + 1, last=first + rows, count=count)


def _rounded(value: object) -> str:
    return number(value) if isinstance(value, int | float) else ""


def _instant(text: object, otherwise: datetime) -> datetime:
    return datetime.fromisoformat(text) if isinstance(text, str) else otherwise


def _float(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None
