"""Checked values: how each value of a protocol stands, part by part, and signing a part that is shown."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from coach.desk.access.permissions import Action, Scope, scope
from coach.desk.clinic.protocols import ProtocolsDesk
from coach.desk.clinic.sign_off import SignOffDesk
from coach.domain.free_text import NOTE_LIMIT
from coach.domain.protocol import Protocol
from coach.domain.sign_off import CheckedValue, Opinion, summary
from coach.i18n import _, ngettext
from coach.text import protocol_values as value_words
from coach.text import sign_off as words
from coach.text.protocol_labels import OPINIONS
from coach.ui.parts import action_keys, browser, drafts, drawings, folding, time_zone
from coach.ui.parts.text_block import TextBlock

ACT = "values-sign"
ROUND = "values-round"  # counts signings, so that the form is empty afterwards
SAID = "values-said"
SEEN = "values-seen"  # the hashes that each part showed last, by its name


def show(protocols: ProtocolsDesk) -> None:
    """Show the values of the protocol in force, or of another known one, and a form for who may sign."""
    desk = SignOffDesk(protocols.installation, protocols.principal)
    st.header(_("Checked values"))
    protocol = _which(protocols, desk)
    found = desk.sign_off(protocol.digest)
    signs = desk.installation.clinic and scope(Action.PROTOCOLS_SIGN, desk.principal.role) is Scope.ANY
    if many := st.session_state.pop(SAID, 0):
        st.success(ngettext("{n} value signed.", "{n} values signed.", many).format(n=many))
    block = TextBlock().bold(words.count(found.of()))
    if not desk.installation.clinic:
        block.text(_("At home nobody signs: no value counts as checked by a clinician."))
    block.caption(_("A signature holds as long as the value stays what it was. Texts stand as in the file."))
    block.show()
    for name, values in found.sections.items():
        label = f"{value_words.section(name, protocol)}: {words.count(summary(values))}"
        part = folding.line(label, f"values-{name.replace('.', '-')}")
        if part.open:
            with part:
                _table(values, protocol)
                _own_drawing(name, protocol)
                if signs:
                    _form(desk, protocol, name, values)


def _which(protocols: ProtocolsDesk, desk: SignOffDesk) -> Protocol:
    """Return the protocol to show: the one in force, where there is another one the chosen one."""
    there, known = desk.protocol(), protocols.known()
    if len(known) == 1:
        return there
    digests = [each.digest for each in known]
    names = {each.digest: f"{each.name} {each.version}, {each.digest[:8]}" for each in known}
    start = digests.index(there.digest)
    chosen = st.selectbox(
        _("Of which protocol?"), digests, index=start, format_func=lambda each: names[each], key="values-of"
    )
    return desk.known(chosen or there.digest)


def _table(values: Sequence[CheckedValue], protocol: Protocol) -> None:
    zone = browser.zone()
    rows = []
    for each in values:
        said, source = value_words.said(each.value), each.value.source
        told = _("{what} ({source})").format(what=said, source=source) if source else said
        rows.append((value_words.label(each.value, protocol), told, words.state(each, zone)))
    head = (_("Value"), _("What it says, and from where"), _("Checked?"))
    TextBlock().table(head, rows).show()


def _own_drawing(name: str, protocol: Protocol) -> None:
    """Show the drawing that is signed with the values of an exercise, where the protocol brings it."""
    routine = protocol.routines.get(name.removeprefix("routines."))
    if routine and routine.own_drawing:
        block = TextBlock()
        drawings.drawing(routine, block)
        block.show()


def _form(desk: SignOffDesk, protocol: Protocol, name: str, values: Sequence[CheckedValue]) -> None:
    """Show the form that signs all values of the part above it, or those that are chosen."""
    turn = st.session_state.get(ROUND, 0)
    key = f"values-{name.replace('.', '-')}-{turn}"
    some = len(values) > 1 and st.segmented_control(
        _("Which values?"),
        [False, True],
        default=False,
        required=True,
        format_func=lambda each: _("Some of them") if each else _("All of this part"),
        key=f"{key}-some",
    )
    chosen = [
        each
        for n, each in enumerate(values)
        if not some or st.checkbox(value_words.label(each.value, protocol), key=f"{key}-{n}")
    ]
    opinion = st.segmented_control(
        _("What do you say of them?"),
        list(Opinion),
        default=Opinion.AGREE,
        required=True,
        format_func=lambda each: _(OPINIONS[each]),
        key=f"{key}-opinion",
    )
    note = st.text_area(
        _("Note, if you like. The staff read this."),
        max_chars=NOTE_LIMIT,
        height=96,
        key=drafts.keep(f"{key}-note", f"values-note-{name}"),
    )
    seen = st.session_state.setdefault(SEEN, {})
    before, seen[name] = seen.get(name, {}), {each.value.path: each.value.hash for each in values}
    label = ngettext("Sign {n} value", "Sign {n} values", len(chosen)).format(n=len(chosen))
    if not st.button(label, key=f"{key}-sign", type="primary", disabled=not chosen):
        return
    with time_zone.refusals():
        # What was on the screen before the tap, which another protocol may have replaced meanwhile
        shown = {each.value.path: before.get(each.value.path, "") for each in chosen}
        desk.sign(protocol.digest, shown, opinion, note, key=action_keys.act(ACT))
        action_keys.done(ACT)
        drafts.sent(f"values-note-{name}")
        st.session_state[ROUND] = turn + 1
        st.session_state[SAID] = len(shown)
        st.rerun()
