"""Drafts of protocols for tests."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID, uuid4

from coach.desk import Installation, Principal
from coach.desk.clinic.protocol_drafts import ProtocolDraft, ProtocolDraftsDesk
from coach.desk.clinic.protocols import ProtocolsDesk
from coach.domain.protocol_draft import DraftAct, DraftStep
from coach.protocols import loader
from coach.records.clinic.protocol_drafts import ProtocolDrafts, text_digest
from coach.records.entries.store import Store
from tests.support.signing import MEYER, SIGNED

SHIPPED = loader.default()


def changed(content: bytes, reps: int = 6) -> bytes:
    """Return a protocol's file with one dose changed."""
    text = content.decode()
    start = text.index("[phase.dose.static_glutes]")
    at = text.index("value = ", start) + len("value = ")
    end = text.index(",", at)
    return (text[:at] + str(reps) + text[end:]).encode()


@dataclass
class Work:
    """What people do to one draft; `who` acts where nobody else is named."""

    installation: Installation
    who: Principal
    id: UUID = field(default_factory=uuid4)

    def desk(self, who: Principal | None = None) -> ProtocolDraftsDesk:
        return ProtocolDraftsDesk(self.installation, who or self.who)

    def start(self, *, id: str = "spine", title: str = "Spine", copy_of: str = SHIPPED.digest) -> None:  # noqa: A002  its name in the file
        self.desk().start(copy_of, id=id, title=title, key=self.id)

    def there(self) -> ProtocolDraft:
        return self.desk().draft(self.id)

    def save(
        self, content: bytes, who: Principal | None = None, *, revision: int = 0, key: UUID | None = None
    ) -> None:
        seen = revision or self.there().revision
        self.desk(who).save(self.id, content, revision=seen, key=key or uuid4())

    def say(
        self,
        who: Principal,
        *,
        agrees: bool = True,
        note: str = "",
        digest: str = "",
        key: UUID | None = None,
    ) -> None:
        seen = digest or self.there().digest
        self.desk(who).approve(self.id, digest=seen, agrees=agrees, note=note, key=key or uuid4())

    def put(self, who: Principal | None = None, *, digest: str = "", key: UUID | None = None) -> None:
        self.desk(who).put_in_force(
            self.id,
            digest=digest or self.there().digest,
            starts_at=None,
            instead_of=self.in_force,
            why="The surgeons ask for it.",
            key=key or uuid4(),
        )

    @property
    def in_force(self) -> str:
        return ProtocolsDesk(self.installation, self.who).in_force().digest


def add_draft(store: Store, *, by: UUID = MEYER, saves: int = 2) -> list[DraftStep]:
    """Store a draft that was saved so often and then agreed to; return its steps."""
    draft, drafts, steps = uuid4(), ProtocolDrafts(store), []
    for n in range(1, saves + 2):
        text = f'title = "Größe {min(n, saves)}"\n'
        act = DraftAct.SAVED if n <= saves else DraftAct.AGREED
        who = by if n <= saves else UUID(int=by.int + 1)
        step = DraftStep(
            id=uuid4(),
            draft=draft,
            seq=n,
            at=SIGNED,
            account=who,
            role="physiotherapist",
            act=act,
            based_on=SHIPPED.digest,
            protocol="spine",
            title=f"Größe {min(n, saves)}",
            version="1.0.0",
            content_digest=text_digest(text),
            note="" if n <= saves else "Fits.",
        )
        drafts.add(step, text if n <= saves else None)
        steps.append(step)
    return steps
