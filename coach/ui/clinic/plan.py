"""The page Plan of one patient: what is in force, and changes by form, preview, reason, save."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from uuid import UUID, uuid5

import streamlit as st

from coach.desk.clinic.plan import PlanDesk
from coach.desk.clinic.plan_commands import Change, DoseChange, Hold, ReleaseExercise, Text
from coach.domain import gate, preview
from coach.domain.errors import BadValue, Fault
from coach.domain.facts import PATIENT
from coach.domain.free_text import NOTE_LIMIT
from coach.domain.history import Entry, clinician_author
from coach.domain.plan import InForce
from coach.export import formats
from coach.i18n import N_, _
from coach.review.clinic import findings
from coach.review.clinic import news as clinic_news
from coach.text import entries as entries_text
from coach.text import errors as errors_text
from coach.text import plan as plan_text
from coach.text import plan_states
from coach.text import sign_off as sign_off_text
from coach.text import times as times_text
from coach.ui.clinic import plan_forms, plan_library
from coach.ui.clinic.plan_forms import Asked, Form
from coach.ui.parts import (
    action_keys,
    components,
    drafts,
    export_buttons,
    markdown,
    navigation,
    period,
    plan_change_card,
    time_zone,
)
from coach.ui.parts.text_block import TextBlock

ACT, ABOUT = "plan-act", "plan-about"  # the act with which the page opens
SHOWN, SEEN, UNDER, SAVED = "plan-shown", "plan-seen", "plan-under", "plan-saved"
WHY_HEIGHT = 110
NOT_YET = (Fault.TIME_MISSING, Fault.UNKNOWN_CHOICE, Fault.LIMIT_OUT_OF_RANGE, Fault.TEXT_MISSING)

# The acts with their forms; some are offered only while they apply.
ACTS: Mapping[str, tuple[str, Form]] = {
    "clear": (N_("Clear red flag"), plan_forms.clear),
    "release": (N_("Release answer"), plan_forms.release),
    "decide": (N_("Answer request"), plan_forms.decide),
    "lift": (N_("Lift hold"), plan_forms.lift),
    "take-back": (N_("Take an exercise away"), plan_library.take_back),
    "end": (N_("End dose"), plan_forms.end),
    "end-limit": (N_("End pain limit"), plan_forms.end_limit),
    "hold": (N_("Put on hold"), plan_forms.hold),
    "dose": (N_("Open early or change dose"), plan_forms.dose),
    "release-exercise": (N_("Release an exercise"), plan_library.release),
    "limit": (N_("Pain limit"), plan_forms.limit),
    "text": (N_("Brace, lifting, driving, bathing"), plan_forms.text),
    "restart": (N_("Restart the clock"), plan_forms.restart),
    "choose": (N_("Protocol"), plan_forms.choose),
}
ALSO_CALLED = {"open": "dose"}


def show(desk: PlanDesk) -> None:
    """Show the whole page."""
    now, key = desk.in_force(), action_keys.act(f"plan-{desk.patient}")
    components.top(f"plan {key}")  # after a change is saved, what was saved stands on top
    _head(desk)
    _said(desk)
    _in_force(desk, now)
    act = _choose(desk, now)
    asked = Asked(desk, now, f"plan-{key}-{act}", str(st.session_state.get(ABOUT) or ""))
    with st.container(key="plan-columns"):
        left, right = st.columns([1, 1.15], gap="large")
        with left, st.container(key="plan-form"):
            change, missing = _form(asked, act)
        with right, st.container(key="plan-preview"):
            _meanwhile(desk, key)
            if change is None:
                _not_yet(desk, missing)
            else:
                _preview(desk, change, key)
    st.header(_("On paper"))
    export_buttons.offer(
        (formats.Form.SHEET,), country=desk.history().settings.get("country"), ticket=desk.ticket()
    )


def _head(desk: PlanDesk) -> None:
    with st.container(key="plan-head", horizontal=True, vertical_alignment="bottom"):
        with st.container(key="plan-who", gap="xsmall"):
            st.title(_("Plan"))
            with st.container(key="plan-name"):
                st.text(desk.patient_name() or _("No name"))
            st.text(findings.place(desk.case, now=desk.now()))
        with st.container(key="plan-ways", horizontal=True, width="content"):
            if st.button(_("Back to the review"), key="plan-to-review"):
                navigation.go("review")
            if st.button(_("Messages"), key="plan-to-thread"):
                navigation.go("thread")


def _said(desk: PlanDesk) -> None:
    """Show that a change was saved, and what the patient reads of it."""
    saved = st.session_state.pop(SAVED, None)
    if saved and saved[0] == desk.patient:
        st.success(_("Saved. The patient sees it on Today."))
        for line in saved[1]:
            st.text(line)


# what is in force


def _in_force(desk: PlanDesk, now: InForce) -> None:
    """Show what differs from the protocol, who did it, when and why, with a button to end it."""
    st.header(_("In force now"))
    found = tuple(_lines(desk, now))
    with st.container(key="plan-in-force"):
        for entry, lines, act, about, label in found:
            mark = "flag-" if entry in now.flags else ""
            with st.container(
                key=f"plan-force-{mark}{entry.id}", horizontal=True, vertical_alignment="center"
            ):
                with st.container(gap="xsmall", width="stretch", key=f"plan-said-{entry.id}"):
                    for line in lines:
                        st.text(line)
                if st.button(label, key=f"plan-{act}-{entry.id}", width="content"):
                    to(act, about)
    if not found:
        st.text(_("Nothing differs from the protocol, and nothing waits for you."))
    name = _("{title}, version {version}").format(title=_(desk.protocol.title), version=desk.protocol.version)
    st.text(_("Protocol: {name}").format(name=name))
    st.text(sign_off_text.of_plan(desk.sign_off(), desk.case))


def _lines(desk: PlanDesk, now: InForce) -> Iterator[tuple[Entry[object], tuple[str, ...], str, object, str]]:
    """Yield each entry in force with its lines, and the act that answers or ends it."""
    zone, at = desk.zone, desk.now()
    for flag in now.flags:
        said = (plan_text.open_flag(flag, desk.protocol, zone, now=at),)
        known = desk.protocol.red_flags.get(flag.fact.flag)
        if known and known.never_cleared:
            yield flag, (*said, _("Only a restart of the clock ends it.")), "restart", None, _("Restart")
        else:
            yield flag, said, "clear", flag.id, _("Clear")
    for question, reply in now.answers:
        text = _("Set-up answer “{reply}” keeps exercises closed: {question}")
        said = (text.format(reply=entries_text.reply(reply.fact.reply), question=_(question.text)),)
        yield reply, said, "release", question.id, _("Release")
    for request in now.requests:
        yield (
            request,
            (plan_text.request(request, zone, now=at),),
            "decide",
            request.id,
            _("Answer"),
        )
    for hold in now.holds:
        yield hold, _told(desk, hold), "lift", hold.id, _("Lift")
    for override in now.overrides:
        yield override, _told(desk, override), "end", override.id, _("End")
    for released in now.releases:
        yield released, _told(desk, released), "take-back", released.id, _("Take away")
    if now.limit:
        yield now.limit, _told(desk, now.limit), "end-limit", now.limit.id, _("End")
    for topic, words in now.texts.items():
        yield words, _told(desk, words), "text", topic.value, _("Change")
    if now.chosen:
        yield now.chosen, _told(desk, now.chosen), "choose", None, _("Change")


def _told(desk: PlanDesk, entry: Entry[object]) -> tuple[str, ...]:
    when = times_text.point(entry.recorded_at, desk.zone, now=desk.now())
    told = _as_told(desk, entry)
    why = _("Changed {when}. Why: {why}").format(when=when, why=told.why)
    return (told.did, *filter(None, [told.text]), why)


def _as_told(desk: PlanDesk, entry: Entry[object]) -> plan_text.PlanChange:
    """Return a change of the plan as the patient reads it."""
    names = {clinician_author(desk.principal.account): desk.principal.name, **desk.clinicians()}
    return plan_text.told(
        entry,
        desk.case,
        who=names.get(entry.author, ""),
        zone=desk.zone,
        now=desk.now(),
    )


def _words(desk: PlanDesk, entries: Iterable[Entry[object]]) -> tuple[str, ...]:
    """Return a change as the patient reads it, line by line; the reason of several entries once."""
    lines = [line for entry in entries for line in plan_change_card.words(_as_told(desk, entry))]
    return tuple(line for n, line in enumerate(lines) if line not in lines[n + 1 :])


def lead(act: str, about: object = "") -> None:
    """Go from another page to this one, with that act open for that flag, answer or entry."""
    st.session_state[ACT] = act
    st.session_state[ABOUT] = str(about)
    navigation.go("plan")


def to(act: str, about: object = None) -> None:
    """Reload the page with that act."""
    st.session_state[ACT + "-next"] = act
    st.session_state[ABOUT] = about
    st.rerun()


# the act


def _choose(desk: PlanDesk, now: InForce) -> str:
    """Ask what to change; an act that another page asked for is chosen already."""
    there = {"clear": bool(now.flags), "release": bool(now.answers), "decide": bool(now.requests)}
    there["release-exercise"] = any(each.release for each in desk.protocol.routines.values())
    ends = {
        "lift": bool(now.holds),
        "take-back": bool(now.releases),
        "end": bool(now.overrides),
        "end-limit": now.limit is not None,
    }
    wanted = st.session_state.pop(ACT + "-next", None) or st.session_state.get(ACT)
    wanted = ALSO_CALLED.get(str(wanted), wanted)
    # Acts that end something are offered beside it, and listed here only if chosen there.
    offered = [act for act in ACTS if (ends[act] and act == wanted if act in ends else there.get(act, True))]
    st.session_state[ACT] = wanted if wanted in offered else offered[0]
    st.header(_("Change the plan"))
    picked = st.pills(
        _("What do you want to change?"),
        offered,
        format_func=lambda act: _(ACTS[act][0]),
        required=True,
        key=ACT,
        label_visibility="collapsed",
        on_change=lambda: st.session_state.pop(ABOUT, None),
    )
    return str(picked)


def _form(asked: Asked, act: str) -> tuple[Change | None, str]:
    """Show the form with its reason; return the change, or what is missing."""
    change, missing = None, ""
    name, form = ACTS[act]
    st.subheader(_(name))
    period.zone(asked.desk)
    try:
        change = form(asked)
    except BadValue as refused:
        missing = _missing(refused)
    why = st.text_area(
        _("Why? The patient reads this."),
        key=drafts.keep(f"{asked.name}-why", f"why-{act}", asked.desk.patient),
        height=WHY_HEIGHT,
        placeholder=_("At most {n} characters").format(n=NOTE_LIMIT),
    )
    return (dataclasses.replace(change, why=why or "") if change else None), missing


def _not_yet(desk: PlanDesk, missing: str) -> None:
    """Say what the form still needs, and how it is now, which the change will be compared with."""
    st.header(_("What will change"))
    st.text(missing)
    found = gate.decide(desk.case, now=desk.now())
    with st.container(key="plan-now"):
        TextBlock().subheader(_("As it is now")).pairs(
            plan_states.now_at(desk.case, found, now=desk.now())
        ).show()


def _missing(refused: BadValue) -> str:
    """Return what a form still needs; a choice that is only not made yet is no mistake."""
    if refused.fault is Fault.TIME_MISSING:
        return _("Choose the time that is missing; then you see here what will change, before you save it.")
    if refused.fault in NOT_YET:
        return _("Choose or fill in what is missing; then you see here what will change, before you save it.")
    return errors_text.refusal(refused)


# preview and save


def _preview(desk: PlanDesk, change: Change, key: UUID) -> None:
    """Show what a change alters hour by hour, and what the patient will read.

    Then offer to save.
    """
    st.header(_("What will change"))
    with time_zone.refusals():
        whole = dataclasses.replace(change, why=change.why.strip() or _("(your reason)"))
        what, entries = desk.preview(whole), desk.entries(whole)
        now = desk.now()
        only = (
            change.routine
            if isinstance(change, DoseChange | ReleaseExercise)
            else ""
            if isinstance(change, Hold)
            else None
        )
        st.subheader(_("The patient will read"))
        with st.container(key="plan-reads", gap="xsmall"):
            for line in _words(desk, entries):
                st.text(line)
        # Beside "Why?", and above the table, which may be long
        _save(desk, change, key)
        st.subheader(_("Exercise by exercise"))
        st.text(
            _(
                "This assumes that nothing else happens: no set is done, no pain is scored, and no warning sign, hold"
                " or other change comes in between."
            )
        )
        for line in plan_text.stays_closed(what, desk.protocol, only=only):
            st.text(line)
        if not what.changes_nothing:
            rows = plan_text.rows(what, desk.protocol, desk.zone, now=now)
            head = (_("Exercise"), _("From"), _("Until"), _("Now planned"), _("After the change"))
            with st.container(key="plan-table"):
                markdown.table(head, plan_text.together(rows))
        elif what.stays_closed is None:
            text = _("In the next {n} days no exercise opens, closes or changes its dose by this alone.")
            st.text(text.format(n=preview.DAYS))


def _save(desk: PlanDesk, change: Change, key: UUID) -> None:
    """Offer to save; a change that was not shown before the tap is shown first."""
    plain = dataclasses.replace(change, why="")
    before = st.session_state.get(SHOWN)
    st.session_state[SHOWN] = (key, plain)
    if not st.button(_("Save this change"), key="plan-save", type="primary", width="stretch"):
        return
    if before != (key, plain):
        st.info(_("This is other than what you saw before. Look at it, then save again."))
        return
    with time_zone.refusals():
        words = _words(desk, desk.entries(change))
        desk.save(
            change,
            key=uuid5(key, repr(change)),
            seen_seq=_seen(desk, key),
            seen_protocol=_protocol(desk, key),
        )
        action_keys.done(f"plan-{desk.patient}")
        drafts.sent(f"why-{st.session_state.get(ACT)}", desk.patient)
        if isinstance(change, Text):
            drafts.sent(f"plan-words-{change.topic.value}", desk.patient)
        for name in (SHOWN, SEEN, UNDER, ABOUT):
            st.session_state.pop(name, None)
        st.session_state[ACT + "-next"] = "hold"
        st.session_state[SAVED] = (desk.patient, words)
        st.rerun()


def _protocol(desk: PlanDesk, key: UUID) -> str:
    """Return the digest of the protocol when the form was first shown."""
    known, digest = st.session_state.get(UNDER, (None, ""))
    if known != key:
        digest = desk.protocol.digest
        st.session_state[UNDER] = (key, digest)
    return str(digest)


def _seen(desk: PlanDesk, key: UUID) -> int:
    """Return the last entry when the form was first shown."""
    known, seq = st.session_state.get(SEEN, (None, 0))
    if known != key:
        seq = desk.seen_seq()
        st.session_state[SEEN] = (key, seq)
    return int(seq)


def _meanwhile(desk: PlanDesk, key: UUID) -> None:
    """Show entries recorded since the form was opened; they must be read before saving."""
    seen = _seen(desk, key)
    if not desk.changed_since(seen):
        return
    with st.container(key="plan-meanwhile"):
        st.warning(
            _("Something was recorded since you opened this. Read it, then look at the preview again.")
        )
        authors = {**desk.clinicians(), PATIENT: desk.patient_name()}
        news = clinic_news.changed(
            desk.case,
            since=seen,
            today=period.today(desk),
            me=clinician_author(desk.principal.account),
            now=desk.now(),
        )
        for _part, item in news:
            st.text(findings.item(item, desk.case, authors))
        if st.button(_("I have read this"), key="plan-read"):
            st.session_state[SEEN] = (key, desk.seen_seq())
            st.rerun()
