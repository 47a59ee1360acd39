"""The page Patients: the list, a new patient, team and lead, invitation."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

import streamlit as st

from coach.desk import NotFound
from coach.desk.clinic.patients import FollowUpDesk, ListedPatient, PatientsDesk, Person, WayIn
from coach.i18n import _
from coach.text import caseload as caseload_text
from coach.text import times as times_text
from coach.ui.clinic import invitation
from coach.ui.parts import (
    action_keys,
    assets,
    components,
    drafts,
    empty_states,
    navigation,
    time_zone,
)
from coach.ui.parts.text_block import TextBlock
from coach.ui.shell import entrance

ROWS = 20
LIST, OPEN, NEW, SEARCH, OFFSET, DONE = (
    "people", "people-open", "people-new", "people-search", "people-offset", "people-done"
)  # fmt: skip
SHOWN = "patients-shown"  # the patient as the open form first showed them
NOBODY = ""  # no lead

_list = st.components.v2.component("coach_people", html="<div></div>", js=assets.stub("ui/people.js"))


def show(desk: PatientsDesk) -> None:
    """Show the list, the form for a new patient, or one patient."""
    try:
        _show(desk)
    except NotFound:
        entrance.not_found()


def _show(desk: PatientsDesk) -> None:
    opened = st.session_state.get(OPEN)
    components.top(f"patients-{opened or st.session_state.get(NEW)}")
    if isinstance(opened, UUID):
        _one(desk, opened)
    elif st.session_state.get(NEW):
        _somebody_new(desk)
    else:
        _everybody(desk)


# the list


def _everybody(desk: PatientsDesk) -> None:
    st.session_state.pop(SHOWN, None)
    told = (st.session_state.get(LIST) or {}).get("act")
    if _act(told):
        st.rerun()
    with st.container(key="clinic-head", horizontal=True, vertical_alignment="bottom"):
        st.title(_("Patients"), width="stretch")
        search = st.text_input(
            _("Search by name or reference"),
            type="search",
            placeholder=_("Name or reference"),
            key=SEARCH,
            on_change=lambda: st.session_state.pop(OFFSET, None),
            label_visibility="collapsed",
            width=260,
        )
        if st.button(_("New patient"), type="primary", key="people-add"):
            st.session_state[NEW] = True
            st.rerun()
    count = desk.count(search=search or "")
    if not count:
        block = TextBlock()
        if not search:
            empty_states.picture(block, "patients")
        block.text(_("Nobody of that name or reference.") if search else _("There is no patient yet.")).show()
        return
    offset = int(st.session_state.get(OFFSET, 0))
    found = desk.listed(search=search or "", limit=ROWS, offset=offset)
    drawn = _list(key=LIST, data=_data(found, offset, count), on_act_change=lambda: None)
    if drawn.act and not told and _act(drawn.act):
        st.rerun()


def _act(clicked: Any) -> bool:
    """Keep a click and tell whether there was one; its data are not trusted."""
    match clicked:
        case {"act": "open", "patient": str(text)}:
            try:
                st.session_state[OPEN] = UUID(text)
            except ValueError:
                return False
            return True
        case {"act": "page", "offset": int(offset)} if offset >= 0:
            again = st.session_state.get(OFFSET, 0) != offset
            st.session_state[OFFSET] = offset
            return bool(again)
        case _:
            return False


def _data(found: list[ListedPatient], offset: int, count: int) -> dict[str, Any]:
    some = len(found)
    pages = {
        "text": caseload_text.shown(offset, some, count),
        "back": max(0, offset - ROWS) if offset else None,
        "on": offset + ROWS if offset + some < count else None,
    }
    return {
        "rows": [_row(each) for each in found],
        "pages": pages if count > ROWS else None,
        "words": {
            "label": _("Patients"),
            "columns": [_("Patient"), _("Looked after by"), _("State"), _("What to do")],
            "open": _("Open"),
            "pages": _("Pages"),
            "back": _("Back"),
            "on": _("Next"),
        },
    }


def _row(each: ListedPatient) -> dict[str, str]:
    return {
        "patient": str(each.person.patient),
        "name": each.person.name,
        "reference": each.person.reference,
        "team": each.team or _("No team"),
        "lead": each.lead,
        "way": _("Discharged") if each.discharged else way_in(each.way_in),
        "until": _until(each),
    }


def way_in(how: WayIn) -> str:
    """Return the state of a patient's sign-in: invited, signed in, disabled and so on."""
    return {
        WayIn.NONE: _("Not invited"),
        WayIn.INVITED: _("Invited"),
        WayIn.SIGNED_UP: _("Signs in"),
        WayIn.DISABLED: _("Account disabled"),
    }[how]


def _until(each: ListedPatient) -> str:
    if each.until is None or each.discharged:
        return ""
    return _("until {date}").format(date=invitation.day(each.until))


# a new patient


def _back(name: str) -> None:
    if st.button(_("Back to the list"), key=f"{name}-back"):
        for key in (OPEN, NEW, DONE):
            st.session_state.pop(key, None)
        invitation.forget()
        st.rerun()


def _somebody_new(desk: PatientsDesk) -> None:
    _back("new")
    st.title(_("New patient"))
    teams = {team.id: team.name for team in desk.teams()}
    if not teams:
        st.text(
            _(
                "There is no care team yet. An administrator makes one first: whoever is invited on the page Staff works in one."
            )
        )
        return
    key = action_keys.act("new-patient")
    with st.container(key="clinic-form", width=520):
        name = st.text_input(_("Name"), max_chars=80, key="new-name", autocomplete="off")
        reference = st.text_input(
            _("Reference, such as the clinic's number (may be empty)"),
            max_chars=80,
            key="new-reference",
            autocomplete="off",
        )
        team, lead = _team_and_lead(desk, teams, "new", None, None)
        st.text(
            _("What the patient tells in set-up, such as the day of the procedure, they enter themselves.")
        )
        if st.button(_("Take in"), type="primary", key="new-save") and team:
            with time_zone.refusals():
                made = desk.create(name, reference, team, lead, key=key)
                action_keys.done("new-patient")
                st.session_state.pop(NEW, None)
                st.session_state[OPEN] = made
                st.session_state[DONE] = _("Taken in. Next: make the invitation.")
                st.rerun()


def _team_and_lead(
    desk: PatientsDesk, teams: dict[UUID, str], name: str, team: UUID | None, lead: UUID | None
) -> tuple[UUID | None, UUID | None]:
    """Ask for the care team and the lead; names are shown as plain text."""
    ids = list(teams)
    chosen = st.selectbox(
        _("Care team"),
        ids,
        index=ids.index(team) if team in teams else 0 if len(ids) == 1 else None,
        format_func=lambda each: teams.get(each, ""),
        key=f"{name}-team",
        placeholder=_("Choose a team"),
    )
    members = desk.members(chosen) if chosen in teams else {}
    options = [NOBODY, *members]
    who = st.selectbox(
        _("Physiotherapist"),
        options,
        index=options.index(lead) if lead in members else 0,
        format_func=lambda each: members.get(each, _("Everybody in the team")),
        key=f"{name}-lead-{chosen}",
    )
    return (chosen if chosen in teams else None), (who if isinstance(who, UUID) and who in members else None)


# one patient


def _one(desk: PatientsDesk, patient: UUID) -> None:
    _back("one")
    found = desk.one(patient)
    if found is None:
        st.title(_("Not found"))
        st.text(_("There is nothing here for you."))
        return
    st.title(_("Patient"))
    with st.container(key="clinic-name"):
        st.text(" · ".join(filter(None, (found.person.name, found.person.reference))))
    if invited := invitation.kept(patient):
        invitation.sheet(desk, invited)
        return
    if done := st.session_state.pop(DONE, None):
        st.text(done)
    left, right = st.columns(2, gap="large")
    with left:
        _care(desk, found)
        _name(desk, found)
    with right:
        _sign_in(desk, found)
        _follow_up(desk, found)


def _did(text: str) -> None:
    """Show on the next run that it is done."""
    st.session_state[DONE] = text
    st.rerun()


def _shown(person: Person) -> Person:
    """Return the values that the open form first showed, and forget them.

    The next save then compares with the present ones.
    """
    shown = st.session_state.pop(SHOWN, person)
    return shown if isinstance(shown, Person) else person


def _care(desk: PatientsDesk, found: ListedPatient) -> None:
    person, teams = found.person, {team.id: team.name for team in desk.teams()}
    shown = st.session_state.get(SHOWN)
    if not isinstance(shown, Person) or shown.patient != person.patient:
        st.session_state[SHOWN] = person
    st.header(_("Looked after by"))
    team, lead = _team_and_lead(desk, teams, f"care-{person.patient}", person.team, person.lead)
    if st.button(_("Save who looks after them"), key="care-save") and team:
        with time_zone.refusals():
            desk.assign(person.patient, team, lead, instead_of=_shown(person))
            _did(_("Saved."))


def _name(desk: PatientsDesk, found: ListedPatient) -> None:
    person = found.person
    with st.expander(_("Change name or reference")):
        name = st.text_input(_("Name"), person.name, max_chars=80, key=f"name-{person.patient}")
        reference = st.text_input(
            _("Reference"), person.reference, max_chars=80, key=f"reference-{person.patient}"
        )
        if st.button(_("Save the name"), key="name-save"):
            with time_zone.refusals():
                desk.rename(person.patient, name, reference, instead_of=_shown(person))
                _did(_("Saved."))


def _sign_in(desk: PatientsDesk, found: ListedPatient) -> None:
    st.header(_("Sign-in"))
    invited = found.way_in is WayIn.INVITED
    st.text(
        {
            WayIn.NONE: _("Has no way in yet. An invitation is printed and works once, for seven days."),
            WayIn.INVITED: _("Was invited and has not come in yet."),
            WayIn.SIGNED_UP: _("Has a password. With a new invitation they choose another one."),
            WayIn.DISABLED: _("The account is disabled. An administrator can enable it again."),
        }[found.way_in]
    )
    if found.until:
        st.text(_("The invitation works until {date}.").format(date=invitation.day(found.until)))
    if found.way_in is WayIn.DISABLED:
        return
    label = _("Make another invitation; the one before ends") if invited else _("Make an invitation")
    if st.button(label, key="invite", type="secondary" if invited else "primary"):
        with time_zone.refusals():
            invitation.keep(found.person.patient, desk.invite(found.person.patient))
            st.rerun()


def _follow_up(desk: PatientsDesk, found: ListedPatient) -> None:
    follow_up = desk.follow_up(found.person.patient)
    if follow_up is None:
        return
    st.header(_("Follow-up"))
    if st.button(_("Review this patient"), key="people-review"):
        st.session_state[navigation.PATIENT_CHOSEN] = found.person.patient
        navigation.go("review")
    if follow_up.is_discharged():
        _readmit(follow_up)
    else:
        _away(follow_up)
        _discharge(follow_up)


def _away(follow_up: FollowUpDesk) -> None:
    today = follow_up.today()
    with st.expander(_("Mark as away")):
        st.text(_("While they are away, that nothing is entered is no reason to look."))
        first = st.date_input(_("First day"), today, format="YYYY-MM-DD", key="away-first")
        last = st.date_input(
            _("Last day"), today + timedelta(days=7), min_value=today, format="YYYY-MM-DD", key="away-last"
        )
        why = st.text_input(_("Why"), max_chars=200, key=drafts.keep("away-why", "away", follow_up.patient))
        # The button names the days that it saves, so other days make another button.
        days = [times_text.dated(each, today=today) for each in (first, last)]
        label = _("Save: away from {first} to {last}").format(first=days[0], last=days[1])
        if st.button(label, key=f"away-save-{first}-{last}"):
            with time_zone.refusals():
                # The form stays open: the same days for the same reason are one entry.
                act = uuid5(
                    follow_up.patient, f"away {first} {last} {follow_up.zone} {' '.join(why.split())}"
                )
                follow_up.away(first_day=first, last_day=last, why=why, key=act)
                drafts.sent("away", follow_up.patient)
                _did(_("Saved: away on these days."))


def _discharge(follow_up: FollowUpDesk) -> None:
    with st.expander(_("Discharge")):
        st.text(
            _(
                "They leave the caseload and can go on by themselves. An open red flag stays on top until it is cleared."
            )
        )
        why = st.text_input(
            _("Why"), max_chars=200, key=drafts.keep("discharge-why", "discharge", follow_up.patient)
        )
        if st.button(_("Discharge"), key="discharge-save"):
            with time_zone.refusals():
                follow_up.discharge(why=why, key=action_keys.act("discharge"))
                action_keys.done("discharge")
                drafts.sent("discharge", follow_up.patient)
                _did(_("Discharged."))


def _readmit(follow_up: FollowUpDesk) -> None:
    st.text(_("Discharged: not in the caseload."))
    why = st.text_input(
        _("Why they come back"), max_chars=200, key=drafts.keep("readmit-why", "readmit", follow_up.patient)
    )
    if st.button(_("Follow again"), key="readmit-save"):
        with time_zone.refusals():
            follow_up.readmit(why=why, key=action_keys.act("readmit"))
            action_keys.done("readmit")
            drafts.sent("readmit", follow_up.patient)
            _did(_("Followed again."))
