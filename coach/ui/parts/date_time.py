"""Entering a day and a time: typed, read back in words, and confirmed before it counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

import streamlit as st

from coach.desk import PatientDesk
from coach.desk.installation.patient_context import Desk
from coach.domain import time_reading, zones
from coach.domain.errors import BadValue, Fault
from coach.domain.history import History
from coach.domain.times import from_wall_clock, local
from coach.i18n import _, formats
from coach.i18n.sentences import at_the_start
from coach.text import time_entry
from coach.text import times as times_text
from coach.ui.parts import browser, drafts, time_zone

RECENT_DAYS = 4
EARLIER = "earlier"
YEARS_BACK = timedelta(days=5 * 366)
TYPED_LIMIT = 20
ANY_DAY = date(2000, 1, 1)  # the day used if only a time is asked for

Sentence = Callable[[datetime], str]


@dataclass(frozen=True, slots=True)
class Clock:
    """The zone of a time, the present local time there, and how a typed time is read.

    With `twelve_hours`, a time without am or pm may mean either half of the day; how a time is shown
    is the same everywhere (`coach.i18n.formats`). With `lived`, a past time is read in the zone where
    the patient lived then.
    """

    zone: str
    now: datetime
    twelve_hours: bool
    lived: History | None = None

    @classmethod
    def of(cls, desk: Desk, *, zone: str = "", lived: bool = False) -> Clock:
        """Return the clock of the patient or another zone, in the viewer's way of typing times."""
        country = str(desk.history().settings.get("country", ""))
        known = desk.history() if lived else None
        return cls(zone or desk.zone, desk.now(), browser.twelve_hours(country), known)

    def instant(self, wall: datetime) -> datetime:
        """Return the instant of a local time; one that does not exist is refused."""
        if self.lived is not None:
            return zones.meant(self.lived, wall, now=self.now).at
        return from_wall_clock(wall, self.zone)

    def said(self, wall: datetime) -> str:
        """Return the sentence that reads a time back; a time that does not exist is refused."""
        instant = self.instant(wall)
        return time_entry.read_back(wall, instant, self.zone, now=self.now)


@dataclass(frozen=True, slots=True)
class Entered:
    """What was entered: the confirmed time, or None and what is still missing.

    `tapped` if it was confirmed in this run, `waits` while a typed time is not confirmed.
    """

    wall: datetime | None
    tapped: bool = False
    waits: bool = False

    def needed(self) -> datetime:
        """Return the confirmed local time; a missing or unconfirmed one is refused."""
        if self.wall is None:
            raise BadValue(Fault.TIME_NOT_CONFIRMED if self.waits else Fault.TIME_MISSING)
        return self.wall


def ask(
    name: str,
    patient: PatientDesk,
    value: datetime | None = None,
    *,
    go_on: str = "",
    clock: Clock | None = None,
    draft_of: UUID | None = None,
) -> Entered:
    """Ask for a past day and a time, in the patient's zone or another.

    `value` is the initial instant; with `draft_of`, a patient, a time that is typed and not yet
    confirmed is kept as a draft.

    With `go_on`, the label of the confirming button, the caller acts on `tapped` at once.
    """
    clock = clock or Clock.of(patient)
    start = local(value, clock.zone).replace(second=0, microsecond=0, tzinfo=None) if value else None
    today = patient.today()
    recent = [today - timedelta(days=back) for back in range(RECENT_DAYS)]
    first = start.date() if start else None
    chosen = st.pills(
        _("Day"),
        [*recent, EARLIER],
        default=None if first is None else first if first in recent else EARLIER,
        required=True,  # a second tap of a shaky finger does not undo the choice
        format_func=lambda day: times_text.recent_day(day, today=today) if day != EARLIER else _("Earlier"),
        key=f"{name}-recent",
    )
    if chosen == EARLIER:
        chosen = st.date_input(
            _("Which day?"),
            value=first,
            min_value=today - YEARS_BACK,
            max_value=today,
            format="YYYY-MM-DD",
            key=f"{name}-day",
        )
    day = chosen if isinstance(chosen, date) else None
    at = start.time() if start else None
    typed = _field(name, _("Time"), at, clock, draft_of)
    return _confirmed(name, day, typed, clock, clock.said, go_on)


def in_range(name: str, label: str, clock: Clock, *, first: date, last: date, value: date | None = None,
             at: time | None = None) -> Entered:  # fmt: skip
    """Ask for a day of a range and a time, side by side."""
    with st.container(key=f"own-{name}", horizontal=True):
        day = st.date_input(
            label, value=value, min_value=first, max_value=last, format="YYYY-MM-DD", key=f"{name}-day"
        )
        typed = _field(name, _("Time"), at, clock)
    return _confirmed(name, day if isinstance(day, date) else None, typed, clock, clock.said)


def on_day(name: str, day: date, clock: Clock, *, go_on: str = "", draft_of: UUID | None = None) -> Entered:
    """Ask for a time on a known day; `go_on` and `draft_of` as in `ask`."""
    typed = _field(name, _("Time"), None, clock, draft_of)
    return _confirmed(name, day, typed, clock, clock.said, go_on)


def time_alone(
    name: str, label: str, clock: Clock, at: time | None = None, *, draft_of: UUID | None = None
) -> Entered:
    """Ask for a time of day; the day of the answer has no meaning.

    A stored time counts as confirmed; `draft_of` as in `ask`.
    """

    def said(wall: datetime) -> str:
        text = _("Every day at {clock}").format(clock=time_entry.spoken(wall.time()))
        return at_the_start(text)

    begins = f"{name}-time" not in st.session_state
    typed = _field(name, label, at, clock, draft_of)
    if begins and at:
        st.session_state[f"{name}-confirmed"] = (datetime.combine(ANY_DAY, at), clock.zone)
    return _confirmed(name, ANY_DAY, typed, clock, said)


def _field(name: str, label: str, at: time | None, clock: Clock, draft_of: UUID | None = None) -> str:
    """Show the field with a phone's number pad: large keys, and digits suffice."""
    example = _("such as 3:30 pm") if formats.twelve_hours() else _("such as 15:30")
    key = f"{name}-time"
    initial = time_reading.write(at, twelve_hours=clock.twelve_hours) if at else ""
    if draft_of:
        drafts.keep(key, key, draft_of, base=initial)
    if key not in st.session_state:  # a field with an initial value could not be emptied
        st.session_state.pop(f"{name}-confirmed", None)
        st.session_state[key] = initial
    typed = st.text_input(
        label, type="phone", icon="", placeholder=example, autocomplete="off", max_chars=TYPED_LIMIT, key=key
    )
    return (typed or "").strip()


def _confirmed(
    name: str, day: date | None, typed: str, clock: Clock, said: Sentence, go_on: str = ""
) -> Entered:
    """Read back what was typed, and return it once confirmed.

    Another value needs a new confirmation.
    """
    if not typed:
        return Entered(None)
    try:
        found = time_reading.read(typed, twelve_hours=clock.twelve_hours)
    except BadValue as refused:
        time_zone.refuse(refused)
        return Entered(None, waits=True)
    if day is None:
        return Entered(None)
    sentences = _sentences([datetime.combine(day, each) for each in found], said)
    if not sentences:
        return Entered(None, waits=True)
    key = f"{name}-confirmed"
    wall = st.session_state.get(key, (None, ""))[0]
    if st.session_state.get(key) == (wall, clock.zone) and wall in sentences:
        with st.container(key=f"confirmed-{name}"):
            st.text(f"✓ {sentences[wall]}")
        return Entered(wall)
    tapped = _asked(name, sentences, go_on)
    if tapped is None:
        return Entered(None, waits=True)
    st.session_state[key] = (tapped, clock.zone)
    if not go_on:
        st.rerun()
    return Entered(tapped, tapped=True)


def _sentences(walls: list[datetime], said: Sentence) -> dict[datetime, str]:
    """Return each existing time with its sentence; if none exists, show why."""
    found, trouble = {}, None
    for wall in walls:
        try:
            found[wall] = said(wall)
        except BadValue as refused:
            trouble = refused
    if trouble and not found:
        time_zone.refuse(trouble)
    return found


def _asked(name: str, sentences: dict[datetime, str], go_on: str) -> datetime | None:
    """Ask whether the time is right, or which of two; each button is for one value."""
    several = len(sentences) > 1
    with st.container(key=f"read-back-{name}"):
        if several:
            st.header(_("Which do you mean?"))
        for wall, sentence in sentences.items():
            key = f"{name}-right-{wall:%Y%m%d-%H%M}"
            if several:
                label = sentence
            else:
                st.text(sentence)
                label = go_on or _("Yes, that is right")
            if st.button(label, key=key, type="secondary" if several else "primary", width="stretch"):
                return wall
        st.text(_("Not right? Change it above."))
    return None
