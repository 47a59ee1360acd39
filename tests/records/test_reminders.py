"""What the record keeps of reminders, on both databases: secrets by digest, one claim a day."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from coach.records.clinic.reminders import Address, Mail, Reminders, clear
from coach.records.database import current_actor, schema
from coach.records.entries.store import Store
from tests.support.record_making import NOON

LATEST = NOON + timedelta(days=1)
HASH, OTHER = "a" * 64, "b" * 64
DAY = NOON.date()


@pytest.fixture
def kept(store: Store) -> Reminders:
    return Reminders(store)


def mail(patient: UUID, **more: object) -> Mail:
    given: dict[str, object] = {
        "address": "ada@example.org", "hour": 18, "stop_secret": "s" * 43, "code_hash": HASH,
        "code_ends_at": NOON + timedelta(minutes=30),
    }  # fmt: skip
    return Mail(patient, **(given | more))  # type: ignore[arg-type]


@pytest.fixture
def reminded(kept: Reminders, patient: UUID) -> UUID:
    kept.ask(mail(patient))
    assert kept.confirm(patient, HASH, at=NOON, latest=LATEST)
    return patient


def test_an_address_is_found_by_its_digest_until_it_is_replaced_or_revoked(kept: Reminders, patient: UUID):
    kept.keep(Address(patient, HASH, NOON))
    assert kept.by_secret(HASH) == kept.address(patient) == Address(patient, HASH, NOON, None)
    kept.read(patient, at=NOON + timedelta(hours=1))
    found = kept.address(patient)
    assert found
    assert found.read_at == NOON + timedelta(hours=1)
    kept.keep(Address(patient, OTHER, NOON))
    assert kept.by_secret(HASH) is None
    assert kept.by_secret(OTHER) == Address(patient, OTHER, NOON, None)
    assert kept.revoke(patient)
    assert not kept.revoke(patient)
    assert kept.by_secret(OTHER) is kept.address(patient) is None


@pytest.mark.parametrize(
    ("code", "after", "right"), [(HASH, 29, True), (HASH, 30, False), (OTHER, 1, False), ("", 1, False)]
)
def test_an_address_is_confirmed_by_its_code_in_time(kept, patient, code: str, after: int, right: bool):
    kept.ask(mail(patient))
    assert kept.confirmed() == []
    assert kept.confirm(patient, code, at=NOON + timedelta(minutes=after), latest=LATEST) is right
    assert [each.patient for each in kept.confirmed()] == ([patient] if right else [])
    assert not (right and kept.confirm(patient, code, at=NOON, latest=LATEST))  # once


def test_asking_anew_takes_the_confirmation_back(kept: Reminders, reminded: UUID):
    kept.ask(mail(reminded, address="new@example.org"))
    assert kept.confirmed() == []


def test_a_day_is_claimed_once(kept: Reminders, reminded: UUID):
    assert kept.claim(reminded, DAY, at=NOON)
    assert not kept.claim(reminded, DAY, at=NOON + timedelta(minutes=1))
    kept.settle(reminded, DAY)
    assert not kept.claim(reminded, DAY, at=NOON + timedelta(hours=5))
    assert kept.claim(reminded, DAY + timedelta(days=1), at=NOON + timedelta(days=1))


def test_a_day_behind_a_flight_west_is_not_claimed_again(kept: Reminders, reminded: UUID):
    kept.settle(reminded, DAY)
    assert not kept.claim(reminded, DAY - timedelta(days=1), at=NOON)


def test_what_was_not_sent_may_be_claimed_at_once_however_often(kept: Reminders, reminded: UUID):
    for minute in range(5):
        at = NOON + timedelta(minutes=minute)
        assert kept.claim(reminded, DAY, at=at)
        kept.release(reminded, claimed_at=at)


def test_after_a_program_died_it_is_claimed_once_more_and_never_a_third_time(kept, reminded):
    at = [NOON + timedelta(minutes=minutes) for minutes in (0, 14, 15, 16, 200, 500)]
    assert [kept.claim(reminded, DAY, at=each) for each in at] == [True, False, True, False, False, False]


def test_a_claim_is_given_back_by_who_has_it_alone(kept: Reminders, reminded: UUID):
    kept.claim(reminded, DAY, at=NOON)
    kept.release(reminded, claimed_at=NOON + timedelta(minutes=1))
    assert not kept.claim(reminded, DAY, at=NOON + timedelta(minutes=2))


def test_nobody_unconfirmed_is_claimed(kept: Reminders, patient: UUID):
    kept.ask(mail(patient))
    assert not kept.claim(patient, DAY, at=NOON)
    assert not kept.claim(uuid4(), DAY, at=NOON)


def test_of_two_programs_at_once_one_has_the_claim(url: str, kept: Reminders, reminded: UUID):
    stores = [Store.open(url) for _ in range(4)]
    for turn in range(5):
        day, won, start = DAY + timedelta(days=turn), list[bool](), Barrier(4)

        def claim(store: Store) -> None:
            with current_actor.acting_as(current_actor.SYSTEM):
                start.wait()  # noqa: B023  joined below
                won.append(Reminders(store).claim(reminded, day, at=NOON))  # noqa: B023

        threads = [Thread(target=claim, args=(each,)) for each in stores]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        assert sorted(won) == [False, False, False, True]
    for store in stores:
        store.close()


def test_the_link_of_an_email_forgets_the_address(kept: Reminders, reminded: UUID, store: Store):
    found = kept.by_stop_secret("s" * 43)
    assert found
    assert kept.stop(found.patient)
    assert kept.by_stop_secret("s" * 43) is kept.mail(reminded) is None
    with store.reading() as connection:
        assert connection.execute(select(schema.mail_reminder)).all() == []


def test_all_addresses_can_be_forgotten_at_once(kept: Reminders, reminded: UUID, store: Store):
    kept.keep(Address(reminded, HASH, NOON))
    clear(store)
    assert (kept.address(reminded), kept.mail(reminded)) == (None, None)
