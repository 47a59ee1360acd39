"""The two times that hours are counted from: what may be entered of them, whoever does."""

from __future__ import annotations

from datetime import datetime, timedelta

from coach.desk.installation.recording import Desk
from coach.domain.course import first_of_chain
from coach.domain.errors import BadValue, Fault
from coach.domain.facts import Procedure, RedFlagYes
from coach.domain.times import from_wall_clock, utc

YEARS_BACK = timedelta(days=5 * 366)


class Anchors(Desk):
    """Checks of the procedure's end and the arrival at home."""

    def _refuse_before(self, at: datetime, seq: int) -> None:
        """Refuse a new start that does not lie after what was recorded of earlier courses before `seq`."""
        history = self.history()
        earlier = [p.at for p in history.of(Procedure) if first_of_chain(history, p).seq < seq]
        for flag in history.of(RedFlagYes):
            known = self.protocol.red_flags.get(flag.fact.flag)
            if known and known.never_cleared and flag.seq < seq:
                earlier.append(flag.at)
        if any(at <= each for each in earlier):
            raise BadValue(Fault.RESTART_TOO_EARLY)

    def _procedure_time(self, wall: datetime) -> datetime:
        at = self._past(from_wall_clock(wall, self.history().zone))
        if at is None or self.now() - at > YEARS_BACK:
            raise BadValue(Fault.PROCEDURE_TOO_LONG_AGO, wall=wall)
        return at

    def _past(self, at: datetime | None) -> datetime | None:
        """Return the instant in UTC; one that lies ahead is refused. None stays None (now)."""
        if at is None:
            return None
        if utc(at) > self.now():
            raise BadValue(Fault.TIME_IN_FUTURE)
        return utc(at)
