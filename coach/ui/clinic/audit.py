"""The page Audit: filters, a paged table, and the download."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

import streamlit as st

from coach.desk.clinic.audit import AuditDesk, AuditRow, Wanted
from coach.domain.times import local, start_of_day
from coach.i18n import _
from coach.text import audit as words
from coach.text import times as times_text
from coach.ui.parts import browser

FROM, UNTIL, WHO, WHOM, WHAT, REFUSED = (
    f"trail-{name}" for name in ("from", "until", "who", "whom", "what", "refused")
)
BEFORE = "trail-before"  # the last line of each earlier page
SHOWN_AT_FIRST = timedelta(days=7)
FILE = "/api/audit"


def show(desk: AuditDesk) -> None:
    """Show the audit."""
    zone = browser.zone()
    with st.container(key="clinic-head", horizontal=True):
        st.title(_("Audit"), width="stretch")
    wanted = _filters(desk, zone)
    before = st.session_state.setdefault(BEFORE, [])
    page = desk.page(wanted, before=before[-1] if before else None)
    if page.rows:
        _table(page.rows, zone)
    else:
        st.text(_("Nothing was seen or changed that fits."))
    with st.container(horizontal=True, vertical_alignment="center"):
        if before and st.button(_("Newer"), key="trail-newer"):
            before.pop()
            st.rerun()
        if page.more and st.button(_("Older"), key="trail-older"):
            before.append(page.rows[-1].id)
            st.rerun()
        st.space("stretch")
        st.link_button(_("All of these as a file (CSV)"), f"{FILE}?{_query(wanted)}")
    with st.container(key="quiet-trail"):
        st.text(
            _("Times are those of {zone}. Nothing of what was entered stands here.").format(
                zone=zone.replace("_", " ")
            )
        )


def _filters(desk: AuditDesk, zone: str) -> Wanted:
    today = local(desk.now(), zone).date()
    staff = desk.staff()
    with st.container(key="trail-filters", horizontal=True, vertical_alignment="bottom"):
        since = st.date_input(
            _("From"),
            value=today - SHOWN_AT_FIRST,
            format="YYYY-MM-DD",
            key=FROM,
            on_change=_begin,
            width=190,
        )
        until = st.date_input(
            _("To"), value=today, format="YYYY-MM-DD", key=UNTIL, on_change=_begin, width=190
        )
        who = st.selectbox(
            _("Who"),
            [None, *range(len(staff))],
            format_func=lambda n: _("Everybody") if n is None else _named(staff[n].name, staff[n].disabled),
            key=WHO,
            on_change=_begin,
            width=220,
        )
        whom = st.text_input(
            _("On whom"),
            placeholder=_("Name, reference or login"),
            max_chars=100,
            key=WHOM,
            on_change=_begin,
            width=220,
        )
        what = st.selectbox(
            _("What"),
            [None, *words.ACTIONS],
            format_func=lambda name: _("Everything") if name is None else words.action(name),
            key=WHAT,
            on_change=_begin,
            width=260,
        )
        refused = st.toggle(_("Only refused"), key=REFUSED, on_change=_begin)
    return Wanted(
        since=start_of_day(since, zone),
        until=start_of_day(until + timedelta(days=1), zone),
        account=staff[who].account if who is not None and who < len(staff) else None,
        reference=(whom or "").strip(),
        action=what,
        refused=refused,
    )


def _begin() -> None:
    st.session_state.pop(BEFORE, None)


def _named(name: str, disabled: bool) -> str:  # noqa: FBT001
    return _("{name} (disabled)").format(name=name) if disabled else name


def _table(rows: tuple[AuditRow, ...], zone: str) -> None:
    table = [
        {
            _("Time"): times_text.figures(row.at, zone, seconds=True),
            _("Who"): _who(row),
            _("Role"): words.role(row.role),
            _("What"): words.how_often(
                words.act(row.action, row.role, named=row.patient is not None), row.times
            ),
            _("On whom"): _whom(row),
            _("Outcome"): _("✕ Refused") if row.refused else _("Allowed"),
        }
        for row in rows
    ]
    st.dataframe(
        table,
        hide_index=True,
        height="content",
        key="trail-table",
        alt=_("Who saw or changed what, the newest first"),
    )


def _who(row: AuditRow) -> str:
    if row.who:
        return row.who
    return str(row.account)[:8] if row.account else "–"


def _whom(row: AuditRow) -> str:
    """Return a patient's reference and name, or else the first characters of the identifier."""
    if row.patient is None:
        return "–"
    return " ".join(part for part in (row.reference, row.name) if part) or str(row.patient)[:8]


def _query(wanted: Wanted) -> str:
    asked = {
        "since": wanted.since.isoformat() if wanted.since else "",
        "until": wanted.until.isoformat() if wanted.until else "",
        "account": str(wanted.account or ""),
        "reference": wanted.reference,
        "action": wanted.action or "",
        "refused": "1" if wanted.refused else "",
    }
    return urlencode({name: value for name, value in asked.items() if value})
