"""The connection breaks at message 1, 2, 3 ... of a session, until one passes whole: nothing is lost, nothing twice."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from uuid import UUID

import pytest
from playwright.sync_api import BrowserContext

from coach.domain.facts import Effort, Note, Pain, PainWhen, SessionFinished, SetDone
from coach.domain.history import History
from tests.support.browser import KEPT, STILL, quicken
from tests.support.browser_steps import heading
from tests.support.short_clinic import ShortClinic
from tests.torture.cuts import Told, Wire, play

ALL = {"ankle_pumps": 2, "static_glutes": 2, "quadriceps": 4, "transversus_abdominis": 2}
NOTE = "The second one was easier."
SAMPLED = range(1, 92, 10)  # of about 140


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ShortClinic]:
    made = ShortClinic(tmp_path_factory.mktemp("cuts"))
    made.server.start()
    yield made
    made.server.stop()


@pytest.fixture
def wire(clinic: ShortClinic) -> Iterator[Wire]:
    made = Wire(clinic.server.port)
    yield made
    made.close()


@dataclass
class Figures:
    """What the cuts came to; `lost` and `doubled` must stay 0."""

    sessions: int = 0
    cuts: int = 0
    acknowledged: int = 0
    lost: int = 0
    doubled: int = 0
    reloads: int = 0
    wrong: list[str] = field(default_factory=list)

    def count(self, history: History, acknowledged: Iterable[str], at: int) -> None:
        """Compare what is stored after a session with what it was."""
        told = {UUID(each) for each in acknowledged}
        self.acknowledged += len(told)
        found = Counter(f"set {entry.fact.routine}" for entry in history.of(SetDone))
        found["session"] = len(history.sessions)
        found["end"] = len(history.of(SessionFinished))
        found["effort"] = len(history.of(Effort))
        found["note"] = len([entry for entry in history.of(Note) if entry.fact.text == NOTE])
        for when in (PainWhen.BEFORE, PainWhen.AFTER):
            found[f"pain {when}"] = len([e for e in history.of(Pain) if e.fact.when is when])
        wanted = [*(f"set {name}" for name in ALL), "session", "end", "effort", "note"]
        wanted += [f"pain {when}" for when in (PainWhen.BEFORE, PainWhen.AFTER)]
        lost = [each for each in wanted if found[each] < 1] + [str(i) for i in told - history.by_id.keys()]
        doubled = [each for each in wanted if found[each] > 1]
        broken = [e for e in history.of(SetDone) if e.fact.reps_done != ALL[e.fact.routine]]
        self.lost += len(lost) + len(broken)
        self.doubled += len(doubled)
        if lost or doubled or broken:
            self.wrong.append(f"message {at}: lost {lost}, doubled {doubled}, broken {broken}")

    def __str__(self) -> str:
        return (
            f"{self.sessions} sessions, {self.cuts} cuts, {self.acknowledged} acknowledged, lost {self.lost}, "
            f"doubled {self.doubled}, {self.reloads} reloads by hand"
        )


def one(
    clinic: ShortClinic, wire: Wire, open_context: Callable[..., BrowserContext], at: int, into: Figures
) -> bool:
    """Let a new patient do a session whose connection breaks at a message; tell whether it came to that."""
    who, told = clinic.add_patient(f"patient-{at}"), Told()
    context = open_context("phone", **STILL)
    quicken(context)
    told.listen(context)
    context.add_cookies([{**clinic.cookie(who), "url": wire.url}])  # type: ignore[typeddict-item]
    page = context.new_page()
    page.goto(wire.url)
    heading(page, "You can exercise now")
    wire.arm(at)
    try:
        into.reloads += play(page, note=NOTE)
    finally:
        wire.disarm()
    into.sessions += 1
    into.cuts += wire.cuts
    into.count(clinic.desk(who).history(), told.acknowledged, at)
    if page.evaluate(KEPT):
        into.wrong.append(f"message {at}: something still waits")
    context.close()
    return wire.cuts > 0


@pytest.mark.long
def test_a_connection_that_breaks_at_ten_messages_of_a_session(
    clinic: ShortClinic,
    wire: Wire,
    open_context: Callable[..., BrowserContext],
    figures: Callable[..., None],
):
    found = Figures()
    broke = [one(clinic, wire, open_context, at, found) for at in SAMPLED]
    figures("the connection cut at ten messages", found)
    assert found.wrong == []
    assert all(broke)


@pytest.mark.torture
@pytest.mark.timeout(7200)
def test_a_connection_that_breaks_at_any_message_of_a_session(
    clinic: ShortClinic,
    wire: Wire,
    open_context: Callable[..., BrowserContext],
    figures: Callable[..., None],
):
    found = Figures()
    for at in itertools.count(1):
        if not one(clinic, wire, open_context, at, found):
            break
    figures("the connection cut at every message", found)
    assert found.wrong == []
    assert found.reloads == 0
