"""A scenario file: the frame of the story, what happens in it, and what is expected of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from coach.domain import facts
from coach.domain.protocol import Protocol
from coach.protocols import loader, toml_file
from coach.protocols.reading import ProtocolError, Report
from coach.scenarios import notation
from coach.scenarios.errors import ProtocolRefused, ScenarioError
from coach.scenarios.events import Told, checked_zone
from coach.scenarios.fields import Fields, tables
from coach.scenarios.story import Story

NOT_YET = "not yet"


@dataclass(frozen=True, slots=True)
class Scenario:
    """A story played to its end, and the file's questions: `thens` for moments, `days` for days."""

    title: str
    told: Told
    thens: tuple[Fields, ...]
    days: tuple[Fields, ...]


def load(path: Path) -> dict[str, object]:
    """Return the content of a file; `ScenarioError` if it cannot be read or is not TOML."""
    report = Report(str(path))
    try:
        return toml_file.parsed(toml_file.content(path, report), report)
    except ProtocolError as refused:
        problem = refused.problems[0]
        where = f"line {problem.line}" if problem.line else ""
        raise ScenarioError(problem.what, problem.allowed, where) from None


def named_protocol(raw: Mapping[str, object], folder: Path) -> Protocol:
    """Return the protocol that a file names, relative to its folder, or Coach's own."""
    if "protocol" not in raw:
        return loader.default()
    name = Fields(raw, "").text("protocol", allowed="the name of a protocol file")
    try:
        return loader.load(folder / name)
    except ProtocolError as refused:
        raise ProtocolRefused(refused) from None


def tell(raw: Mapping[str, object], protocol: Protocol) -> Scenario:
    """Return the story of a file, played under a protocol.

    `ScenarioError` if that is impossible.
    """
    frame = Fields(raw, "")
    title = frame.text("title")
    zone = frame.read("zone", checked_zone, "a place such as Europe/London")
    story = Story(zone, protocol=protocol)
    told = Told(story)
    begins = "procedure" in frame
    if begins:
        story.procedure_end = frame.read(
            "procedure", lambda text: notation.wall(text, zone), notation.A_WALL_TIME
        )
        told.counts_from = story.procedure_end
    first_told = told.at(frame, "told") if "told" in frame else story.procedure_end
    story.add(facts.Setting("zone", zone), story.procedure_end - timedelta(days=30))
    if begins:
        told.names["procedure"] = story.add(facts.Procedure(), 0, told=first_told)
    if "home" in frame:
        _home(told, frame)
    if "overnight" in frame:
        story.answers("overnight", "yes" if frame.flag("overnight") else "no")
    if frame.flag("answered", default=True) and begins:
        story.nothing_closes(first_told)
    for event in tables(frame.take("happens", "[[happens]]", []), "happens"):
        told.happens(event)
    thens = tuple(tables(frame.take("then", "[[then]]", []), "then"))
    days = tuple(tables(frame.take("day", "[[day]]", []), "day"))
    frame.take("protocol", "the name of a protocol file", "")
    frame.done()
    return Scenario(title, told, thens, days)


def _home(told: Told, frame: Fields) -> None:
    def read(text: str) -> None:
        if text == NOT_YET:
            told.names["home"] = told.story.add(facts.HomeArrival(home=False), 1)
        else:
            told.names["home"] = told.story.add(facts.HomeArrival(home=True), told.instant(text))

    frame.read("home", read, f'{notation.A_TIME}, or "{NOT_YET}"')
