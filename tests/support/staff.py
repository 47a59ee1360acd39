"""Two administrators who act at once."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier, Thread
from uuid import UUID, uuid4

from coach.desk.access.authorization import Principal
from coach.desk.access.permissions import Role
from coach.desk.accounts.accounts import AccountsDesk, ListedAccount
from coach.desk.accounts.sign_in import SignIns
from coach.desk.installation.installation import Installation
from coach.domain.errors import BadValue, Fault
from tests.support.clinic_team import OPERATOR, OWN, PASSWORD

ACTS: list[Callable[[AccountsDesk, ListedAccount], object]] = [
    lambda desk, shown: desk.disable(shown.id, instead_of=shown),
    lambda desk, shown: desk.reset(shown.id, instead_of=shown),
    lambda desk, shown: desk.unlink_organisation(shown.id, instead_of=shown),
    lambda desk, shown: desk.invite_staff(shown.id, instead_of=shown),
    lambda desk, shown: desk.enable(shown.id, instead_of=shown),
]


def administrator(installation: Installation, login: str) -> AccountsDesk:
    """Return the desk of an administrator who has a password."""
    invited = AccountsDesk(installation, OPERATOR).add_staff(
        login, login, Role.ADMINISTRATOR, team=None, key=uuid4()
    )
    SignIns(installation).by_invitation(invited.code, PASSWORD, address=OWN)
    return AccountsDesk(installation, Principal(Role.ADMINISTRATOR, invited.account, login))


def own(desk: AccountsDesk) -> UUID:
    assert desk.principal.account
    return desk.principal.account


def refused(act: Callable[..., object], *given: object) -> Fault | None:
    try:
        act(*given)
    except BadValue as trouble:
        return trouble.fault
    return None


def shut_each_other(installation: Installation, n: int) -> list[str]:
    """Let two administrators disable each other at once; return what each was told."""
    one, other = administrator(installation, f"one{n}"), administrator(installation, f"other{n}")
    together = Barrier(2)
    found: list[str] = []

    def shut(desk: AccountsDesk, whom: UUID) -> None:
        (shown,) = [each for each in desk.staff() if each.id == whom]
        together.wait()
        found.append(str(refused(ACTS[0], desk, shown)))

    both = [Thread(target=shut, args=(one, own(other))), Thread(target=shut, args=(other, own(one)))]
    for each in both:
        each.start()
    for each in both:
        each.join()
    for desk in (one, other):
        AccountsDesk(installation, OPERATOR).disable(own(desk))
    return sorted(found)
