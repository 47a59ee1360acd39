"""The outbox's document says what the player sends and what the server takes: kinds, fields, answers, statuses, limits."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from coach.desk.patient import outbox as taker
from coach.domain.facts import PainWord, StopReason
from coach.domain.free_text import NOTE_LIMIT
from coach.web import outbox as route
from tests.support.server import ROOT

DOCUMENT = (ROOT / "docs" / "outbox-protocol.md").read_text(encoding="utf-8")
DESK = (ROOT / "coach" / "desk" / "patient" / "outbox.py").read_text(encoding="utf-8")
ROUTE = (ROOT / "coach" / "web" / "outbox.py").read_text(encoding="utf-8")
SENDER = (ROOT / "assets" / "player" / "outbox.js").read_text(encoding="utf-8")
SCRIPTS = "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "assets").rglob("*.js")))

AGAIN, NOT_READ = "keeps all, tries again", "not read"
MS = {"ms": 1, "s": 1000, "min": 60_000, "h": 3_600_000, "d": 86_400_000}
Fields = dict[str, set[str]]


def table(heading: str) -> list[list[str]]:
    """Return the rows of the table under a heading of the document, without its head."""
    part = DOCUMENT.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    rows = [line.strip("|").split("|") for line in part.splitlines() if line.startswith("|")]
    return [[cell.strip().strip("`") for cell in row] for row in rows[2:]]


def documented(*, read: bool = False) -> Fields:
    """Return the payload's fields by kind; with `read`, those alone that the server reads."""
    found: Fields = {}
    for kind, field, _type, bounds in table("Kinds and their payload"):
        fields = found.setdefault(kind, set())
        if field != "none" and not (read and NOT_READ in bounds):
            fields.add(field)
    return found


def names(literal: str) -> set[str]:
    """Return the names of the properties in a JavaScript object that holds no other."""
    return {part.split(":")[0].strip() for part in literal.strip("{} ").split(",") if part.strip()}


def sent(scripts: str) -> Fields:
    """Return the kinds that the browser posts, each with the fields of its payload."""
    found: Fields = {}
    posts = re.findall(r"\.posts\(.*?'(\w+)', (\{.*?\}|\w+)", scripts)
    items = re.findall(r"kind: '(\w+)', payload: (\{.*?\})", scripts)
    for kind, payload in posts + items:
        if not payload.startswith("{"):
            [payload] = re.findall(rf"const {payload} = (\{{.*?\}});", scripts)
        found.setdefault(kind, set()).update(names(payload))
    return found


def reads(body: list[ast.stmt], methods: dict[str, ast.FunctionDef]) -> set[str]:
    """Return the fields of the payload that some statements read, in the methods that they hand it to as well."""
    found: set[str] = set()
    for node in (each for statement in body for each in ast.walk(statement)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        if ast.unparse(node.func) == "payload.get":
            found |= {str(arg.value) for arg in node.args if isinstance(arg, ast.Constant)}
        elif ast.unparse(node.func.value) == "self" and any(
            ast.unparse(arg) == "payload" for arg in node.args
        ):
            found |= reads(methods[node.func.attr].body, methods)
    for node in (each for statement in body for each in ast.walk(statement)):
        # `(payload.get(name) for name in ("a", "b"))`
        if isinstance(node, ast.GeneratorExp) and ast.unparse(node.elt) == "payload.get(name)":
            found |= set(ast.literal_eval(node.generators[0].iter))
    return found


def branches(source: str) -> Iterator[tuple[set[str], list[ast.stmt]]]:
    """Yield the kinds that the server tells apart, those of one branch together, with what it does about them."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.match_case) and not isinstance(node.pattern, ast.MatchAs):
            yield {str(c.value) for c in ast.walk(node.pattern) if isinstance(c, ast.Constant)}, node.body
        elif isinstance(node, ast.If) and ast.unparse(node.test).startswith(("kind in ", "kind == ")):
            yield {str(c.value) for c in ast.walk(node.test) if isinstance(c, ast.Constant)}, node.body


def taken(source: str) -> dict[frozenset[str], set[str]]:
    """Return the payload's fields that the server reads, by the kinds for which it does the same."""
    methods = {each.name: each for each in ast.walk(ast.parse(source)) if isinstance(each, ast.FunctionDef)}
    return {frozenset(kinds): reads(body, methods) for kinds, body in branches(source)}


def as_the_server_groups_them(fields: Fields, source: str) -> dict[frozenset[str], set[str]]:
    groups = {frozenset(kinds) for kinds, _body in branches(source)}
    alone = {frozenset({kind}) for kind in fields.keys() - set().union(*groups)}
    return {group: set().union(*(fields.get(kind, set()) for kind in group)) for group in groups | alone}


def test_the_player_sends_the_kinds_and_fields_of_the_document():
    assert sent(SCRIPTS) == documented()


def test_the_server_takes_the_kinds_and_reads_the_fields_of_the_document():
    assert taken(DESK) == as_the_server_groups_them(documented(read=True), DESK)
    assert {kind for group in taken(DESK) for kind in group} == documented().keys()


def test_a_kind_or_a_field_in_one_place_only_is_seen():
    more = SCRIPTS + "\nthis.posts('mood', 'mood', { mood: 1, why });"
    assert sent(more) == documented() | {"mood": {"mood", "why"}}
    more = DESK.replace(
        'case "effort":', 'case "mood":\n                payload.get("mood")\n            case "effort":'
    )
    assert taken(more)[frozenset({"mood"})] == {"mood"}
    more = DESK.replace('payload.get("routine")', 'payload.get("routine", payload.get("leg"))')
    assert taken(more) != as_the_server_groups_them(documented(read=True), DESK)


def test_the_words_that_a_payload_may_hold_are_those_of_the_record():
    [stops] = re.findall(r"- Words of a stop: (.*)\.\n", DOCUMENT)
    [scores] = re.findall(r"- Words of a score: (.*)\.\n", DOCUMENT)
    assert re.findall(r"`(\w+)`", stops) == [reason.value for reason in StopReason]
    assert re.findall(r"`(\w+)`", scores) == [word.value for word in PainWord]
    [characters] = re.findall(r"\| 1 to (\d+) characters", DOCUMENT)
    assert int(characters) == NOTE_LIMIT


def test_an_item_has_the_fields_of_the_document_on_both_sides():
    fields = [row[0] for row in table("Fields of an item")]
    [item] = re.findall(r"return (\{ id, kind, session, age_ms,.*? \});", SENDER)
    assert fields == list(route._ITEM)  # noqa: SLF001  what a request goes through, without a request
    assert names(item) == set(fields)


def test_the_example_is_a_request_that_the_server_takes():
    [example] = re.findall(r"```json\n(.*?)```", DOCUMENT, re.DOTALL)
    owner, items = route._read(example.encode())  # noqa: SLF001  what a request goes through, without a request
    assert owner
    assert {item["kind"]: set(item["payload"]) for item in items}.items() <= documented().items()
    assert items == json.loads(example)["items"]


def test_the_answer_has_the_fields_of_the_document():
    fields = {row[0] for row in table("The answer")}
    hand_over = next(node for node in ast.walk(ast.parse(ROUTE)) if getattr(node, "name", "") == "_hand_over")
    [answer] = [node.value for node in ast.walk(hand_over) if isinstance(node, ast.Return)]
    assert isinstance(answer, ast.Dict)
    assert {key.value for key in answer.keys if isinstance(key, ast.Constant)} == fields
    assert set(re.findall(r"\breply\??\.(\w+)", SENDER)) - {"whole", "error"} == fields


def test_each_status_of_the_route_is_in_the_document_with_what_the_browser_does():
    answered = {200}
    statuses = range(200, 600)
    for node in ast.walk(ast.parse(ROUTE)):
        if isinstance(node, ast.Call):
            numbers = {arg.value for arg in node.args if isinstance(arg, ast.Constant)}
            answered |= {each for each in numbers if isinstance(each, int) and each in statuses}
    rows = {int(status): does for status, _when, does in table("Status codes")}
    assert rows.keys() == answered
    [read] = re.findall(r"const reads = \[(.*?)\]\.includes\(response\.status\)", SENDER)
    assert {status for status, does in rows.items() if does != AGAIN} == set(map(int, read.split(", ")))


def worth(told: str) -> list[float]:
    """Return the numbers of a value of the document, times in milliseconds."""
    numbers, _blank, unit = told.replace(", ", ";").replace(",", "").partition(" ")
    return [float(each) * MS.get(unit, 1) for each in numbers.split(";")]


def constants(path: str) -> dict[str, list[float]]:
    """Return the numbers and times that a file gives names to, times in milliseconds."""
    if path.endswith(".py"):
        module = {"coach/web/outbox.py": route, "coach/desk/patient/outbox.py": taker}[path]
        return {
            name: [value / timedelta(milliseconds=1) if isinstance(value, timedelta) else value]
            for name, value in vars(module).items()
            if name.isupper() and not name.startswith("_") and isinstance(value, int | timedelta)
        }
    found = {}
    for name, value in re.findall(
        r"(?m)^const ([A-Z_]+) = ([\d_ *\[\],]+);", (ROOT / path).read_text("utf-8")
    ):
        factor = 1000 if name.endswith("_S") else 1
        numbers = []
        for each in value.strip("[]").split(","):
            product = 1.0
            for part in each.split("*"):
                product *= float(part)
            numbers.append(product * factor)
        found[name] = numbers
    return found


LIMITS = table("Limits")


@pytest.mark.parametrize("row", LIMITS, ids=lambda row: row[0])
def test_each_limit_is_as_the_code_has_it(row: list[str]):
    name, value, where, _what = row
    assert worth(value) == constants(where)[name]


def test_no_limit_stands_in_the_prose_a_second_time():
    prose = DOCUMENT.split("\n## Limits\n")[0].partition("\n## When it is sent again\n")[2]
    assert re.findall(r"(?i)\b(?:\d+|one|two|six)[, ]+(?:seconds|minutes?|hours|days|items)\b", prose) == []
    assert set(re.findall(r"`([A-Z_]+)`", DOCUMENT)) == {row[0] for row in LIMITS}


@pytest.mark.parametrize(
    "path", ["assets/player/outbox.js", "coach/web/outbox.py", "coach/desk/patient/outbox.py"]
)
def test_no_limit_of_the_outbox_is_left_out(path: str):
    assert Path(ROOT / path).exists()
    assert constants(path).keys() == {name for name, _value, where, _what in LIMITS if where == path}
