"""The page Protocols: which is in force when, drafts of own ones, and putting another file in force."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from coach.desk.access.permissions import Action, Scope, scope
from coach.desk.clinic.protocols import SIZE_LIMIT, Checked, Period, ProtocolsDesk
from coach.domain.times import local
from coach.i18n import _, ngettext
from coach.text import times as times_text
from coach.ui.clinic import checked_values, protocol_change
from coach.ui.clinic.editor import drafts_list
from coach.ui.clinic.protocol_change import PutRequest
from coach.ui.parts import browser

ROUND = "protocol-round"  # counts protocols put in force, so that the form is empty afterwards
SAID = "protocol-said"
PROBLEMS_SHOWN = 40
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
    if desk.installation.clinic and scope(Action.PROTOCOLS_EDIT, desk.principal.role) is Scope.ANY:
        drafts_list.show(desk)
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
    given = chosen

    def put(how: PutRequest) -> None:
        desk.put_in_force(
            given.content,
            given.name,
            starts_at=how.starts_at,
            instead_of=how.instead_of,
            why=how.why,
            key=how.key,
        )

    if protocol_change.offer(desk, new, str(turn), put):
        st.session_state[ROUND] = turn + 1
        st.session_state[SAID] = True
        st.rerun()


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
