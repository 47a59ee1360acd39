"""What the editor's overview says of a file is what the file says, also of one with faults."""

from __future__ import annotations

from coach.domain.protocol import Anchor, Dose, RoutineKind
from coach.domain.protocol_overview import DoseLine
from coach.protocols import editing
from coach.protocols.loader import default
from coach.protocols.overview import overview
from tests.support.editing import CONTENT

GLUTES = "static_glutes"


def test_each_phase_and_exercise_has_its_line_with_the_doses_that_the_loader_reads():
    found, protocol = overview(CONTENT), default()
    assert (found.id, found.version, found.title) == (protocol.id, protocol.version, protocol.title)
    assert [each.id for each in found.exercises] == list(protocol.routines)
    for line, phase in zip(found.phases, protocol.phases, strict=True):
        assert (line.id, line.name, line.anchor) == (phase.id, phase.name, phase.anchor)
        assert line.opens_after_h == phase.opens_after.value
        assert {each.routine_id: each.amount for each in line.doses} == {
            name: dose.plain for name, dose in phase.doses.items()
        }
        order = [each.routine_id for each in line.doses]
        assert order == [name for name in protocol.routines if name in phase.doses]
    for each in found.exercises:
        routine = protocol.routines[each.id]
        assert (each.kind, each.sides, each.drawing) == (routine.kind, routine.sides, routine.drawing)
        assert (each.needs_release, each.maximum) == (bool(routine.release), routine.maximum.plain)
        assert each.phases == tuple(phase.id for phase in protocol.phases if each.id in phase.doses)


def test_a_line_tells_what_the_clinic_chose_itself():
    new = editing.with_dose(CONTENT, "second-day", GLUTES, reps=6, hold_s=3, per_day=2)
    doses = {each.routine_id: each for each in overview(new).phases[3].doses}
    assert doses[GLUTES] == DoseLine(GLUTES, Dose(6, 3, 2), by_clinic=True)
    assert not doses["quadriceps"].by_clinic


def test_what_cannot_be_read_is_told_as_such_and_the_other_lines_stay():
    dose = ("phase", 3, "dose", GLUTES)
    broken = editing.changed(
        CONTENT,
        {
            (*dose, "reps"): "viele",
            ("phase", 3, "anchor"): "sometime",
            ("phase", 3, "opens_after"): None,
            ("phase", 3, "dose", "unknown"): {"reps": {"value": 1}},
            ("routine", 2, "kind"): "dance",
            ("routine", 2, "sides"): "two",
            ("routine", 1, "maximum"): 3,
            ("routine", 0, "name"): 4,
        },
    )
    found = overview(broken)
    phase = found.phases[3]
    assert (phase.anchor, phase.opens_after_h) == (None, None)
    amounts = {each.routine_id: each.amount for each in phase.doses}
    assert amounts == {
        "ankle_pumps": Dose(10, 2, 12, hourly=True), GLUTES: None, "quadriceps": None,
        "walking": Dose(5, 60, 2), "unknown": None,
    }  # fmt: skip
    pumps, glutes, quads = found.exercises[:3]
    assert (pumps.name, pumps.kind, glutes.maximum) == ("", RoutineKind.PUMP, None)
    assert (quads.kind, quads.sides, quads.maximum) == (None, 1, None)
    assert found.exercise("nothing") is None
    assert found.phases[0].anchor is Anchor.HOME_ARRIVAL
    assert overview(b"routine = 3\nphase = [1, {}]\nid = 4").phases[0].doses == ()
