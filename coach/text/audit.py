"""The audit in words: actions and roles."""

from __future__ import annotations

from collections.abc import Mapping

from coach.i18n import N_, _

ACTIONS: Mapping[str, str] = {
    "history.see": N_("Read a record"),
    "history.tell": N_("Tell something"),
    "history.correct": N_("Correct something"),
    "settings.change": N_("Change a setting"),
    "gate.open_self": N_("Open something without a physiotherapist"),
    "gate.ask": N_("Ask for an earlier time"),
    "history.export": N_("Take the record along as a file"),
    "calendar.see": N_("Read the calendar"),
    "calendar.make": N_("Make a calendar address"),
    "calendar.revoke": N_("Revoke a calendar address"),
    "mail.ask": N_("Ask for reminders by e-mail"),
    "mail.confirm": N_("Confirm an e-mail address"),
    "mail.stop": N_("Stop reminders by e-mail"),
    "mail.remind": N_("Send a reminder by e-mail"),
    "messages.see": N_("Read messages"),
    "messages.write": N_("Write a message"),
    "caseload.see": N_("See the caseload"),
    "review.see": N_("Review a patient"),
    "plan.change": N_("Change a plan"),
    "flag.clear": N_("Clear a warning sign"),
    "course.restart": N_("Restart a course"),
    "patient.mark": N_("Mark a patient"),
    "patient.create": N_("Take in a patient"),
    "patient.assign": N_("Assign a patient"),
    "patient.invite": N_("Invite a patient"),
    "patient.discharge": N_("Discharge a patient"),
    "teams.see": N_("See the care teams"),
    "teams.change": N_("Change the care teams"),
    "accounts.change": N_("Change an account"),
    "physiotherapist.invite": N_("Invite a physiotherapist"),
    "protocols.see": N_("See the protocols"),
    "protocols.change": N_("Put a protocol in force"),
    "protocols.sign": N_("Sign values of a protocol"),
    "protocols.edit": N_("Work on a draft of a protocol"),
    "protocols.approve": N_("Say whether a draft of a protocol is right"),
    "audit.see": N_("See the audit"),
    "sign_in": N_("Sign in"),
    "sign_in.organisation": N_("Sign in through the organisation"),
    "sign_in.slowed": N_("Sign in, slowed after many tries"),
    "second_factor": N_("Give the second factor"),
    "second_factor.on": N_("Switch a patient’s codes on"),
    "second_factor.off": N_("Switch a patient’s codes off"),
    "invitation.take_up": N_("Take up an invitation"),
    "sign_out": N_("Sign out"),
    "sign_out.everywhere": N_("Sign out everywhere"),
    "patient.erase": N_("Erase a patient"),
    "record.export": N_("Export the whole record"),
    "record.backup": N_("Back up the whole record"),
    "record.set_aside": N_("Set aside what a wrong clock recorded"),
}
ROLES: Mapping[str, str] = {
    "household": N_("Household"),
    "patient": N_("Patient"),
    "physiotherapist": N_("Physiotherapist"),
    "administrator": N_("Administrator"),
    "operator": N_("Command line"),
    "calendar": N_("Calendar address"),
}


def action(name: str) -> str:
    """Return an action in words; one without words stays as it is."""
    return _(ACTIONS[name]) if name in ACTIONS else name


def act(name: str, as_role: str, *, named: bool) -> str:
    """Return what an audit line says was done; `named` if it concerned a patient."""
    if name == "history.see":
        own = as_role in ("patient", "household")
        return _("Read the own record") if own else _("Read a patient’s record")
    if name == "caseload.see":
        return _("Saw in the caseload") if named else _("Opened the caseload")
    return action(name)


def how_often(done: str, times: int) -> str:
    """Return what was done, with the count within the hour if it is more than one."""
    if times == 1:
        return done
    return _("{what} ({n} times within an hour)").format(what=done, n=times)


def role(name: str) -> str:
    """Return a role in words; one without words stays as it is."""
    return _(ROLES[name]) if name in ROLES else name
