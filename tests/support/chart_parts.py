"""The parts that a chart is made of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def parts(spec: object, name: str) -> Iterator[Any]:
    """Yield every value under that name, however deep."""
    if isinstance(spec, dict):
        for key, value in spec.items():
            if key == name:
                yield value
            yield from parts(value, name)
    elif isinstance(spec, list):
        for each in spec:
            yield from parts(each, name)


def layers(spec: dict) -> list[dict]:
    """Return the leaves of a layered specification, each with its data."""
    inner = spec.get("layer")
    if inner is None:
        return [spec]
    return [leaf for each in inner for leaf in layers({"data": spec.get("data"), **each})]
