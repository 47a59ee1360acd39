"""The command `decide`: the gate's answers at each moment that a scenario file asks about."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import click

from coach.cli import decision_words
from coach.cli.decision_words import Decision, wrapped
from coach.cli.errors import Words, of_protocol, saying
from coach.domain.protocol import Protocol
from coach.i18n import _
from coach.protocols import loader
from coach.scenarios import days, expectations, scenario
from coach.scenarios.errors import ProtocolRefused, ScenarioError
from coach.scenarios.fields import Fields
from coach.text import errors as errors_text

PATH = click.Path(path_type=Path)
DIFFERS = 1


@click.command("decide")
@click.argument("file", metavar="SCENARIO.toml", type=PATH)
@click.option("--protocol", "other", type=PATH, help="Try this protocol file instead of the scenario's.")
@click.option(
    "--at",
    "times",
    multiple=True,
    metavar="TIME",
    help="Ask about this moment instead of the file's: +30 h, or 2025-06-06 14:30.",
)
def decide(file: Path, other: Path | None, times: tuple[str, ...]) -> None:
    """Say what may be done in the story of a scenario file, moment by moment, and why.

    Each moment that the file asks about is answered: what is open, at which dose; what is closed,
    why and until when; and the rule behind it, by its number in docs/clinical-rules.md. What the
    file expects is held against it. No record is opened or made. Exit code 0 when all is as
    expected, 1 when something differs, 2 for a file that cannot be followed.
    """
    words: Words = {
        ProtocolRefused: of_protocol,
        ScenarioError: lambda wrong: f"{file}: {_sentence(wrong)}",
    }
    with saying(words):
        raw = scenario.load(file)
        protocol = loader.load(other) if other else scenario.named_protocol(raw, file.parent)
        lines, differs = _answered(raw, protocol, times)
    for line in lines:
        click.echo(line)
    sys.exit(DIFFERS if differs else 0)


def _sentence(wrong: ScenarioError) -> str:
    """Return the fault of a file as a sentence; refusals of the domain in their usual words."""
    return f"{wrong.where}: {errors_text.refusal(wrong.refused)}" if wrong.refused else str(wrong)


def _answered(raw: Mapping[str, object], protocol: Protocol, times: tuple[str, ...]) -> tuple[list[str], int]:
    """Return the lines that answer a file, and the number of differences from its expectations."""
    story = scenario.tell(raw, protocol)
    lines = list(wrapped(story.title, 0))
    lines.append(
        _("Protocol: {title}, {id} {version}").format(
            title=_(protocol.title), id=protocol.id, version=protocol.version
        )
    )
    lines.append(_("The rules and their numbers: docs/clinical-rules.md"))
    if times:
        asked = [Fields({"--at": each}, "") for each in times]
        for moment in [expectations.moment(story.told, story.told.at(each, "--at")) for each in asked]:
            lines += ["", *Decision(moment).lines()]
        return lines, 0
    moments = [expectations.then(story.told, each) for each in story.thens]
    looked_back = [days.days(story.told, each) for each in story.days]
    if not moments and not looked_back:
        allowed = _("[[then]] with at, [[day]] with on, or --at")
        raise ScenarioError("the story asks about no moment", allowed)
    for moment in moments:
        lines += ["", *Decision(moment).lines()]
        if moment.expects:
            lines += ["", *decision_words.verdict(moment.differences)]
    for each in looked_back:
        lines += ["", *decision_words.day(each, protocol), *decision_words.verdict(each.differences)]
    differences = [*(each.differences for each in moments), *(each.differences for each in looked_back)]
    return lines, sum(map(len, differences))
