"""The page Protocols: which protocol is in force when, and putting a new one in force."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

import streamlit as st

from coach.desk.access.permissions import Action, Scope, scope
from coach.desk.clinic.protocols import SIZE_LIMIT, Checked, Period, ProtocolsDesk, Reach
from coach.domain.errors import BadValue, Fault
from coach.domain.free_text import NOTE_LIMIT
from coach.domain.protocol import Protocol
from coach.domain.protocol_changes import Difference, TextChanged
from coach.domain.protocol_impact import General, Timed
from coach.domain.times import from_wall_clock, local
from coach.i18n import _, formats, ngettext
from coach.text import protocols as words
from coach.text import times as times_text
from coach.ui.clinic import checked_values
from coach.ui.parts import action_keys, browser, date_time, drafts, time_zone

ACT = "protocol-put"
ROUND = "protocol-round"  # counts protocols put in force, so that the form is empty afterwards
SAID = "protocol-said"
REACH = "protocol-reach"
COMPARED = "protocol-compared"  # the protocol that the shown file was compared with
PROBLEMS_SHOWN = 40
COUNTED_AT_ONCE = 500  # patients; with more the count is only made on request
PROGRESS_EVERY = 50
UPLOAD, EARLIER = "upload", "earlier"


@dataclass(frozen=True, slots=True)
class Chosen:
    """The chosen file: its bytes and name."""

    content: bytes
    name: str


def show(desk: ProtocolsDesk) -> None:
    """Show the protocols, and to users who may change them the form for a new one."""
    with st.container(key="clinic-head", horizontal=True):
        st.title(_("Protocols"), width="stretch")
    if st.session_state.pop(SAID, False):
        st.success(_("Saved. Everybody sees it from that time on; sessions that were started keep theirs."))
    _periods(desk)
    if scope(Action.PROTOCOLS_CHANGE, desk.principal.role) is Scope.ANY:
        st.header(_("Another protocol"))
        _another(desk)
    checked_values.show(desk)


# which is in force when


def _periods(desk: ProtocolsDesk) -> None:
    periods = desk.periods()
    coming = [each for each in periods if not each.now and each.starts_at and each.starts_at > desk.now()]
    past = [each for each in periods if not each.now and each not in coming]
    for period in [each for each in periods if each.now]:
        st.header(_("In force now"))
        _period(period, "now")
    if coming:
        st.header(_("Coming"))
        for n, period in enumerate(coming):
            _period(period, f"coming-{n}")
    if past:
        with st.expander(_("Earlier")):
            for n, period in enumerate(reversed(past)):
                _period(period, f"past-{n}")
    lost = desk.unusable()
    if lost:
        text = ngettext(
            "{n} stored file cannot be used by this Coach; the protocol before it stays in force.",
            "{n} stored files cannot be used by this Coach; the protocol before each stays in force.",
            lost,
        )
        st.warning(text.format(n=lost))


def _period(period: Period, name: str) -> None:
    protocol = period.protocol
    if protocol is None:
        return
    zone = browser.zone()
    with st.container(key=f"protocol-period-{name}", horizontal=True, vertical_alignment="center"):
        with st.container(gap="xsmall"):
            st.text(_("{title}, version {version}").format(title=_(protocol.title), version=protocol.version))
            with st.container(key=f"quiet-{name}", gap="xsmall"):
                st.text(_span(period, zone))
                if period.made_at:
                    who = period.who or _("The command line")
                    made = times_text.long_date_and_time(local(period.made_at, zone))
                    st.text(_("{who} on {when}: {why}").format(who=who, when=made, why=period.why))
        st.link_button(
            _("Download the file"),
            f"/api/protocol?digest={protocol.digest}",
            key=f"protocol-file-{name}",
            width="content",
        )


def _span(period: Period, zone: str) -> str:
    starts = times_text.long_date_and_time(local(period.starts_at, zone)) if period.starts_at else ""
    ends = times_text.long_date_and_time(local(period.ends_at, zone)) if period.ends_at else ""
    if starts and ends:
        return _("From {starts} to {ends}").format(starts=starts, ends=ends)
    if starts:
        return _("From {starts}").format(starts=starts)
    return _("As it came with Coach, until {ends}").format(ends=ends) if ends else _("As it came with Coach")


# another one


def _another(desk: ProtocolsDesk) -> None:
    turn = st.session_state.get(ROUND, 0)
    chosen = _choose(desk, turn)
    if chosen is None:
        return
    checked = desk.check(chosen.content, chosen.name)
    if checked.protocol is None:
        _problems(checked)
        return
    new = checked.protocol
    st.text(
        _("The file is in order: {title}, version {version}.").format(title=_(new.title), version=new.version)
    )
    starts = None
    with time_zone.refusals():
        try:
            starts = _starts(desk, turn)
        except BadValue as refused:
            if refused.fault not in {Fault.TIME_MISSING, Fault.TIME_NOT_CONFIRMED}:
                raise
            return  # asked for just above
        _compare_and_put(desk, chosen, new, starts, turn)


def _choose(desk: ProtocolsDesk, turn: int) -> Chosen | None:
    source = st.segmented_control(
        _("Where it comes from"),
        [UPLOAD, EARLIER],
        default=UPLOAD,
        required=True,
        format_func=lambda each: _("A file from this computer") if each == UPLOAD else _("One that is here"),
        key=f"protocol-source-{turn}",
        label_visibility="collapsed",
    )
    if source == EARLIER:
        known = desk.known()
        which = st.selectbox(
            _("Which one?"),
            range(len(known)),
            index=None,
            format_func=lambda n: _("{name} {version}, {digest}").format(
                name=known[n].name,
                version=known[n].version,
                digest=_("as it came with Coach") if known[n].shipped else known[n].digest[:8],
            ),
            key=f"protocol-known-{turn}",
        )
        return Chosen(desk.content(known[which].digest), known[which].name) if which is not None else None
    st.text(
        _("Get the file of the one in force above, change it, give it a new version, and choose it here.")
    )
    file = st.file_uploader(
        _("Protocol file (TOML, at most {n} kB)").format(n=SIZE_LIMIT // 1000), key=f"protocol-upload-{turn}"
    )
    return Chosen(file.getvalue(), file.name) if file else None


def _problems(checked: Checked) -> None:
    found = checked.problems
    text = ngettext(
        "This file is not used. {n} thing is wrong with it; nothing was changed.",
        "This file is not used. {n} things are wrong with it; nothing was changed.",
        len(found),
    )
    st.error(text.format(n=len(found)))
    with st.container(key="protocol-problems", gap="xsmall"):
        for line in found[:PROBLEMS_SHOWN]:
            st.text(line)
        if len(found) > PROBLEMS_SHOWN:
            st.text(_("And {n} more.").format(n=len(found) - PROBLEMS_SHOWN))


def _starts(desk: ProtocolsDesk, turn: int) -> datetime | None:
    """Return from when it is to be in force; None for at once."""
    later = st.segmented_control(
        _("From when on?"),
        [False, True],
        default=False,
        required=True,
        format_func=lambda each: _("From a day") if each else _("At once"),
        key=f"protocol-later-{turn}",
    )
    if not later:
        return None
    zone = browser.zone()
    today = local(desk.now(), zone).date()
    st.text(_("Times are those of {zone}.").format(zone=zone.replace("_", " ")))
    when = date_time.in_range(
        f"protocol-{turn}",
        _("Day"),
        date_time.Clock(zone, desk.now(), browser.twelve_hours()),
        first=today,
        last=today + timedelta(days=365),
        value=today + timedelta(days=1),
        at=time(6),
    )
    return from_wall_clock(when.needed(), zone)


def _compare_and_put(
    desk: ProtocolsDesk, chosen: Chosen, new: Protocol, starts: datetime | None, turn: int
) -> None:
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
    why = st.text_area(
        _("Why? The staff read this."),
        max_chars=NOTE_LIMIT,
        height=96,
        key=drafts.keep(f"protocol-why-{turn}", "protocol-why"),
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
    if st.button(label, key="protocol-put", type="primary"):
        if seen != (what, there.digest):  # the differences shown before the tap were other ones
            raise BadValue(Fault.PROTOCOL_CHANGED)
        with time_zone.refusals():
            desk.put_in_force(
                chosen.content,
                chosen.name,
                starts_at=starts,
                instead_of=there.digest,
                why=why,
                key=action_keys.act(ACT),
            )
            action_keys.done(ACT)
            drafts.sent("protocol-why")
            st.session_state[ROUND] = turn + 1
            st.session_state[SAID] = True
            st.rerun()


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
