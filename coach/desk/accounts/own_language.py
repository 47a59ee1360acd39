"""The language in which a member of the staff reads: their own choice, kept with their account.

A patient's is a setting in their record.
"""

from __future__ import annotations

from coach.desk.accounts.sign_in import NotKnown, SignIns
from coach.desk.installation.installation import Installation
from coach.domain import languages
from coach.domain.errors import BadValue, Fault
from coach.records.clinic import staff


def choose(installation: Installation, token: str, language: str) -> None:
    """Store in which language the staff member of a session reads.

    Raises:
        NotKnown: the token is not of staff.
        BadValue: there is no such language.
    """
    who = SignIns(installation).identity(token)
    if who is None or who.staff_role is None:
        raise NotKnown
    if language not in languages.CODES:
        raise BadValue(Fault.UNKNOWN_CHOICE, value=language[:40])
    staff.set_language(installation.store, who.account, language)
