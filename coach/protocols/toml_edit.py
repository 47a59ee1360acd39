"""Changes the text of a TOML file in place: comments and all that is not touched stay as they are.

An edit is a function that changes a table. It is applied twice: to the plain values, which say what
the file has to hold afterwards, and to the parsed text. Where the text does not come to the same
values, the file is written anew: its values are right, and its comments are lost.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping, MutableMapping, MutableSequence
from copy import deepcopy
from typing import Any, cast

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT, InlineTable, Item, Key, String, StringType, Table, Trivia, Whitespace

from coach.protocols import toml_file
from coach.protocols.reading import Report

Values = MutableMapping[str, Any]
Edit = Callable[[Values], None]

BOM = b"\xef\xbb\xbf"
FEW_DOTS = toml_file.DOTS // 2  # in a line of a text, so that the rest of the line may have some
WIDE = 100  # characters of a list, from which on each of its texts has a line
# What the library raises on a file that it cannot take apart or put together again.
NOT_IN_PLACE = (TOMLKitError, LookupError, TypeError, AttributeError, AssertionError, RecursionError)


def plain(content: bytes) -> dict[str, Any]:
    """Return the values of a file; raises `ProtocolError` if it is not TOML, or too large."""
    return toml_file.parsed(content, Report("draft"))


def edited(content: bytes, edit: Edit) -> bytes:
    """Return a file with an edit applied.

    Raises:
        ValueError: what the edit changes is not there, or the file is built in another way.
    """
    wanted = plain(content)
    try:
        edit(wanted)
    except (LookupError, TypeError, AttributeError) as odd:
        raise ValueError(f"what is to be changed is not in this file: {odd}") from odd
    bom = BOM if content.startswith(BOM) else b""
    try:
        document = tomlkit.parse(content.decode("utf-8-sig"))
        edit(document)
        written = document.as_string().encode()
        if tomllib.loads(written.decode()) == wanted:
            return bom + written
    except (*NOT_IN_PLACE, ValueError):
        pass
    return bom + tomlkit.dumps(_for_writing(wanted)).encode()


def is_plain(values: object) -> bool:
    """Tell whether these are plain values, and not the parsed text of a file."""
    return not isinstance(values, Item | tomlkit.TOMLDocument) and type(values) in (dict, list)


def put(table: Values, key: str, value: object) -> None:
    """Set a value of a table, or add it; a text, a flag, a number, a list or a table."""
    if is_plain(table):
        table[key] = deepcopy(value)
        return
    old = table.get(key)
    new = _item(value, old)
    if key not in table and isinstance(new, Table | AoT):
        tail = take_tail(table)
        table[key] = new
        put_tail(table, tail)
    else:
        table[key] = new


def item(like: Values, value: object) -> Any:
    """Return a value as plain values or as the text of a file has it, like another table."""
    return deepcopy(value) if is_plain(like) else _item(value, {})


def put_group(table: Values, key: str) -> None:
    """Add a table that holds tables alone, so that it needs no line of its own."""
    if is_plain(table):
        table[key] = {}
        return
    tail = take_tail(table)
    table[key] = tomlkit.table(is_super_table=True)
    put_tail(table, tail)


def put_first(root: Values, name: str, table: Values) -> None:
    """Add a list of tables to the file, with its first table."""
    if is_plain(root):
        root[name] = [table]
        return
    take_tail(table)
    tables = tomlkit.aot()
    tables.append(table)
    root[name] = tables


def insert(tables: MutableSequence[Any], index: int, table: Values) -> None:
    """Insert a table into a list of tables; comments before the next one stay before it."""
    if not isinstance(tables, AoT):
        tables.insert(index, table)
        return
    tail = take_tail(tables[index - 1]) if index else "\n"
    take_tail(table)
    tables.insert(index, cast("dict[str, Any]", table))
    if index:
        put_tail(tables[index - 1], "\n")
    put_tail(tables[index], tail)


def remove(root: Values, name: str, index: int) -> None:
    """Remove a table from a list of tables of the file, and the list with its last table."""
    tables = root[name]
    tail = take_tail(tables[index]) if isinstance(tables, AoT) else ""
    del tables[index]
    if not tables:
        del root[name]
    if not tail.strip():
        return
    if index:
        put_tail(tables[index - 1], _joined(take_tail(tables[index - 1]), tail))
    elif tables:
        tables[0].trivia.indent = tail.removeprefix("\n") + tables[0].trivia.indent
    elif isinstance(root, tomlkit.TOMLDocument):
        root.add(Whitespace(tail))


def move(tables: MutableSequence[Any], index: int, to: int) -> None:
    """Move a table within a list of tables; comments between the tables stay in their places."""
    in_place = isinstance(tables, AoT)
    tails = [take_tail(each) for each in tables] if in_place else []
    table = tables[index]
    del tables[index]
    tables.insert(to, table)
    for each, tail in zip(tables, tails, strict=False):
        put_tail(each, tail)


def rename(tables: Values, old: str, new: str) -> None:
    """Give a table within another one a new name; their order and the comments between them stay."""
    tail = "" if is_plain(tables) else take_tail(tables)
    found = [(new if key == old else key, tables[key]) for key in list(tables)]
    for key in list(tables):
        del tables[key]
    for key, table in found:
        indent = table.trivia.indent if isinstance(table, Table) else ""
        tables[key] = table
        if isinstance(table, Table):
            table.trivia.indent = indent
    put_tail(tables, tail)


def remove_table(table: Values, key: str) -> None:
    """Remove a table from another; comments after it stay."""
    if is_plain(table):
        del table[key]
        return
    gone = table[key]
    tail = take_tail(gone) if isinstance(gone, Table | AoT) else ""
    del table[key]
    if tail.strip():
        put_tail(table, _joined(take_tail(table), tail))


def take_tail(table: object) -> str:
    """Take off and return what stands after a table's last value: blank lines, and comments after one."""
    body = _last_body(table)
    start = len(body)
    while start and body[start - 1][0] is None:
        start -= 1
    while start < len(body) and not _is_blank(body[start][1]):
        start += 1
    tail = "".join(item.as_string() for _key, item in body[start:])
    del body[start:]
    return tail


def put_tail(table: object, tail: str) -> None:
    """Let blank lines and comments stand after a table's last value."""
    if tail:
        _last_body(table).append((None, Whitespace(tail)))


def _last_body(table: object) -> list[tuple[Key | None, Item]]:
    """Return the entries of the table that is written last within a table."""
    if isinstance(table, AoT):
        return _last_body(table.body[-1]) if table.body else []
    if not isinstance(table, Table):
        return []
    body = table.value.body
    last = next((item for key, item in reversed(body) if key is not None), None)
    if isinstance(last, Table) or (isinstance(last, AoT) and last.body):
        return _last_body(last)
    return body


def _is_blank(item: Item) -> bool:
    return isinstance(item, Whitespace) and "\n" in item.as_string()


def _joined(one: str, two: str) -> str:
    """Return two stretches of comments with one blank line between them."""
    return one + (two.removeprefix("\n") if one == "\n" or one.endswith("\n\n") else two)


def _item(value: object, old: object = None) -> Item:
    """Return a value as the file's text has it; `old` is the one in whose place it comes."""
    if isinstance(value, Item):
        return value
    if isinstance(value, Mapping):
        return _table(value, old)
    if isinstance(value, list):
        if value and all(isinstance(each, Mapping) for each in value):
            return _tables(value)
        return _list(value, old)
    if isinstance(value, str):
        return _string(value)
    return tomlkit.item(value)


def _table(value: Mapping[str, object], old: object) -> Item:
    """Return a number in one line, and any other table with a line for each value."""
    if isinstance(old, InlineTable) or (old is None and "value" in value):
        pairs = ", ".join(
            f"{tomlkit.key(key).as_string()} = {_item(each).as_string()}" for key, each in value.items()
        )
        number: Item = tomlkit.parse(f"x = {{ {pairs} }}\n")["x"]
        return number
    table = tomlkit.table()
    for key, each in value.items():
        table[key] = _item(each)
    return table


def _tables(value: Iterable[Mapping[str, object]]) -> AoT:
    tables = tomlkit.aot()
    for each in value:
        tables.append(_table(each, {}))
    return tables


def _list(value: list[object], old: object) -> Item:
    items = [_item(each) for each in value]
    length = sum(len(each.as_string()) for each in items)
    array = tomlkit.array()
    array.extend(items)
    before = isinstance(old, Item) and "\n" in old.as_string()
    return array.multiline(bool(items) and (before or length > WIDE))


def _string(text: str) -> Item:
    """Return a text; one with lines stands as such, and no line has more dots than a file may have."""
    if "\n" in text and _is_literal(text):
        return String(StringType.MLL, text, "\n" + text, Trivia())
    if text.count(".") < FEW_DOTS:
        return tomlkit.string(text)
    parts = text.split(".")
    lines = [".".join(parts[n : n + FEW_DOTS]) for n in range(0, len(parts), FEW_DOTS)]
    original = "\\\n.".join(tomlkit.string(line).as_string()[1:-1] for line in lines)
    return String(StringType.MLB, text, "\\\n" + original, Trivia())


def _is_literal(text: str) -> bool:
    """Tell whether a text of several lines can stand in the file as it is."""
    if "'''" in text or text.endswith("'"):
        return False
    lines = text.split("\n")
    return all(line.isprintable() and line.count(".") <= toml_file.DOTS for line in lines)


def _for_writing(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return values that can be written line by line: no line has more dots than a file may have."""
    return {key: _written(each) for key, each in values.items()}


def _written(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _written(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_written(each) for each in value]
    return _string(value) if isinstance(value, str) else value
