"""One patient's line in the caseload: what a physiotherapist sees before opening the review."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from statistics import fmean

from coach.domain import outcome, red_flags, rising_pain
from coach.domain.case import Case
from coach.domain.derived import derived
from coach.domain.facts import ClinicianHold, Pain
from coach.domain.history import Entry, last_by_patient
from coach.domain.times import BEGINNING, FOREVER, local_date, utc
from coach.domain.triage import AHEAD, DAY

CARD_DAYS = 14  # days of pain on a card


@dataclass(frozen=True, slots=True)
class Card:
    """The values of one line of the caseload; they can be read at later instants too.

    `phases` has the start and the name of each. `pain` is one number (NRS) for each of the last
    days with one. `shares` is the completed share of each local day, 0-1, None if nothing was due;
    days after the last entry are as they will be if nothing more is recorded. Everything is closed
    before `closed_until`.
    """

    zone: str
    procedure_day: date | None
    phases: tuple[tuple[datetime, str], ...]
    pain: tuple[tuple[date, float], ...]
    latest_pain: tuple[datetime, int | str] | None
    shares: tuple[tuple[date, float | None], ...]
    last_at: datetime | None
    closed_until: datetime = BEGINNING
    over_days: int = 7
    needs_days: int = 3

    def known(self, today: date) -> tuple[float, ...]:
        """Return the shares of the last `over_days` whole local days before `today` with sets due.

        Long after the last entry they stay the same.
        """
        shares = dict(self.shares)
        last = min(today - DAY, max(shares, default=today))
        days = (shares.get(last - n * DAY) for n in range(self.over_days))
        return tuple(share for share in days if share is not None)

    def adherence(self, today: date) -> float | None:
        """Return the mean of the `known` shares.

        None if there are fewer than `needs_days`: too early.
        """
        known = self.known(today)
        return fmean(known) if len(known) >= max(1, self.needs_days) else None

    def day(self, today: date) -> int | None:
        """Return the day of recovery (the procedure's is 0), or None before a procedure is known."""
        return (today - self.procedure_day).days if self.procedure_day else None

    def phase(self, at: datetime) -> str | None:
        """Return the name of the phase at an instant, or None before the first."""
        return next((name for starts, name in reversed(self.phases) if starts <= at), None)

    def closed(self, at: datetime) -> bool:
        """Tell whether a red flag or a hold closes everything at an instant."""
        return at < self.closed_until


@derived
def card(case: Case) -> Card:
    """Return the caseload's line of one patient."""
    history, rules, known = case.history, case.rules, case.course
    zone = history.zone
    last, latest = last_by_patient(history), rising_pain.latest(history)
    shares: tuple[tuple[date, float | None], ...] = ()
    if history.index.last_recorded:
        today = local_date(history.index.last_recorded, zone)
        over = rules.low_over.whole
        days = outcome.days_between(today - over * DAY, today + AHEAD * DAY)
        shares = tuple((day, outcome.day_share(case, day)) for day in days)
    return Card(
        zone=zone,
        procedure_day=local_date(known.procedure.at, zone) if known else None,
        phases=tuple((span.starts, span.phase.name) for span in known.spans) if known else (),
        pain=tuple(rising_pain.daily_pain(history).items())[-CARD_DAYS:],
        latest_pain=(latest.at, _plain(latest)) if latest else None,
        shares=shares,
        last_at=last.recorded_at if last else None,
        closed_until=_closed_until(case),
        over_days=rules.low_over.whole,
        needs_days=rules.low_needs.whole,
    )


def _plain(scored: Entry[Pain]) -> int | str:
    score = scored.fact.score
    return score if isinstance(score, int) else str(score)


def _closed_until(case: Case) -> datetime:
    if red_flags.open_flags(case):
        return FOREVER
    holds: list[Entry[ClinicianHold]] = list(case.holds)
    everything = [utc(h.fact.until or FOREVER) for h in holds if h.fact.routine is None]
    return max(everything, default=BEGINNING)
