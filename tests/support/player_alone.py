"""The session player by itself: a real session of a real record, its scripts from disk, and no server.

Everything that is kept for the server stays in the browser's outbox, from where `handed_over` gives it to
the outbox desk, as the server's route does.
"""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page, Route

from coach.desk import PatientDesk
from coach.desk.installation.patient_context import PatientContext
from coach.desk.installation.recording import NewEntry, new_key
from coach.desk.patient.outbox import Receipt
from coach.desk.patient.sessions import planned_set, session_started
from coach.domain.facts import Source
from coach.domain.history import Session
from coach.domain.protocol import Dose, Protocol
from coach.domain.quantity import Quantity
from coach.domain.routine import CueTexts, RoutineKind
from coach.protocols import loader
from coach.ui.patient import player
from tests.support.browser import KEPT
from tests.support.patients import desk_in
from tests.support.server import ROOT

#: The kinds of exercise besides pumps and squeezes, with the drawing of one of each.
DRAWINGS: Mapping[RoutineKind, str] = {
    RoutineKind.MOVE: "sit_to_stand",
    RoutineKind.STAND: "balance_corner",
    RoutineKind.WALK: "walking",
    RoutineKind.REST: "resting_straight",
    RoutineKind.BREATHE: "belly_breathing",
    RoutineKind.TEST: "five_sit_to_stand",
}
ORIGIN = "http://player.test"
PAGE = """<!doctype html><html lang="en"><meta name="viewport" content="width=device-width">
<script src="/coach-assets/ui/guard.js"></script>
<style>
  html, body { margin: 0; height: 100% }
  .stMain { height: 100vh; overflow: auto; background: #fbf9f5; color: #1b2325; font-family: sans-serif }
</style><body><div class="stApp"><div class="stMain"><div class="stMainBlockContainer"><div id="place"></div></div></div></div>
"""
MOUNT = """async (data) => {
  const place = document.getElementById('place').attachShadow({ mode: 'open' });
  const { default: mount } = await import('/coach-assets/player/player.js');
  globalThis.told = [];
  mount({
    parentElement: place,
    data: new TextEncoder().encode(data),
    setTriggerValue: (name) => told.push(name),
  });
}"""


def protocol_of(kind: RoutineKind, own_drawing: str = "") -> Protocol:
    """Return the protocol that comes with Coach, with one short exercise of a kind under that name."""
    made = loader.default()
    other = replace(
        made.routines["static_glutes"],
        id=kind.value,
        kind=kind,
        name=f"The {kind.value}",
        drawing=DRAWINGS[kind],
        position="Where you are.",
        instruction="What to do.",
        cues=CueTexts(),
        tighten=Quantity(1, "s", "PD", ""),
        own_drawing=own_drawing,
    )
    return replace(made, routines={**made.routines, kind.value: other})


def begun(
    folder: Path, kind: RoutineKind, *doses: Dose, lying: Dose | None = None, own_drawing: str = ""
) -> tuple[PatientDesk, Session]:
    """Start a session with a set of each dose of an exercise of this kind; `lying`: after one on the bed.

    It began an hour ago, so that a quickened stopwatch is not ahead of the record.
    """
    protocol = protocol_of(kind, own_drawing)
    desk = desk_in(folder, protocol)
    sets = [planned_set(protocol, "static_glutes", lying)] if lying else []
    sets += [planned_set(protocol, kind.value, dose) for dose in doses]
    key = new_key()
    context = PatientContext(desk.installation, desk.patient, desk.principal)
    context.record(
        NewEntry(session_started(protocol, sets, Source.PLAYER), at=desk.now() - timedelta(hours=1)), key=key
    )
    session = desk.history().session(key)
    assert session is not None
    return desk, session


def opened(context: BrowserContext, desk: PatientDesk, session: Session) -> Page:
    """Show the first screen of the player."""
    page = context.new_page()
    page.route(f"{ORIGIN}/**", _from_disk)
    page.goto(f"{ORIGIN}/")
    page.evaluate(MOUNT, player.written(desk, session).decode())
    page.get_by_test_id("start").wait_for()
    return page


def handed_over(page: Page, desk: PatientDesk) -> Receipt:
    """Give what the browser keeps to the outbox desk, and return what became of it."""
    kept: list[dict[str, Any]] = page.evaluate(KEPT)
    items = [
        {name: item.get(name) for name in ("id", "kind", "session", "payload")}
        | {"age_ms": 0, "estimated": bool(item.get("estimated"))}
        for item in sorted(kept, key=lambda item: str(item["id"]))
    ]
    return desk.outbox.receive(items, owner=str(desk.patient))


def _from_disk(route: Route) -> None:
    path = route.request.url.removeprefix(ORIGIN).partition("?")[0]
    if path == "/":
        return route.fulfill(body=PAGE, content_type="text/html")
    file = ROOT / "assets" / path.removeprefix("/coach-assets/")
    if not path.startswith("/coach-assets/") or not file.is_file():
        return route.abort()
    kind, _encoding = mimetypes.guess_type(file.name)
    return route.fulfill(body=file.read_bytes(), content_type=kind or "application/octet-stream")
