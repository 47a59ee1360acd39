"""Facts as they are stored: the name of each kind, and its fields to and from JSON."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from coach.domain.errors import BadValue, Fault
from coach.domain.facts import (
    Activity,
    Answer,
    Away,
    ChangeRating,
    ClinicAgreed,
    ClinicianHold,
    CourseDetail,
    Discharged,
    Drowsy,
    Effort,
    Fact,
    FlagCheck,
    FlagCleared,
    FlagMistake,
    FunctionScore,
    HoldLifted,
    HomeArrival,
    Message,
    MessageRead,
    NoAnswerNeeded,
    Note,
    Override,
    OverrideEnded,
    Pain,
    PainLimit,
    PainWord,
    PlanText,
    Procedure,
    ProtocolChosen,
    PutOff,
    Readmitted,
    RedFlagYes,
    Seen,
    SessionFinished,
    SessionStarted,
    SetAside,
    SetDone,
    Setting,
    TimeAsked,
    TimeDecided,
    Void,
)
from coach.domain.free_text import can_be_seen as can_be_seen
from coach.domain.free_text import one_line as one_line
from coach.domain.free_text import plain_text as plain_text
from coach.domain.times import read_instant, utc

KINDS: Mapping[str, type] = {
    "procedure": Procedure,
    "home_arrival": HomeArrival,
    "answer": Answer,
    "clinic_agreed": ClinicAgreed,
    "setting": Setting,
    "pain": Pain,
    "flag_check": FlagCheck,
    "red_flag": RedFlagYes,
    "flag_mistake": FlagMistake,
    "flag_cleared": FlagCleared,
    "drowsy": Drowsy,
    "session_started": SessionStarted,
    "set_done": SetDone,
    "session_finished": SessionFinished,
    "effort": Effort,
    "note": Note,
    "hold": ClinicianHold,
    "hold_lifted": HoldLifted,
    "override": Override,
    "override_ended": OverrideEnded,
    "pain_limit": PainLimit,
    "plan_text": PlanText,
    "protocol_chosen": ProtocolChosen,
    "time_asked": TimeAsked,
    "time_decided": TimeDecided,
    "course_detail": CourseDetail,
    "away": Away,
    "discharged": Discharged,
    "readmitted": Readmitted,
    "seen": Seen,
    "message": Message,
    "message_read": MessageRead,
    "no_answer_needed": NoAnswerNeeded,
    "activity": Activity,
    "function_score": FunctionScore,
    "change_rating": ChangeRating,
    "put_off": PutOff,
    "void": Void,
    "set_aside": SetAside,
}


KIND_OF: Mapping[type, str] = {fact: kind for kind, fact in KINDS.items()}


def to_payload(fact: Fact) -> dict[str, object]:
    """Return the fact as plain JSON values: instants as ISO text in UTC, ids as text."""

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


def from_payload(kind: str, payload: Mapping[str, object]) -> Fact:
    """Return the fact of that kind; unknown kinds, fields and values are refused."""
    if kind not in KINDS:
        raise BadValue(Fault.UNKNOWN_KIND, value=str(kind)[:40])
    return typing.cast("Fact", _build(KINDS[kind], payload))


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
    if PainWord in options:
        raise BadValue(Fault.PAIN_NOT_A_SCORE, value=str(value)[:20])
    raise BadValue(Fault.UNKNOWN_CHOICE, value=str(value)[:40])


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise BadValue(Fault.UNKNOWN_ENTRY, value=text[:40]) from None
