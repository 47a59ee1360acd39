"""Backup, restore and verification in words."""

from __future__ import annotations

from collections.abc import Mapping

from coach.i18n import N_, _

REFUSED: Mapping[str, str] = {
    "no_record": N_("There is no record at {where}, so there is nothing to back up."),
    "no_folder": N_("There is no folder {where}. Make it, or name another one."),
    "not_a_folder": N_("{where} is not a folder. Name a folder for the backups."),
    "faulty": N_("{where} is not whole. Nothing was done."),
    "not_a_backup": N_("{where} is no finished backup of Coach: its manifest is missing or cannot be read."),
    "several": N_("Name one backup. The newest is {where}"),
    "newer": N_("The backup {where} was made by a newer Coach. Update this one first."),
    "other_database": N_("The backup {where} is of another kind of database. Take the record over with export-all and import-all."),
    "differs": N_("The backup {where} is not as it was made: its files do not fit its manifest. Nothing was restored. Take another one."),
    "occupied": N_("There is a record at {where} already. Restore into an empty place: name one with COACH_HOME or COACH_DATABASE_URL, or move the record away."),
    "no_tombstones": N_("A list of erased patients cannot be read. Nothing was restored, as nobody who was erased may come back."),
    "not_current": N_("The record {where} was made by an older Coach. Start this one once, then try again."),
}  # fmt: skip

PLACE: Mapping[str, str] = {
    "disk_full": N_("The disk of {where} is full. Make room, then try again. Nothing was left behind."),
    "read_only": N_("{where} cannot be written to: its disk can only be read. Nothing was left behind."),
    "no_permission": N_("Your account may not write to {where}. Allow it, or name another place."),
    "missing": N_("There is no record at {where}."),
}  # fmt: skip

FOUND: Mapping[str, str] = {
    "database": N_("The database is damaged: {detail}"),
    "reference": N_("A row refers to one that is not there: {detail}"),
    "tables": N_("The table, index or trigger {detail} is not as Coach makes it."),
    "unreadable": N_("A part of the record cannot be read ({detail})."),
    "missing": N_("Patient {patient}: {many} missing before entry {seq}."),
    "unlinked": N_("Patient {patient}: entry {seq} does not follow from the one before it."),
    "changed": N_("Patient {patient}: entry {seq} was changed after it was recorded."),
    "not_understood": N_("Patient {patient}: entry {seq} is as it was recorded, but this Coach cannot read it."),
    "cut": N_("Patient {patient}: the record ends at entry {seq}; the backup had {many} more."),
    "rewritten": N_("Patient {patient}: entry {seq} is another one than in the backup."),
    "gone": N_("Patient {patient}: is in the backup, and is not in the record."),
    "protocol": N_("The protocol file {detail} was changed after it was added."),
    "draft": N_("The step {detail} of a protocol’s draft was changed after it was stored, or the one before it is missing."),
    "signature": N_("The signature {detail} of a protocol’s value was changed after it was stored."),
    "ahead": N_("Patient {patient}: {many} entries were recorded later than now, the first is entry {seq}. Nothing more can be recorded. See: python -m coach future"),
    "appended": N_("{many} bytes were put behind the end of the record's file. Nothing reads them. Back up, then restore into an empty place."),
    "mode": N_("Other accounts of this computer may open a file of the record ({detail}). Close it: chmod 600"),
    "erasing": N_("Patient {patient}: their entries could be removed, though nobody is being erased. Let whoever runs the database empty the table erasing."),
    "forged": N_("The tombstone {detail} was not made by this record, or was changed since."),
    "returned": N_("Patient {patient}: a tombstone says that they were erased, and they are there."),
    "projection": N_("Patient {patient}: the caseload does not show what the entries say. Run python -m coach rebuild"),
}  # fmt: skip


def refused(why: str, where: str = "") -> str:
    """Return why nothing was done, and what to do."""
    return _(REFUSED[why]).format(where=where)


def place(reason: str, where: str) -> str | None:
    """Return the fault of a place to be written to; None if the general sentence applies."""
    text = PLACE.get(reason)
    return _(text).format(where=where) if text else None


def found(kind: str, *, patient: str, seq: int, many: int, detail: str) -> str:
    """Return one fault of a record."""
    return _(FOUND[kind]).format(patient=patient, seq=seq, many=many, detail=detail)
