"""However a command goes wrong, it is said in one way: a sentence, exit code 2, no traceback."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
from click.testing import Result

from coach.cli import errors
from coach.cli import main as line
from coach.config.mode import Unsafe, UnsafeReason
from coach.desk.operator.archive import ArchiveFault, ArchiveRefused, NoTombstones
from coach.desk.operator.record_access import NoOwner, NoRecord, NoSuchPatient, Several
from coach.domain.errors import BadValue, Fault
from coach.mail.smtp import MailSetting, Unsettled
from coach.protocols.reading import Problem, ProtocolError
from coach.records.database.errors import Reason, RecordUnavailable

#: One of each kind that `errors.SAID` knows.
TROUBLES: tuple[Exception, ...] = (
    NoRecord("here"),
    RecordUnavailable(Reason.DAMAGED, "here"),
    NoOwner(),
    Unsafe(UnsafeReason.UNKNOWN_MODE),
    Unsettled(MailSetting.SENDER),
    ArchiveRefused(ArchiveFault.DAMAGED, "people.json"),
    NoTombstones(),
    ProtocolError([Problem("a.toml", "rules", "is wrong", "another")]),
    Several(),
    NoSuchPatient(),
    BadValue(Fault.TEXT_MISSING),
    OSError(28, "No space left on device"),
)

#: What commands may still catch, each with what it is caught for, which is never to refuse.
CAUGHT = {
    ("demo.py", "KeyboardInterrupt"): "Ctrl+C is how the demo ends",
    ("demo.py", "subprocess.TimeoutExpired"): "a server that does not end is ended",
    ("doctor.py", "RecordUnavailable"): "a finding among others; the look goes on",
    ("doctor.py", "mode.Unsafe"): "a finding among others",
    ("doctor.py", "loader.ProtocolError"): "a finding among others",
    ("doctor.py", "(ValueError, OSError)"): "a finding: the time zones are missing",
    ("erase.py", "click.Abort"): "nobody is there to ask, which is an answer",
    ("erase.py", "(NoTombstones, OSError)"): "the patient is erased, and something is left: exit code 1",
    ("erase.py", "RecordUnavailable"): "the patient is erased, and something is left: exit code 1",
    ("serve.py", "(OSError, http.client.HTTPException)"): "a server that does not answer yet",
    ("users.py", "ValueError"): "it is a reference, not an identifier",
}


def commands(group: click.Group, *path: str) -> Iterator[tuple[str, ...]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, *path, name)
        else:
            yield (*path, name)


def find(path: tuple[str, ...]) -> click.Command:
    found: click.Command = line.main
    for name in path:
        assert isinstance(found, click.Group)
        found = found.commands[name]
    return found


def test_the_troubles_here_are_all_that_are_known():
    assert [type(each) for each in TROUBLES] == list(errors.SAID)


@pytest.mark.parametrize("path", list(commands(line.main)), ids=" ".join)
def test_every_command_says_every_trouble_in_one_way(
    coach: Callable[..., Result], monkeypatch: pytest.MonkeyPatch, path: tuple[str, ...]
):
    command = find(path)
    monkeypatch.setattr(command, "parse_args", lambda _ctx, _args: [])
    for trouble in TROUBLES:

        def fails(*_args: object, trouble: Exception = trouble, **_named: object) -> None:
            raise trouble

        monkeypatch.setattr(command, "callback", fails)
        result = coach(*path)
        assert result.exit_code == 2, trouble
        assert isinstance(result.exception, SystemExit)
        assert result.stdout == ""
        (said,) = result.stderr.splitlines()
        assert said.endswith(".")


def test_what_a_command_says_in_its_own_words_refuses_too():
    with (
        pytest.raises(errors.CommandRefused) as refused,
        errors.saying({LookupError: lambda _: "Not there."}),
    ):
        raise KeyError("x")
    assert (refused.value.message, refused.value.exit_code) == ("Not there.", 2)
    assert refused.value.__cause__ is None
    with pytest.raises(ValueError, match="other"), errors.saying({LookupError: lambda _: "Not there."}):
        raise ValueError("other")


def test_no_command_catches_to_refuse_or_ends_with_two_by_itself():
    caught, ended = set(), set()
    for file in sorted(Path(errors.__file__).parent.glob("*.py")):
        if file.name == "errors.py":
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ExceptHandler):
                caught.add((file.name, ast.unparse(node.type) if node.type else "everything"))
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("sys.exit", "exit", "ctx.exit"):
                ended |= {(file.name, said) for each in node.args if "2" in (said := ast.unparse(each))}
                ended |= {
                    (file.name, said) for each in node.args if "exit_code" in (said := ast.unparse(each))
                }
    assert caught == CAUGHT.keys()
    assert not ended
