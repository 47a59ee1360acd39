"""The audit as CSV: one line an act; no cell can run as a spreadsheet formula.

The columns, in this order:

* `time`: when, in UTC, such as `2026-03-05T09:07:00.000000Z`.
* `account`: the identifier of the account that acted; empty for the household and the command line.
* `who`: the account's name; empty if unknown.
* `role`: household, patient, physiotherapist, administrator or operator.
* `action`: what was done or refused, such as `review.see`.
* `patient`: the identifier of the patient concerned; empty if none.
* `reference`: the clinic's own reference of that patient; empty if there is none.
* `outcome`: allowed or refused.
* `times`: how often within the hour that begins with the time's own; more than 1 for refused tries
  to sign in alone.

A text that a spreadsheet would take for a formula has an apostrophe in front.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Protocol
from uuid import UUID

COLUMNS = ("time", "account", "who", "role", "action", "patient", "reference", "outcome", "times")
FORMULA = tuple("=+-@\t\r\n＝＋－＠")  # noqa: RUF001  the wide forms count too


class Act(Protocol):
    """One line of the audit; see the columns above."""

    @property
    def at(self) -> datetime:
        """When."""

    @property
    def account(self) -> UUID | None:
        """Who, by identifier."""

    @property
    def who(self) -> str:
        """Who, by name."""

    @property
    def role(self) -> str:
        """In which role."""

    @property
    def action(self) -> str:
        """What was asked for."""

    @property
    def patient(self) -> UUID | None:
        """Whom it concerned, by identifier."""

    @property
    def reference(self) -> str:
        """Whom it concerned, by the clinic's own reference."""

    @property
    def refused(self) -> bool:
        """Whether it was refused."""

    @property
    def times(self) -> int:
        """How often within its hour."""


def csv_bytes(acts: Iterable[Act]) -> bytes:
    """Return the acts as CSV in UTF-8, with a header line."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for act in acts:
        writer.writerow(
            (
                act.at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z"),
                act.account or "",
                plain(act.who),
                plain(act.role),
                plain(act.action),
                act.patient or "",
                plain(act.reference),
                "refused" if act.refused else "allowed",
                act.times,
            )
        )
    return text.getvalue().encode()


def plain(text: str) -> str:
    """Return a text, with an apostrophe in front if a spreadsheet would run it as a formula."""
    return "'" + text if text.lstrip(" \u00a0").startswith(FORMULA) else text
