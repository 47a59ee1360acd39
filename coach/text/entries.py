"""Decisions, reasons and times in plain words; the type checker fails where a reason has none."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any, assert_never

from coach.domain import gate, nights
from coach.domain.course import Course, course
from coach.domain.errors import BadValue, Fault
from coach.domain.history import (
    Activity,
    Answer,
    Away,
    Cause,
    ChangeRating,
    ClinicAgreed,
    ClinicianHold,
    CourseDetail,
    Discharged,
    Drowsy,
    Effort,
    Fact,
    FlagCheck,
    FlagCleared,
    FlagMistake,
    FunctionScore,
    History,
    HoldLifted,
    HomeArrival,
    Message,
    MessageRead,
    NoAnswerNeeded,
    Note,
    Override,
    OverrideEnded,
    Pain,
    PainLimit,
    PainWhen,
    PainWord,
    PlanText,
    Procedure,
    ProtocolChosen,
    PutOff,
    Readmitted,
    RedFlagYes,
    Reply,
    Score,
    Seen,
    SessionFinished,
    SessionStarted,
    SetAside,
    SetDone,
    Setting,
    SettingValue,
    Source,
    StopReason,
    TimeAsked,
    TimeDecided,
    Void,
)
from coach.domain.pain import Light
from coach.domain.protocol import Anchor, Dose, FlagLevel, Phase, Protocol, Quantity, RedFlag, Routine
from coach.domain.session import Cue, CueKind, Schedule, Side
from coach.domain.times import local, local_date
from coach.domain.triage import is_discharged
from coach.i18n import N_, _, ngettext
from coach.text import outcome_measures as measures_text

LB_IN_KG = 2.20462
ClinicFact = (
    Away | CourseDetail | Discharged | Message | MessageRead | NoAnswerNeeded | OverrideEnded | PainLimit | PlanText
    | ProtocolChosen | Readmitted | Seen | TimeAsked | TimeDecided
)  # fmt: skip
WEEKDAYS = (
    N_("Monday"), N_("Tuesday"), N_("Wednesday"), N_("Thursday"), N_("Friday"), N_("Saturday"), N_("Sunday"),
)  # fmt: skip
MONTHS = (
    N_("January"), N_("February"), N_("March"), N_("April"), N_("May"), N_("June"), N_("July"),
    N_("August"), N_("September"), N_("October"), N_("November"), N_("December"),
)  # fmt: skip
DAY_MIN, WEEK_MIN = 24 * 60, 7 * 24 * 60
DAYS_FROM, WEEKS_FROM = 2 * DAY_MIN, 2 * WEEK_MIN  # shorter than that is said in hours, and in days


# times


def clock_time(instant: datetime, zone: str) -> str:
    """Return the local time of day, such as 14:30."""
    return local(instant, zone).strftime("%H:%M")


def day(instant: datetime, zone: str, *, now: datetime) -> str:
    """Return the local day in words: today, tomorrow, a weekday, or a date."""
    there, today = local(instant, zone), local_date(now, zone)
    apart = (there.date() - today).days
    weekday = _(WEEKDAYS[there.weekday()])
    if apart == 0:
        return _("today")
    if apart == 1:
        return _("tomorrow, {weekday},").format(weekday=weekday)
    if apart == -1:
        return _("yesterday")
    in_month = _("{day} {month}").format(day=there.day, month=_(MONTHS[there.month - 1]))
    if 0 < apart < 7:
        return _("on {weekday}, {date},").format(weekday=weekday, date=in_month)
    return _("on {date}").format(date=in_month)


def recent_day(which: date, *, today: date) -> str:
    """Return a day of the last week as it is chosen from: today, yesterday, a weekday."""
    if which == today:
        return _("Today")
    if which == today - timedelta(days=1):
        return _("Yesterday")
    return _(WEEKDAYS[which.weekday()])


def moment(instant: datetime, zone: str, *, now: datetime) -> str:
    """Return day and time, such as "tomorrow, Friday, at 14:30"."""
    return _("{day} at {time}").format(day=day(instant, zone, now=now), time=clock_time(instant, zone))


def span(length: timedelta) -> str:
    """Return a length of time in words: minutes below two hours, hours below two days, then days."""
    minutes = max(1, round(length.total_seconds() / 60))
    if minutes < 120:
        return ngettext("{n} minute", "{n} minutes", minutes).format(n=minutes)
    hours = round(minutes / 60)
    if hours < 48:
        return ngettext("{n} hour", "{n} hours", hours).format(n=hours)
    days = round(hours / 24)
    return ngettext("{n} day", "{n} days", days).format(n=days)


def length(time: timedelta) -> str:
    """Return a length that a protocol sets, exactly: "10 minutes", "24 hours", "90 minutes", "12 weeks"."""
    minutes = time / timedelta(minutes=1)
    if minutes >= WEEKS_FROM and minutes % WEEK_MIN == 0:
        n = minutes / WEEK_MIN
        return ngettext("{n} week", "{n} weeks", int(n)).format(n=f"{n:g}")
    if minutes > DAYS_FROM and minutes % DAY_MIN == 0:
        n = minutes / DAY_MIN
        return ngettext("{n} day", "{n} days", int(n)).format(n=f"{n:g}")
    if minutes >= 60 and minutes % 60 == 0:
        n = minutes / 60
        return ngettext("{n} hour", "{n} hours", int(n)).format(n=f"{n:g}")
    return ngettext("{n} minute", "{n} minutes", int(minutes)).format(n=f"{minutes:g}")


def opens(opens_at: datetime | None, zone: str, *, now: datetime, counted: bool = False) -> str:
    """Return when a routine opens: "opens tomorrow, Friday, at 14:30, in 19 hours".

    Where a countdown stands beside it (`counted`), the length of time is left to that.
    """
    if opens_at is None:
        return ""
    if counted:
        return _("opens {moment}").format(moment=moment(opens_at, zone, now=now))
    return _("opens {moment}, in {span}").format(
        moment=moment(opens_at, zone, now=now), span=span(opens_at - now)
    )


def where_in_course(known: Course, zone: str, *, now: datetime) -> str:
    """Return "Day 3, 61 hours after your procedure"; the day of the procedure is day 0."""
    days = (local_date(now, zone) - local_date(known.procedure.at, zone)).days
    hours = int((now - known.procedure.at) / timedelta(hours=1))
    if hours < 72:
        since = ngettext("{n} hour after your procedure", "{n} hours after your procedure", hours).format(
            n=hours
        )
    else:
        weeks = days // 7 + 1
        since = _("week {n} after your procedure").format(n=weeks)
    return _("Day {day}, {since}").format(day=days, since=since)


def phase_begins(phase: Phase) -> str:
    """Return when a phase begins in general: "24 hours after your procedure"."""
    hours = phase.opens_after.value
    home = phase.anchor is Anchor.HOME_ARRIVAL
    if home and not hours:
        return _("when you get home")
    long = hours >= WEEK_MIN / 60
    text = _("{span} after you got home") if home else _("{span} after your procedure")
    return text.format(span=span(phase.opens_after.span) if long else _hours(phase.opens_after))


def _hours(time: Quantity) -> str:
    return ngettext("{n} hour", "{n} hours", 1 if time.value == 1 else 2).format(n=f"{time.value:g}")


def first_rest(protocol: Protocol) -> str:
    """Return how long the rest is that everything begins with: "1 hour"; "" where no phase is such a rest."""
    first, *others = (each for each in protocol.phases if each.anchor is Anchor.HOME_ARRIVAL)
    if not others or first.doses:
        return ""
    return length(others[0].opens_after.span - first.opens_after.span)


# doses


def dose(routine: Routine, amount: Dose) -> str:
    """Return a dose: "10 times" for ankle pumps, "8 × 5 seconds, each leg" for squeezes."""
    if routine.kind.value == "pump":
        return ngettext("{n} time", "{n} times", amount.reps).format(n=amount.reps)
    text = _("{n} × {s} seconds").format(n=amount.reps, s=f"{amount.hold_s:g}")
    return _("{dose}, each leg").format(dose=text) if routine.sides == 2 else text


def often(amount: Dose) -> str:
    """Return how often a dose is due: "every hour you are awake" or "3 times a day"."""
    if amount.hourly:
        return _("every hour you are awake")
    return ngettext("once a day", "{n} times a day", amount.per_day).format(n=amount.per_day)


def phase_doses(protocol: Protocol, phase: Phase, *, closed: Collection[str]) -> Iterator[str]:
    """Yield what a phase asks of each of its routines; of those that stay closed in it, that they do."""
    for name, written in phase.doses.items():
        routine, amount = protocol.routines[name], written.plain
        if name in closed:
            yield _("{name}: closed for now").format(name=_(routine.name))
        else:
            yield f"{_(routine.name)}: {dose(routine, amount)}, {often(amount)}"


def step(what: gate.Step, zone: str, *, now: datetime) -> str:
    """Return why a dose is other than the phase's."""
    match what:
        case gate.FirstDose(until):
            if until is None:
                return _("A small dose to begin with.")
            return _("A small dose until {moment}.").format(moment=moment(until, zone, now=now).rstrip(","))
        case gate.Halved(exact):
            half = _("Half as many this time, because your pain went up.")
            return half if exact else _("Fewer this time, because your pain went up.")
        case gate.Overridden(_why, until):
            return _("Your physiotherapist set this. It ends {moment}.").format(
                moment=moment(until, zone, now=now)
            )
        case _:
            assert_never(what)


# the gate


def reason(why: gate.Reason, protocol: Protocol, history: History) -> str:
    """Return why a routine is not open, as one or two plain sentences."""
    match why:
        case gate.NoProcedure():
            return _("First say when your procedure ended.")
        case gate.FutureTime():
            return _("The time you gave lies ahead. Correct it under Settings if it is wrong.")
        case gate.Contradictory():
            return _("You got home before the procedure ended? Correct the times under Settings.")
        case gate.OpenRedFlag():
            return protocol_text(protocol, history, "flag_closed")
        case gate.Held():
            return _("Your physiotherapist closed this.")
        case gate.NeedsClinic():
            return protocol_text(protocol, history, "set_up_closed")
        case gate.Unanswered():
            return _("Answer the questions about your procedure first.")
        case gate.NotHome(assumed):
            if assumed is None:
                return _("You are not home yet. It starts when you are.")
            return _("It starts when you are home.")
        case gate.Sleepy():
            return protocol_text(protocol, history, "drowsy_closed")
        case gate.AfterRed():
            rest = length(protocol.rules.red_light_closes_for.span)
            return _("Your pain went up. Give it {length} of rest.").format(length=rest)
        case gate.TooMuchPain():
            return protocol_text(protocol, history, "high_pain_closed")
        case gate.TooEarly(phase, opens_at):
            if phase is None:
                return _("It is not part of your plan now.")
            phase = _deciding(phase, opens_at, protocol, history)
            home = phase.anchor is Anchor.HOME_ARRIVAL
            text = _("{span} after you got home") if home else _("{span} after your procedure")
            return text.format(span=_hours(phase.opens_after))
        case gate.DoseDone(done, cap):
            return _("Done for today: {done} of {cap}.").format(done=done, cap=cap)
        case gate.TooSoon():
            return _("Your muscles rest between two sets.")
        case _:
            assert_never(why)


def closed_by(locked: gate.Locked, protocol: Protocol, history: History) -> str:
    """Return why a routine is closed: every reason that is to be told, one after the other."""
    return " ".join(reason(why, protocol, history) for why in locked.told)


def given_why(what: gate.Reason | gate.Step) -> str:
    """Return the clinician's own words on it, or ""; show them as plain text, never as Markdown."""
    return what.why if isinstance(what, gate.Held | gate.Overridden) else ""


def _deciding(phase: Phase, opens_at: datetime | None, protocol: Protocol, history: History) -> Phase:
    """Return the phase whose own hours set the opening: a late arrival home holds up what follows."""
    known = course(protocol, history)
    if known is None or known.home is None:
        return phase
    anchors = {Anchor.PROCEDURE_END: known.procedure.at, Anchor.HOME_ARRIVAL: known.home}
    for each in protocol.phases:
        if anchors[each.anchor] + each.opens_after.span == opens_at:
            phase = each
    return phase


# the protocol's own texts


def numbers(protocol: Protocol, history: History) -> dict[str, str]:
    """Return the phone numbers that the protocol's texts mention, as the patient set them."""
    settings = history.settings
    country = protocol.emergency_numbers.get(str(settings.get("country")))
    emergency = settings.get("emergency_phone") or (country and country.emergency)
    advice_line = country and country.advice
    return {
        "emergency": str(emergency or _("your emergency number")),
        "advice_line": advice_line or _(protocol.notices["no_advice_line"]),
        "clinic": str(settings.get("clinic_phone") or _(protocol.notices["no_clinic_number"])),
    }


def filled(text: str, protocol: Protocol, history: History, **more: str) -> str:
    """Return one of the protocol's texts, translated, with its numbers filled in."""
    lift = weight(protocol.rules.lift_most.value)
    return _(text).format_map(_Kept({**numbers(protocol, history), "lift": lift, **more}))


def weight(kg: float) -> str:
    """Return a weight in both units, the pounds rounded down: a limit must not grow in translation."""
    return _("{kg} kg ({lb} lb)").format(kg=f"{kg:g}", lb=int(kg * LB_IN_KG))


class _Kept(dict[str, str]):
    """Leaves a placeholder that nobody fills as it is."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


def protocol_text(protocol: Protocol, history: History, name: str) -> str:
    """Return the protocol's notice of that name."""
    return filled(protocol.notices[name], protocol, history)


def who_reads(protocol: Protocol, history: History, *, followed: bool) -> str:
    """Return who reads what the patient enters: nobody else, or the physiotherapist, on which days."""
    if not followed or is_discharged(history):
        return protocol_text(protocol, history, "reads_home")
    days = _(protocol.notices["reads_days"])
    return filled(protocol.notices["reads_clinic"], protocol, history, days=days)


def tel(number: str) -> str:
    """Return what a tel: link dials, or nothing where the text is no number."""
    digits = "".join(c for c in number if c.isdigit() or c == "+")
    return digits if len(digits) >= 3 else ""


# red flags


def calls(
    protocol: Protocol, history: History, names: tuple[str, ...] = ("emergency", "clinic")
) -> list[dict[str, str]]:
    """Return the numbers to call of these names, as far as they are known."""
    known = numbers(protocol, history)
    labels = {"emergency": _("Call {number}"), "clinic": _("Call your clinic: {number}")}
    return [
        {"label": labels[name].format(number=known[name]), "tel": tel(known[name])}
        for name in names
        if tel(known[name])
    ]


def card(flag: RedFlag, protocol: Protocol, history: History) -> dict[str, Any]:
    """Return the action card: level, title, lines and the numbers to call, in order."""
    known = numbers(protocol, history)
    titles = {
        FlagLevel.EMERGENCY: ("emergency", _("Call {number} now")),
        FlagLevel.URGENT: ("clinic", _("Call your clinic today")),
        FlagLevel.ASK: ("clinic", _("Call your clinic")),
    }
    first, title = titles[flag.level]
    phones = calls(protocol, history, tuple(dict.fromkeys((first, "clinic"))))
    lines = [filled(line, protocol, history) for line in flag.advice]
    lines.append(protocol_text(protocol, history, "flag_closed"))
    return {
        "level": flag.level.value,
        "title": title.format(number=known[first]),
        "said": _("You said: {text}").format(text=_(flag.text)),
        "lines": list(dict.fromkeys(lines)),
        "phones": phones,
    }


# pain


def score(value: Score | None, protocol: Protocol) -> str:
    """Return a pain score as it is shown: the number, or the plain words."""
    if value is None:
        return _("not known")
    if isinstance(value, PainWord):
        return _(protocol.plain_words[value.value])
    return str(value)


def pain_choices(protocol: Protocol, *, plain_words: bool) -> list[tuple[Score, str, str]]:
    """Return what the pain question offers: value, label, and the words beside it."""
    if plain_words:
        return [(word, _(protocol.plain_words[word.value]), "") for word in PainWord]
    words = dict(protocol.pain_words)
    return [(n, str(n), _(words[n]) if n in words else "") for n in range(11)]


def light(colour: Light | None, protocol: Protocol, history: History) -> str:
    """Return a session's advice after its light, or nothing where there is no light."""
    names = {Light.AMBER: "light_amber", Light.RED: "light_red"}
    return protocol_text(protocol, history, names[colour]) if colour else ""


def stop_reason(why: StopReason) -> str:
    """Return a stop reason as the patient taps it."""
    match why:
        case StopReason.ENOUGH:
            return _("I have done enough")
        case StopReason.PAIN:
            return _("Pain")
        case StopReason.TIRED:
            return _("Tired")
        case StopReason.UNWELL:
            return _("I feel unwell")
        case StopReason.INTERRUPTED:
            return _("I was interrupted")
        case StopReason.OTHER:
            return _("Something else")
        case _:
            assert_never(why)


# the session


def side(which: Side) -> str:
    """Return the leg in words."""
    return _("right leg") if which is Side.RIGHT else _("left leg")


def cue(what: Cue, plan: Schedule, protocol: Protocol) -> tuple[str, str]:
    """Return what a cue shows and what it says; an empty string says nothing.

    A routine's own words win: "Squeeze" is the wrong thing to do where a tummy is to be drawn in.
    """
    if what.show:
        return _(what.show), _(what.say) if what.say else ""
    routine = protocol.routines[plan.sets[what.set].routine]
    name = _(routine.name)
    match what.kind:
        case CueKind.READY:
            leg = f", {side(Side.RIGHT)}" if routine.sides == 2 else ""
            return _("Get ready"), _("{name}{leg}. Get ready.").format(name=name, leg=leg)
        case CueKind.TIGHTEN:
            first = what.rep == 1
            return _("Tighten"), _("Breathe out and tighten.") if first else _("Tighten.")
        case CueKind.HOLD:
            return _("Hold"), ""  # the count is what is said
        case CueKind.RELAX:
            return _("Let go"), _("Let go.")
        case CueKind.POINT:
            return _("Point away"), _("Point your feet away.") if what.rep == 1 else _("Point.")
        case CueKind.PULL:
            return _("Pull up"), _("Pull them up to you.") if what.rep == 1 else _("Pull up.")
        case CueKind.COUNT:
            return "", count_word(what.count or 0)
        case CueKind.CHANGE_LEGS:
            return _("Change legs"), _("Change legs. Now the left leg.")
        case CueKind.CHANGE_ROUTINE:
            return _("Rest"), _("Rest a little. Next: {name}.").format(name=name)
        case CueKind.DONE:
            return _("Done"), _("Done.")
        case _:
            assert_never(what.kind)


def count_word(number: int) -> str:
    """Return a number as it is counted aloud."""
    words = (
        _("one"), _("two"), _("three"), _("four"), _("five"),
        _("six"), _("seven"), _("eight"), _("nine"), _("ten"),
    )  # fmt: skip
    return words[number - 1] if 1 <= number <= len(words) else str(number)


# what was recorded


def diary_day(which: date, *, today: date) -> str:
    """Return a day as a heading: "Today, Sunday 22 November"; the year where it is another one."""
    text = _("{weekday} {day} {month}").format(
        weekday=_(WEEKDAYS[which.weekday()]), day=which.day, month=_(MONTHS[which.month - 1])
    )
    if which.year != today.year:
        return f"{text} {which.year}"
    near = {today: _("Today, {date}"), today - timedelta(days=1): _("Yesterday, {date}")}
    return near.get(which, "{date}").format(date=text)


def reply(given: Reply) -> str:
    """Return an answer to a set-up question."""
    return {Reply.YES: _("Yes"), Reply.NO: _("No"), Reply.UNSURE: _("Not sure")}[given]


def pain_question(when: PainWhen) -> str:
    """Return what a pain score was about."""
    return {
        PainWhen.NOW: _("Pain"),
        PainWhen.BEFORE: _("Pain before"),
        PainWhen.AFTER: _("Pain after"),
        PainWhen.AVERAGE_24H: _("Pain over 24 hours, on average"),
        PainWhen.WORST_24H: _("Pain over 24 hours, at its worst"),
        PainWhen.BASELINE: _("Pain in the week before the procedure"),
    }[when]


def effort(value: int, protocol: Protocol) -> str:
    """Return how hard a session was, in words where the number has some."""
    words = dict(protocol.effort_words)
    return _(words[value]).lower() if value in words else _("{n} of 10").format(n=value)


def set_done(what: SetDone, protocol: Protocol) -> str:
    """Return one finished set: "Bottom squeeze: 8 times"."""
    routine = protocol.routines.get(what.routine)
    sides = routine.sides if routine and what.reps_done >= what.reps_planned else 1
    sides = 1 if what.reps_done % sides else sides
    each = what.reps_done // sides
    count = ngettext("{n} time", "{n} times", each).format(n=each)
    if what.reps_done < what.reps_planned:
        count = _("{n} of {m} times").format(n=what.reps_done, m=what.reps_planned)
    text = _("{name}: {count}").format(name=_(routine.name) if routine else what.routine, count=count)
    if sides == 2:
        text = _("{set}, each leg").format(set=text)
    return _("{set} (not in the plan then)").format(set=text) if what.outside_plan else text


def setting(name: str, value: SettingValue, protocol: Protocol) -> str:
    """Return a setting and its value."""
    names = {
        "understood": _("First page"),
        "zone": _("Time zone"),
        "country": _("Country"),
        "clinic_phone": _("Clinic's number"),
        "emergency_phone": _("Emergency number"),
        "first_name": _("First name"),
        "plain_words": _("Plain words instead of numbers"),
        "voice": _("Voice"),
        "tones": _("Sounds"),
        "curve": _("Study average on Progress"),
        nights.BEGINS: _("Your night begins"),
        nights.ENDS: _("Your night ends"),
    }
    country = protocol.emergency_numbers.get(str(value)) if name == "country" else None
    if isinstance(value, bool):
        shown = _("on") if value else _("off")
    elif name == "understood":
        shown = _("read")
    else:
        shown = _(country.name) if country else value or _("left out")
    return _("{name}: {value}").format(name=names.get(name, name), value=shown)


def fact(what: Fact, protocol: Protocol, *, zone: str, now: datetime) -> tuple[str, ...]:
    """Return an entry in plain words: what it is, then the rest, a line each.

    The lines may hold the patient's own words: show them as plain text, never as Markdown.
    """
    match what:
        case Procedure(cause):
            causes = {
                Cause.FIRST: _("Your procedure ended"),
                Cause.NEW_PROCEDURE: _("Another procedure ended. Your course began again."),
                Cause.NEW_FRACTURE: _("Your course began again after a new fracture"),
            }
            return (causes[cause],)
        case HomeArrival(home):
            return (_("You got home") if home else _("Not home yet"),)
        case Answer(asked, given):
            question = protocol.question(asked)
            return (_(question.text) if question else asked, reply(given))
        case ClinicAgreed(asked, who, spoke_at, why) | FlagCleared(asked, who, spoke_at, why):
            spoke = moment(spoke_at, zone, now=now)
            question = protocol.question(asked) if isinstance(asked, str) else None
            about = (_(question.text),) if question else ()
            told = _("You spoke to: {who}, {when}").format(who=who, when=spoke)
            return (_("Your clinic said you may exercise"), *about, told, *filter(None, [why]))
        case Setting(name, value):
            return (setting(name, value, protocol),)
        case Pain(value, when):
            return (_("{name}: {value}").format(name=pain_question(when), value=score(value, protocol)),)
        case FlagCheck(whole):
            return (_("Warning signs: none of these") if whole else _("Warning signs: nothing new"),)
        case RedFlagYes(flag):
            known = protocol.red_flags.get(flag)
            return (_("Warning sign"), _(known.text) if known else flag)
        case FlagMistake():
            return (_("Tapped by mistake"),)
        case Drowsy(yes):
            return (_("Sleepy or dizzy: yes") if yes else _("Sleepy or dizzy: no"),)
        case SessionStarted():
            by_hand = what.source is Source.DIARY
            return (_("Exercises without the app") if by_hand else _("Exercises"),)
        case SetDone():
            return (set_done(what, protocol),)
        case SessionFinished(_session, stopped):
            return (_("Stopped early: {why}").format(why=stop_reason(stopped)),) if stopped else ()
        case Effort(_session, value):
            return (_("How hard it was: {words}").format(words=effort(value, protocol)),)
        case Note(_session, text):
            return (_("Note: {text}").format(text=text),)
        case ClinicianHold(closed, why):
            known_routine = protocol.routines.get(closed or "")
            name = _(known_routine.name) if known_routine else _("all exercises")
            return (_("Your physiotherapist closed: {name}").format(name=name), why)
        case HoldLifted(_entry, why):
            return (_("Your physiotherapist opened this again"), why)
        case Override(changed, reps, hold_s):
            routine = protocol.routines.get(changed)
            amount = _("{n} × {s} seconds").format(n=reps, s=f"{hold_s:g}")
            name = _(routine.name) if routine else changed
            return (_("Your physiotherapist set: {name}, {dose}").format(name=name, dose=amount), what.why)
        case Void(_entry, why):
            return (_("Taken back: {why}").format(why=why),)
        case SetAside(_entry, why):
            return (_("Set aside: {why}").format(why=why),)
        case Activity() | FunctionScore() | ChangeRating() | PutOff():
            return measures_text.fact(what, protocol)
        case _:
            return _clinic_fact(what, zone, now=now)


def _clinic_fact(what: ClinicFact, zone: str, *, now: datetime) -> tuple[str, ...]:
    """Return what a physiotherapist told, or what was told to one, in plain words."""
    match what:
        case OverrideEnded(_entry, why):
            return (_("Your physiotherapist ended a dose that was set for you"), why)
        case PainLimit(limit, ends, why):
            until = moment(ends, zone, now=now)
            told = _("Your physiotherapist set your pain limit to {limit}, until {moment}")
            return (told.format(limit=limit, moment=until), why)
        case PlanText(_topic, text, why):
            return (_("Your physiotherapist wrote for you"), *filter(None, [text]), why)
        case ProtocolChosen(_protocol, version, _digest, why):
            told = _("Your physiotherapist chose another plan, version {version}")
            return (told.format(version=version), why)
        case TimeAsked(_what, to):
            told = _("You asked for another time: {moment}")
            return (told.format(moment=moment(to, zone, now=now)),)
        case TimeDecided(_entry, accepted, why):
            yes, no = _("Your physiotherapist accepted the time"), _("Your physiotherapist kept the time")
            return (yes if accepted else no, why)
        case CourseDetail(_detail, text):
            return (_("Your clinic noted something about your procedure"), *filter(None, [text]))
        case Away(begins, ends, why):
            span_ = (moment(begins, zone, now=now), moment(ends, zone, now=now))
            return (_("Away from {begins} to {ends}").format(begins=span_[0], ends=span_[1]), why)
        case Discharged(why):
            return (_("Your clinic ended your care here"), why)
        case Readmitted(why):
            return (_("Your clinic cares for you here again"), why)
        case Seen():
            return (_("Your physiotherapist looked at your entries"),)
        case Message(text):
            return (_("Message"), text)
        case MessageRead():
            return (_("Message read"),)
        case NoAnswerNeeded():
            return (_("Message read: no answer needed"),)
        case _:
            assert_never(what)


# what is refused

REFUSALS: Mapping[Fault, str] = {
    Fault.PAIN_NOT_A_SCORE: N_("Pain must be a whole number from 0 to 10. Tap one of the buttons."),
    Fault.EFFORT_NOT_A_SCORE: N_("How hard it was must be a whole number from 0 to 10. Tap one of the buttons."),
    Fault.FUNCTION_NOT_A_SCORE: N_("How well you can do it must be a whole number from 0 to 10. Tap one of the buttons."),
    Fault.OCCASION_CLOSED: N_("These questions are over for now. What you answered before is kept."),
    Fault.ACTIVITIES_NAMED: N_("You have named your activities already. Load the page again."),
    Fault.ACTIVITY_TWICE: N_("“{value}” is there twice. Name each activity once."),
    Fault.TOO_MANY_ACTIVITIES: N_("Name at most {limit} activities."),
    Fault.REPS_OUT_OF_RANGE: N_("The number of times must be a whole number from {low} to {high}."),
    Fault.HOLD_OUT_OF_RANGE: N_("The seconds to hold must be between {low} and {high}."),
    Fault.TIMES_OUT_OF_RANGE: N_("The times a day must be between {low} and {high}."),
    Fault.DURATION_OUT_OF_RANGE: N_("A set cannot take that long. Check the times."),
    Fault.TEXT_TOO_LONG: N_("This text has {length} characters. At most {limit} fit: please shorten it."),
    Fault.TEXT_MISSING: N_("Something is missing here. Please fill it in."),
    Fault.UNKNOWN_ZONE: N_("There is no time zone called “{value}”. Choose one from the list, such as: {near}."),
    Fault.UNKNOWN_COUNTRY: N_("This country is not in the list. Choose “Another country”."),
    Fault.NOT_A_PHONE_NUMBER: N_("“{value}” is not a phone number. Use digits, spaces and a + at the start."),
    Fault.UNKNOWN_CHOICE: N_("“{value}” is not one of the choices. Please choose again."),
    Fault.UNKNOWN_ROUTINE: N_("This exercise is not in your plan. Go back to Today and choose again."),
    Fault.UNKNOWN_KIND: N_("This kind of entry is not known here. Load the page again."),
    Fault.UNKNOWN_ENTRY: N_("This entry is not there. Load the page again."),
    Fault.TIME_WITHOUT_ZONE: N_("This time has no time zone. Please enter it again."),
    Fault.TIME_WITH_ZONE: N_("Enter the time as your clock shows it."),
    Fault.TIME_SKIPPED: N_("That time did not exist: the clocks were put forward. Choose a time an hour later."),
    Fault.TIME_IN_FUTURE: N_("This time lies ahead. Check the day and the time."),
    Fault.TIME_MISSING: N_("A day and a time are needed here."),
    Fault.TIME_UNREADABLE: N_("“{value}” cannot be read as a time. Write hours and minutes, such as 3:30 pm or 15:30."),
    Fault.TIME_NOT_CONFIRMED: N_("Look at the time above first, and say that it is right."),
    Fault.YEAR_OUT_OF_RANGE: N_("The year {value} cannot be right. Check the day."),
    Fault.HOME_BEFORE_PROCEDURE: N_("You cannot get home before the procedure ended. Check both times."),
    Fault.BEFORE_PROCEDURE: N_("This lies before your procedure ended. Check the day and the time."),
    Fault.PROCEDURE_TOO_LONG_AGO: N_("This is too long ago for this plan. Check the day, or ask your clinic."),
    Fault.CLOCK_WRONG: N_("This computer's clock looks wrong. This is not saved. Set the clock right, then try again. If it is right, call whoever runs this computer."),
    Fault.KEY_REUSED: N_("This was saved before with other content. Load the page again."),
    Fault.FLAG_NEVER_VOIDED: N_("A warning sign stays in the record. It can only be cleared after you spoke to your clinic."),
    Fault.MISTAKE_TOO_LATE: N_("A mistaken tap can be taken back for {within}. After that, speak to your clinic."),
    Fault.CLEARED_TOO_EARLY: N_("After an emergency the exercises stay closed for at least {wait}."),
    Fault.SPOKE_BEFORE_FLAG: N_("You spoke to them before you had this. Call your clinic about it first."),
    Fault.RESTART_TOO_EARLY: N_("A new start lies after the procedure before it, and after the warning sign that stopped you. Check the day."),
    Fault.ONLY_RESTART: N_("Your clinic tells you when to start again. Then you start from the beginning, under Settings."),
    Fault.OPENS_EARLIER: N_("With this time something may open earlier than before. Say that it is right, then save again."),
    Fault.NOT_OPEN: N_("This exercise is not open just now. Go back to Today to see when it is."),
    Fault.ALREADY_VOIDED: N_("This entry was changed already. Load the page again."),
    Fault.NOTHING_DONE: N_("Enter how often you did at least one exercise."),
    Fault.WORST_BELOW_AVERAGE: N_("The worst pain of a day cannot be less than its average. On average it was {average}, at its worst {worst}. Check both; to raise both, begin with the worst."),
    Fault.PHYSIOTHERAPIST_DECIDES: N_("Only your physiotherapist can change this. Please send a message or call your clinic."),
    Fault.CHECK_FIRST: N_("Answer the short check first, then start."),
    Fault.STARTS_IN_PAST: N_("This time is past. Choose a time from now on."),
    Fault.STARTS_TOO_LATE: N_("This is more than a year ahead. Choose a nearer day."),
    Fault.PROTOCOL_REFUSED: N_("This file has problems and is not used. Nothing was changed."),
    Fault.PROTOCOL_CHANGED: N_("Another protocol was put in force meanwhile. Read the differences again."),
    Fault.IN_FORCE_ALREADY: N_("This protocol is in force at that time already."),
    Fault.NAME_TAKEN: N_("There is one called “{value}” already. Choose another name."),
    Fault.NOBODY_READS: N_("Your clinic has ended your care here, so nobody would read this. Please call them."),
    Fault.PASSWORD_TOO_SHORT: N_("A password needs at least {least} characters. A few words in a row are easy to remember."),
    Fault.PASSWORD_TOO_LONG: N_("A password can have at most {most} characters."),
    Fault.PASSWORD_COMMON: N_("This password is among the first that anybody would try. Choose another one, such as a few words in a row."),
    Fault.CODE_WRONG: N_("This code is not right, or it was used before. Wait for the next one in your app, then enter that."),
    Fault.ACCOUNT_DISABLED: N_("This account is disabled. An administrator can enable it again."),
    Fault.OWN_ACCOUNT: N_("This is your own account. Another administrator changes it for you."),
    Fault.ACCOUNT_CHANGED: N_("Nothing was changed: this account was changed meanwhile. Look at what stands there now."),
    Fault.DISABLED_MEANWHILE: N_("Nothing was changed: somebody has disabled this account meanwhile."),
    Fault.ENABLED_MEANWHILE: N_("Nothing was changed: somebody has enabled this account meanwhile."),
    Fault.LAST_ADMINISTRATOR: N_("Nothing was changed: nobody could administer this clinic any more. Invite another administrator first, and wait until they have signed in."),
    Fault.STAFF_ACCOUNT: N_("This patient works here too, and an invitation opens that account as well. Ask an administrator."),
    Fault.FOLLOWED_ALREADY: N_("A physiotherapist follows this record already."),
    Fault.REFERENCE_TAKEN: N_("Somebody has the reference “{value}” already. Look for it first, or choose another one."),
    Fault.PLAN_CHANGED: N_("Something was recorded since you opened this. Look at what is new, then save again."),
    Fault.LIMIT_OUT_OF_RANGE: N_("A personal pain limit is a whole number from {low} to {high}."),
    Fault.END_PASSED: N_("This must end later than it begins, and not in the past. Check the day and the time."),
    Fault.END_TOO_FAR: N_("This may last {days} days at most. Choose an earlier end."),
    Fault.ENDED_ALREADY: N_("This has ended or was decided already. Load the page again."),
    Fault.NOT_A_TIME_OF_DAY: N_("“{value}” is no time of day. Write it like 08:00 or 18:30."),
    Fault.TOO_MANY_TIMES: N_("Choose {most} times a day at most."),
    Fault.NOT_A_MAIL_ADDRESS: N_("“{value}” is no e-mail address. Write it like name@example.org."),
    Fault.MAIL_CODE_OVER: N_("This code is not the one in the e-mail, or it is too old. Ask for a new one."),
    Fault.TOO_MANY_TRIES: N_("Too many tries. Wait {minutes} minutes, then try again."),
    Fault.NEEDS_GONE: N_("Not marked: what you saw there is over, or somebody has marked it already. Look at what stands there now."),
    Fault.UNDONE_ALREADY: N_("Somebody has undone this already. Look at what stands there now."),
    Fault.ANSWERED_ALREADY: N_("Somebody has answered this or marked it already. Look at what stands there now."),
    Fault.DISCHARGED_MEANWHILE: N_("Not saved: this patient was discharged meanwhile. Your text is still here."),
    Fault.FOLLOWED_MEANWHILE: N_("Not saved: somebody follows this patient again already. Your text is still here."),
    Fault.WRITTEN_MEANWHILE: N_("Not sent: a colleague wrote to this patient meanwhile. Read it below, then send yours again if it still fits. Your text is still here."),
    Fault.PERSON_CHANGED: N_("Not saved: somebody changed this patient’s name, reference or team meanwhile. Look at what stands there now, then save again."),
    Fault.DETAIL_CHANGED: N_("Not saved: somebody changed this meanwhile to “{value}”. Your text is still here. Save again to put it in its place."),
    Fault.NO_PROCEDURE: N_("No procedure is recorded yet. The plan is counted from it."),
    Fault.NOTHING_TO_RELEASE: N_("This answer closes nothing now. Load the page again."),
    Fault.FLAG_UNKNOWN_THERE: N_("A warning sign is open that this plan does not know. Deal with it first."),
    Fault.AWAY_OVER: N_("Being away begins within a year. Its last day is today or later, not before the first, and at most a year after it."),
}  # fmt: skip


def refusal(refused: BadValue) -> str:
    """Return what is wrong and what to do, in one or two plain sentences."""
    text = _(REFUSALS[refused.fault])
    if refused.fault is Fault.UNKNOWN_ZONE and not refused.detail.get("near"):
        text = _("There is no time zone called “{value}”. Choose one from the list.")
    return text.format_map(_Kept({name: _detail(value) for name, value in refused.detail.items()}))


def _detail(value: object) -> str:
    return length(value) if isinstance(value, timedelta) else str(value)


UNAVAILABLE: Mapping[str, str] = {
    "missing": N_("The record is not where it was: {where} is not there any more, or it is another one. Put it back, or restore a backup and start Coach again."),
    "empty": N_("The file {where} is empty. It is left as it is. Restore a backup, or move it away to begin anew."),
    "not_a_database": N_("The file {where} is not a record of Coach. It is left as it is. Move it away, or name another place."),
    "foreign": N_("The file {where} belongs to another program. It is left as it is. Name another place with COACH_HOME."),
    "damaged": N_("The file {where} is damaged. It is left as it is. Restore a backup."),
    "newer_version": N_("The record in {where} was made by a newer Coach. Update this one, then load the page again."),
    "disk_full": N_("The disk is full. Make room, then load the page again. Nothing that was saved is lost."),
    "read_only": N_("{where} cannot be written to. Allow writing there, then load the page again."),
    "no_permission": N_("This account may not open {where}. Allow it, then load the page again."),
    "locked": N_("Another program holds {where}. Close it, then load the page again."),
    "unreachable": N_("The database {where} does not answer. Start it, then load the page again."),
    "unsupported": N_("{where} is not a kind of database that Coach can use. Use SQLite or PostgreSQL."),
    "not_prepared": N_("The tables in {where} are not ready for this Coach. Run python -m coach prepare with COACH_OWNER_URL, then start Coach again."),
    "unsafe_role": N_("The role in {where} may pass every access rule. Name one in COACH_DATABASE_URL that is no superuser and does not own the tables, then run python -m coach prepare."),
    "failed": N_("The record in {where} could not be used just now. Load the page again."),
}  # fmt: skip


def no_record(where: str) -> str:
    """Return that nothing was recorded there yet, for all that this program knows, and what to do."""
    told = _(
        "There is no record at {where}. Start Coach once to make one, or name the place of yours with COACH_HOME or "
        "COACH_DATABASE_URL."
    )
    return told.format(where=where)


def unavailable(why: str, where: str) -> str:
    """Return why the record cannot be used and what to do."""
    return _(UNAVAILABLE.get(why, UNAVAILABLE["failed"])).format(where=where)
