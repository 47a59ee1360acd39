"""The page Status: what an administrator does, what is set up, and what needs looking at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import streamlit as st

from coach.desk.clinic.status import ClinicStatus, StatusDesk
from coach.i18n import _, ngettext
from coach.mail import smtp
from coach.mail import texts as mail_texts
from coach.text import times as times_text
from coach.ui.parts import browser, navigation

BACKUP_TOO_OLD = timedelta(days=2)  # one is made every night; one night may be left out


@dataclass(frozen=True, slots=True)
class StatusPart:
    """One part of the installation: how it stands, and what to do, on which page if on any."""

    name: str
    title: str
    fine: bool
    lines: tuple[str, ...]
    page: str = ""


def show(desk: StatusDesk) -> None:
    """Show what this role is for, and each part with what is to be done about it."""
    with st.container(key="clinic-head", horizontal=True, vertical_alignment="bottom"):
        st.title(_("Status"), width="stretch")
    st.text(
        _(
            "As an administrator you invite staff and switch accounts off, take in patients, and put a protocol"
            " in force. You see names, and never what a patient entered."
        )
    )
    for each in findings(desk.status(), now=desk.now(), zone=browser.zone()):
        _finding(each)


def findings(status: ClinicStatus, *, now: datetime, zone: str) -> Iterator[StatusPart]:
    """Yield each part of the installation, in the order in which a new clinic sets them up."""
    yield _staff(status)
    yield StatusPart(
        "protocol",
        _("Protocol"),
        fine=True,
        lines=(
            _("{title}, version {version}, is in force.").format(
                title=_(status.protocol), version=status.protocol_version
            ),
        ),
        page="protocols",
    )
    yield _patients(status)
    yield _backup(status, now, zone)
    yield _mail(status, now, zone)


def _staff(status: ClinicStatus) -> StatusPart:
    n, m = status.physiotherapists, status.administrators
    lines = [
        ngettext("{n} physiotherapist can sign in.", "{n} physiotherapists can sign in.", n).format(n=n),
        ngettext("{n} administrator can sign in.", "{n} administrators can sign in.", m).format(n=m),
    ]
    if not n:
        lines.append(_("Next: invite the first physiotherapist."))
    if m < 2:
        lines.append(_("Next: invite another administrator. Nobody changes an own account."))
    if status.without_team:
        text = ngettext(
            "{n} physiotherapist works in no care team and sees no patient: open the account, and put them into one.",
            "{n} physiotherapists work in no care team and see no patient: open each account, and put them into one.",
            status.without_team,
        )
        lines.append(text.format(n=status.without_team))
    if status.not_come_in:
        text = ngettext(
            "{n} account has not come in yet: its invitation is open or has ended.",
            "{n} accounts have not come in yet: their invitations are open or have ended.",
            status.not_come_in,
        )
        lines.append(text.format(n=status.not_come_in))
    return StatusPart(
        "staff", _("Staff"), bool(n and m > 1 and not status.without_team), tuple(lines), "staff"
    )


def _patients(status: ClinicStatus) -> StatusPart:
    n = status.patients
    if not n:
        lines = (_("There is no patient yet."), _("Next: take in the first one, and print the invitation."))
        return StatusPart("patients", _("Patients"), fine=False, lines=lines, page="patients")
    told = ngettext("{n} patient is known here.", "{n} patients are known here.", n).format(n=n)
    return StatusPart("patients", _("Patients"), fine=True, lines=(told,), page="patients")


def _backup(status: ClinicStatus, now: datetime, zone: str) -> StatusPart:
    made = status.backed_up_at
    how = _(
        "Whoever runs the server makes one every night with: python -m coach backup FOLDER. This page knows only"
        " of those."
    )
    if made is None:
        return StatusPart("backup", _("Backup"), fine=False, lines=(_("No backup is known here."), how))
    told = _("The last backup was made {when}.").format(when=times_text.moment(made, zone, now=now))
    if now - made > BACKUP_TOO_OLD:
        return StatusPart("backup", _("Backup"), fine=False, lines=(told, _("That is too long ago."), how))
    return StatusPart("backup", _("Backup"), fine=True, lines=(told,))


def _mail(status: ClinicStatus, now: datetime, zone: str) -> StatusPart:
    try:
        post = smtp.configured()
    except smtp.Unsettled as trouble:
        lines = (_("No e-mail can be sent."), mail_texts.unsettled(trouble.why))
        return StatusPart("mail", _("E-mail"), fine=False, lines=lines)
    if post is None:
        none = _("No e-mail is sent: no mail server is named. Patients cannot choose reminders by e-mail.")
        how = _("Whoever runs the server can name one in COACH_SMTP_URL. Coach works without it.")
        return StatusPart("mail", _("E-mail"), fine=True, lines=(none, how))
    sent = status.reminded_at
    last = (
        _("The last reminder was sent {when}.").format(when=times_text.moment(sent, zone, now=now))
        if sent
        else _("No reminder was sent yet.")
    )
    return StatusPart(
        "mail",
        _("E-mail"),
        fine=True,
        lines=(_("E-mails go out through {host}.").format(host=post.host), last),
    )


def _finding(found: StatusPart) -> None:
    mark = "fine" if found.fine else "look"
    with st.container(
        key=f"status-{mark}-{found.name}", horizontal=True, vertical_alignment="center", border=True
    ):
        with st.container(gap="xsmall", width="stretch"):
            st.header(found.title if found.fine else _("▲ {title}: look at this").format(title=found.title))
            for line in found.lines:
                st.text(line)
        if found.page:
            label = _("Go to {page}").format(page=_(navigation.TITLES[found.page]))
            if st.button(label, key=f"status-to-{found.page}", width="content"):
                navigation.go(found.page)
