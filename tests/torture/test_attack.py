"""Strangers do what they can to a clinic's server: it holds no more than before, and a patient is answered as before."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest

from coach.desk import PatientDesk, Principal
from coach.desk.access.permissions import Role
from coach.desk.installation.recording import new_key
from coach.records.entries.metadata import Metadata
from tests.bench.wire import Visitor
from tests.support.clinic_team import PASSWORD, clinic, patient, patient_with_password, team
from tests.support.http import ask
from tests.support.patient_acts import item
from tests.support.patients import answer_set_up
from tests.support.server import BEHIND_ENCRYPTION, ROOT, AppServer
from tests.torture.sizes import sizes

QUIET_S = 3
ROUND_S = 60  # a quarter of it quiet
MORE_MB = 90  # what memory may grow by, however long it goes on: passwords that are checked take 2 times 19
MORE_FILES = 400  # what strangers hold open at once, and what is being closed
EVERY_S = 0.5


@dataclass
class Seen:
    """What a patient waited, and what the server held meanwhile."""

    pages_ms: list[float] = field(default_factory=list)
    posts_ms: list[float] = field(default_factory=list)
    health_ms: list[float] = field(default_factory=list)
    megabytes: list[float] = field(default_factory=list)
    files: list[int] = field(default_factory=list)

    def add(self, more: Seen) -> None:
        for name, values in vars(more).items():
            getattr(self, name).extend(values)

    def __str__(self) -> str:
        waits = ("pages", self.pages_ms), ("posts", self.posts_ms), ("health", self.health_ms)
        told = [f"{name} p50 {statistics.median(each):.0f} p95 {p95(each):.0f} ms" for name, each in waits]
        told.append(f"{min(self.megabytes):.0f} to {max(self.megabytes):.0f} MB")
        return ", ".join([*told, f"{min(self.files)} to {max(self.files)} files"])


def p95(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.95)]


class Patient:
    """Somebody who has signed in, looks at pages and sends entries."""

    def __init__(self, server: AppServer, owner: str, login: str) -> None:
        self.server, self.owner = server, owner
        self.headers = {"Origin": server.url, "Sec-Fetch-Site": "same-origin"}
        fields = urlencode({"login": login, "password": PASSWORD}).encode()
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = ask(server, "/sign-in", method="POST", headers=self.headers | kind, body=fields)
        assert answer.status == 303
        self.cookie = (answer.headers["set-cookie"] or "").partition(";")[0]

    def spend(self, seconds: float, *, till: Callable[[], bool] = lambda: False) -> Seen:
        """Look and send for so long, or till something is over."""
        seen, until = Seen(), time.monotonic() + seconds
        with Visitor(self.server.url, cookie=self.cookie) as visitor:
            elements = visitor.run().elements
            while time.monotonic() < until and not till():
                run = visitor.run()
                assert run.elements == elements
                seen.pages_ms.append(run.took_ms)
                seen.posts_ms.append(timed(self._send))
                seen.health_ms.append(timed(lambda: ask(self.server, "/healthz").status == 200))
                seen.megabytes.append(megabytes(self.server))
                seen.files.append(files(self.server))
                time.sleep(EVERY_S)
        return seen

    def _send(self) -> bool:
        body = json.dumps({"owner": self.owner, "items": [item(new_key(), "no_red_flags")]}).encode()
        kind = {"Content-Type": "application/json", "Cookie": self.cookie}
        return (
            ask(self.server, "/api/outbox", method="POST", headers=self.headers | kind, body=body).status
            == 200
        )


def timed(act: Callable[[], bool]) -> float:
    began = time.perf_counter()
    assert act()
    return (time.perf_counter() - began) * 1000


def megabytes(server: AppServer) -> float:
    assert server.process
    pages = int(Path(f"/proc/{server.process.pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def files(server: AppServer) -> int:
    assert server.process
    return sum(1 for _each in Path(f"/proc/{server.process.pid}/fd").iterdir())


@pytest.fixture
def ada(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Patient]:
    """A patient at a clinic's server behind encryption."""
    monkeypatch.setenv("COACH_HOME", str(tmp_path))
    installation = clinic(tmp_path)
    Metadata(installation.store).say("mode", "clinic")
    who = patient(installation, team(installation))
    own = PatientDesk(installation, who, Principal(Role.PATIENT, patient=who))
    answer_set_up(own, procedure=timedelta(hours=60), awake=True)
    login = patient_with_password(installation, who)
    installation.store.close()
    server = AppServer(tmp_path, env=BEHIND_ENCRYPTION).start()
    try:
        yield Patient(server, str(who), login)
    finally:
        server.stop()


@pytest.mark.slow
@sizes("attack_seconds", 5, 1800)
def test_strangers_take_neither_memory_nor_descriptors_nor_anybodys_turn(
    ada: Patient, attack_seconds: int, figures: Callable[..., None]
):
    rounds = max(1, attack_seconds // ROUND_S)
    quiet, during, answers = Seen(), Seen(), Counter[str]()
    # In turns: what else this computer does meanwhile, both meet alike.
    for _round in range(rounds):
        quiet.add(ada.spend(QUIET_S if rounds == 1 else ROUND_S / 4))
        seconds = attack_seconds if rounds == 1 else ROUND_S * 3 / 4
        command = [sys.executable, "-m", "tests.torture.attack", str(ada.server.port), str(seconds)]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as attack:
            during.add(ada.spend(seconds + 60, till=lambda: attack.poll() is not None))
            assert attack.stdout
            answers.update(json.loads(attack.stdout.read()))
    figures("a patient in between", quiet)
    figures(f"during {attack_seconds} s of attack", during)
    figures("what strangers were answered", dict(answers))
    assert not any(said in answers for said in ("session given", "socket 101", "upload 204", "headers taken"))
    assert max(during.megabytes) < quiet.megabytes[0] + MORE_MB
    assert max(during.files) < quiet.files[0] + MORE_FILES
    until = time.monotonic() + 60
    while files(ada.server) > quiet.files[0] + 10 and time.monotonic() < until:
        time.sleep(0.2)
    assert files(ada.server) <= quiet.files[0] + 10
    if rounds > 1:  # a few seconds on a busy computer tell nothing
        assert p95(during.pages_ms) <= 2 * max(p95(quiet.pages_ms), 50)
