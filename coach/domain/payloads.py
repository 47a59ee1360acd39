"""Storage format of facts: the name of each kind, and its fields as JSON."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from coach.domain import facts
from coach.domain.errors import BadValue, Fault
from coach.domain.free_text import can_be_seen as can_be_seen
from coach.domain.free_text import one_line as one_line
from coach.domain.free_text import plain_text as plain_text
from coach.domain.times import read_instant, utc

KINDS: Mapping[str, type] = {
    "procedure": facts.Procedure,
    "home_arrival": facts.HomeArrival,
    "answer": facts.Answer,
    "clinic_agreed": facts.ClinicAgreed,
    "setting": facts.Setting,
    "pain": facts.Pain,
    "flag_check": facts.FlagCheck,
    "red_flag": facts.RedFlagYes,
    "flag_mistake": facts.FlagMistake,
    "flag_cleared": facts.FlagCleared,
    "drowsy": facts.Drowsy,
    "session_started": facts.SessionStarted,
    "set_done": facts.SetDone,
    "session_finished": facts.SessionFinished,
    "effort": facts.Effort,
    "note": facts.Note,
    "hold": facts.ClinicianHold,
    "hold_lifted": facts.HoldLifted,
    "override": facts.Override,
    "override_ended": facts.OverrideEnded,
    "released": facts.Released,
    "release_ended": facts.ReleaseEnded,
    "pain_limit": facts.PainLimit,
    "plan_text": facts.PlanText,
    "protocol_chosen": facts.ProtocolChosen,
    "time_asked": facts.TimeAsked,
    "time_decided": facts.TimeDecided,
    "course_detail": facts.CourseDetail,
    "away": facts.Away,
    "discharged": facts.Discharged,
    "readmitted": facts.Readmitted,
    "seen": facts.Seen,
    "message": facts.Message,
    "message_read": facts.MessageRead,
    "no_answer_needed": facts.NoAnswerNeeded,
    "activity": facts.Activity,
    "function_score": facts.FunctionScore,
    "change_rating": facts.ChangeRating,
    "bone_health": facts.BoneHealth,
    "put_off": facts.PutOff,
    "void": facts.Void,
    "set_aside": facts.SetAside,
}


KIND_OF: Mapping[type, str] = {fact: kind for kind, fact in KINDS.items()}


def to_payload(fact: facts.Fact) -> dict[str, object]:
    """Return the fact as JSON values: instants as ISO text in UTC, ids as text."""

    def plain(value: object) -> object:
        if isinstance(value, datetime):
            return utc(value).isoformat()
        if isinstance(value, UUID):
            return str(value)
        if isinstance(value, StrEnum):
            return value.value
        if isinstance(value, tuple):
            return [item if isinstance(item, str) else to_payload(item) for item in value]
        return value

    return {field.name: plain(getattr(fact, field.name)) for field in dataclasses.fields(fact)}


def from_payload(kind: str, payload: Mapping[str, object]) -> facts.Fact:
    """Return the fact of that kind; unknown kinds, fields and values are refused."""
    if kind not in KINDS:
        raise BadValue(Fault.UNKNOWN_KIND, value=str(kind)[:40])
    return typing.cast("facts.Fact", _build(KINDS[kind], payload))


_HINTS: dict[type, dict[str, object]] = {}


def _build(cls: type, payload: object) -> object:
    if not isinstance(payload, Mapping):
        raise BadValue(Fault.TEXT_MISSING)
    hints = _HINTS.get(cls) or _HINTS.setdefault(cls, typing.get_type_hints(cls))
    unknown = set(payload) - set(hints)
    if unknown:
        raise BadValue(Fault.UNKNOWN_CHOICE, value=sorted(unknown)[0][:40])
    try:
        return cls(**{name: _read(hints[name], value) for name, value in payload.items()})
    except TypeError as missing:
        raise BadValue(Fault.TEXT_MISSING) from missing


def _read(hint: object, value: object) -> object:
    options = typing.get_args(hint) if isinstance(hint, types.UnionType) else (hint,)
    if value is None and type(None) in options:
        return None
    for option in options:
        if option in (int, float, bool, str):
            if type(value) is option or (option is float and type(value) is int):
                return value
        elif option is datetime and isinstance(value, str):
            return read_instant(value)
        elif option is UUID and isinstance(value, str):
            return _uuid(value)
        elif isinstance(option, type) and issubclass(option, StrEnum) and isinstance(value, str):
            if value in set(option):
                return option(value)
        elif typing.get_origin(option) is tuple and isinstance(value, list):
            item = typing.get_args(option)[0]
            return tuple(_read(str, each) if item is str else _build(item, each) for each in value)
    if facts.PainWord in options:
        raise BadValue(Fault.PAIN_NOT_A_SCORE, value=str(value)[:20])
    raise BadValue(Fault.UNKNOWN_CHOICE, value=str(value)[:40])


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise BadValue(Fault.UNKNOWN_ENTRY, value=text[:40]) from None
