"""Validates a bundle by the R4B models, which equal R4 for every resource in it."""

from __future__ import annotations

from coach.export.fhir.values import Json


def valid(bundle: Json) -> None:
    """Raise ValueError if it is not valid, with places and kinds of faults and no recorded value.

    The models check neither R4's code bindings nor whether references resolve.
    """
    from fhir.resources.R4B.bundle import Bundle
    from pydantic import ValidationError

    try:
        Bundle.model_validate(bundle)
    except ValidationError as wrong:
        faults = {".".join(map(str, each["loc"])) + ": " + each["type"] for each in wrong.errors()}
        raise ValueError("no valid FHIR: " + "; ".join(sorted(faults)[:10])) from None
