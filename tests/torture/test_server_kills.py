"""The real server is killed while eight devices send what they kept: it is there once after they send it again."""

from __future__ import annotations

import http.client
import json
import random
import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from coach.desk import PatientDesk
from coach.domain.facts import Effort, Note, SetDone
from coach.domain.history import Entry
from tests.support.http import ask, home_cookie
from tests.support.patient_acts import PUMPS, begin, item, set_done
from tests.support.patients import answer_set_up, desk_in
from tests.support.server import AppServer
from tests.torture.sizes import sizes
from tests.torture.writing import Figures

DEVICES = 8
PER_RECORD = 10  # kills of a server before the next patient's


class Device:
    """A browser that sends what it kept until it is told that it is stored."""

    def __init__(self, number: int, patient: UUID, session: UUID) -> None:
        self.number = number
        self.owner = str(patient)
        self.session = session
        self.kept: list[dict[str, object]] = []
        self.acknowledged: list[dict[str, object]] = []
        self._sets = 0

    def send(self, server: AppServer, headers: dict[str, str], heard: threading.Semaphore) -> None:
        """Send sets, efforts and notes until the server is gone."""
        while True:
            if not self.kept:
                self._sets += 1
                self.kept = [
                    set_done(self.session),
                    item(self.session, "effort", effort=self._sets % 11),
                    item(self.session, "note", text=f"{self.number} {self._sets}"),
                ]
            body = json.dumps({"owner": self.owner, "items": self.kept}).encode()
            try:
                answer = ask(server, "/api/outbox", method="POST", headers=headers, body=body)
            except (OSError, http.client.HTTPException):
                return
            if answer.status == 429:  # enough for this server
                return
            said = json.loads(answer.body)
            assert answer.status == 200, said
            assert said["refused"] == []
            assert said["ack"] == [each["id"] for each in self.kept]
            self.acknowledged += self.kept
            self.kept = []
            heard.release()


def look(desk: PatientDesk, devices: list[Device], figures: Figures) -> None:
    """Compare the record with what the devices were told."""
    told: list[Entry[Effort | Note | SetDone]] = []
    for kind in (SetDone, Effort, Note):
        told += desk.history().of(kind)
    stored = Counter(str(each.id) for each in told)
    notes = Counter(each.fact.text for each in told if isinstance(each.fact, Note))
    acknowledged = {each["id"] for device in devices for each in device.acknowledged}
    pending = {each["id"] for device in devices for each in device.kept}
    assert set(stored) <= acknowledged | pending
    figures.lost += len(acknowledged - set(stored))
    figures.unacknowledged += len(set(stored) - acknowledged)
    figures.doubled += sum(times - 1 for times in notes.values())
    figures.torn += len(desk.installation.store.verify(desk.patient))


@pytest.mark.slow
@sizes("server_kills", 2, 50)
def test_a_killed_server_loses_nothing_and_doubles_nothing(
    tmp_path: Path, server_kills: int, figures: Callable[..., None]
):
    chance, found = random.Random(3), Figures()
    devices: list[Device] = []
    for kill in range(server_kills):
        home = tmp_path / f"home-{kill // PER_RECORD}"
        desk = desk_in(home)
        if kill % PER_RECORD == 0:
            answer_set_up(desk, procedure=timedelta(hours=60), awake=True)
            session = begin(desk, PUMPS)
            devices = [Device(number, desk.patient, session) for number in range(DEVICES)]
        before = sum(len(device.acknowledged) for device in devices)
        server = AppServer(home).start()
        headers = {
            "Cookie": home_cookie(server),
            "Origin": server.url,
            "Sec-Fetch-Site": "same-origin",
            "Content-Type": "application/json",
        }
        heard = threading.Semaphore(0)
        threads = [threading.Thread(target=each.send, args=(server, headers, heard)) for each in devices]
        for each in threads:
            each.start()
        for _ in range(chance.randint(1, 80)):
            assert heard.acquire(timeout=60)
        server.kill()
        for each in threads:
            each.join()
        found.acknowledged += sum(len(device.acknowledged) for device in devices) - before
        look(desk, devices, found)
        desk.installation.store.close()
    figures(f"{server_kills} kills of the server, in entries", found)
    assert found.are_clean()
