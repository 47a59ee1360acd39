"""Messages as Communication: sender, recipient, when sent and read.

Their texts are not exported.
"""

from __future__ import annotations

from coach.domain import messages
from coach.domain.facts import Message, MessageRead
from coach.domain.history import Entry, by_clinician
from coach.export.fhir.bundle_builder import BundleBuilder, key
from coach.export.fhir.values import moment
from coach.i18n import _


def add(making: BundleBuilder) -> None:
    """Add every message without its text."""
    history = making.history
    reads = [(read, messages.up_to(history, read)) for read in history.of(MessageRead)]
    for entry in making.every(Message):
        by_clinic = by_clinician(entry)
        read = [each for each, last in reads if last >= entry.seq and by_clinician(each) != by_clinic]
        first = min(read, key=_seq, default=None)
        making.add(
            "Communication",
            key(entry, "Communication"),
            status="completed" if making.counts(entry) else "entered-in-error",
            category=[{"text": _("Message")}],
            subject=making.patient,
            recipient=[making.patient if by_clinic else {"display": _("The clinic")}],
            sender=making.author(entry),
            sent=making.when(entry),
            received=moment(first.at, first.zone) if first else None,
        )


def _seq(entry: Entry[MessageRead]) -> int:
    return entry.seq
