"""Settings: when and how the patient is reminded, by their own calendar and by e-mail."""

from __future__ import annotations

from datetime import time
from urllib.parse import urlsplit

import streamlit as st

from coach import i18n
from coach.config import mode
from coach.desk import PatientDesk
from coach.desk.patient.reminders import HOURS
from coach.domain import nights
from coach.domain.errors import BadValue, Fault
from coach.domain.reminders import BEFORE, MINUTES_BEFORE, MOST_TIMES, NAMES, TIMES, as_setting, chosen
from coach.i18n import N_, _
from coach.i18n.sentences import in_a_row, listed
from coach.mail import reminders, smtp
from coach.text import times as times_text
from coach.ui.parts import (
    action_keys,
    assets,
    choices,
    date_time,
    drafts,
    setting_rows,
    time_zone,
)

COUNT, SECRET = "reminders-count", "reminders-secret"
USUAL_HOUR = 18
#: How the big calendar programs treat alarms of subscribed calendars.
PROGRAMS = (
    N_(
        "iPhone, iPad, Mac: tap “Open in your calendar program”. Where it offers to remove alarms or alerts,"
        " switch that off, else none comes."
    ),
    N_(
        "Google Calendar: use a computer. Under “Other calendars”, choose “From URL” and paste the address. It"
        " shows your times and leaves out their alarms."
    ),
    N_(
        "Outlook: “Add calendar”, “Subscribe from web”, and paste the address. It shows your times and leaves out"
        " their alarms."
    ),
)

_copy = st.components.v2.component("coach_copy", html="<div></div>", js=assets.stub("ui/copy.js"))


def show(patient: PatientDesk) -> None:
    """Show times, calendar and e-mails; without times only those are asked for."""
    picked = chosen(patient.history())
    value = in_a_row(times_text.clock(each) for each in picked) or _("none chosen yet")
    setting_rows.row(TIMES, _("When you want to exercise"), value, lambda: _times(patient, picked))
    night = patient.night()
    times_ = {"begins": times_text.clock(night.begins), "ends": times_text.clock(night.ends)}
    span = _("{begins} to {ends}").format(**times_)
    setting_rows.row(nights.BEGINS, _("Your night"), span, lambda: _night(patient, night))
    dark = [each for each in picked if night.has(each)]
    if dark:
        left_out = listed(times_text.clock(each) for each in dark)
        st.text(_("In your night nothing is proposed. Left out: {times}.").format(times=left_out))
    if picked:
        st.text(_next(patient))
        before = str(patient.history().settings.get(BEFORE, "0"))
        setting_rows.row(BEFORE, _("The alarm comes"), _before(before), lambda: _alarm(patient))
        told = _(
            "When this is on, your calendar and e-mails name them. If not, they say “Exercise time” and no more."
        )
        setting_rows.switch(patient, NAMES, _("Names of the exercises"), default=False, more=told)
        _file()
        _address(patient)
    _mail(patient)


# times


def _times(patient: PatientDesk, picked: tuple[time, ...]) -> None:
    count = max(st.session_state.get(COUNT, 0), len(picked), 1)
    st.text(
        _(
            "Up to six times a day. Where your plan asks for fewer, the first and the last are kept. Empty a"
            " time to leave it out."
        )
    )
    clock = date_time.Clock.of(patient)
    found: list[date_time.Entered] = []
    for place in range(count):
        key = f"set-{TIMES}-{place}"
        label = _("Time {number}").format(number=place + 1)
        at = picked[place] if place < len(picked) else None
        found.append(date_time.time_alone(key, label, clock, at, draft_of=patient.patient))
    if count < MOST_TIMES and st.button(_("One more time"), key="reminders-more", width="stretch"):
        st.session_state[COUNT] = count + 1
        st.rerun()
    if st.button(_("Save"), key=f"save-{TIMES}", type="primary", width="stretch"):
        with time_zone.refusals():
            wanted = [each.needed().time() for each in found if each.wall or each.waits]
            patient.settings.set(TIMES, as_setting(wanted), key=action_keys.act(f"set-{TIMES}"))
            st.session_state.pop(COUNT, None)
            setting_rows.close(TIMES, saved=True)


def _next(patient: PatientDesk) -> str:
    """Return when the calendar reminds next, or why it does not."""
    slots = patient.reminders.agenda().slots
    if not slots:
        return _("Nothing is proposed just now: your exercises are closed. Today says why.")
    return _("The next reminder in your calendar: {when}.").format(when=time_zone.said(slots[0].at, patient))


def _night(patient: PatientDesk, night: nights.Night) -> None:
    st.text(_("From one to the other nothing is proposed. What is open may still be started."))
    clock = date_time.Clock.of(patient)
    begins = date_time.time_alone(
        f"set-{nights.BEGINS}", _("Begins"), clock, night.begins, draft_of=patient.patient
    )
    ends = date_time.time_alone(f"set-{nights.ENDS}", _("Ends"), clock, night.ends, draft_of=patient.patient)
    if st.button(_("Save"), key=f"save-{nights.BEGINS}", type="primary", width="stretch"):
        with time_zone.refusals():
            key = action_keys.act(f"set-{nights.BEGINS}")
            patient.settings.set_night(begins.needed().time(), ends.needed().time(), key=key)
            setting_rows.close(nights.BEGINS, saved=True)


def _before(minutes: str) -> str:
    return _("at the time itself") if minutes == "0" else _("{n} minutes before").format(n=minutes)


def _alarm(patient: PatientDesk) -> None:
    picked = choices.choice(f"set-{BEFORE}", [(each, _before(each)) for each in MINUTES_BEFORE])
    if picked:
        with time_zone.refusals():
            patient.settings.set(BEFORE, picked, key=action_keys.act(f"set-{BEFORE}"))
            setting_rows.close(BEFORE, saved=True)


# the calendar


def _file() -> None:
    with st.container(key="panel-set-calendar-file"):
        st.header(_("Calendar file"))
        st.text(
            _(
                "Your times up to the end of your plan, four weeks at least. It does not follow what changes"
                " later: then download it again, and it takes the place of the old one."
            )
        )
        st.link_button(_("Download the calendar file"), "/api/take/ics", width="stretch")


def _address(patient: PatientDesk) -> None:
    with st.container(key="panel-set-calendar-address"):
        st.header(_("Calendar address"))
        st.text(
            _(
                "Your calendar program reads your times there by itself and follows your plan. Whoever has the"
                " address sees when you exercise. They see the names too if you chose them. So give it to nobody"
                " else."
            )
        )
        known = patient.reminders.calendar_address()
        made = st.session_state.get(SECRET)
        if known and made:
            st.text(_("This is the address. It is shown this once: copy it into your calendar program."))
            words = {
                "copy": _("Copy the address"),
                "copied": _("Copied."),
                "marked": _("Now copy what is marked."),
            }
            _copy(key="calendar-copy", data={"text": f"{_server()}/calendar/{made}.ics", **words})
            subscribe = f"webcal://{urlsplit(_server()).netloc}/calendar/{made}.ics"
            st.link_button(_("Open in your calendar program"), subscribe, width="stretch")
            for line in PROGRAMS:
                st.text(_(line))
        if known is None:
            label, key = _("Make an address"), "calendar-make"
        else:
            read = known[1]
            if read is None:
                st.text(_("No calendar program has read it yet."))
            else:
                when = time_zone.said(read, patient)
                st.text(_("Last read by a calendar program: {when}.").format(when=when))
            label, key = _("Replace it by a new one"), "calendar-replace"
        if st.button(label, key=key, width="stretch"):
            with time_zone.refusals():
                st.session_state[SECRET] = patient.reminders.make_calendar_address(
                    language=i18n.current().tag
                )
                st.rerun()
        if known and st.button(_("Revoke it"), key="calendar-revoke", width="stretch"):
            with time_zone.refusals():
                patient.reminders.revoke_calendar_address()
                st.session_state.pop(SECRET, None)
                st.rerun()
        if not patient.installation.clinic:
            st.text(_("It works on this computer only."))


def _server() -> str:
    """Return the address of this server."""
    here = urlsplit(st.context.url or "http://127.0.0.1:8501")
    return mode.public_url() or f"{here.scheme}://{here.netloc}"


# e-mail


def _mail(patient: PatientDesk) -> None:
    """Show the e-mail reminders if the server can send any."""
    try:
        by = smtp.configured()
    except smtp.Unsettled:
        by = None
    if by is None:
        return
    with st.container(key="panel-set-mail"):
        st.header(_("E-mail"))
        st.text(
            _(
                "An e-mail at the hour you choose. It comes only on days on which you entered nothing, and never"
                " while your exercises are closed. Nothing in it is about your health, unless you switched the names on."
            )
        )
        state = patient.reminders.mail()
        if state is None:
            _ask(patient, by)
        elif not state.confirmed:
            _confirm(patient, state.address)
        else:
            st.text(_("On. It goes to:"))
            st.text(state.address)
            _hour(patient, state.hour)
        if state and st.button(_("Switch e-mails off"), key="mail-off", width="stretch"):
            with time_zone.refusals():
                patient.reminders.stop_mail()
                st.rerun()


def _ask(patient: PatientDesk, by: smtp.Post) -> None:
    with st.form("mail-form", border=False):
        address = st.text_input(
            _("Your e-mail address"),
            key=drafts.keep("mail-address", "mail-address", patient.patient),
            max_chars=254,
            autocomplete="email",
        )
        hour = _hours("mail-hour", USUAL_HOUR)
        asked = st.form_submit_button(_("Send me a code"), key="mail-ask", type="primary", width="stretch")
    if asked:
        with time_zone.refusals():
            code = patient.reminders.ask_for_mail(address, hour, language=i18n.current().tag)
            try:
                reminders.send_code(by, code)
            except smtp.Failed:
                patient.reminders.stop_mail()
                st.error(_("The e-mail could not be sent. Look at the address, or try again later."))
                return
            drafts.end("mail-")
            st.rerun()


def _confirm(patient: PatientDesk, address: str) -> None:
    st.text(_("A code was sent to this address. It works for 30 minutes."))
    st.text(address)
    with st.form("mail-code-form", border=False):
        code = st.text_input(_("Code"), key="mail-code", max_chars=20, autocomplete="one-time-code")
        given = st.form_submit_button(_("Confirm"), key="mail-confirm", type="primary", width="stretch")
    if given:
        with time_zone.refusals():
            if not code.strip():
                raise BadValue(Fault.MAIL_CODE_OVER)
            patient.reminders.confirm_mail(code)
            st.rerun()


def _hour(patient: PatientDesk, hour: int) -> None:
    picked = _hours("mail-new-hour", hour)
    if picked != hour:
        with time_zone.refusals():
            patient.reminders.set_mail_hour(picked)
            st.rerun()


def _hours(key: str, hour: int) -> int:
    picked: int = st.selectbox(
        _("At"), HOURS, index=HOURS.index(hour), format_func=lambda each: f"{each:02}:00", key=key
    )
    return picked
