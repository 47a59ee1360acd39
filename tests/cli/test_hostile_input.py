"""Whatever is written on the command line or lies in a file: one sentence and exit code 2, never a traceback."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import click
import pytest
from click.testing import CliRunner, Result

from coach import desk
from coach.cli import main as line
from coach.desk import PatientDesk
from coach.desk.patient.outbox import NotTheirs
from coach.domain.facts import SetDone
from coach.protocols.loader import DEFAULT
from coach.records.database import schema
from coach.records.upkeep import archive, tombstones
from coach.records.upkeep.tombstones import Tombstone
from coach.text import errors as errors_text
from coach.web import outbox
from tests.support.archives import (
    Content,
    archive_of_a_clinic,
    heads_fit,
    members,
    sealed,
    unsealed,
    with_entries,
)
from tests.support.hostile import HOSTILE
from tests.support.patient_acts import begin, item, set_done
from tests.support.patients import answer_set_up, desk_in
from tests.support.record_making import NOON

EACH = 30  # hostile values of each kind
NOW_TEXT = NOON.isoformat()
COLUMNS = tuple(column.name for column in schema.entry.c)
SEEDED = random.Random(20261129)
ARGUMENTS = (
    "", " ", "-", "--", "..", "/", "/dev/null", "\udcff\udcfe", "name\udc80", "\x00", "a\x00b", "\u200b", "\u202eevil", "x" * 300,
    "x" * 5_000, "y" * 200_000, "~nobody/record", "\x1b[2J", "0", "-1", "9" * 400, "00000000-0000-0000-0000-000000000000",
    "2026-13-45", "'; DROP TABLE entry; --", "%s%n{}{0}", "日本語", "a/" * 2_000,
)  # fmt: skip
SERVES = frozenset({"demo", "serve"})  # they open a server; their arguments are numbers and paths


def commands() -> Iterator[tuple[tuple[str, ...], click.Command]]:
    def of(group: click.Group, before: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], click.Command]]:
        for name, command in group.commands.items():
            if isinstance(command, click.Group):
                yield from of(command, (*before, name))
            elif name not in SERVES:
                yield (*before, name), command

    yield from of(line.main, ())


COMMANDS = dict(commands())
Run = Callable[..., Result]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A record with one patient, which no command here changes."""
    folder = tmp_path_factory.mktemp("home")
    answer_set_up(desk_in(folder), procedure=timedelta(hours=60))
    return folder


@pytest.fixture
def coach(monkeypatch: pytest.MonkeyPatch, home: Path, tmp_path: Path) -> Iterator[Run]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COACH_HOME", str(home))
    for name in ("COACH_DATABASE_URL", "COACH_OWNER_URL", "COACH_MODE", "COACH_SMTP_URL"):
        monkeypatch.delenv(name, raising=False)
    desk.forget()
    yield lambda *words: CliRunner().invoke(line.main, [str(word) for word in words], input="")
    desk.forget()


@pytest.fixture
def patient(tmp_path: Path) -> PatientDesk:
    made = desk_in(tmp_path / "theirs")
    answer_set_up(made, procedure=timedelta(hours=60))
    return made


def told(result: Result, what: object) -> None:
    """The command ended by itself, with a sentence and a code that it has."""
    assert result.exception is None or isinstance(result.exception, SystemExit), (
        what,
        repr(result.exception),
    )
    assert result.exit_code in (0, 1, 2), what
    assert "Traceback" not in result.output
    if result.exit_code == 2:
        assert result.output.strip(), what
    result.output.encode("utf-8")


def takes(command: click.Command) -> list[click.Parameter]:
    return [each for each in command.params if not (isinstance(each, click.Option) and each.is_flag)]


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_no_argument_of_any_command_leads_to_a_traceback(coach: Run, words: tuple[str, ...]):
    command = COMMANDS[words]
    for tried in ARGUMENTS:
        given: list[str] = []
        for each in takes(command):
            given += [each.opts[0], tried] if isinstance(each, click.Option) else []
        given += ["--", *(tried for each in takes(command) if isinstance(each, click.Argument))]
        if len(given) > 1:
            told(coach(*words, *given), (words, tried[:40]))
        told(coach(*words, tried), (words, tried[:40], "alone"))


@pytest.mark.parametrize(
    "argument", ["\udcff", "y" * 5_000, "a\x00b", "\u200b"], ids=["bytes", "long", "nul", "unseen"]
)
def test_what_is_no_text_is_refused_by_its_place(coach: Run, argument: str):
    result = coach("export", argument, "--format", "json", "--out", "x")
    assert result.exit_code == 2
    assert result.output.startswith("Error: Argument 2 ")
    assert len(result.output.strip().splitlines()) == 1


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the way to each value within a JSON value."""
    if path:
        yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inner:
        yield from places(each, (*path, key))


def changed(value: Any, path: tuple[Any, ...], to: Any) -> Any:
    made = json.loads(json.dumps(value))
    inner = made
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = to
    return made


def some(value: Any, count: int) -> Iterator[str]:
    """Yield JSON texts in each of which one value is hostile."""
    ways = list(places(value))
    for _each in range(count):
        hostile = SEEDED.choice(HOSTILE)
        yield json.dumps(changed(value, SEEDED.choice(ways), hostile))
    yield from (
        "[" * 100_000,
        "[" * 100_000 + "]" * 100_000,
        "1e999",
        "NaN",
        '{"a":1,"a":1}',
        "",
        "null",
        "7",
        '"x"',
    )


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> Content:
    """The members of a good archive of a clinic."""
    return members(archive_of_a_clinic(tmp_path_factory.mktemp("good")))


def cleared(payload: str) -> Callable[[list[dict[str, Any]]], None]:
    """Return what makes the first entry a cleared flag with that payload."""
    return lambda rows: rows[0].update(kind="flag_cleared", payload=payload)


def hostile_archives(content: Content) -> Iterator[Content]:
    """Archives in which one value of one member is hostile, and all hashes fit."""
    lines = [
        name
        for name in content
        if name.endswith(".jsonl") and content[name] and not name.startswith("patients/")
    ]
    for name in (archive.PEOPLE, archive.IN_FORCE, archive.TOMBSTONES):
        for text in some(json.loads(content[name]), EACH):
            yield content | {name: text.encode("utf-8", "surrogatepass")}
    for name in lines:
        for text in some(json.loads(content[name].splitlines()[0]), EACH):
            yield content | {name: text.encode("utf-8", "surrogatepass") + b"\n"}
    for text in some(json.loads(content[archive.MANIFEST]), EACH):
        yield content | {archive.MANIFEST: text.encode("utf-8", "surrogatepass")}
    for _each in range(EACH):
        column, hostile = SEEDED.choice(COLUMNS), SEEDED.choice(HOSTILE)
        yield with_entries(content, lambda rows, c=column, h=hostile: rows[0].update({c: h}), rehash=True)  # type: ignore[misc]
    for name in ("at", "spoke_at", "until"):
        for hostile in HOSTILE:
            payload = json.dumps(
                {
                    "entry": str(UUID(int=1)),
                    "who": "Ann",
                    "why": "because",
                    "spoke_at": NOW_TEXT,
                    name: hostile,
                }
            )
            yield with_entries(content, cleared(payload), rehash=True)


def test_no_archive_leads_to_a_traceback_and_what_is_taken_in_can_be_read(
    coach: Run, content: Content, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    file = tmp_path / "a.zip"
    good = []
    for made in hostile_archives(content):
        try:
            fit: Callable[[Any], object] = heads_fit(made)
            fit(json.loads(made[archive.MANIFEST]))
        except (
            ValueError,
            TypeError,
            KeyError,
            AttributeError,
            RecursionError,
        ):  # a manifest that is none is left so
            unsealed(lambda _all, m=made: m)(content, file)  # type: ignore[misc]
        else:
            sealed(made, file, manifest=fit)
        result = coach("import-all", file, "--dry-run")
        told(result, made[archive.PEOPLE][:200])
        good += [file.read_bytes()] if result.exit_code == 0 else []
    for number, each in enumerate(SEEDED.sample(good, min(8, len(good)))):
        monkeypatch.setenv("COACH_HOME", str(tmp_path / str(number)))
        file.write_bytes(each)
        assert coach("import-all", file).exit_code == 0
        assert coach("verify").exit_code == 0


def test_no_list_of_tombstones_leads_to_a_traceback(coach: Run, content: Content, tmp_path: Path):
    stone = tombstones.to_plain(Tombstone(UUID(int=7), "0" * 64, NOON, 3, "f" * 64, "operator"))
    good = {"format": "coach-tombstones", "version": 1, "tombstones": [stone]}
    stones, file = tmp_path / "stones.json", tmp_path / "a.zip"
    sealed(content, file)
    for text in (*some(good, EACH), "\ud83d"):
        stones.write_bytes(text.encode("utf-8", "surrogatepass"))
        result = coach("import-all", file, "--dry-run", "--tombstones", stones)
        told(result, text[:200])
    stones.write_text(json.dumps(good))
    assert coach("import-all", file, "--dry-run", "--tombstones", stones).exit_code == 0


def test_no_manifest_of_a_backup_leads_to_a_traceback(coach: Run, home: Path, tmp_path: Path):
    assert coach("backup", tmp_path / "backups").exit_code == 0
    (folder,) = (tmp_path / "backups").iterdir()
    good = json.loads((folder / "manifest.json").read_bytes())
    good["patients"] = good["patients"][:2]
    for text in some(good, EACH):
        (folder / "manifest.json").write_bytes(text.encode("utf-8", "surrogatepass"))
        told(coach("verify", "--against", folder), text[:200])
        told(coach("restore", folder), text[:200])


def test_no_protocol_file_leads_to_a_traceback(coach: Run, tmp_path: Path):
    good, file = DEFAULT.read_text("utf-8").splitlines(), tmp_path / "protocol.toml"
    texts = [json.dumps(each) for each in HOSTILE if not (isinstance(each, str) and len(each) > 1_000)]
    raw = [
        "[" * 100_000,
        "a = " + "[" * 100_000,
        "a." * 5_000,
        "1979-05-27T07:32:00+99:99",
        "x = 9999-99-99",
        "\x00",
        "\udcff",
    ]
    for _each in range(EACH // 2):
        number = SEEDED.randrange(len(good))
        key = good[number].partition("=")[0]
        with_one = [*good[:number], f"{key}= {SEEDED.choice(texts)}", *good[number + 1 :]]
        file.write_bytes("\n".join(with_one).encode("utf-8", "surrogatepass"))
        told(coach("check-protocol", file), with_one[number][:200])
    for text in raw:
        file.write_bytes(text.encode("utf-8", "surrogateescape"))
        result = coach("check-protocol", file)
        told(result, text[:50])
        assert result.exit_code == 2


def test_no_paper_diary_leads_to_a_traceback(coach: Run, tmp_path: Path):
    file = tmp_path / "diary.csv"
    header = "date,time,what,reps,score,note"
    good = ["2026-03-10", "08:00", "ankle_pumps", "10", "", "went well"]
    for place in range(6):
        for hostile in SEEDED.sample(HOSTILE, 8):
            row = [*good[:place], str(hostile)[:5_000], *good[place + 1 :]]
            file.write_bytes(f"{header}\n{','.join(row)}\n".encode("utf-8", "surrogatepass"))
            told(coach("import", file, "--dry-run"), row)


def test_no_post_of_an_outbox_leads_to_a_traceback(patient: PatientDesk):
    """What the address makes of the body, and what the desk makes of the items."""
    session = begin(patient)
    good = {"owner": str(patient.patient), "items": [set_done(session), item(session, "note", text="good")]}
    for text in (*some(good, 6 * EACH), "\ud83d"):
        try:
            owner, items = outbox._read(text.encode("utf-8", "surrogatepass"))  # noqa: SLF001  what a request goes through, without a request
        except outbox.OutboxRefused:  # with a status and a sentence
            continue
        try:
            receipt = patient.outbox.receive(items, owner=owner)
        except NotTheirs:
            continue
        for _id, why in receipt.refused:
            assert errors_text.refusal(why).endswith(".")
    assert patient.history().of(SetDone)
