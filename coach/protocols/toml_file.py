"""Reads the bytes of a TOML file as a table, or says what is wrong with the file as a whole."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from coach.protocols.reading import ProtocolError, Report

SIZE_LIMIT = 1024 * 1024
# Dots on one line: parsing a dotted key takes time and memory by the square of its parts
DOTS = 100


def content(path: Path, report: Report) -> bytes:
    """Return a file's bytes, at most one more than allowed.

    `ProtocolError` if it cannot be opened.
    """
    try:
        with path.open("rb") as file:
            data = file.read(SIZE_LIMIT + 1)
    except (OSError, ValueError) as fault:
        reason = fault.strerror if isinstance(fault, OSError) and fault.strerror else str(fault)
        report.add("", f"the file cannot be read ({reason})", "a TOML file that can be opened")
        report.stop_if_any()
        raise
    return data


def parsed(data: bytes, report: Report) -> dict[str, object]:
    """Return the table in the bytes; `ProtocolError` if they are too many or not TOML."""
    if len(data) > SIZE_LIMIT:
        report.add("", "the file is too large", "at most 1 MiB")
    for n, line in enumerate(data.split(b"\n"), start=1):
        if line.count(b".") > DOTS:
            report.add("", "the line has too many dots", f"at most {DOTS} in a line", line=n)
    report.stop_if_any()
    try:
        return tomllib.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as fault:
        line_number = data.count(b"\n", 0, fault.start) + 1
        report.add("", "the file is not UTF-8", "text saved as UTF-8", line=line_number)
    except RecursionError:
        report.add("", "the file is nested too deeply", "a few levels of tables and lists")
    except ValueError as fault:  # TOMLDecodeError, and integers with too many digits
        place = re.search(r"at line (\d+)", str(fault))
        line_or_none = int(place[1]) if place else None
        report.add("", f"this is not TOML: {fault}", "TOML 1.0", line=line_or_none)
    raise ProtocolError(report.problems)
