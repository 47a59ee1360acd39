"""A clinic for tests: its installation, and people who have signed in for the first time."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID, uuid4

import pyotp

from coach.desk.access.authorization import Principal
from coach.desk.access.permissions import Role
from coach.desk.accounts.accounts import AccountsDesk
from coach.desk.accounts.sign_in import SignIns
from coach.desk.installation import clock
from coach.desk.installation.installation import Installation
from coach.records.clinic.people import Person, Team
from tests.support.records import opened

PASSWORD = "four plain words here"
OWN = "10.0.0.7"  # an address

OPERATOR = Principal(Role.OPERATOR)


def clinic(folder: Path, *, home: bool = False) -> Installation:
    """Return the installation of a record in a folder."""
    return Installation(opened(folder / "coach.sqlite3"), clinic=not home)


def team(installation: Installation, name: str = "Spine") -> UUID:
    made = Team(uuid4(), name)
    installation.people.add_team(made, at=clock.now())
    return made.id


def patient(
    installation: Installation, in_team: UUID | None, *, reference: str = "MK-1041", name: str = "Ada L"
) -> UUID:
    made = uuid4()
    installation.people.add_person(Person(made, name, reference, in_team, None), at=clock.now())
    return made


def physiotherapist(
    installation: Installation, in_team: UUID | None, *, login: str = "mara", password: str = PASSWORD
) -> tuple[UUID, str]:
    """Return the account of a physiotherapist who has set password and second factor, and its secret."""
    key = uuid4()
    invited = AccountsDesk(installation, OPERATOR).add_staff(
        f"{login.title()} Koch", login, Role.PHYSIOTHERAPIST, team=in_team, key=key
    )
    started = SignIns(installation).by_invitation(invited.code, password, address=OWN)
    enrolment = SignIns(installation).enrolment(started.token)
    assert enrolment is not None
    full = SignIns(installation).by_code(started.token, code(enrolment.secret), address=OWN)
    SignIns(installation).out(full.token)
    return key, enrolment.secret


def patient_with_password(installation: Installation, who: UUID, *, password: str = PASSWORD) -> str:
    """Let a patient take up an invitation; return the login."""
    invited = AccountsDesk(installation, OPERATOR).invite_patient(who)
    SignIns(installation).out(SignIns(installation).by_invitation(invited.code, password, address=OWN).token)
    return invited.login


def code(secret: str, *, ahead_s: int = 0) -> str:
    """Return the present code of a second factor, or one so many seconds ahead."""
    return pyotp.TOTP(secret).at(int(clock.now().timestamp()) + ahead_s)
