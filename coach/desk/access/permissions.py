"""The access table: for each action and role, whose records it may touch. All checks read it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Role(StrEnum):
    """The role in which a person acts. One person may have several, and acts in one at a time."""

    HOUSEHOLD = "household"  # at home without a physiotherapist
    PATIENT = "patient"
    PHYSIOTHERAPIST = "physiotherapist"
    ADMINISTRATOR = "administrator"
    OPERATOR = "operator"  # runs the command line on the server
    CALENDAR = "calendar"  # a program that holds the secret address of one patient's calendar


class Scope(StrEnum):
    """Whose records an action may touch."""

    NONE = "none"
    SELF = "self"  # the own record
    CARE_TEAM = "care_team"  # patients of the own teams, never the own record
    ANY = "any"


class Action(StrEnum):
    """The actions; every public method of a desk requires one.

    The values are stored in the audit.
    """

    # a patient's record
    HISTORY_SEE = "history.see"
    HISTORY_TELL = "history.tell"
    HISTORY_CORRECT = "history.correct"
    SETTINGS_CHANGE = "settings.change"
    GATE_OPEN_SELF = (
        # Clear a flag, record the clinic's agreement, give an earlier time: without a
        # physiotherapist
        "gate.open_self"
    )
    GATE_ASK = "gate.ask"  # ask a physiotherapist for an earlier time
    HISTORY_EXPORT = "history.export"
    CALENDAR_SEE = "calendar.see"  # proposed times, and nothing else of the record
    # messages
    MESSAGES_SEE = "messages.see"
    MESSAGES_WRITE = "messages.write"
    # a physiotherapist's work
    CASELOAD_SEE = "caseload.see"
    REVIEW_SEE = "review.see"
    PLAN_CHANGE = "plan.change"
    FLAG_CLEAR = "flag.clear"
    COURSE_RESTART = "course.restart"
    PATIENT_MARK = "patient.mark"  # seen today, away, course data
    # care teams, patients and accounts
    PATIENT_CREATE = "patient.create"
    PATIENT_ASSIGN = "patient.assign"
    PATIENT_INVITE = "patient.invite"
    PATIENT_DISCHARGE = "patient.discharge"
    TEAMS_SEE = "teams.see"
    TEAMS_CHANGE = "teams.change"
    ACCOUNTS_CHANGE = "accounts.change"
    PHYSIOTHERAPIST_INVITE = "physiotherapist.invite"  # once, at home
    # the clinic
    PROTOCOLS_SEE = "protocols.see"
    PROTOCOLS_CHANGE = "protocols.change"
    PROTOCOLS_SIGN = "protocols.sign"  # say of single values that they are checked
    PROTOCOLS_EDIT = "protocols.edit"  # drafts; and in force what a second person approved
    PROTOCOLS_APPROVE = "protocols.approve"  # say of somebody else's draft whether it is right
    AUDIT_SEE = "audit.see"


_NONE, _SELF, _TEAM, _ANY = Scope.NONE, Scope.SELF, Scope.CARE_TEAM, Scope.ANY

TABLE: Mapping[Action, Mapping[Role, Scope]] = {
    action: dict(zip(Role, scopes, strict=True))
    for action, scopes in {
        #                                 household patient physio admin  operator calendar
        Action.HISTORY_SEE:              (_SELF, _SELF, _TEAM, _NONE, _NONE, _NONE),
        Action.HISTORY_TELL:             (_SELF, _SELF, _NONE, _NONE, _NONE, _NONE),
        Action.HISTORY_CORRECT:          (_SELF, _SELF, _NONE, _NONE, _NONE, _NONE),
        Action.SETTINGS_CHANGE:          (_SELF, _SELF, _NONE, _NONE, _NONE, _NONE),
        Action.GATE_OPEN_SELF:           (_SELF, _NONE, _NONE, _NONE, _NONE, _NONE),
        Action.GATE_ASK:                 (_NONE, _SELF, _NONE, _NONE, _NONE, _NONE),
        Action.HISTORY_EXPORT:           (_SELF, _SELF, _TEAM, _NONE, _NONE, _NONE),
        Action.CALENDAR_SEE:             (_SELF, _SELF, _NONE, _NONE, _NONE, _SELF),
        Action.MESSAGES_SEE:             (_NONE, _SELF, _TEAM, _NONE, _NONE, _NONE),
        Action.MESSAGES_WRITE:           (_NONE, _SELF, _TEAM, _NONE, _NONE, _NONE),
        Action.CASELOAD_SEE:             (_NONE, _NONE, _TEAM, _NONE, _NONE, _NONE),
        Action.REVIEW_SEE:               (_NONE, _NONE, _TEAM, _NONE, _NONE, _NONE),
        Action.PLAN_CHANGE:              (_NONE, _NONE, _TEAM, _NONE, _NONE, _NONE),
        Action.FLAG_CLEAR:               (_NONE, _NONE, _TEAM, _NONE, _NONE, _NONE),
        Action.COURSE_RESTART:           (_NONE, _NONE, _TEAM, _NONE, _NONE, _NONE),
        Action.PATIENT_MARK:             (_NONE, _NONE, _TEAM, _NONE, _NONE, _NONE),
        Action.PATIENT_CREATE:           (_NONE, _NONE, _TEAM, _ANY,  _NONE, _NONE),
        Action.PATIENT_ASSIGN:           (_NONE, _NONE, _TEAM, _ANY,  _NONE, _NONE),
        Action.PATIENT_INVITE:           (_NONE, _NONE, _TEAM, _ANY,  _ANY,  _NONE),
        Action.PATIENT_DISCHARGE:        (_NONE, _NONE, _TEAM, _NONE, _NONE, _NONE),
        Action.TEAMS_SEE:                (_NONE, _NONE, _TEAM, _ANY,  _ANY,  _NONE),
        Action.TEAMS_CHANGE:             (_NONE, _NONE, _NONE, _ANY,  _ANY,  _NONE),
        Action.ACCOUNTS_CHANGE:          (_NONE, _NONE, _NONE, _ANY,  _ANY,  _NONE),
        Action.PHYSIOTHERAPIST_INVITE:   (_SELF, _NONE, _NONE, _NONE, _ANY,  _NONE),
        Action.PROTOCOLS_SEE:            (_NONE, _NONE, _ANY,  _ANY,  _NONE, _NONE),
        Action.PROTOCOLS_CHANGE:         (_NONE, _NONE, _NONE, _ANY,  _NONE, _NONE),
        Action.PROTOCOLS_SIGN:           (_NONE, _NONE, _ANY,  _NONE, _NONE, _NONE),
        Action.PROTOCOLS_EDIT:           (_NONE, _NONE, _ANY,  _ANY,  _NONE, _NONE),
        Action.PROTOCOLS_APPROVE:        (_NONE, _NONE, _ANY,  _NONE, _NONE, _NONE),
        Action.AUDIT_SEE:                (_NONE, _NONE, _NONE, _ANY,  _ANY,  _NONE),
    }.items()
}  # fmt: skip


def scope(action: Action, role: Role) -> Scope:
    """Return whose records that role may touch by that action."""
    return TABLE[action][role]
