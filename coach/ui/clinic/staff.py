"""The page Staff: the list, a new account, and what an administrator may do to an account."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import streamlit as st

from coach.desk import NotFound
from coach.desk.access.permissions import Role
from coach.desk.accounts.accounts import AccountsDesk, Invited, ListedAccount
from coach.domain.errors import BadValue, Fault
from coach.i18n import N_, _
from coach.i18n.sentences import in_a_row
from coach.text import times as times_text
from coach.ui.clinic import invitation
from coach.ui.parts import action_keys, assets, browser, components, second_tap, time_zone
from coach.ui.shell import entrance

LIST, OPEN, NEW, DONE = "staff", "staff-open", "staff-new", "staff-done"
SHOWN = "staff-shown"  # the account as it was last shown: what the next act on it assumes
NO_TEAM, NEW_TEAM = "no team", "new team"
ROLES = {Role.PHYSIOTHERAPIST: N_("Physiotherapist"), Role.ADMINISTRATOR: N_("Administrator")}

_list = st.components.v2.component("coach_staff", html="<div></div>", js=assets.stub("ui/staff.js"))


def show(desk: AccountsDesk) -> None:
    """Show the list, the form for a new account, or one account."""
    try:
        _show(desk)
    except NotFound:
        entrance.not_found()


def _show(desk: AccountsDesk) -> None:
    opened = st.session_state.get(OPEN)
    components.top(f"staff-{opened or st.session_state.get(NEW)}")
    if isinstance(opened, UUID):
        _one(desk, opened)
    elif st.session_state.get(NEW):
        _somebody_new(desk)
    else:
        _everybody(desk)


# the list


def _everybody(desk: AccountsDesk) -> None:
    told = (st.session_state.get(LIST) or {}).get("act")
    if _act(told):
        st.rerun()
    with st.container(key="clinic-head", horizontal=True, vertical_alignment="bottom"):
        st.title(_("Staff"), width="stretch")
        if st.button(_("Invite somebody"), type="primary", key="staff-add"):
            st.session_state[NEW] = True
            st.rerun()
    words = {
        "label": _("Staff"),
        "columns": [
            _("Name"), _("Role"), _("State"), _("Second factor"), _("Last sign-in"), _("What to do"),
        ],
        "open": _("Open"),
    }  # fmt: skip
    rows = [_row(each) for each in desk.staff()]
    drawn = _list(key=LIST, data={"rows": rows, "words": words}, on_act_change=lambda: None)
    if drawn.act and not told and _act(drawn.act):
        st.rerun()


def _act(clicked: Any) -> bool:
    """Keep which account a click opened and tell whether there was one.

    Its data are not trusted.
    """
    match clicked:
        case {"act": "open", "account": str(text)}:
            try:
                st.session_state[OPEN] = UUID(text)
            except ValueError:
                return False
            return True
        case _:
            return False


def _row(each: ListedAccount) -> dict[str, str]:
    return {
        "account": str(each.id),
        "name": each.name,
        "login": each.login,
        "role": _role(each),
        "teams": in_a_row(each.teams) or _("No team"),
        "state": _state(each),
        "until": _until(each),
        "factor": _("Set up") if each.has_second_factor else _("Not set up"),
        "organisation": _("Organisation linked") if each.has_organisation else _("No organisation linked"),
        "last": _last(each.last_sign_in),
    }


def _role(each: ListedAccount) -> str:
    return _(ROLES[each.staff_role]) if each.staff_role else ""


def _state(each: ListedAccount) -> str:
    if each.disabled:
        return _("Disabled")
    if each.has_password or each.has_organisation:
        return _("Active")
    return _("Invited") if each.invited_until else _("Not invited")


def _until(each: ListedAccount) -> str:
    if each.invited_until is None:
        return ""
    return _("invitation until {date}").format(date=invitation.day(each.invited_until))


def _last(instant: datetime | None) -> str:
    return times_text.figures(instant, browser.zone()) if instant else _("Not known")


# a new account


def _back(name: str) -> None:
    if st.button(_("Back to the list"), key=f"{name}-back"):
        for key in (OPEN, NEW, DONE, SHOWN):
            st.session_state.pop(key, None)
        second_tap.forget()
        invitation.forget()
        st.rerun()


def _somebody_new(desk: AccountsDesk) -> None:
    _back("staff-new")
    st.title(_("Invite somebody"))
    teams = {team.id: team.name for team in desk.teams()}
    key = action_keys.act("new-staff")
    with st.container(key="clinic-form", width=520):
        name = st.text_input(
            _("Name, as patients and colleagues read it"), max_chars=100, key="staff-name", autocomplete="off"
        )
        login = st.text_input(
            _("Name to sign in with, or e-mail address"), max_chars=100, key="staff-login", autocomplete="off"
        )
        role = st.selectbox(_("Role"), list(ROLES), format_func=lambda each: _(ROLES[each]), key="staff-role")
        team = _team(teams)
        if st.button(_("Make the invitation"), type="primary", key="staff-save"):
            with time_zone.refusals():
                if team is None or role is None:
                    raise BadValue(Fault.TEXT_MISSING)
                made = desk.add_staff(name, login, role, team=None if team == NO_TEAM else team, key=key)
                action_keys.done("new-staff")
                st.session_state.pop(NEW, None)
                _hand_over(made)


def _team(teams: dict[UUID, str], *, none: bool = True) -> UUID | str | None:
    """Ask for the care team: an existing one, the name of a new one, or with `none` NO_TEAM.

    None if not chosen.
    """
    said = {NO_TEAM: _("No team"), NEW_TEAM: _("A new team")}
    options: list[UUID | str] = [*teams, NEW_TEAM, *([NO_TEAM] if none else [])]
    chosen: UUID | str | None = st.selectbox(
        _("Care team"),
        options,
        index=0 if len(teams) < 2 else None,
        format_func=lambda each: teams[each] if isinstance(each, UUID) else said[each],
        key="staff-team",
        placeholder=_("Choose a team"),
    )
    if chosen != NEW_TEAM:
        return chosen
    return st.text_input(_("Name of the new team"), max_chars=100, key="staff-new-team", autocomplete="off")


# one account


def _one(desk: AccountsDesk, account: UUID) -> None:
    _back("staff-one")
    found = next((each for each in desk.staff() if each.id == account), None)
    if found is None:
        st.title(_("Not found"))
        st.text(_("There is nothing here for you."))
        return
    st.title(_("Account"))
    with st.container(key="clinic-name"):
        st.text(f"{found.name} · {found.login}")
    invited = invitation.kept(account)
    if invited:
        _code(invited)
        return
    if done := st.session_state.pop(DONE, None):
        st.text(done)
    left, right = st.columns(2, gap="large")
    with left:
        _facts(found)
        if found.staff_role is Role.PHYSIOTHERAPIST or found.team_ids:
            _teams(desk, found)
    with right:
        _acts(desk, found, _shown(found))
    st.session_state[SHOWN] = found


def _shown(found: ListedAccount) -> ListedAccount:
    """Return the account as last shown; if it was changed since, say so and stop the act."""
    shown = st.session_state.get(SHOWN)
    if not isinstance(shown, ListedAccount) or shown.id != found.id:
        return found
    if shown.standing != found.standing:
        second_tap.forget()
        time_zone.refuse(BadValue(shown.standing.became(found.standing)))
    return shown


def _facts(found: ListedAccount) -> None:
    st.header(_("Sign-in"))
    row = _row(found)
    lines = [
        (_("Role"), row["role"]),
        (_("Care team"), row["teams"]),
        (_("State"), in_a_row(filter(None, (row["state"], row["until"])))),
        (_("Second factor"), row["factor"]),
        (_("Organisation"), _("Linked") if found.has_organisation else _("Not linked")),
        (_("Last sign-in"), row["last"]),
    ]
    with st.container(key="staff-facts", gap="xsmall"):
        for label, text in lines:
            st.text(_("{label}: {text}").format(label=label, text=text))


def _teams(desk: AccountsDesk, found: ListedAccount) -> None:
    """Show the care teams somebody works in, each with the way out, and offer another one."""
    st.header(_("Care team"))
    st.text(_("A physiotherapist sees the patients of these teams, and of no other."))
    for team, name in zip(found.team_ids, found.teams, strict=True):
        with st.container(key=f"staff-in-{team}", horizontal=True, vertical_alignment="center"):
            st.text(name, width="stretch")
            if st.button(_("Take out of this team"), key=f"staff-out-{team}"):
                with time_zone.refusals():
                    _did(desk.take_out_of_team(found.id, team), _("Taken out of the team."))
    others = {each.id: each.name for each in desk.teams() if each.id not in found.team_ids}
    with st.expander(_("Put into a team"), key="staff-teams", on_change="rerun"):
        wanted = _team(others, none=False)
        if st.button(_("Put into this team"), key="staff-join"):
            with time_zone.refusals():
                if wanted is None:
                    raise BadValue(Fault.TEXT_MISSING)
                _did(desk.put_into_team(found.id, wanted), _("Put into the team."))


def _acts(desk: AccountsDesk, found: ListedAccount, seen: ListedAccount) -> None:
    st.header(_("What to do"))
    if found.id == desk.principal.account:
        st.text(_("This is your own account. Another administrator changes it for you."))
        return
    if found.disabled:
        if _sure(
            found,
            "enable",
            _("Enable the account"),
            _("They can then sign in again, with the password and the second factor that they had."),
        ):
            with time_zone.refusals():
                _did(desk.enable(found.id, instead_of=seen), _("The account is enabled."))
        return
    if not found.has_password:
        _invite(desk, found, seen)
    if (found.has_password or found.has_second_factor) and _sure(
        found,
        "reset",
        _("Reset password and second factor"),
        _(
            "Password and second factor are taken away, and they are signed out at once. You get a new code to hand over."
        ),
    ):
        with time_zone.refusals():
            _hand_over(desk.reset(found.id, instead_of=seen))
    if found.has_organisation and _sure(
        found,
        "unlink",
        _("Unlink the organisation"),
        _("They are signed out at once, and cannot come in with the organisation any more."),
    ):
        with time_zone.refusals():
            _did(desk.unlink_organisation(found.id, instead_of=seen), _("Unlinked."))
    if _sure(
        found,
        "disable",
        _("Disable the account"),
        _("They are signed out at once and cannot sign in any more. What they recorded stays."),
    ):
        with time_zone.refusals():
            _did(desk.disable(found.id, instead_of=seen), _("The account is disabled."))


def _sure(found: ListedAccount, act: str, label: str, question: str) -> bool:
    return second_tap.is_sure(f"staff-{act}", found.id, label=label, question=question)


def _invite(desk: AccountsDesk, found: ListedAccount, seen: ListedAccount) -> None:
    again = found.invited_until is not None
    label = _("Make another invitation; the one before ends") if again else _("Make an invitation")
    tapped = st.button(label, key="staff-invite", type="secondary" if again else "primary")
    if tapped and seen.standing == found.standing:  # else it was shown already
        with time_zone.refusals():
            _hand_over(desk.invite_staff(found.id, instead_of=seen))


def _did(_done: None, text: str) -> None:
    """Show on the next run that it is done."""
    st.session_state.pop(SHOWN, None)
    st.session_state[DONE] = text
    st.rerun()


def _hand_over(invited: Invited) -> None:
    """Show the code from the next run on, until the screen is left."""
    st.session_state.pop(SHOWN, None)
    st.session_state[OPEN] = invited.account
    invitation.keep(invited.account, invited)
    st.rerun()


def _code(invited: Invited) -> None:
    """Show an invitation: the only time that its code is visible."""
    st.text(_("Hand this over now. The code is shown this once and is not kept."))
    with st.container(key="staff-code", border=True, width=520):
        st.text(_("Open this address: {address}").format(address=f"{invitation.address()}/join"))
        with st.container(key="staff-code-itself"):
            st.text(_("Code: {code}").format(code=invited.code))
        st.text(_("It works once, until {date}.").format(date=invitation.day(invited.ends_at)))
        st.text(_("Then choose a password, and set up the second factor in an app for codes."))
        st.text(_("From then on sign in with this name: {login}").format(login=invited.login))
    if st.button(_("I have handed it over"), key="staff-code-done"):
        invitation.forget()
        st.rerun()
