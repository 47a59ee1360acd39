"""The page Review of one patient: who, what changed, and what can be done about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import streamlit as st

from coach.desk.clinic.review import ReviewDesk
from coach.domain.need import Need
from coach.i18n import N_, _, ngettext
from coach.review.clinic import findings
from coach.review.clinic import news as clinic_news
from coach.review.clinic.news_items import Item, Part
from coach.text import caseload as caseload_text
from coach.text import plan_states
from coach.text import times as times_text
from coach.ui.clinic import review_acts, review_case, review_charts, review_lists
from coach.ui.parts import export_buttons, navigation, period
from coach.ui.parts.text_block import TextBlock

MESSAGES_MOST = 3  # the thread has all
MOST = 3  # sentences of one part; the rest is folded

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
    """Show the whole review; after it was shown, its entries are no longer news to this viewer.

    The first screen has who it is, what is wrong, what is open, and the course of pain. What changed
    and what was done follow; all else is a line that opens.
    """
    before, authors, needs = desk.last_looked(), desk.authors(), desk.needs()
    _head(desk)
    with st.container(key="review-columns"):
        left, right = st.columns([1, 2], gap="large")
        with left, st.container(key="review-now"):
            _now(desk, needs, authors)
        with right:
            review_charts.pain(desk)
    with st.container(key="review-since"):
        left, right = st.columns([1, 2], gap="large")
        with left, st.container(key="review-news"):
            _news(desk, before, authors)
        with right:
            review_charts.days(desk)
            with st.container(key="review-more"):
                _more(desk, authors)
    review_acts.show(desk, needs)
    desk.look()


def _more(desk: ReviewDesk, authors: Mapping[str, str]) -> None:
    """Offer what is not needed at once, each as a line that opens."""
    review_charts.details(desk)
    review_lists.show(desk, authors)
    review_case.details(desk)
    if take := review_lists.fold("take", _("Files to take along")):
        with take:
            export_buttons.everything(desk)


# who


def _head(desk: ReviewDesk) -> None:
    who, case = desk.person(), desk.case
    with st.container(key="review-head"):
        st.title(_("Review"))
        with st.container(key="review-who", horizontal=True, vertical_alignment="bottom"):
            with st.container(key="review-name", width="content"):
                st.text(who.name or _("No name"))
            if who.reference:
                st.text(who.reference, width="content")
            st.text(findings.place(case, now=desk.now()), width="content")
            if desk.course():
                with st.container(key="review-zone", width="content"):
                    period.zone(desk)
        if desk.is_discharged():
            st.text(_("Discharged: your clinic does not follow this patient now."))


# how they stand


def _now(desk: ReviewDesk, needs: Sequence[Need], authors: Mapping[str, str]) -> None:
    """Show what is wrong, what may be done at which dose, and the course."""
    block, case, now = TextBlock(), desk.case, desk.now()
    _needs(block, desk, needs, authors)
    _waiting(block, desk)
    block.show()
    review_case.closing(desk)
    decisions = desk.decisions()
    block.header(findings.now_open(decisions))
    block.pairs(plan_states.now_at(case, decisions, now=now))
    facts = [*findings.case_facts(case, now=now)]
    if bones := findings.bone_health(case):
        facts.append((_("Bone health"), bones))
    if facts:
        block.header(_("Course")).pairs(facts)
    block.show()


def _needs(block: TextBlock, desk: ReviewDesk, needs: Sequence[Need], authors: Mapping[str, str]) -> None:
    """Say why the patient needs a physiotherapist, or that they do not."""
    card, now = desk.card(), desk.now()
    if all(need.quiet for need in needs) and not desk.is_discharged():
        block.text(_("Nothing needs you now."))
    told = caseload_text.all_needs(needs, card, desk.protocol, now=now)
    for need, said in zip(needs, told, strict=True):
        tone = caseload_text.TONES[need.reason]
        seen = caseload_text.seen(need, card, authors, now=now)
        with block.group(f"need-{tone}"):
            block.text(f"{MARKS[tone]}  {'. '.join(filter(None, [*said, seen]))}")


def _waiting(block: TextBlock, desk: ReviewDesk) -> None:
    """Show the words of the messages that wait for an answer, the newest first."""
    waits = desk.waiting()[::-1]
    if not waits:
        return
    with block.group("waiting"):
        for each in waits[:MESSAGES_MOST]:
            when = times_text.since(each.message.at, desk.zone, now=desk.now())
            block.text(_("“{text}” ({when})").format(text=each.message.fact.text, when=when))
        n = len(waits) - MESSAGES_MOST
        if n > 0:
            block.text(ngettext("{n} older message", "{n} older messages", n).format(n=n))


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
