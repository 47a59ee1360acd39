"""A process of its own that writes without end, or asks once for the only patient."""

import sys
from uuid import UUID, uuid4

from coach.records.database import current_actor
from coach.records.entries.store import Store
from tests.support.record_making import NOON, draft


def main(task: str, url: str, patient: str = "") -> None:
    with current_actor.acting_as(current_actor.SYSTEM):
        act(Store.open(url), task, patient)


def act(store: Store, task: str, patient: str) -> None:
    if task == "patient":
        sys.stdout.write(f"{store.only_patient(uuid4(), recorded_at=NOON)}\n")
        return
    while True:  # until it is killed
        stored = store.append(UUID(patient), [draft(), draft()])
        sys.stdout.write(f"{stored[0].entry.id} {stored[1].entry.id}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
