"""What a user of each kind does next, one step after another; a step says whether the user stays.

A day's mix of a clinic: of ten users eight are patients, who look at Diary or Progress with every
fourth act and otherwise score pain, answer the check, start a session and finish it; two are
physiotherapists, who go from their caseload to a review and back. So six of ten runs are Today and
the session, two Diary and Progress, two caseload and review.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any
from uuid import uuid4

if TYPE_CHECKING:
    from tests.bench.crowd import Seat

PATIENTS_OF_TEN = 8
STAY_S = 3_600
LOOKS = 0.25  # of a patient's acts
STAYS = 0.3  # of the times at the caseload
STARTS = 0.5  # of the times at which a session may be started
PLAYER, CASELOAD = "coach_player", "coach_caseload"
#: What is tapped in a session's questions, the first that is there.
QUESTIONS = ("nothing-new", "check-none", "before-2", "before-skip", "start-fewer", "back-to-today")


async def again(seat: Seat) -> bool:
    """Let the same page run once more."""
    await seat.run(seat.user.page or "start page")
    return True


async def come_and_go(_seat: Seat) -> bool:
    """Leave after the first look: the next session is another one."""
    return False


async def look_and_stay(seat: Seat) -> bool:
    """Look once more, then keep the page open without an act."""
    await seat.run(seat.user.page or "start page")
    await asyncio.sleep(STAY_S)
    return True


async def patient(seat: Seat) -> bool:
    """Take a patient's next step."""
    seat.due += LOOKS
    tab, dice = seat.tab, seat.dice
    if tab.place == "session":
        await _session(seat)
    elif seat.due >= 1:
        seat.due -= 1
        page = dice.choice([page for page in ("diary", "progress") if page != tab.place])
        await seat.run(page, go=page)
    elif tab.place:
        await seat.run("today", go="")
    elif scale := [key for key in tab.buttons if key.startswith("now-")]:
        await seat.run("today", tap="now-2" if "now-2" in scale else scale[0])
    elif "carry-on" in tab.buttons:
        await seat.run("session", tap="carry-on")
    elif "start-all" in tab.buttons and dice.random() < STARTS:
        await seat.run("session", tap="start-all")
    elif "score-now" in tab.buttons:
        await seat.run("today", tap="score-now")
    else:
        await seat.run("today")
    return True


async def _session(seat: Seat) -> None:
    """Answer the next question before a session, or do the session and hand it over."""
    player = seat.tab.components.get(PLAYER)
    if player is None:
        found = next((key for key in QUESTIONS if key in seat.tab.buttons), None)
        await (seat.run("session", tap=found) if found else seat.run("session", go=""))
        return
    given = json.loads(player.json)
    items = done(given)
    status, answer = await seat.post("outbox", given["endpoint"], {"owner": given["owner"], "items": items})
    if status == 200 and set(json.loads(answer)["ack"]) != {item["id"] for item in items}:
        seat.crowd.seen.errors["outbox: not all of a session was stored"] += 1
    await seat.run("session")  # the page finds it finished and leads to Today


def done(given: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what the player hands over when a session was done to its end."""
    kinds: list[tuple[str, dict[str, object]]] = [
        (
            "set_done",
            {
                "set": place,
                "routine": each["routine"],
                "reps_done": each["reps"] * each["sides"],
                "took_ms": 1000,
            },
        )
        for place, each in enumerate(given["sets"])
        if place not in given["stored"]
    ]
    kinds += [
        ("session_finished", {"stop_reason": None}),
        ("pain", {"score": 2, "when": "after"}),
        ("effort", {"effort": 3}),
    ]
    return [
        {
            "id": str(uuid4()),
            "kind": kind,
            "session": given["session"],
            "age_ms": 0,
            "estimated": False,
            "payload": payload,
        }
        for kind, payload in kinds
    ]


async def physiotherapist(seat: Seat) -> bool:
    """Go from the caseload to somebody's review, and back; or look at the caseload once more."""
    if seat.tab.place:
        await seat.run("caseload", go="")
    elif seat.dice.random() < STAYS:
        await seat.run("caseload")
    else:
        chosen = {"act": "review", "patient": seat.dice.choice(seat.user.patients)}
        await seat.run("review", trigger=(CASELOAD, {"act": chosen}))
    return True


WALKS: Mapping[str, Callable[[Seat], Awaitable[bool]]] = {
    "again": again,
    "come and go": come_and_go,
    "look and stay": look_and_stay,
    "patient": patient,
    "physiotherapist": physiotherapist,
}
