"""A resource in plain words, for readers of a bundle without FHIR software."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from coach.export.fhir.values import Json
from coach.i18n.sentences import in_a_row

TITLES = ("title", "code", "description", "type", "activity", "category", "name")
TIMES = (
    "effectiveDateTime", "effectivePeriod", "performedDateTime", "performedPeriod", "authoredOn", "authored", "sent",
    "occurredDateTime", "occurredPeriod", "period", "startDate",
)  # fmt: skip


def narrative(resource: Json) -> Json:
    """Return the `text` element of a resource; what people wrote is escaped."""
    said = "".join(f"<p>{escape(line, quote=False)}</p>" for line in _lines(resource))
    return {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{said}</div>'}


def _lines(resource: Json) -> Iterator[str]:
    status = resource.get("status") or resource.get("lifecycleStatus")
    head = (
        f"{resource['resourceType']}, {status}" if isinstance(status, str) else str(resource["resourceType"])
    )
    said = [*filter(None, (_words(resource.get(name)) for name in TITLES))][:1]
    said += [value for name, each in resource.items() if name.startswith("value") and (value := _words(each))]
    said += [_words(resource[name]) for name in TIMES if name in resource]
    yield ": ".join(filter(None, (head, "; ".join(said))))
    if "patientInstruction" in resource:
        yield resource["patientInstruction"]
    yield from (f"{_words(part['code'])}: {_answer(part)}" for part in resource.get("component", ()))
    for item in resource.get("item", ()):
        yield f"{item['text']}: {in_a_row(map(_answer, item.get('answer', ()))) or '–'}"
    yield from (note["text"] for note in resource.get("note", ()))


def _answer(part: Json) -> str:
    return next((_words(value) for name, value in part.items() if name.startswith("value")), "")


def _words(value: object) -> str:
    """Return a value as text, or ""."""
    match value:
        case [first, *_]:
            return _words(first)
        case {"text": str(said)} | {"display": str(said)}:
            return said
        case {"value": number, **more}:
            comparator, unit = more.get("comparator", ""), str(more.get("unit", ""))
            return f"{comparator} {number} {'' if unit == '{score}' else unit.strip('{}')}".strip()
        case {"start": str(start), **more}:
            return f"{start} – {more.get('end', '')}".strip()
        case {"end": str(end)}:
            return f"– {end}"
        case bool():
            return "true" if value else "false"
        case str() | int() | float():
            return str(value)
        case _:
            return ""
