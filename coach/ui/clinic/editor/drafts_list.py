"""Making an own protocol, on the page Protocols: the drafts that there are, and a new one as a copy."""

from __future__ import annotations

import streamlit as st

from coach.desk.clinic import protocol_edits as edits
from coach.desk.clinic.protocol_drafts import DraftLine, ProtocolDraftsDesk
from coach.desk.clinic.protocols import Known, ProtocolsDesk
from coach.domain.errors import BadValue, Fault
from coach.domain.free_text import LINE_LIMIT
from coach.domain.times import local
from coach.i18n import _, ngettext
from coach.text import times as times_text
from coach.ui.clinic.editor import address
from coach.ui.parts import action_keys, browser, drafts, markdown, time_zone

ACT = "draft-start"
NEW = "editor-new"  # whether the form for a new one is open


def show(protocols: ProtocolsDesk) -> None:
    """Show the drafts, and the form that starts one."""
    desk = ProtocolDraftsDesk(protocols.installation, protocols.principal)
    st.header(_("Make your own protocol"))
    st.text(
        _(
            "Start from a copy, change exercises, doses and texts in forms, have somebody else approve it, "
            "and put it in force. Nothing changes for patients before that."
        )
    )
    for n, each in enumerate(desk.drafts()):
        _line(desk, protocols, each, n)
    _new(desk, protocols)


def _line(desk: ProtocolDraftsDesk, protocols: ProtocolsDesk, draft: DraftLine, n: int) -> None:
    with st.container(key=f"protocol-period-draft-{n}", horizontal=True, vertical_alignment="center"):
        with st.container(gap="xsmall"):
            st.text(_("{title}, version {version}").format(title=draft.title, version=draft.version))
            with st.container(key=f"quiet-draft-{n}", gap="xsmall"):
                when = times_text.long_date_and_time(local(draft.changed_at, browser.zone()))
                told = _("{state}. {who} changed it last, on {when}.")
                st.text(
                    told.format(
                        state=state(desk, protocols, draft), who=draft.changed_by or _("Somebody"), when=when
                    )
                )
        if st.button(
            _("Open *{name}*").format(name=markdown.escaped(draft.title)),
            key=f"draft-open-{draft.id}",
            width="content",
        ):
            address.open_draft(draft.id)


def state(desk: ProtocolDraftsDesk, protocols: ProtocolsDesk, draft: DraftLine) -> str:
    """Return how far a draft has come."""
    if draft.in_force_from and draft.in_force_from <= protocols.now():
        return _("In force, or it was")
    if draft.in_force_from:
        when = times_text.long_date_and_time(local(draft.in_force_from, browser.zone()))
        return _("In force from {when}").format(when=when)
    if draft.change_asked:
        return _("Changes are asked for")
    if draft.approved:
        return _("Approved, not in force yet")
    wrong = edits.fault_count(draft.digest, lambda: desk.draft(draft.id))
    if wrong:
        return ngettext("{n} thing to mend", "{n} things to mend", wrong).format(n=wrong)
    return _("Waits for somebody else") if draft.revision > 1 else _("Being written")


def _new(desk: ProtocolDraftsDesk, protocols: ProtocolsDesk) -> None:
    if not st.session_state.get(NEW):
        if st.button(_("Make your own protocol"), key="draft-new", type="primary"):
            st.session_state[NEW] = True
            st.rerun()
        return
    known = {each.digest: each for each in protocols.known()}
    present = protocols.in_force().digest
    digests = list(known)
    with st.container(key="editor-start", width=560):
        copy_of = st.selectbox(
            _("A copy of which protocol?"),
            digests,
            index=digests.index(present) if present in digests else 0,
            format_func=lambda each: _told(known[each], present),
            key="draft-copy-of",
        )
        title = st.text_input(
            _("What is yours called? For example “After a vertebroplasty”."),
            max_chars=LINE_LIMIT,
            key=drafts.keep("draft-title", "draft-title"),
            autocomplete="off",
        )
        with st.container(horizontal=True):
            start = st.button(_("Start"), key="draft-start", type="primary")
            if st.button(_("Leave it as it is"), key="draft-not"):
                st.session_state.pop(NEW)
                st.rerun()
        if start:
            with time_zone.refusals():
                name = (title or "").strip()
                if not name or copy_of is None:
                    raise BadValue(Fault.TEXT_MISSING)
                taken = [each.name for each in known.values()] + [
                    each.protocol for each in desk.drafts(discarded=True)
                ]
                made = desk.start(copy_of, id=edits.new_id(name, taken), title=name, key=action_keys.act(ACT))
                action_keys.done(ACT)
                drafts.sent("draft-title")
                st.session_state.pop(NEW)
                address.open_draft(made)


def _told(protocol: Known, present: str) -> str:
    name = _("{title}, version {version}").format(title=_(protocol.title), version=protocol.version)
    return _("{name} (in force now)").format(name=name) if protocol.digest == present else name
