"""Accounts, invitations, sign-ins and tries, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from coach.domain.errors import BadValue, Fault
from coach.records.clinic.accounts import Account, Accounts, Invitation, SignIn
from coach.records.clinic.attempts import FAILED, KEPT, RIGHT, Past, Try
from coach.records.clinic.people import People, Team
from coach.records.entries.metadata import Metadata
from coach.records.entries.store import Store
from tests.support.record_making import NOON
from tests.support.records import open_sign_ins
from tests.support.threads import Pool

LATER = NOON + timedelta(hours=1)


@pytest.fixture
def accounts(store: Store) -> Accounts:
    return Accounts(store)


def mara(login: str = "mara", **more: object) -> Account:
    return replace(Account(uuid4(), login, "Mara Koch", "physiotherapist", None, NOON), **more)  # type: ignore[arg-type]


def made(accounts: Accounts, login: str = "mara", **more: object) -> UUID:
    new = mara(login, **more)
    accounts.add(new)
    return new.id


def invited(accounts: Accounts, who: UUID, code: str) -> Invitation:
    new = Invitation(uuid4(), code, who, NOON, NOON + timedelta(days=7))
    accounts.invite(new)
    return new


def begun(accounts: Accounts, who: UUID, token: str, *, stage: str = "full") -> None:
    assert accounts.begin(SignIn(token, who, stage, NOON, NOON, NOON + timedelta(hours=8)))


def test_an_account_reads_back_as_it_was_made(accounts: Accounts, patient: UUID):
    full = mara(
        patient=patient, password_hash="$x", totp_secret="ABC", totp_step=58_000_000, organisation="https://i|s",
        disabled_at=LATER,
    )  # fmt: skip
    accounts.add(full)
    plain = mara("ida", staff_role=None, name="Łódź 日本")
    accounts.add(plain)
    assert accounts.account(full.id) == full
    assert accounts.by_login("mara") == full
    assert accounts.by_organisation("https://i|s") == full
    assert accounts.of_patient(patient) == full
    assert accounts.everybody() == sorted([full, plain], key=lambda each: each.name)
    assert accounts.account(uuid4()) is accounts.by_login("eve") is accounts.of_patient(uuid4()) is None


def test_a_login_and_a_patient_have_one_account(accounts: Accounts, patient: UUID):
    first = mara(patient=patient)
    accounts.add(first)
    accounts.add(first)
    for other in (mara(), mara("other", patient=patient)):
        with pytest.raises(BadValue, match=Fault.NAME_TAKEN):
            accounts.add(other)
    assert accounts.everybody() == [first]


def test_an_organisations_word_links_one_account(accounts: Accounts):
    one, other = made(accounts), made(accounts, "ida")
    accounts.link(one, "https://i|s")
    accounts.link(one, "https://i|s")
    with pytest.raises(BadValue):
        accounts.link(other, "https://i|s")
    with pytest.raises(LookupError):
        accounts.link(uuid4(), "https://i|t")


def test_an_invitation_is_taken_up_once_and_by_one(accounts: Accounts):
    who = made(accounts)
    begun(accounts, who, "token")
    invitation = invited(accounts, who, "code")
    with Pool(8) as pool:
        taken = list(pool.map(lambda n: accounts.take_up(invitation.id, f"hash {n}", at=LATER), range(8)))
    assert sorted(taken) == [False] * 7 + [True]
    account = accounts.account(who)
    assert account is not None
    assert account.password_hash == f"hash {taken.index(True)}"
    read = accounts.invitation("code")
    assert read is not None
    assert read.used_at == LATER
    signed = accounts.signed("token")
    assert signed is not None
    assert signed.sign_in.ended_at == LATER


def test_invitations_end_by_time_and_by_the_next_one(accounts: Accounts):
    who = made(accounts)
    older = invited(accounts, who, "older")
    newer = invited(accounts, who, "newer")
    assert not accounts.take_up(older.id, "x", at=LATER)
    assert accounts.invited(who, at=LATER) == newer
    assert not accounts.take_up(newer.id, "x", at=newer.ends_at)
    assert accounts.invited(who, at=newer.ends_at) is None
    accounts.revoke(who, at=LATER)
    assert not accounts.take_up(newer.id, "x", at=LATER)
    account = accounts.account(who)
    assert account is not None
    assert account.password_hash is None


def test_a_sign_in_is_read_with_whose_it_is(accounts: Accounts, store: Store):
    who, people = made(accounts), People(store)
    teams = {uuid4(), uuid4()}
    for number, team in enumerate(teams):
        people.add_team(Team(team, f"Team {number}"), at=NOON)
        people.join(team, who)
    begun(accounts, who, "token")
    signed = accounts.signed("token")
    assert signed is not None
    assert signed.account == accounts.account(who)
    assert signed.teams == teams
    assert signed.sign_in == SignIn("token", who, "full", NOON, NOON, NOON + timedelta(hours=8))
    alone = made(accounts, "ida")
    begun(accounts, alone, "other")
    other = accounts.signed("other")
    assert other is not None
    assert other.teams == frozenset()
    assert accounts.signed("unknown") is None


def test_a_sign_in_follows_from_one_that_holds_and_ends_it(accounts: Accounts, store: Store):
    who = made(accounts)
    begun(accounts, who, "first", stage="ticket")
    next_ = SignIn("second", who, "full", LATER, LATER, LATER + timedelta(hours=8))
    assert accounts.begin(next_, in_place_of="first")
    again = replace(next_, token_hash="third")
    assert not accounts.begin(again, in_place_of="first")
    assert not accounts.begin(again, in_place_of="unknown")
    assert accounts.signed("third") is None
    assert [each.token_hash for each in open_sign_ins(store, who, at=LATER)] == ["second"]


def test_a_sign_in_ends_once_or_all_do(accounts: Accounts, store: Store):
    who = made(accounts)
    for token in ("one", "two", "three"):
        begun(accounts, who, token)
    assert accounts.end("one", at=LATER)
    assert not accounts.end("one", at=LATER)
    accounts.end_all(who, at=LATER)
    assert open_sign_ins(store, who, at=LATER) == []


def test_seen_never_goes_back(accounts: Accounts):
    begun(accounts, made(accounts), "token")
    for at in (LATER, NOON):
        accounts.seen("token", at=at)
    signed = accounts.signed("token")
    assert signed is not None
    assert signed.sign_in.seen_at == LATER


def test_old_sign_ins_are_forgotten(accounts: Accounts):
    who = made(accounts)
    begun(accounts, who, "old")
    at = NOON + KEPT + timedelta(days=1)
    assert accounts.begin(SignIn("new", who, "full", at, at, at))
    assert accounts.signed("old") is None
    assert accounts.signed("new") is not None


def test_disabling_and_forgetting_end_everything(accounts: Accounts, store: Store):
    for act in (accounts.disable, accounts.forget_secrets):
        who = made(accounts, act.__name__, password_hash="x", totp_secret="s", totp_step=4)
        begun(accounts, who, f"token {act.__name__}")
        invited(accounts, who, f"code {act.__name__}")
        act(who, at=LATER)
        assert open_sign_ins(store, who, at=LATER) == []
        assert accounts.invited(who, at=LATER) is None
        with pytest.raises(LookupError):
            act(uuid4(), at=LATER)
    account = accounts.by_login("forget_secrets")
    assert account is not None
    assert (account.password_hash, account.totp_secret, account.totp_step) == (None, None, 0)
    disabled = accounts.by_login("disable")
    assert disabled is not None
    assert disabled.disabled_at == LATER
    accounts.enable(disabled.id, at=NOON)
    assert accounts.account(disabled.id) == replace(disabled, disabled_at=None)


def test_a_step_is_taken_once_and_never_an_earlier_one(accounts: Accounts):
    who = made(accounts)
    assert accounts.begin_second_factor(who, "FIRST") == "FIRST"
    assert accounts.begin_second_factor(who, "SECOND") == "FIRST"
    with Pool(8) as pool:
        assert sorted(pool.map(lambda _n: accounts.take_step(who, 100, latest=110), range(8))) == [
            False
        ] * 7 + [True]
    assert not accounts.take_step(who, 99, latest=110)
    assert accounts.take_step(who, 101, latest=110)


def tried(accounts: Accounts, login: str, address: str, *, minute: int = 0, say: str = FAILED) -> Past:
    seen: list[Past] = []
    at = NOON + timedelta(minutes=minute)

    def judge(past: Past) -> str:
        seen.append(past)
        return say

    accounts.attempts.attempt(
        Try(uuid4(), at, login, address),
        judge,
        address_since=at - timedelta(minutes=1),
        login_since=at - timedelta(hours=1),
    )
    return seen[0]


def test_a_try_sees_what_was_before(accounts: Accounts):
    later = NOON + timedelta(minutes=1)
    assert tried(accounts, "a1", "ad") == Past((), 0, 0, None)
    assert tried(accounts, "a1", "ad", minute=1) == Past(((NOON, FAILED),), 0, 1, NOON)
    assert tried(accounts, "a1", "be", minute=1, say=RIGHT) == Past((), 0, 2, later)
    assert tried(accounts, "a2", "be", minute=1, say="") == Past((), 1, 0, None)
    past = tried(accounts, "a1", "be", minute=70)
    assert past == Past(((later, RIGHT),), 0, 0, None)


def test_a_try_is_settled_and_old_ones_are_forgotten(accounts: Accounts):
    new = Try(uuid4(), NOON, "a1", "ad")
    accounts.attempts.attempt(new, lambda _past: FAILED, address_since=NOON, login_since=NOON)
    accounts.attempts.settle(new.id, RIGHT)
    assert tried(accounts, "a1", "ad", minute=1).pair == ((NOON, RIGHT),)
    month = int((KEPT + timedelta(days=1)).total_seconds() // 60)
    tried(accounts, "a2", "be", minute=month)
    assert tried(accounts, "a1", "ad", minute=month).pair == ()


def test_many_tries_at_once_see_each_other(accounts: Accounts):
    def limited(past: Past) -> str:
        return FAILED if len(past.pair) < 5 else ""

    def one(_n: int) -> str:
        new = Try(uuid4(), NOON, "ab", "cd")
        return accounts.attempts.attempt(new, limited, address_since=NOON, login_since=NOON)

    with Pool(8) as pool:
        assert list(pool.map(one, range(30))).count(FAILED) == 5


def test_what_is_said_of_a_record_stays(store: Store):
    about = Metadata(store)
    assert about.value("mode") == ""
    assert about.say("mode", "home") == "home"
    assert about.say("mode", "clinic") == "home"
    assert about.value("mode") == "home"
