"""A past day and time by large buttons: the day, the hour, the quarter; or about when, or not known.

Each question is a screen of its own, whose name says what was chosen so far, such as
"procedure/2026-03-04/15": so Back leads to the question before, and the tap guard tells two
questions apart. The screen after the last one reads the time back. What is not known is read as the
latest that it can have been, and its button says so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NoReturn
from uuid import UUID

import streamlit as st

from coach.domain.errors import BadValue
from coach.domain.time_windows import Bounds, DayPart, TimeWindow
from coach.i18n import _
from coach.text import time_entry
from coach.text import times as times_text
from coach.ui.parts import choices, date_time
from coach.ui.parts.date_time import YEARS_BACK, Clock
from coach.ui.parts.text_block import TextBlock

BETWEEN = "/"
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
ANOTHER, UNKNOWN, ROUGHLY, TYPED = "another-day", "not-known", "roughly", "typed"
WEEK_BEGINS = "week-"
WEEKS_SHOWN = 8
# The hours in the order in which they are asked, each group with its heading.
GROUPS = (
    (DayPart.MORNING, range(5, 12)),
    (DayPart.AFTERNOON, range(12, 18)),
    (DayPart.EVENING, range(18, 24)),
    (DayPart.NIGHT, range(5)),
)


@dataclass(frozen=True, slots=True)
class ChosenTime:
    """A time that was chosen: local, the latest that it can have been, and the earliest if not exact."""

    wall: datetime
    earliest: datetime | None = None

    def written(self) -> str:
        """Return it as text, for `read`."""
        return BETWEEN.join(at.isoformat() for at in (self.wall, self.earliest) if at)

    @classmethod
    def read(cls, text: str) -> ChosenTime | None:
        """Return a time that was written; None if the text is none."""
        try:
            walls = [datetime.fromisoformat(each) for each in text.split(BETWEEN)]
        except ValueError:
            return None
        return cls(*walls) if len(walls) < 3 and not any(at.tzinfo for at in walls) else None


@dataclass(frozen=True, slots=True)
class TimeQuestion:
    """What is asked: the name of the step, its title, a hint, and what is possible.

    `on_day` is the sentence about a chosen day, with `{day}`.
    """

    name: str
    title: str
    hint: str
    on_day: str
    bounds: Bounds
    days: Sequence[date]
    clock: Clock
    go: Callable[[str], NoReturn]
    just_now: bool = False
    draft_of: UUID | None = None

    def ask(self, step: str) -> ChosenTime | None:
        """Show the screen of a step; return the time once it is chosen."""
        name = step.rpartition(BETWEEN)[2]
        day = next((date.fromisoformat(each) for each in step.split(BETWEEN) if DAY.fullmatch(each)), None)
        chosen = None
        if day is None and name == ANOTHER:
            self._weeks(step)
        elif day is None and name.startswith(WEEK_BEGINS):
            self._days_of(step, date.fromisoformat(name.removeprefix(WEEK_BEGINS)))
        elif day is None and len(self.days) > 1:
            chosen = self._day(step)
        else:
            chosen = self._time(step, name, day or self.days[0])
        return chosen

    def _on(self, step: str, name: str) -> NoReturn:
        self.go(step + BETWEEN + name)

    # the day

    def _day(self, step: str) -> ChosenTime | None:
        TextBlock().title(self.title).text(self.hint).show()
        today = self.bounds.now.date()
        options = [(day.isoformat(), times_text.day_choice(day, today=today)) for day in self.days]
        if self._more_days:
            options.append((ANOTHER, _("Another day")))
        picked = choices.choice(f"{self.name}-day", options)
        if picked:
            self._on(step, picked)
        return self._window("no-day", _("I do not know the day"), self.bounds.anything())

    @property
    def _more_days(self) -> bool:
        """Whether it can have been on a day that is not among the days offered first."""
        return (self.bounds.now.date() - self.bounds.first.date()).days >= len(self.days)

    def _weeks(self, step: str) -> None:
        TextBlock().title(_("In which week?")).text(self.title).show()
        today = self.bounds.now.date()
        monday = today - timedelta(days=today.weekday())
        weeks = [monday - timedelta(weeks=back) for back in range(WEEKS_SHOWN)]
        possible = [each for each in weeks if each + timedelta(days=6) >= self.bounds.first.date()]
        options = [(WEEK_BEGINS + each.isoformat(), self._week(each)) for each in possible]
        picked = choices.choice(f"{self.name}-week", options)
        if picked:
            self._on(step, picked)
        first = self.bounds.first.date()
        if possible and first < possible[-1]:
            day = st.date_input(
                _("Longer ago: which day?"),
                value=None,
                min_value=first,
                max_value=possible[-1],
                format="YYYY-MM-DD",
                key=f"{self.name}-long",
            )
            if isinstance(day, date):
                self._on(step, day.isoformat())

    def _week(self, monday: date) -> str:
        today = self.bounds.now.date()
        return _("{first} to {last}").format(
            first=times_text.date_near(monday, today=today),
            last=times_text.date_near(monday + timedelta(days=6), today=today),
        )

    def _days_of(self, step: str, monday: date) -> None:
        TextBlock().title(_("Which day?")).text(self.title).show()
        week = (monday + timedelta(days=n) for n in range(7))
        last = self.bounds.now.date()
        possible = [each for each in week if self.bounds.first.date() <= each <= last]
        options = [(each.isoformat(), times_text.dated(each, today=last)) for each in possible]
        picked = choices.choice(f"{self.name}-day", options)
        if picked:
            self._on(step, picked)

    # the time

    def _time(self, step: str, name: str, day: date) -> ChosenTime | None:
        """Show the screen for the time on a day."""
        if name == ROUGHLY:
            return self._roughly(day)
        if name == TYPED:
            return self._typed(day)
        return self._quarter(day, int(name)) if name.isdigit() else self._hour(step, day)

    def _on_day(self, day: date) -> str:
        return self.on_day.format(day=times_text.day_choice(day, today=self.bounds.now.date()))

    def _hour(self, step: str, day: date) -> ChosenTime | None:
        alone = len(self.days) == 1 and day == self.days[0]
        # Where no other screen asked for the day, the question itself has not been read yet
        TextBlock().title(self.title if alone else _("Which hour was it?")).text(self._on_day(day)).show()
        if self.just_now and day == self.bounds.now.date():
            label = _("Just now")
            if st.button(label, key=f"{self.name}-just-now", type="primary", width="stretch"):
                return ChosenTime(self.bounds.now)
        if st.button(_("I do not know exactly"), key=f"{self.name}-roughly", width="stretch"):
            self._on(step, ROUGHLY)
        possible = set(self.bounds.hours(day))
        for part, hours in GROUPS:
            shown = [hour for hour in hours if hour in possible]
            if not shown:
                continue
            with st.container(key=f"hours-{self.name}-{part.value}"):
                TextBlock().header(_(time_entry.GROUPS[part])).show()
                with st.container(key=f"grid-{self.name}-{part.value}", horizontal=True):
                    for hour in shown:
                        label = time_entry.hour(hour)
                        if st.button(label, key=f"{self.name}-hour-{hour}"):
                            self._on(step, str(hour))
        if (
            alone
            and self._more_days
            and st.button(_("It was another day"), key=f"{self.name}-another", width="stretch")
        ):
            self._on(step, ANOTHER)
        if st.button(_("Type the time"), key=f"{self.name}-typed", width="stretch"):
            self._on(step, TYPED)
        return None

    def _quarter(self, day: date, hour: int) -> ChosenTime | None:
        TextBlock().title(_("Which one is right?")).text(self._on_day(day)).show()
        with st.container(key=f"grid-{self.name}-quarter", horizontal=True):
            for wall in filter(self._exists, self.bounds.quarters(day, hour)):
                if st.button(times_text.clock(wall), key=f"{self.name}-at-{wall.minute}"):
                    return ChosenTime(wall)
        label = time_entry.hour_alone(hour)
        return self._window("hour-alone", label, self.bounds.hour(day, hour))

    def _roughly(self, day: date) -> ChosenTime | None:
        TextBlock().title(_("About when was it?")).text(self._on_day(day)).show()
        found = None
        for name, label, window in self._rough(day):
            found = self._window(name, label, window) or found
        return found

    def _rough(self, day: date) -> Iterator[tuple[str, str, TimeWindow | None]]:
        for part in DayPart:
            label = time_entry.day_part(part)
            yield part.value, label, self.bounds.part(day, part)
        yield UNKNOWN, _("I do not know the time"), self.bounds.day(day)

    def _window(self, name: str, label: str, window: TimeWindow | None) -> ChosenTime | None:
        """Offer a window, with the instant from which it is counted."""
        if window is None:
            return None
        try:
            latest = self.clock.instant(window.latest)
        except BadValue:  # skipped by a clock change: the others are near enough
            return None
        told = time_entry.counted_from(latest, self.clock.zone, now=self.clock.now)
        with st.container(key=f"answers-about-{self.name}-{name}"):
            tapped = st.button(f"**{label}**  \n{told}", key=f"{self.name}-about-{name}", width="stretch")
        return ChosenTime(window.latest, window.earliest) if tapped else None

    def _typed(self, day: date) -> ChosenTime | None:
        TextBlock().title(_("What time was it?")).text(self._on_day(day)).show()
        go_on = _("Yes, that is right. Next")
        when = date_time.on_day(f"{self.name}-own", day, self.clock, go_on=go_on, draft_of=self.draft_of)
        return ChosenTime(when.wall) if when.tapped and when.wall else None

    def _exists(self, wall: datetime) -> bool:
        """Tell whether there is that time: a clock change skips some."""
        try:
            self.clock.instant(wall)
        except BadValue:
            return False
        return True


def is_step(step: str, *, today: date) -> bool:
    """Tell whether a text is a step inside of a time, such as "procedure/2026-03-04/15", or its first."""
    _name, *inside = step.split(BETWEEN)
    days = [each.removeprefix(WEEK_BEGINS) for each in inside if each not in (ANOTHER, ROUGHLY, TYPED)]
    if days and re.fullmatch(r"\d|1\d|2[0-3]", days[-1]):
        days.pop()
    try:
        return len(inside) < 5 and all(
            DAY.fullmatch(each) is not None and today - YEARS_BACK < date.fromisoformat(each) <= today
            for each in days
        )
    except ValueError:
        return False


def before(step: str) -> str:
    """Return the step before, inside of one time; "" where it is the first."""
    return step.rpartition(BETWEEN)[0]
