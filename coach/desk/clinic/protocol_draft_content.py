"""The content of a protocol's draft: what can be stored, its heading, and the copy that it begins as."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from coach.desk.clinic.protocol_in_force import SIZE_LIMIT
from coach.domain.errors import BadValue, Fault
from coach.domain.free_text import LINE_LIMIT
from coach.domain.protocol_draft import DraftStep
from coach.protocols import editing
from coach.protocols.reading import ProtocolError
from coach.records.clinic.protocol_drafts import text_digest

__all__ = ["copied", "headed", "storable"]


def storable(content: bytes) -> str:
    """Return the text of a file.

    Raises:
        BadValue: it is too large, or there is a character in it that cannot be stored.
    """
    if len(content) > SIZE_LIMIT:
        raise BadValue(Fault.DRAFT_TOO_LARGE, size=-(-len(content) // 1000), limit=SIZE_LIMIT // 1000)
    try:
        text = content.decode()
    except UnicodeDecodeError:
        raise BadValue(Fault.DRAFT_NOT_TEXT) from None
    if "\0" in text:
        raise BadValue(Fault.DRAFT_NOT_TEXT)
    return text


def headed(step: DraftStep, text: str) -> DraftStep:
    """Return a step that saves a text, with id, title and version as they stand in it.

    What cannot be read there stays as it was.
    """
    try:
        said = editing.plain(text.encode())
    except ProtocolError:
        return replace(step, content_digest=text_digest(text))
    return replace(
        step,
        content_digest=text_digest(text),
        protocol=_line(said.get("id"), step.protocol),
        title=_line(said.get("title"), step.title),
        version=_line(said.get("version"), step.version),
    )


def _line(found: object, before: str) -> str:
    return found[:LINE_LIMIT] if isinstance(found, str) else before


def copied(content: bytes, id: str, title: str, is_taken: Callable[[str, str], bool]) -> bytes:  # noqa: A002  its name in the file
    """Return a file with another id and title, and the first version that is free."""
    made = editing.copied(content, id=id, title=title)
    while is_taken(id, str(editing.plain(made)["version"])):
        made = editing.next_version(made)
    return made
