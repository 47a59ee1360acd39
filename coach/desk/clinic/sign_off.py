"""The sign-off desk: which values of a protocol are checked, and signing them."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID, uuid5

from coach.desk.access.authorization import NotFound, requires
from coach.desk.access.permissions import Action
from coach.desk.clinic.base import Clinic
from coach.desk.installation import clock
from coach.desk.installation.signed_values import signatures
from coach.domain import sign_off
from coach.domain.errors import BadValue, Fault
from coach.domain.free_text import NOTE_LIMIT, plain_text
from coach.domain.protocol import Protocol
from coach.domain.sign_off import Opinion, Signature, SignOff

__all__ = ["SignOffDesk"]


class SignOffDesk(Clinic):
    """Shows the staff what is checked, and lets a physiotherapist of a clinic sign."""

    @requires(Action.PROTOCOLS_SEE)
    def protocol(self) -> Protocol:
        """Return the protocol whose values are shown: the clinic's, in force now."""
        return self.installation.protocol_registry.in_force(clock.now())

    @requires(Action.PROTOCOLS_SEE)
    def known(self, digest: str) -> Protocol:
        """Return a known protocol by its digest.

        Raises:
            NotFound: there is none.
        """
        return self._known(digest)

    @requires(Action.PROTOCOLS_SEE)
    def sign_off(self, digest: str) -> SignOff:
        """Return how each value of a known protocol stands.

        Raises:
            NotFound: there is no such protocol.
        """
        protocol = self._known(digest)
        return sign_off.sign_off(protocol, signatures(self.installation, protocol))

    @requires(Action.PROTOCOLS_SIGN)
    def sign(self, digest: str, shown: Mapping[str, str], opinion: Opinion, note: str, *, key: UUID) -> None:
        """Sign the values that were shown. The same key again is the same act.

        Args:
            digest: the protocol.
            shown: the hash of each value that was shown, by its path.
            opinion: what is said of each of them.
            note: a remark on all of them, or "".
            key: the key of this act.

        Raises:
            NotFound: nobody signs at home, or there is no such protocol.
            BadValue: nothing is chosen, a value is another one than was shown, the note is too
                long, or the clock stands before what was signed already: the last word counts.
        """
        if not self.installation.clinic or self.principal.account is None:
            raise NotFound
        protocol = self._known(digest)
        known = {each.path: each for each in sign_off.values(protocol)}
        if not shown:
            raise BadValue(Fault.UNKNOWN_CHOICE, value="")
        if any(path not in known or known[path].hash != seen for path, seen in shown.items()):
            raise BadValue(Fault.VALUES_CHANGED)
        now, said = clock.now(), plain_text(note, NOTE_LIMIT)
        mine = [each for each in self.installation.signatures.of(protocol.id) if each.path in shown]
        if any(each.account == self.principal.account and each.at > now for each in mine):
            raise BadValue(Fault.CLOCK_WRONG)
        self.installation.signatures.add(
            Signature(
                id=uuid5(key, path),
                at=now,
                account=self.principal.account,
                role=self.principal.role.value,
                protocol=protocol.id,
                path=path,
                text=known[path].text,
                hash=known[path].hash,
                opinion=opinion,
                note=said,
            )
            for path in shown
        )

    def _known(self, digest: str) -> Protocol:
        found = self.installation.protocol_registry.by_digest(digest)
        if found is None:
            raise NotFound
        return found
