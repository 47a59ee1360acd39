"""What a change of a staff account assumes is checked as it is stored: what was shown, and who is left to administer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from coach.desk.access.permissions import Role
from coach.desk.accounts.accounts import AccountsDesk, ListedAccount
from coach.desk.accounts.sign_in import SignIns
from coach.desk.installation.installation import Installation
from coach.domain.errors import Fault
from tests.support.clinic_team import OPERATOR, OWN, PASSWORD, clinic
from tests.support.homes import Clock
from tests.support.staff import ACTS, administrator, own, refused, shut_each_other


@pytest.fixture
def installation(tmp_path: Path, clock: Clock) -> Iterator[Installation]:
    made = clinic(tmp_path)
    yield made
    made.store.close()


def test_an_act_on_what_was_changed_meanwhile_changes_nothing(installation: Installation):
    adam, eve = administrator(installation, "adam"), administrator(installation, "eve")
    mara = eve.add_staff("Mara", "mara", Role.PHYSIOTHERAPIST, team=None, key=uuid4())
    SignIns(installation).by_invitation(mara.code, PASSWORD, address=OWN)
    eve.link_organisation(mara.account, "https://idp.example.org", "1")

    def shown() -> ListedAccount:
        (found,) = [each for each in adam.staff() if each.id == mara.account]
        return found

    before = shown()
    eve.disable(mara.account)
    now = installation.accounts.everybody()
    assert {refused(act, adam, before) for act in ACTS[:4]} == {Fault.DISABLED_MEANWHILE}
    before = shown()
    assert installation.accounts.everybody() == now
    eve.enable(mara.account)
    assert refused(ACTS[4], adam, before) is Fault.ENABLED_MEANWHILE
    before = shown()
    eve.reset(mara.account)
    eve.unlink_organisation(mara.account)
    now, invited = installation.accounts.everybody(), shown().invitation
    assert {refused(act, adam, before) for act in ACTS[1:4]} == {Fault.ACCOUNT_CHANGED}
    assert (installation.accounts.everybody(), shown().invitation) == (now, invited)
    assert refused(ACTS[0], adam, before) is None, "to disable assumes no more than that it is not"


def test_nobody_shuts_the_last_account_that_administers_nor_their_own(installation: Installation):
    adam, eve = administrator(installation, "adam"), administrator(installation, "eve")
    shut = (AccountsDesk.disable, AccountsDesk.reset, AccountsDesk.unlink_organisation)
    assert {refused(act, adam, own(adam)) for act in shut} == {Fault.OWN_ACCOUNT}
    adam.add_staff("Invited", "invited", Role.ADMINISTRATOR, team=None, key=uuid4())  # and never came in
    adam.disable(own(eve))
    assert {refused(act, eve, own(adam)) for act in shut} == {Fault.LAST_ADMINISTRATOR}
    AccountsDesk(installation, OPERATOR).disable(own(adam))  # the command line can let another one in


def test_two_who_disable_each_other_at_once_leave_one(installation: Installation):
    for n in range(5):
        assert shut_each_other(installation, n) == ["None", Fault.LAST_ADMINISTRATOR]


def test_a_disabled_account_keeps_its_password_where_a_reset_is_refused(installation: Installation):
    adam, eve = administrator(installation, "adam"), administrator(installation, "eve")
    adam.disable(own(eve))
    assert refused(adam.reset, own(eve)) is Fault.ACCOUNT_DISABLED
    found = installation.accounts.account(own(eve))
    assert found
    assert found.password_hash
