"""The page Review of one patient: who, what changed, and what can be done about it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import streamlit as st

from coach.desk.clinic.caseload import CaseloadDesk
from coach.desk.clinic.review import ReviewDesk
from coach.domain.free_text import LINE_LIMIT
from coach.domain.need import Need, NeedReason
from coach.i18n import N_, _, ngettext
from coach.review.clinic import findings
from coach.review.clinic import news as clinic_news
from coach.review.clinic.news_items import Item, Part
from coach.text import caseload as caseload_text
from coach.text import times as times_text
from coach.ui.clinic import plan, review_case, review_charts, review_lists
from coach.ui.parts import (
    action_keys,
    drafts,
    export_buttons,
    navigation,
    period,
    time_zone,
)
from coach.ui.parts.text_block import TextBlock

NOTE = "review-seen-note"
MESSAGES_MOST = 3  # the thread has all
MOST = 4  # sentences of one part; the rest is folded

ACTS = {
    "hold": N_("Put on hold"),
    "open": N_("Open early"),
    "dose": N_("Dose"),
}
# The section of this page that each part of the news links to.
LINKS = {
    Part.FLAGS: N_("[Red flags](#red-flags)"),
    Part.PAIN: N_("[Pain](#pain)"),
    Part.DOING: N_("[Exercises](#done)"),
    Part.FUNCTION: N_("[Function](#function)"),
    Part.PLAN: N_("[Plan](#plan-changes)"),
    Part.CASE: N_("[Course](#course)"),
}
SPANS = {"looked": N_("Since I looked"), "week": N_("7 days"), "all": N_("All")}
MARKS = {"red": "!", "amber": "▲", "plain": "•"}


def show(desk: ReviewDesk) -> None:
    """Show the whole review; after it was shown, its entries are no longer news to this viewer."""
    before, authors, needs = desk.last_looked(), desk.authors(), desk.needs()
    _head(desk, needs, authors)
    with st.container(key="review-columns"):
        left, right = st.columns([1, 2.15], gap="large")
        with left:
            with st.container(key="review-news"):
                _news(desk, before, authors)
            with st.container(key="review-about"):
                review_case.show(desk)
        with right:
            review_charts.show(desk)
    review_lists.show(desk, authors)
    st.header(_("Take it along"), anchor="take")
    take = st.expander(_("Show the files"), key="review-take", on_change="rerun")
    if take.open:
        with take:
            export_buttons.everything(desk)
    _bar(desk, needs)
    desk.look()


# who


def _head(desk: ReviewDesk, needs: Sequence[Need], authors: Mapping[str, str]) -> None:
    who, case = desk.person(), desk.case
    with st.container(key="review-head"):
        st.title(_("Review"))
        with st.container(key="review-who", horizontal=True, vertical_alignment="bottom"):
            with st.container(key="review-name", width="content"):
                st.text(who.name or _("No name"))
            if who.reference:
                st.text(who.reference, width="content")
        with st.container(key="review-where", horizontal=True):
            st.text(findings.place(case, now=desk.now()), width="content")
            st.text(findings.now_open(desk.decisions()), width="content")
            if desk.course():
                with st.container(key="review-zone", width="content"):
                    period.zone(desk)
        if desk.is_discharged():
            st.text(_("Discharged: your clinic does not follow this patient now."))
        _needs(desk, needs, authors)
        _waiting(desk)


def _needs(desk: ReviewDesk, needs: Sequence[Need], authors: Mapping[str, str]) -> None:
    """Show why the patient needs a physiotherapist."""
    if not needs:
        return
    card, now = desk.card(), desk.now()
    block = TextBlock()
    for need in needs:
        tone = caseload_text.TONES[need.reason]
        said = [*caseload_text.need(need, card, desk.protocol, now=now)]
        said.append(caseload_text.seen(need, card, authors, now=now))
        with block.group(f"need-{tone}"):
            block.text(f"{MARKS[tone]}  {'. '.join(filter(None, said))}")
    with st.container(key="review-needs"):
        block.show()


def _waiting(desk: ReviewDesk) -> None:
    """Show the words of the messages that wait for an answer, the newest first."""
    waits = desk.waiting()[::-1]
    if not waits:
        return
    block = TextBlock()
    for each in waits[:MESSAGES_MOST]:
        when = times_text.since(each.message.at, desk.zone, now=desk.now())
        block.text(_("“{text}” ({when})").format(text=each.message.fact.text, when=when))
    n = len(waits) - MESSAGES_MOST
    if n > 0:
        block.text(ngettext("{n} older message", "{n} older messages", n).format(n=n))
    with st.container(key="review-waiting"):
        block.show()


# what changed


def _news(desk: ReviewDesk, before: tuple[int, datetime] | None, authors: Mapping[str, str]) -> None:
    history, zone, now = desk.history(), desk.zone, desk.now()
    st.header(_("What changed"))
    span = st.segmented_control(
        _("What changed"),
        list(SPANS),
        default="looked",
        required=True,
        format_func=lambda name: _(SPANS[name]),
        key="review-span",
        label_visibility="collapsed",
    )
    since, at = before or (0, None)
    if span == "looked":
        if at is None:
            st.text(_("You look at this record for the first time."))
        else:
            when = times_text.moment(at, zone, now=now)
            st.text(_("Since you last looked, {when}").format(when=when))
    elif span == "week":
        week_ago = now - timedelta(days=7)
        since = max((e.seq for e in history.entries if e.recorded_at <= week_ago), default=0)
    else:
        since = 0
    own = desk.author() if span == "looked" else ""
    news = clinic_news.changed(desk.case, since=since, today=desk.today(), me=own, now=desk.now())
    if not news:
        st.text(_("Nothing new.") if history.entries else _("Nothing is recorded yet."))
    for part in Part:
        items = [item for its, item in news if its is part]
        if items:
            _part(desk, part, items, authors)


def _part(desk: ReviewDesk, part: Part, items: Sequence[Item], authors: Mapping[str, str]) -> None:
    with st.container(key=f"review-part-{part.value}", gap="xsmall"):
        if part is Part.MESSAGES:
            if st.button(_("Messages"), key="review-to-thread", type="tertiary"):
                navigation.go("thread")
        else:
            st.markdown(_(LINKS[part]))
        _sentences(findings.item(item, desk.case, authors) for item in items[:MOST])
        n = len(items) - MOST
        if n > 0:
            more = ngettext("{n} more", "{n} more", n).format(n=n)
            rest = st.expander(more, key=f"review-more-{part.value}", on_change="rerun")
            if rest.open:
                with rest:
                    _sentences(findings.item(item, desk.case, authors) for item in items[MOST:])


def _sentences(said: Iterable[str]) -> None:
    block = TextBlock()
    for sentence in said:
        block.text(sentence)
    block.show()


# what can be done


def _bar(desk: ReviewDesk, needs: Sequence[Need]) -> None:
    """Show what can be done: each button opens Plan with that act."""
    flags = desk.open_flags()
    with st.container(key="review-bar", horizontal=True):
        if flags and st.button(_("Clear red flag"), key="review-clear"):
            plan.lead("clear", flags[0].id)
        asks = any(need.reason is NeedReason.TIME_ASKED for need in needs)
        if asks and st.button(_("Answer request"), key="review-decide"):
            plan.lead("decide")
        for act, text in ACTS.items():
            if st.button(_(text), key=f"review-{act}"):
                plan.lead(act)
        if st.button(_("Message"), key="review-message"):
            navigation.go("thread")
        _seen(desk, needs)
        if st.button(_("Next patient"), key="review-next"):
            _next(desk)


def _next(desk: ReviewDesk) -> None:
    """Go to the next patient who needs somebody today, or to the caseload if there is no other."""
    found = CaseloadDesk(desk.installation, desk.principal).after(desk.patient)
    if found:
        st.session_state[navigation.PATIENT_CHOSEN] = found
    navigation.go("review" if found else "caseload")


def _seen(desk: ReviewDesk, needs: Sequence[Need]) -> None:
    """Offer to mark the needs as seen today, with an optional note, and to undo that."""
    now = desk.now()
    open_ = [need.key for need in needs if need.may_be_marked(now, desk.zone)]
    if open_:
        key = action_keys.act(f"{NOTE}-{desk.patient}")  # the next note begins empty
        with st.popover(_("Seen today"), key="review-seen-open"):
            note = st.text_input(
                _("Note, if you like"),
                max_chars=LINE_LIMIT,
                key=drafts.keep(f"{NOTE}-{key}", NOTE, desk.patient),
            )
            if st.button(_("Mark as seen"), key="review-seen"):
                _do(
                    desk,
                    lambda key: desk.seen.mark_seen(open_, note=note or "", key=key),
                    f"{NOTE}-{desk.patient}",
                )
    marked = (need for need in needs if need.seen_by and not need.may_be_marked(now, desk.zone))
    marks = {UUID(str(need.detail["seen"])) for need in marked}
    if marks and st.button(_("Undo seen"), key="review-unseen"):
        _do(desk, lambda key: desk.seen.undo_seen(marks, key=key), "review-unseen-act")


def _do(desk: ReviewDesk, act: Callable[[UUID], None], name: str) -> None:
    with time_zone.refusals():
        act(action_keys.act(name))
        action_keys.done(name)
        drafts.sent(NOTE, desk.patient)
        st.rerun()
