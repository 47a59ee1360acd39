"""The last part of the editor: what a draft changes, what a second person says of it, and putting it in force."""

from __future__ import annotations

from functools import partial

import streamlit as st

from coach.desk.access.permissions import Action, Scope, scope
from coach.desk.clinic import protocol_edits as edits
from coach.desk.clinic.protocol_drafts import Approval
from coach.desk.clinic.protocols import Period, ProtocolsDesk
from coach.domain.errors import BadValue, Fault
from coach.domain.free_text import NOTE_LIMIT
from coach.domain.protocol import Protocol
from coach.domain.times import local
from coach.i18n import _
from coach.i18n.sentences import listed
from coach.text import times as times_text
from coach.ui.clinic import protocol_change
from coach.ui.clinic.editor.editing import SAID, Editing
from coach.ui.clinic.protocol_change import PutRequest
from coach.ui.parts import action_keys, browser, drafts, navigation, second_tap, time_zone
from coach.ui.parts.text_block import TextBlock

APPROVE, DISCARD, BACK = "draft-approve", "draft-discard", "protocol-back"
SEEN = "editor-seen"  # the content that this part showed last


def show(editing: Editing) -> None:
    """Show what is left to do, what changes, what was said, and the buttons that the viewer may use."""
    draft = editing.draft
    protocols = ProtocolsDesk(editing.desk.installation, editing.desk.principal)
    protocol = edits.protocol(draft.content)
    seen, st.session_state[SEEN] = st.session_state.get(SEEN), draft.digest
    in_force = protocols.in_force().digest == draft.digest
    st.header(_("Check and put in force"))
    _steps(editing, in_force=in_force)
    if protocol is None:
        st.text(_("Mend what is listed above first. Everything that you saved is kept."))
    elif in_force:
        _go_back(editing, protocols)
    else:
        _in_order(editing, protocols, protocol, seen)
    if not in_force and scope(Action.PROTOCOLS_EDIT, editing.desk.principal.role) is Scope.ANY:
        _discard(editing)


def _steps(editing: Editing, *, in_force: bool) -> None:
    """Show how far the draft has come, and what was said of it."""
    draft, block = editing.draft, TextBlock()
    makers = listed(each or _("somebody") for each in draft.made_by)
    done = [
        (
            not editing.faults,
            _("It has no faults.") if not editing.faults else _("It has faults: see above."),
        ),
        (
            draft.approved,
            _("Somebody else approved it.")
            if draft.approved
            else _("A physiotherapist who did not work on it must approve it. {names} worked on it.").format(
                names=makers
            ),
        ),
        (in_force, _("It is in force.") if in_force else _("It is not in force.")),
    ]
    block.items(("✓ " if ok else "○ ", told) for ok, told in done)
    with st.container(key="editor-steps"):
        block.show()
    if draft.version_taken:
        st.warning(
            _(
                "Another protocol has this name and version already. Give this one another version, under Name."
            )
        )
        if editing.edits and st.button(_("Give it the next version"), key="editor-next-version"):
            editing.change(edits.next_version)
    if draft.approvals:
        said = TextBlock().subheader(_("What was said"))
        for each in draft.approvals:
            said.text(_opinion(each, draft.digest))
        said.show()


def _opinion(said: Approval, digest: str) -> str:
    zone = browser.zone()
    when = times_text.long_date_and_time(local(said.at, zone))
    told = _("{who} approved it on {when}.") if said.agrees else _("{who} asked for changes on {when}.")
    text = told.format(who=said.who or _("Somebody"), when=when)
    if said.note:
        text = _("{what} “{note}”").format(what=text, note=said.note)
    if said.digest != digest:
        text = _("{what} It was changed since.").format(what=text)
    return text


def _in_order(editing: Editing, protocols: ProtocolsDesk, protocol: Protocol, seen: str | None) -> None:
    """Show a draft without faults: approved, it can be put in force; else it waits for a second person."""
    draft = editing.draft
    if draft.approved and editing.edits:
        if protocol_change.offer(protocols, protocol, f"draft-{draft.id}", partial(_put, editing)):
            st.session_state[SAID] = _(
                "Saved. Everybody sees it from that time on; sessions that were started keep theirs."
            )
            st.rerun()
        return
    with time_zone.refusals():
        protocol_change.compare(protocols, protocol, None)
    if scope(Action.PROTOCOLS_APPROVE, editing.desk.principal.role) is not Scope.ANY:
        return
    if draft.own_work:
        st.info(_("You worked on this yourself, so somebody else reads it. They find it under Protocols."))
    elif not draft.discarded:
        _approve(editing, seen)


def _put(editing: Editing, how: PutRequest) -> None:
    editing.desk.put_in_force(
        editing.draft.id,
        digest=editing.draft.digest,
        starts_at=how.starts_at,
        instead_of=how.instead_of,
        why=how.why,
        key=how.key,
    )


def _approve(editing: Editing, seen: str | None) -> None:
    """Ask the second person for a word on exactly what is shown."""
    draft = editing.draft
    st.subheader(_("Is it right?"))
    st.text(_("You answer for it together with whoever made it. Look through all of its parts first."))
    with st.container(key="editor-approve", width=560):
        agrees = st.segmented_control(
            _("Your answer"),
            [True, False],
            format_func=lambda each: _("I approve it") if each else _("I ask for changes"),
            key="editor-opinion",
        )
        note = st.text_area(
            _("What is to be changed, or a remark. The staff read this."),
            max_chars=NOTE_LIMIT,
            height=96,
            key=drafts.keep("editor-opinion-note", f"{draft.id}-opinion"),
        )
        if not st.button(_("Save my answer"), key="editor-opinion-save", type="primary"):
            return
        with time_zone.refusals():
            if seen != draft.digest:  # what the viewer has read was another content
                raise BadValue(Fault.DRAFT_CHANGED)
            if agrees is None:
                raise BadValue(Fault.TEXT_MISSING)
            editing.desk.approve(
                draft.id, digest=draft.digest, agrees=agrees, note=note or "", key=action_keys.act(APPROVE)
            )
            action_keys.done(APPROVE)
            drafts.sent(f"{draft.id}-opinion")
            st.session_state[SAID] = _("Your answer is saved.")
            st.rerun()


def _go_back(editing: Editing, protocols: ProtocolsDesk) -> None:
    """Offer the protocol that was in force before this one."""
    before = _before(protocols.periods())
    if before is None or not editing.edits:
        return
    st.subheader(_("Back to the one before"))
    name = _("{title}, version {version}").format(title=_(before.title), version=before.version)
    st.text(_("{name} was in force before. Sessions that were started keep theirs.").format(name=name))
    with st.container(key="editor-back", width=560):
        why = st.text_area(
            _("Why? The staff read this."),
            max_chars=NOTE_LIMIT,
            height=96,
            key=drafts.keep("editor-back-why", f"{editing.draft.id}-back"),
        )
        if st.button(_("Put it back in force"), key="editor-back-save"):
            with time_zone.refusals():
                editing.desk.go_back(
                    before.digest, instead_of=editing.draft.digest, why=why or "", key=action_keys.act(BACK)
                )
                action_keys.done(BACK)
                drafts.sent(f"{editing.draft.id}-back")
                st.session_state[SAID] = _("{name} is in force again.").format(name=name)
                st.rerun()


def _before(periods: tuple[Period, ...]) -> Protocol | None:
    """Return the protocol of the last period before the present one that has another protocol."""
    now = next((n for n, each in enumerate(periods) if each.now), 0)
    present = periods[now].protocol
    for each in reversed(periods[:now]):
        if each.protocol and present and each.protocol.digest != present.digest:
            return each.protocol
    return None


def _discard(editing: Editing) -> None:
    draft = editing.draft
    if draft.discarded:
        if st.button(_("Bring it back"), key="editor-bring-back"):
            with time_zone.refusals():
                editing.desk.bring_back(draft.id, action_keys.act(DISCARD))
                action_keys.done(DISCARD)
                st.rerun()
        return
    sure = second_tap.is_sure(
        "editor-discard",
        draft.id,
        label=_("Discard this draft"),
        question=_("It leaves the list. Nothing of it is deleted, and it can be brought back."),
        yes=_("Yes, discard it"),
    )
    if sure:
        with time_zone.refusals():
            editing.desk.discard(draft.id, action_keys.act(DISCARD))
            action_keys.done(DISCARD)
            navigation.go("protocols")
