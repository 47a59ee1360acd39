"""A patient who is followed: a care team, its physiotherapists, and everybody's principal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4

from coach.desk import Installation, PatientDesk, Principal
from coach.desk.access.permissions import Role
from coach.records.clinic.people import Person, Team
from coach.records.database import schema

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Followed:
    """A patient, the team that follows them, and two physiotherapists of it."""

    installation: Installation
    patient: UUID
    team: UUID
    pat: UUID
    kim: UUID

    @property
    def own(self) -> Principal:
        """The patient, acting for themselves."""
        return Principal(Role.PATIENT, name="Ada", patient=self.patient)

    def physiotherapist(self, account: UUID | None = None) -> Principal:
        """A physiotherapist of the team; Pat where nobody is named."""
        who = account or self.pat
        name = self.installation.people.names([who])[who]
        return Principal(Role.PHYSIOTHERAPIST, account=who, name=name, teams=frozenset({self.team}))

    def stranger(self) -> Principal:
        """A physiotherapist of another team."""
        team, sam = uuid4(), add_account(self.installation, "Sam Stranger")
        self.installation.people.add_team(Team(team, "Hip"), at=LONG_AGO)
        self.installation.people.join(team, sam)
        return Principal(Role.PHYSIOTHERAPIST, account=sam, name="Sam Stranger", teams=frozenset({team}))

    def desk(self) -> PatientDesk:
        """The patient's own desk."""
        return PatientDesk(self.installation, self.patient, self.own)


def add_account(installation: Installation, name: str) -> UUID:
    """Make somebody of the staff."""
    made = uuid4()
    row = {
        "id": made,
        "login": made.hex,
        "name": name,
        "staff_role": "physiotherapist",
        "totp_step": 0,
        "made_at": LONG_AGO,
    }
    with installation.store.writing() as connection:
        connection.execute(schema.account.insert().values(row))
    return made


def follow(patient: PatientDesk, *, name: str = "Ada Example") -> Followed:
    """Let a care team of two follow the patient of a desk from now on."""
    installation, team = patient.installation, uuid4()
    installation.people.add_team(Team(team, "Spine"), at=LONG_AGO)
    pat, kim = add_account(installation, "Pat Sample"), add_account(installation, "Kim Other")
    for account in (pat, kim):
        installation.people.join(team, account)
    installation.people.add_person(Person(patient.patient, name, "", team, pat), at=LONG_AGO)
    return Followed(installation, patient.patient, team, pat, kim)
