"""Why something is closed, halved or changed, in words; mypy checks that no reason is missing."""

from __future__ import annotations

from datetime import datetime
from typing import assert_never

from coach.domain import decisions
from coach.domain.case import Case
from coach.domain.protocol import Anchor, Phase
from coach.i18n import _, ngettext
from coach.text.protocol_texts import protocol_text
from coach.text.times import hours_in_words, length


def reason(why: decisions.Reason, case: Case) -> str:
    """Return why a routine is not open, as one or two plain sentences."""
    match why:
        case decisions.NoProcedure():
            return _("First say when your procedure ended.")
        case decisions.FutureTime():
            return _("The time you gave lies ahead. Change it under Settings if it is wrong.")
        case decisions.Contradictory():
            return _("You got home before the procedure ended? Change the times under Settings.")
        case decisions.OpenRedFlag():
            return protocol_text(case, "flag_closed")
        case decisions.Held():
            return _("Your physiotherapist closed this.")
        case decisions.NeedsClinic():
            return protocol_text(case, "set_up_closed")
        case decisions.Unanswered():
            return _("First answer what we ask about your procedure.")
        case decisions.NotHome(assumed):
            if assumed is None:
                return _("You are not home yet. It starts when you are.")
            return _("It starts when you are home.")
        case decisions.Sleepy():
            return protocol_text(case, "drowsy_closed")
        case decisions.AfterRed():
            rest = length(case.protocol.rules.red_light_closes_for.span)
            return _("Your pain went up. Give it {length} of rest.").format(length=rest)
        case decisions.TooMuchPain():
            return protocol_text(case, "high_pain_closed")
        case decisions.NeedsRelease():
            return _("It opens when your physiotherapist says you are fit for it.")
        case decisions.WeekDone(done):
            text = ngettext(
                "Done on {n} day of the last 7. Your muscles rest.",
                "Done on {n} days of the last 7. Your muscles rest.",
                done,
            )
            return text.format(n=done)
        case decisions.TooEarly(phase, opens_at):
            if phase is None and opens_at is not None:
                return _("It is not time for this yet.")
            if phase is None:
                return _("It is not part of your plan now.")
            phase = _deciding(phase, opens_at, case)
            home = phase.anchor is Anchor.HOME_ARRIVAL
            text = _("{span} after you got home") if home else _("{span} after your procedure")
            return text.format(span=hours_in_words(phase.opens_after))
        case decisions.DoseDone(done, cap):
            return _("Done for today: {done} of {cap}.").format(done=done, cap=cap)
        case decisions.TooSoon():
            return _("Your muscles rest between two sets.")
        case _:
            assert_never(why)


def closed_by(locked: decisions.Locked, case: Case) -> str:
    """Return why a routine is closed: all reasons to show, one after the other."""
    return " ".join(reason(why, case) for why in locked.told)


def given_why(what: decisions.Reason | decisions.Step) -> str:
    """Return the clinician's own reason, or ""; show it as plain text, never as Markdown."""
    return what.why if isinstance(what, decisions.Held | decisions.Overridden) else ""


def _deciding(phase: Phase, opens_at: datetime | None, case: Case) -> Phase:
    """Return the phase whose hours decide the opening: a late arrival home delays later phases."""
    known = case.course
    if known is None or known.home is None:
        return phase
    anchors = {Anchor.PROCEDURE_END: known.procedure.at, Anchor.HOME_ARRIVAL: known.home}
    for each in case.protocol.phases:
        if anchors[each.anchor] + each.opens_after.span == opens_at:
            phase = each
    return phase
