"""Builds a bundle: each resource once, under an id that is the same in every export."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar, cast
from uuid import UUID, uuid5

from coach import i18n
from coach.domain.course import first_of_chain, procedures
from coach.domain.history import Entry
from coach.domain.patient_record import PatientRecord
from coach.export.fhir.narrative import narrative
from coach.export.fhir.values import HL7, Json, moment, text, words
from coach.i18n import N_, _

F = TypeVar("F")

# : The systems of our own identifiers; R4 asks for a URI that never changes, and these do not
# resolve.
HEAD = ("urn:uuid:0d2f6a5e-6f0b-5c07-9a0e-5a1c6d1f7b01", N_("Hash of the latest entry of the record"))
PROTOCOL = ("urn:uuid:0d2f6a5e-6f0b-5c07-9a0e-5a1c6d1f7b02", N_("Protocol: id, version, SHA-256 of its file"))
#: The clinic's own reference; only the clinic knows in which of its systems it is a number.
REFERENCE = ("", N_("The clinic’s reference"))


def identifier(kind: tuple[str, str], value: str) -> Json:
    """Return an Identifier of a system of our own."""
    system, meaning = kind
    known = {"system": system} if system else {}
    return {"type": {"text": _(meaning)}, **known, "value": text(value)}


class BundleBuilder:
    """The resources gathered so far.

    References are only made to resources that were added already, so that none can dangle.
    """

    def __init__(self, patient_record: PatientRecord) -> None:
        self.patient_record = patient_record
        self.protocol = patient_record.protocol
        self.history = patient_record.history
        self.case = patient_record.case
        self.resources: dict[str, Json] = {}
        self.patient: Json = {}
        self.device: Json = {}
        self.writers: dict[str, Json] = {}
        self.plan: Json | None = None
        self.holds: list[Json] = []  # the orders in force
        self.goals: list[Json] = []
        self.phase_orders: dict[tuple[str, str], Json] = {}  # by phase and routine
        self._about: dict[UUID, Json] = {}
        self._from_memory = {each.id: each for each in self.history.sessions if each.from_memory}

    def add(self, kind: str, key: str, /, about: Entry[Any] | None = None, **elements: object) -> Json:
        """Add a resource and return the reference to it; None and empty values are left out.

        `about` is the entry that the resource stands for; `reference` finds it again.
        """
        said = {name: value for name, value in elements.items() if value not in (None, "", [], {})}
        resource = {"resourceType": kind, "id": key}
        self.resources[key] = {**resource, "text": narrative({**resource, **said}), **said}
        given = {"reference": f"urn:uuid:{key}", "type": kind}
        if about:
            self.stands_for(about, given)
        return given

    def stands_for(self, entry: Entry[Any], given: Json) -> None:
        """Register a reference under an entry."""
        self._about[entry.id] = given

    def reference(self, entry: UUID | None) -> Json | None:
        """Return the reference registered under an entry, or None."""
        return self._about.get(entry) if entry else None

    def when(self, entry: Entry[Any]) -> str:
        """Return the instant that an entry is about, in the patient's zone at that time."""
        return moment(entry.at, entry.zone)

    def day_or_time(self, entry: Entry[Any], session: UUID | None) -> str:
        """Return when a part of a session was.

        Its day alone if the time was computed, not recorded.
        """
        known = self._from_memory.get(session) if session else None
        if known and known.started.at < entry.at <= known.ended_at:
            return entry.local_date.isoformat()
        return self.when(entry)

    def before(self, entry: Entry[Any]) -> Json:
        """Return the time of an entry about the days before the procedure: a period, or nothing."""
        known = procedures(self.history)
        mine = [each for each in known if first_of_chain(self.history, each).seq < entry.seq] or [*known[:1]]
        if not mine:
            return {}
        ends = mine[-1]
        return {"effectivePeriod": {"end": moment(ends.at, ends.zone)}}

    def author(self, entry: Entry[Any]) -> Json:
        """Return the author of an entry as a reference, or as text if the author is unknown."""
        return self.writers.get(entry.author) or {"display": text(entry.author) or _("not known")}

    def every(self, kind: type[F]) -> Iterator[Entry[F]]:
        """Yield all entries of a kind in the order of recording, corrected and voided ones too."""
        for entry in self.history.entries:
            if isinstance(entry.fact, kind):
                yield cast("Entry[F]", entry)

    def counts(self, entry: Entry[Any]) -> bool:
        """Tell whether an entry counts: neither voided nor replaced."""
        return entry.id not in self.history.voided and entry.id not in self.history.replaced

    def observe(
        self, entry: Entry[Any], code: Json, *, category: str, session: UUID | None = None, **elements: object
    ) -> Json:
        """Add an entry as an Observation by the patient."""
        if "effectivePeriod" not in elements:
            elements.setdefault("effectiveDateTime", self.when(entry))
        return self.add(
            "Observation",
            key(entry, "Observation"),
            about=entry,
            partOf=[known] if (known := self.reference(session)) else None,
            status=self.standing(entry),
            category=self.category(category),
            code=code,
            subject=self.patient,
            issued=moment(entry.recorded_at, entry.zone),
            performer=[self.author(entry)],
            **elements,
        )

    @staticmethod
    def category(code: str) -> list[Json]:
        """Return an observation's category."""
        system = f"{HL7}/observation-category"
        return [{"coding": [{"system": system, "code": code, "display": code.capitalize()}]}]

    def standing(self, entry: Entry[Any]) -> str:
        """Return an observation's status: `entered-in-error`, `amended`, `corrected` or `final`."""
        if not self.counts(entry):
            return "entered-in-error"
        was = self.history.corrected_by(entry)
        if was is None:
            return "final"
        unknown = any(getattr(was.fact, name, was) is None for name in ("score", "able", "change", "state"))
        return "amended" if unknown else "corrected"

    def bundle(self, *, transaction: bool = False) -> Json:
        """Return the Bundle of all resources: a collection, or a transaction for a server.

        In a transaction each resource is PUT under its id, so a later one updates what an earlier
        one created, and each reference is the address that its target then has on the server.
        """
        patient_record = self.patient_record
        return {
            "resourceType": "Bundle",
            "id": str(uuid5(patient_record.patient, "Bundle")),
            "language": i18n.current().tag,
            **({"identifier": identifier(HEAD, patient_record.head)} if patient_record.head else {}),
            "type": "transaction" if transaction else "collection",
            "timestamp": moment(patient_record.now, patient_record.zone),
            "entry": [
                {
                    "fullUrl": f"urn:uuid:{each}",
                    "resource": _on_server(resource) if transaction else resource,
                    **({"request": {"method": "PUT", "url": _address(resource)}} if transaction else {}),
                }
                for each, resource in self.resources.items()
            ],
        }


def _address(resource: Json) -> str:
    return f"{resource['resourceType']}/{resource['id']}"


def _on_server(value: Any) -> Any:
    """Return a resource with its references as addresses on the receiving server."""
    match value:
        case {"reference": str(where), "type": str(kind)}:
            return {**value, "reference": f"{kind}/{where.removeprefix('urn:uuid:')}"}
        case dict():
            return {name: _on_server(each) for name, each in value.items()}
        case list():
            return [_on_server(each) for each in value]
        case _:
            return value


def key(entry: Entry[Any], role: str) -> str:
    """Return the id of the resource for an entry in a role; the same in every export."""
    return str(uuid5(entry.id, role))


def notes(*lines: str) -> list[Json]:
    """Return non-empty lines as Annotations."""
    return [{"text": known["text"]} for line in lines if (known := words(line))]
