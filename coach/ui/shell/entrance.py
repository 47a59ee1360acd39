"""The entrance: every page admits its viewer here, first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import NoReturn, TypeVar
from uuid import UUID

import streamlit as st

from coach import desk
from coach.desk import Installation, NotFound, PatientDesk, Principal
from coach.desk.access.permissions import Action, Role
from coach.desk.accounts.accounts import AccountsDesk
from coach.desk.accounts.sign_in import SignIns
from coach.desk.clinic.audit import AuditDesk
from coach.desk.clinic.caseload import CaseloadDesk
from coach.desk.clinic.messages import MessagesDesk
from coach.desk.clinic.patients import PatientsDesk
from coach.desk.clinic.plan import PlanDesk
from coach.desk.clinic.protocol_drafts import ProtocolDraftsDesk
from coach.desk.clinic.protocols import ProtocolsDesk
from coach.desk.clinic.review import ReviewDesk
from coach.desk.clinic.status import StatusDesk
from coach.desk.installation.patient_context import Desk
from coach.domain.case import Case
from coach.i18n import _
from coach.ui.parts import browser, browser_back, empty_states, navigation
from coach.ui.shell import last_patient, openid, sign_out

ACCOUNT = "coach-account"  # key in the session state: the account that the state belongs to

D = TypeVar("D")
S = TypeVar("S", bound=Desk)


@dataclass(frozen=True, slots=True)
class Viewer:
    """The viewer of a page: as a patient, as staff, or as both."""

    installation: Installation
    patient: Principal | None
    staff: Principal | None

    @property
    def signed_in(self) -> bool:
        """Whether the viewer has signed in, and so may be signed out elsewhere."""
        return self.staff is not None or self.installation.clinic

    @property
    def account(self) -> UUID | None:
        """The account of the signed-in viewer."""
        somebody = self.staff or self.patient
        return somebody.account if somebody else None

    @property
    def accounts(self) -> list[UUID | None]:
        """The accounts of this viewer."""
        return [each.account for each in (self.patient, self.staff) if each]

    @property
    def start(self) -> str:
        """The page where this viewer begins."""
        if self.staff is None:
            return "today"
        return "patients" if self.staff.role is Role.ADMINISTRATOR else "caseload"

    @property
    def has_messages(self) -> bool:
        """Whether a physiotherapist follows this viewer, so that they can exchange messages."""
        return self.patient is not None and self.patient.role is Role.PATIENT


@dataclass(slots=True)
class _Run:
    """What one run of the router has found: the viewer, the desk of their own record, that of a review."""

    viewer: Viewer | None = None
    patient: PatientDesk | None = None
    review: ReviewDesk | None = None


_run: ContextVar[_Run | None] = ContextVar("run", default=None)


@contextmanager
def one_run() -> Iterator[None]:
    """Look the viewer up once until the block ends: for one run of the router, and nothing longer."""
    before = _run.set(_Run())
    try:
        yield
    finally:
        _run.reset(before)


def viewer(*, seen: bool = True) -> Viewer | None:
    """Return the viewer, looked up at every call; None if nobody has signed in.

    `seen`: whether the user did something, which resets the idle time.
    """
    installation = desk.open_installation()
    identity = SignIns(installation).identity(browser.token(), seen=seen)
    staff = identity.as_staff() if identity else None
    if not installation.clinic:
        return Viewer(installation, desk.household(installation).principal, staff)
    return Viewer(installation, identity.as_patient(), staff) if identity else None


def meet() -> Viewer:
    """Return the viewer, and clear the session state if it belongs to another account.

    If nobody is signed in, say so and stop the page.
    """
    this = _run.get()
    if this and this.viewer:
        return this.viewer
    found = viewer()
    if found is None:
        _forget()
        if browser.at(openid.PATH):
            openid.run()
            st.stop()
        block = empty_states.begin("signed_out", _("You are signed out"))
        block.text(_("Sign in to go on. Nothing that was saved is lost.")).show()
        sign_out.to("/sign-in?ended=1")
    who = found.accounts
    if st.session_state.get(ACCOUNT, who) != who:
        _forget()
    st.session_state[ACCOUNT] = who
    st.session_state[navigation.START] = found.start
    if this:
        this.viewer = found
    return found


def _forget() -> None:
    for key in list(st.session_state):
        del st.session_state[key]


def not_found() -> NoReturn:
    """Show "not found": missing and forbidden look the same."""
    empty_states.begin("not_found", _("Not found")).text(_("There is nothing here for you.")).show()
    if st.button(_("Go back to the start"), key="to-start", width="stretch"):
        navigation.go(navigation.start())
    st.stop()


def _enter(make: Callable[[], D]) -> D:
    """Return what a desk returns, or show why not and stop the page."""
    try:
        return make()
    except NotFound:
        not_found()


def enter_as_patient(*, set_up: bool = True) -> PatientDesk:
    """Return the desk of the patient who is the viewer; otherwise show why not and stop the page.

    With `set_up`, a patient who has not answered the first questions is sent there.
    """
    return _enter(lambda: _as_patient(set_up=set_up))


def before_the_page() -> PatientDesk:
    """Return the viewer's patient desk for what the router shows on every page of a patient."""
    return _enter(lambda: _as_patient(set_up=False))


def _own(action: Action) -> tuple[Installation, UUID, Principal]:
    found = meet()
    if found.patient is None or found.patient.patient is None:
        _refuse(found, action)
    return found.installation, found.patient.patient, found.patient


def _as_patient(*, set_up: bool) -> PatientDesk:
    this = _run.get()
    patient = this.patient if this else None
    if patient is None:
        patient = PatientDesk(*_own(Action.HISTORY_SEE)).for_one_run()
    if this:
        this.patient = patient
    if set_up and patient.set_up.missing():
        browser_back.begin("set_up")
        navigation.go("set_up")
    return patient


def _refuse(found: Viewer, action: Action) -> NoReturn:
    somebody = found.staff or found.patient
    if somebody:
        found.installation.note(somebody, action, None, allowed=False)
    raise NotFound


def _staff(action: Action) -> tuple[Installation, Principal]:
    found = meet()
    if found.staff is None:
        _refuse(found, action)
    found.installation.authorization(found.staff).to_clinic(action)
    return found.installation, found.staff


def _chosen(action: Action) -> tuple[Installation, UUID, Principal]:
    """Return the patient that the physiotherapist has chosen in this browser session."""
    chosen = st.session_state.get(navigation.PATIENT_CHOSEN)
    if not isinstance(chosen, UUID):
        _installation, principal = _staff(action)
        # After a restart the server has no session state
        chosen = last_patient.ask(principal.account)
        if chosen is None:
            navigation.go("caseload")
            raise NotFound  # never reached: `go` raises
    found = meet()
    if found.staff is None:
        _refuse(found, action)
    if not found.installation.authorization(found.staff).allows(action, chosen):
        found.installation.authorization(found.staff).to_patient(action, chosen)
    st.session_state[navigation.PATIENT_CHOSEN] = chosen
    return found.installation, chosen, found.staff


def _look(desk: S, action: Action) -> S:
    """Return the desk for one run, admitted for the page's action: that is its one audit line."""
    desk.admit(action)
    return desk.for_one_run()


def enter_own_messages() -> MessagesDesk:
    """Return the desk of the viewing patient's messages."""

    def make() -> MessagesDesk:
        messages = MessagesDesk(*_own(Action.MESSAGES_SEE))
        messages.admit(Action.MESSAGES_SEE)
        return messages.for_one_run()

    return _enter(make)


def enter_caseload() -> CaseloadDesk:
    """Return the desk of the caseload of the physiotherapist's teams."""
    return _enter(lambda: CaseloadDesk(*_staff(Action.CASELOAD_SEE)))


def caseload_again(*, seen: bool) -> CaseloadDesk:
    """Return the desk for reloading an open caseload.

    `seen` tells a user's act from a timed reload.

    If the viewer was signed out or changed meanwhile, the whole page is rerun and admits again.
    """
    this = _run.get()
    found = (this and this.viewer) or viewer(seen=seen)
    if found is None or found.staff is None or found.accounts != st.session_state.get(ACCOUNT):
        st.rerun()
    found.installation.authorization(found.staff).to_clinic(Action.CASELOAD_SEE)
    return CaseloadDesk(found.installation, found.staff)


def enter_review() -> ReviewDesk:
    """Return the review desk of the chosen patient."""
    review = _enter(lambda: _look(ReviewDesk(*_chosen(Action.REVIEW_SEE)), Action.REVIEW_SEE))
    this = _run.get()
    if this:
        this.review = review
    return review


def reviewed() -> Case | None:
    """Return the case that this run reviews, or None."""
    this = _run.get()
    return this.review.case if this and this.review else None


def enter_plan() -> PlanDesk:
    """Return the plan desk of the chosen patient."""
    return _enter(lambda: _look(PlanDesk(*_chosen(Action.REVIEW_SEE)), Action.REVIEW_SEE))


def enter_messages() -> MessagesDesk:
    """Return the messages desk of the chosen patient."""
    return _enter(lambda: _look(MessagesDesk(*_chosen(Action.MESSAGES_SEE)), Action.MESSAGES_SEE))


def enter_patients() -> PatientsDesk:
    """Return the desk that creates and assigns patients."""
    return _enter(lambda: PatientsDesk(*_staff(Action.TEAMS_SEE)))


def enter_staff() -> AccountsDesk:
    """Return the desk of the accounts; looking at them is not audited as a change."""

    def make() -> AccountsDesk:
        found = meet()
        if found.staff is None:
            _refuse(found, Action.ACCOUNTS_CHANGE)
        accounts = AccountsDesk(found.installation, found.staff)
        accounts.admit(Action.ACCOUNTS_CHANGE)
        return accounts

    return _enter(make)


def enter_protocols() -> ProtocolsDesk:
    """Return the protocols desk."""
    return _enter(lambda: ProtocolsDesk(*_staff(Action.PROTOCOLS_SEE)))


def enter_protocol_editor() -> ProtocolDraftsDesk:
    """Return the desk of the drafts of protocols."""
    return _enter(lambda: ProtocolDraftsDesk(*_staff(Action.PROTOCOLS_SEE)))


def enter_trail() -> AuditDesk:
    """Return the audit desk."""
    return _enter(lambda: AuditDesk(*_staff(Action.AUDIT_SEE)))


def enter_status() -> StatusDesk:
    """Return the desk of how the installation stands."""
    return _enter(lambda: StatusDesk(*_staff(Action.AUDIT_SEE)))
