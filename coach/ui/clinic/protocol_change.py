"""What another protocol changes and for whom, and putting it in force: a file, or a draft."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID

import streamlit as st

from coach.desk.clinic.protocols import ProtocolsDesk, Reach
from coach.domain.errors import BadValue, Fault
from coach.domain.free_text import NOTE_LIMIT
from coach.domain.protocol import Protocol
from coach.domain.protocol_changes import Difference, DrawingChanged, RoutineAdded, TextChanged
from coach.domain.protocol_impact import General, Timed
from coach.domain.times import from_wall_clock, local
from coach.i18n import _, formats, ngettext
from coach.text import protocols as words
from coach.text import times as times_text
from coach.ui.parts import action_keys, browser, date_time, drafts, drawings, time_zone
from coach.ui.parts.text_block import TextBlock

ACT = "protocol-put"
REACH = "protocol-reach"
COMPARED = "protocol-compared"  # the protocol that the shown one was compared with
COUNTED_AT_ONCE = 500  # patients; with more the count is only made on request
PROGRESS_EVERY = 50


@dataclass(frozen=True, slots=True)
class PutRequest:
    """How a protocol is to be put in force: from when (None: now), instead of which, and why."""

    starts_at: datetime | None
    instead_of: str
    why: str
    key: UUID


Put = Callable[[PutRequest], None]


def offer(desk: ProtocolsDesk, new: Protocol, name: str, put: Put) -> bool:
    """Ask from when on, show what changes for whom, and offer to put it in force.

    `name` is that of the form. Returns whether it was put in force now.
    """
    done = False
    with time_zone.refusals():
        try:
            starts = _starts(desk, name)
        except BadValue as refused:
            if refused.fault not in {Fault.TIME_MISSING, Fault.TIME_NOT_CONFIRMED}:
                raise
            return False  # asked for just above
        there = compare(desk, new, starts)
        done = _put(new, there, starts, name, put)
    if done:
        drafts.sent("protocol-why")
    return done


def compare(desk: ProtocolsDesk, new: Protocol, starts: datetime | None) -> Protocol:
    """Show what a protocol changes from an instant (None: now) on, and for whom; return the present one.

    Raises:
        BadValue: it is in force then already.
    """
    there = desk.in_force(starts)
    if there.digest == new.digest:
        raise BadValue(Fault.IN_FORCE_ALREADY)
    found = desk.differences(new, starts)
    st.subheader(_("What changes"))
    with st.container(key="quiet-compared"):
        st.text(
            _("Compared with {title}, version {version}, which is in force then.").format(
                title=_(there.title), version=there.version
            )
        )
    if not found:
        st.text(_("It says the same. Nothing changes but the file itself."))
    reach = _reach(desk, new, starts, there.digest) if found else None
    _differences(found, reach, at_once=starts is None)
    return there


def _put(new: Protocol, there: Protocol, starts: datetime | None, name: str, put: Put) -> bool:
    why = st.text_area(
        _("Why? The staff read this."),
        max_chars=NOTE_LIMIT,
        height=96,
        key=drafts.keep(f"protocol-why-{name}", "protocol-why"),
    )
    zone = browser.zone()
    label = (
        _("Put in force from {when}").format(when=times_text.long_date_and_time(local(starts, zone)))
        if starts
        else _("Put in force now")
    )
    what = (new.digest, starts)
    seen = st.session_state.get(COMPARED, (what, there.digest))
    st.session_state[COMPARED] = (what, there.digest)
    if not st.button(label, key="protocol-put", type="primary"):
        return False
    if seen != (what, there.digest):  # the differences shown before the tap were other ones
        raise BadValue(Fault.PROTOCOL_CHANGED)
    put(PutRequest(starts, there.digest, why or "", action_keys.act(ACT)))
    action_keys.done(ACT)
    return True


def _starts(desk: ProtocolsDesk, name: str) -> datetime | None:
    """Return from when it is to be in force; None for at once."""
    later = st.segmented_control(
        _("From when on?"),
        [False, True],
        default=False,
        required=True,
        format_func=lambda each: _("From a day") if each else _("At once"),
        key=f"protocol-later-{name}",
    )
    if not later:
        return None
    zone = browser.zone()
    today = local(desk.now(), zone).date()
    st.text(_("Times are those of {zone}.").format(zone=zone.replace("_", " ")))
    when = date_time.in_range(
        f"protocol-{name}",
        _("Day"),
        date_time.Clock(zone, desk.now(), browser.twelve_hours()),
        first=today,
        last=today + timedelta(days=365),
        value=today + timedelta(days=1),
        at=time(6),
    )
    return from_wall_clock(when.needed(), zone)


def _reach(desk: ProtocolsDesk, new: Protocol, starts: datetime | None, there: str) -> Reach | None:
    """Return which patients it affects, computed once for file, time and day; None until then."""
    day = desk.now().date()
    what = (new.digest, there, starts or day)
    kept = st.session_state.get(REACH)
    if kept and kept[0] == what:
        return kept[1]  # type: ignore[no-any-return]
    patients = desk.patients()
    if patients > COUNTED_AT_ONCE and not st.button(
        _("Count which of {n} patients it affects").format(n=formats.grouped(patients)), key="protocol-count"
    ):
        return None
    bar = st.progress(0.0, _("Counting whom it affects"))

    def progress(n: int, of: int) -> None:
        if n % PROGRESS_EVERY == 0:
            bar.progress(n / of, _("Counting whom it affects: {n} of {of}").format(n=n, of=of))

    found = desk.reach(new, starts, progress=progress)
    bar.empty()
    st.session_state[REACH] = (what, found)
    return found


def _differences(found: Sequence[Difference], reach: Reach | None, *, at_once: bool) -> None:
    if reach:
        _summary(reach, at_once=at_once)
    counts = reach.by_difference if reach else ()
    for name, title, kind in (
        ("timed", _("When and how much"), Timed),
        ("general", _("For everybody"), General),
    ):
        part = [n for n, each in enumerate(found) if isinstance(each, kind)]
        if part:
            st.subheader(title)
            with st.container(key=f"protocol-list-{name}", gap=None):
                for n in part:
                    count = counts[n] if counts and kind is Timed else None
                    _one(
                        n, found[n], words.affects(count[0], today=count[1], at_once=at_once) if count else ""
                    )
    others = [each for each in found if not isinstance(each, Timed | General)]
    texts = [each for each in others if isinstance(each, TextChanged)]
    told = [each for each in others if not isinstance(each, TextChanged)]
    if told:
        st.subheader(_("Names, numbers to call and the rest"))
        with st.container(key="protocol-list-rest", gap=None):
            for n, each in enumerate(told):
                _one(len(found) + n, each)
    if texts:
        text = ngettext("{n} other text, source or note", "{n} other texts, sources and notes", len(texts))
        with st.expander(text.format(n=len(texts)), expanded=len(texts) <= 5):
            st.dataframe(words.before_and_after(texts), hide_index=True, row_height=64)


def _one(n: int, found: Difference, whom: str = "") -> None:
    with st.container(key=f"protocol-line-{n}", horizontal=True, vertical_alignment="center"):
        st.text(words.difference(found), width="stretch")
        if whom:
            with st.container(key=f"quiet-line-{n}", width="content"):
                st.text(whom)
    # Whoever puts it in force, or agrees to it, has seen the picture too
    if isinstance(found, DrawingChanged | RoutineAdded) and found.routine.own_drawing:
        block = TextBlock()
        drawings.of_draft(found.routine, block)
        with st.container(key=f"protocol-drawing-{n}", width=drawings.SIZE[0]):
            block.show()


def _summary(reach: Reach, *, at_once: bool) -> None:
    lines = [words.reaches(reach.affected, of=reach.patients, today=reach.today, at_once=at_once)]
    if reach.own:
        own = ngettext(
            "{n} has a protocol of their own and keeps it.",
            "{n} have protocols of their own and keep them.",
            reach.own,
        )
        lines.append(own.format(n=reach.own))
    with st.container(key="protocol-summary"):
        st.text(" ".join(lines))
