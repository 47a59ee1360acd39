"""The check before a bundle is handed out: the R4B models, which are R4's for every resource in it."""

from __future__ import annotations

from coach.export.fhir.values import Json


def valid(bundle: Json) -> None:
    """Raise ValueError, naming places and kinds of faults and nothing of the record, where it is not valid.

    The models know neither which codes R4 binds nor whether references lead somewhere.
    """
    from fhir.resources.R4B.bundle import Bundle
    from pydantic import ValidationError

    try:
        Bundle.model_validate(bundle)
    except ValidationError as wrong:
        faults = {".".join(map(str, each["loc"])) + ": " + each["type"] for each in wrong.errors()}
        raise ValueError("no valid FHIR: " + "; ".join(sorted(faults)[:10])) from None
