"""Loads a protocol file, or refuses it with everything that is wrong with it.

Reading notes what one value alone gets wrong; `coach.protocols.relations` notes what values get
wrong together. Both run to their end, so that an author sees all problems at once.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from coach.domain.facts import Change, PainWord
from coach.domain.protocol import (
    OTHER,
    Anchor,
    Checkpoint,
    Closes,
    Curve,
    CurvePoint,
    Emergency,
    FlagLevel,
    Measures,
    Occasion,
    Phase,
    Posture,
    PrescribedDose,
    Protocol,
    Quantity,
    Question,
    RedFlag,
    Release,
    ReleasedBy,
    Routine,
    RoutineKind,
    Rules,
)
from coach.domain.quantity import SOURCE_NAME
from coach.protocols import bone_health, cues, own_drawings, relations, toml_file
from coach.protocols.keys import (
    CRITERIA,
    DECLARED_RULES,
    GUIDE,
    LATER_RULES,
    MEANINGS,
    NOTICE_PLACEHOLDERS,
    NOTICES,
    RULES,
)
from coach.protocols.reading import (
    IN_ADVICE,
    NO_PLACEHOLDERS,
    NUMBERS_TO_CALL,
    Problem,
    ProtocolError,
    Range,
    Report,
    TomlTable,
)

__all__ = ["Problem", "ProtocolError", "default", "load", "read"]

Item = TypeVar("Item")

SCHEMA = 1
DEFAULT = Path(__file__).with_name("balloon_kyphoplasty.toml")

# Of an exercise without a time before its hold.
NO_TIME = Quantity(0, "s", "PD")
MINUTES = Range(1, 120, whole=True)

VERSION = re.compile(r"\d{1,4}\.\d{1,4}\.\d{1,4}")
COUNTRY = re.compile(r"[A-Z]{2}|other")
PHONE = re.compile(r"\+?[0-9][0-9 ()-]{1,19}")
FILE_STEM = re.compile(r"[a-z][a-z0-9_]*")


def load(path: Path) -> Protocol:
    """Return the protocol in a file; raises `ProtocolError` with all problems of a bad file."""
    return read(toml_file.content(path, Report(str(path))), str(path))


def read(data: bytes, name: str) -> Protocol:
    """Return the protocol in a file's bytes; `name` is the file's name in messages.

    Raises:
        ProtocolError: the file is bad; holds all its problems.
    """
    report = Report(name)
    root = TomlTable(toml_file.parsed(data, report), "", report)
    _check_schema(root)
    sources = root.table("sources")
    report.sources = frozenset(sources.keys)
    own = own_drawings.read(root.table("drawings")) if root.has("drawings") else {}
    routines = tuple(_routine(table, own) for table in root.tables("routine"))
    kinds = {name: routine.kind for name, routine in _by(routines, "id").items()}
    phases = tuple(_phase(table, kinds) for table in root.tables("phase"))
    red_flags = tuple(_red_flag(table) for table in root.tables("red_flag"))
    numbers = tuple(_emergency(table) for table in root.tables("emergency"))
    protocol = Protocol(
        id=root.id(),
        version=root.shaped("version", VERSION, "three numbers such as 1.0.0"),
        digest=hashlib.sha256(data).hexdigest(),
        title=root.text("title"),
        routines=_by(routines, "id"),
        phases=phases,
        rules=_rules(root.table("rules")),
        red_flags=_by(red_flags, "id"),
        questions=tuple(_question(table) for table in root.tables("question")),
        curves=tuple(_curve(table) for table in root.tables("curve")),
        emergency_numbers=_by(numbers, "country"),
        pain_words=_scale(root.table("pain_words")),
        effort_words=_scale(root.table("effort_words")),
        plain_words=_named(root.table("plain_words"), tuple(PainWord)),
        sources=_sources(sources),
        notices=_named(root.table("notices"), NOTICES, NUMBERS_TO_CALL),
        guide=_guide(root.table("guide")),
        measures=_measures(root.table("measures")) if root.has("measures") else None,
        bone_health=bone_health.read(root.table("bone_health")) if root.has("bone_health") else None,
        drawings=MappingProxyType(own),
    )
    root.done()
    relations.check(protocol, routines, red_flags, numbers, report)
    report.stop_if_any()
    return protocol


@cache
def default() -> Protocol:
    """Return the protocol that comes with Coach."""
    return load(DEFAULT)


def _check_schema(root: TomlTable) -> None:
    """Stop at another schema: checking its keys would only give misleading problems."""
    schema = root.count("schema", 1, 1_000_000)
    root.report.stop_if_any()
    if schema > SCHEMA:
        root.note("schema", f"this file is made for a newer Coach (schema {schema})", str(SCHEMA))
    root.report.stop_if_any()


def _by(items: Iterable[Item], key: str) -> Mapping[str, Item]:
    """Return items by their keys; of two with one key the later one is noted elsewhere, and left out."""
    found: dict[str, Item] = {}
    for item in items:
        found.setdefault(getattr(item, key), item)
    return MappingProxyType(found)


def _dose(table: TomlTable, kind: RoutineKind | None = None) -> PrescribedDose:
    """Return a dose; of a walk or a rest it is written in minutes."""
    if kind and kind.in_minutes:
        reps = table.quantity("minutes", "min", MINUTES)
        hold = Quantity(60, "s", reps.source, "A minute.")
    else:
        reps, hold = table.quantity("reps", "reps"), table.quantity("hold", "s")
    dose = PrescribedDose(
        reps=reps,
        hold=hold,
        per_day=table.quantity("per_day", "sets/day"),
        hourly=table.has("hourly") and table.flag("hourly"),
        days_per_week=table.quantity("days_per_week", "days/week") if table.has("days_per_week") else None,
    )
    table.done()
    return dose


def _release(routine: TomlTable) -> Release | None:
    if not routine.has("release"):
        return None
    table = routine.table("release")
    criteria = {name: table.quantity(name, unit) for name, unit in CRITERIA.items() if table.has(name)}
    release = Release(by=table.choice("by", ReleasedBy), **criteria)
    table.done()
    return release


def _checkpoint(table: TomlTable) -> Checkpoint:
    found = Checkpoint(table.quantity("opens_after", "weeks"), table.quantity("offered_for", "weeks"))
    table.done()
    return found


def _routine(table: TomlTable, own_drawings: Mapping[str, str]) -> Routine:
    drawing = table.shaped("drawing", FILE_STEM, "the name of a drawing, in small letters, digits and _")
    kind = table.choice("kind", RoutineKind)
    needs_time = kind in (RoutineKind.PUMP, RoutineKind.SQUEEZE, RoutineKind.STAND)
    routine = Routine(
        id=table.id(),
        kind=kind,
        name=table.text("name"),
        clinical_name=table.text("clinical_name"),
        aliases=table.texts("aliases"),
        why=table.text("why"),
        position=table.text("position"),
        steps=table.texts("steps"),
        instruction=table.text("instruction"),
        breathing=table.text("breathing"),
        effort=table.text("effort"),
        feels_like=table.text("feels_like"),
        faults=table.texts("faults"),
        stop_when=table.texts("stop_when"),
        sides=table.count("sides", 1, 2),
        drawing=drawing,
        tighten=table.quantity("tighten", "s") if needs_time or table.has("tighten") else NO_TIME,
        maximum=_dose(table.table("maximum"), kind),
        gap=table.quantity("gap", "h"),
        hourly_gap=table.quantity("hourly_gap", "min") if table.has("hourly_gap") else None,
        hourly_cap=table.quantity("hourly_cap", "sets/day") if table.has("hourly_cap") else None,
        hourly_met_at=table.quantity("hourly_met_at", "sets/day") if table.has("hourly_met_at") else None,
        sources=table.source("sources"),
        cues=cues.read(table),
        release=_release(table),
        checkpoints=tuple(map(_checkpoint, table.tables("checkpoint"))) if table.has("checkpoint") else (),
        own_drawing=own_drawings.get(drawing, ""),
        posture=table.choice("posture", Posture) if table.has("posture") else None,
    )
    table.done()
    return routine


def _phase(table: TomlTable, kinds: Mapping[str, RoutineKind]) -> Phase:
    phase = Phase(
        id=table.id(),
        name=table.text("name"),
        anchor=table.choice("anchor", Anchor),
        opens_after=table.quantity("opens_after", "h"),
        doses=_doses(table, kinds),
        rest_rule=table.text("rest_rule", NUMBERS_TO_CALL | {"until"}),
        rest_rule_until_next=table.flag("rest_rule_until_next"),
        do=table.texts("do", IN_ADVICE),
        dont=table.texts("dont", IN_ADVICE),
        next_change=table.text("next_change", NUMBERS_TO_CALL),
        done_after_overnight=table.flag("done_after_overnight"),
        review_due=table.flag("review_due"),
        sources=table.source("sources"),
    )
    table.done()
    return phase


def _doses(phase: TomlTable, kinds: Mapping[str, RoutineKind]) -> Mapping[str, PrescribedDose]:
    """Return a phase's doses by routine; a phase without doses closes all routines."""
    if not phase.has("dose"):
        return MappingProxyType({})
    table = phase.table("dose")
    allowed = ", ".join(sorted(filter(None, kinds))) or "no routine is known"
    for key in table.keys:
        if key not in kinds:
            table.note(key, f"unknown routine '{key}'", allowed)
    return MappingProxyType({key: _dose(table.table(key), kinds[key]) for key in table.keys if key in kinds})


def _rules(table: TomlTable) -> Rules:
    numbers = {name: table.quantity(name, unit) for name, unit in RULES.items()}
    for name, unit in LATER_RULES.items():
        given = table.has(name)
        numbers[name] = table.quantity(name, unit) if given else getattr(default().rules, name)
    for name, declared in DECLARED_RULES.items():
        numbers[name] = table.quantity(name, declared.unit) if table.has(name) else declared
    rules = Rules(first_dose=_dose(table.table("first_dose")), **numbers)
    table.done()
    return rules


def _red_flag(table: TomlTable) -> RedFlag:
    flag = RedFlag(
        id=table.id(),
        text=table.text("text"),
        level=table.choice("level", FlagLevel),
        advice=table.texts("advice", NUMBERS_TO_CALL),
        never_cleared=table.has("never_cleared") and table.flag("never_cleared"),
        event=table.has("event") and table.flag("event"),
        source=table.source("source"),
    )
    table.done()
    return flag


def _question(table: TomlTable) -> Question:
    meaning = re.compile("|".join(MEANINGS))
    question = Question(
        id=table.id(),
        text=table.text("text"),
        closes=table.choice("closes", Closes),
        meaning=table.shaped("meaning", meaning, ", ".join(MEANINGS)) if table.has("meaning") else "",
        source=table.source("source"),
    )
    table.done()
    return question


def _curve(table: TomlTable) -> Curve:
    curve = Curve(
        id=table.id(),
        title=table.text("title"),
        points=tuple(_point(point) for point in table.tables("point")),
        source=table.source("source"),
    )
    table.done()
    return curve


def _point(table: TomlTable) -> CurvePoint:
    point = CurvePoint(
        after=table.quantity("after", "d"),
        mean=table.quantity("mean", "NRS"),
        sd=table.quantity("sd", "NRS points") if table.has("sd") else None,
    )
    table.done()
    return point


def _measures(table: TomlTable) -> Measures:
    measures = Measures(
        attribution=table.text("attribution"),
        choose=table.text("choose"),
        examples=table.texts("examples"),
        change_question=table.text("change_question"),
        activities_most=table.quantity("activities_most", "activities"),
        unable=table.quantity("unable", "PSFS"),
        as_before=table.quantity("as_before", "PSFS"),
        detectable_mean=table.quantity("detectable_mean", "PSFS points"),
        detectable_single=table.quantity("detectable_single", "PSFS points"),
        function_words=_scale(table.table("function_words")),
        change_words=_named(table.table("change_words"), tuple(Change)),
        occasions=tuple(_occasion(each) for each in table.tables("occasion")),
    )
    table.done()
    return measures


def _occasion(table: TomlTable) -> Occasion:
    occasion = Occasion(
        id=table.id(),
        name=table.text("name"),
        function_question=table.text("function_question"),
        opens_after=table.quantity("opens_after", "weeks"),
        offered_for=table.quantity("offered_for", "weeks"),
        asks_change=table.flag("asks_change"),
    )
    table.done()
    return occasion


def _emergency(table: TomlTable) -> Emergency:
    phone = "digits, spaces, brackets and -, with a + in front where needed"
    optional = re.compile(PHONE.pattern + "|")
    country = table.shaped("country", COUNTRY, "a country's two capital letters, or other")
    # No emergency number is right in every unlisted country: a file may leave it to the patient.
    number = table.shaped("emergency", optional if country == OTHER else PHONE, phone)
    numbers = Emergency(
        country=country,
        name=table.text("name"),
        emergency=number,
        advice=table.shaped("advice", optional, phone + '; "" where there is none'),
        source=table.source("source"),
    )
    table.done()
    return numbers


def _scale(table: TomlTable) -> tuple[tuple[int, str], ...]:
    """Return the words of a 0-10 scale in order; 0 and 10 must have one."""
    scores = {key for key in table.keys if re.fullmatch(r"\d|10", key)}
    words = {int(key): table.text(key) for key in scores | {"0", "10"}}
    table.done()
    return tuple(sorted(words.items()))


def _named(
    table: TomlTable, names: Iterable[str], placeholders: frozenset[str] = NO_PLACEHOLDERS
) -> Mapping[str, str]:
    texts = {name: table.text(name, NOTICE_PLACEHOLDERS.get(name, placeholders)) for name in names}
    table.done()
    return MappingProxyType(texts)


def _guide(table: TomlTable) -> Mapping[str, tuple[str, ...]]:
    guide = {name: table.texts(name, NUMBERS_TO_CALL) for name in GUIDE}
    table.done()
    return MappingProxyType(guide)


def _sources(table: TomlTable) -> Mapping[str, str]:
    allowed = "SEED, PD, GPK, CLINIC or S and a number, such as S21 or S25b"
    for key in table.keys:
        if not SOURCE_NAME.fullmatch(key):
            table.note(key, f"unknown kind of source '{key}'", allowed)
    return MappingProxyType({key: table.text(key) for key in table.keys})
