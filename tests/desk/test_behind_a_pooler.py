"""Everything works where each transaction may meet another connection of the server (PgBouncer, transaction mode)."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from sqlalchemy import text

from coach.desk import PatientDesk, Principal
from coach.desk.access.permissions import Role
from coach.desk.installation.recording import new_key
from coach.domain.facts import PainWhen
from coach.records.database import current_actor
from coach.records.database import postgres as database
from tests.support.clinics import Clinic, make_clinic
from tests.support.pooler import CONNECTIONS, Pooler
from tests.support.postgres import PostgresServer, as_owner

WRITES, READS = 6, 15


def test_a_clinic_is_prepared_served_and_kept_apart_through_a_pooler(
    postgres: PostgresServer, pooler: Pooler, tmp_path: Path
):
    url = pooler.through(postgres.new_database())
    database.prepare(as_owner(url), url)
    clinic = make_clinic(tmp_path, url)
    # So that each write reads the protocols inside its transaction.
    clinic.installation.protocol_registry.looks_again_after_s = 0
    seen: Counter[str] = Counter()

    def writes(name: str) -> None:
        own = clinic.patients[name]
        for n in range(WRITES):
            desk = PatientDesk(clinic.installation, own, Principal(Role.PATIENT, patient=own))
            desk.sessions.give_pain(n % 5, PainWhen.NOW, key=new_key())
            seen["written"] += 1

    def reads(name: str) -> None:
        own = clinic.patients[name]
        for _ in range(READS):
            rows = whose(clinic, current_actor.Acting("patient", None, own))
            seen["own only" if rows == {own} else f"others: {rows}"] += 1

    def nobody(_name: str) -> None:
        for _ in range(READS):
            rows = whose(clinic, None)
            seen["nobody, nothing" if not rows else f"nobody saw {rows}"] += 1

    failed: list[BaseException] = []
    jobs: list[tuple[Callable[[str], None], str]] = [
        *((writes, name) for name in clinic.patients),
        *((reads, name) for name in clinic.patients),
        *((nobody, str(n)) for n in range(CONNECTIONS)),
    ]

    def run(job: Callable[[str], None], name: str) -> None:
        try:
            job(name)
        except BaseException as trouble:  # noqa: BLE001  told below
            failed.append(trouble)

    threads = [threading.Thread(target=run, args=each) for each in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    clinic.installation.store.close()

    assert failed == []
    many = len(clinic.patients)
    assert seen == {
        "written": many * WRITES,
        "own only": many * READS,
        "nobody, nothing": CONNECTIONS * READS,
    }


def whose(clinic: Clinic, who: current_actor.Acting | None) -> set[UUID]:
    """Return whose entries a statement shows that asks for everybody's."""
    store = clinic.installation.store
    if who is None:
        with store._reader.begin() as connection:  # noqa: SLF001  listens to the database itself
            return set(connection.execute(text("SELECT DISTINCT patient FROM entry")).scalars())
    with current_actor.acting_as(who), store.reading() as connection:
        return set(connection.execute(text("SELECT DISTINCT patient FROM entry")).scalars())
