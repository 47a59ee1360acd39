"""The protocol editor: a physiotherapist makes a protocol in forms, part by part, and sees each fault at its field."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from streamlit.testing.v1 import AppTest

from coach import desk
from coach.desk.clinic import protocol_edits as edits
from coach.desk.clinic.protocol_drafts import ProtocolDraft, ProtocolDraftsDesk
from coach.domain.protocol import Protocol, RoutineKind
from coach.protocols import loader, own_drawings
from coach.text import protocol_places
from coach.ui.clinic.editor import address, fields, item_parts, layout, page
from coach.ui.clinic.editor.editing import Editing
from coach.ui.clinic.editor.fields import Field, Kind
from coach.ui.parts import browser
from tests.support.clinic_house import House, house
from tests.support.pages import blocks, buttons, run, said, tap, title

__all__ = ["house"]  # the fixture

SHIPPED = loader.default()
QUADS = list(SHIPPED.routines).index("quadriceps")
SECOND_DAY = next(n for n, each in enumerate(SHIPPED.phases) if each.id == "second-day")
CIRCLE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 360 150"><circle cx="9" cy="9" r="5"/></svg>'


def drafts_of(house: House, who: str = "ann") -> ProtocolDraftsDesk:
    return ProtocolDraftsDesk(desk.open_installation(), house.clinic.people[who])


def begun(house: House, who: str = "ann") -> UUID:
    return drafts_of(house, who).start(
        SHIPPED.digest, id="after-vertebroplasty", title="After a vertebroplasty", key=uuid4()
    )


def draft(house: House, which: UUID) -> ProtocolDraft:
    return drafts_of(house).draft(which)


def protocol(house: House, which: UUID) -> Protocol:
    found = edits.protocol(draft(house, which).content)
    assert found
    return found


def opened(house: House, which: UUID, who: str = "ann", **where: str) -> AppTest:
    return house.open("protocol_editor", who, draft=str(which), **where)


def field(at: AppTest, slot: str) -> object:
    """Return the field of that place."""
    (found,) = [
        each
        for kind in (at.text_input, at.text_area, at.checkbox, at.selectbox)
        for each in kind
        if str(each.key).startswith(f"editor-in-{slot}-") and len(str(each.key)) == len(slot) + 19
    ]
    return found


def typed(at: AppTest, slot: str, value: object) -> AppTest:
    field(at, slot).set_value(value)  # type: ignore[attr-defined]
    return at


def saved(at: AppTest) -> AppTest:
    """Tap the one button that saves a form."""
    (name,) = [key for key in buttons(at) if key.startswith("editor-save-")]
    return tap(at, name)


def refused(at: AppTest) -> list[str]:
    return [*(each.value for each in at.error), *blocks(at, "p.coach-error"), *blocks(at, "p.coach-warning")]


def faults(at: AppTest) -> list[str]:
    """Return what stands in the list of all faults."""
    return [each.label.replace("\\", "") for each in at.button if str(each.key).startswith("editor-fault-")]


def looks(house: House, who: str) -> None:
    """Let the next run be that of somebody's browser."""
    carried = house.clinic.sign_in(who)
    house.patched.setattr(browser, "token", lambda: carried)


def done(at: AppTest) -> list[str]:
    return [each.value for each in at.success]


# the way in


def test_a_draft_is_started_on_protocols_and_opens(house: House):
    at = tap(house.open("protocols", "ann"), "draft-new")
    at = tap(at, "draft-start")
    assert refused(at) == ["Something is missing here. Please fill it in."]
    at.text_input(key="draft-title").set_value("After a vertebroplasty")
    at = tap(run(at), "draft-start")
    assert title(at) == "After a vertebroplasty"
    (line,) = drafts_of(house).drafts()
    assert (line.protocol, line.title) == ("after-a-vertebroplasty", "After a vertebroplasty")
    assert "Being written. Ann changed it last, on 5 March 2026, 10:07." in said(
        house.open("protocols", "ken")
    )


def test_without_a_draft_the_page_leads_to_protocols_and_an_unknown_one_is_not_found(house: House):
    assert title(house.open("protocol_editor", "ann")) == "Protocols"
    assert title(opened(house, uuid4())) == "Not found"


@pytest.mark.parametrize("part", page.PARTS)
def test_each_part_opens(house: House, part: str):
    which = begun(house)
    at = opened(house, which, part=part)
    items = [each for each in buttons(at) if each.startswith("editor-open-")]
    if items:
        at = tap(at, items[-1])
    assert title(at) == "After a vertebroplasty"
    assert saved(at) if part not in ("history", "check") else True
    assert draft(house, which).revision == 1, "nothing was changed"


# fields


def test_a_changed_number_is_the_clinics_own_and_a_changed_text_is_saved(house: House):
    which = begun(house)
    at = opened(house, which, part="rules", item="pain")
    at = saved(typed(typed(at, "rules-pain-limit-value", "5"), "rules-amber-rise-note", "As we do it."))
    assert done(at) == ["Saved."]
    rules = protocol(house, which).rules
    assert (rules.pain_limit.value, rules.pain_limit.source) == (5, "CLINIC")
    assert (rules.amber_rise.value, rules.amber_rise.source, rules.amber_rise.note) == (
        2,
        "PD",
        "As we do it.",
    )
    assert draft(house, which).revision == 2


def test_numbers_are_read_with_a_comma_too_and_lists_line_by_line(house: House):
    which = begun(house)
    saved(typed(opened(house, which, part="rules", item="day"), "rules-home-fallback-value", "1,5"))
    at = opened(house, which, part="exercises", item="quadriceps", view="texts")
    saved(typed(at, "routine-quadriceps-steps", " One. \n\nTwo.\n"))
    at = opened(house, which, part="exercises", item="quadriceps", view="texts")
    saved(typed(at, "routine-quadriceps-position", " Lie down.\n\nBend a knee.\n"))
    found = protocol(house, which)
    assert found.rules.home_fallback.value == 1.5
    assert found.routines["quadriceps"].steps == ("One.", "Two.")
    assert found.routines["quadriceps"].position == "Lie down. Bend a knee."


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1008", 1008), ("1,5", 1.5), ("0.125", 0.125), ("0,125", 0.125), ("-2", -2), ("12,50", 12.5),
        # A thousand to one reader, a little more than one to another: nobody knows, so it is no number
        ("1,008", "1,008"), ("2.160", "2.160"), ("1,008.5", "1,008.5"), ("1_000", "1_000"), ("", ""), ("nan", "nan"),
    ],
)  # fmt: skip
def test_a_number_that_two_readers_take_for_two_is_none(text: str, number: object):
    assert fields.number_of(text) == number


def test_a_fault_stands_at_its_field_and_on_top_with_the_way_there(house: House):
    which = begun(house)
    at = opened(house, which, part="exercises", item="quadriceps", view="numbers")
    at = saved(typed(at, "routine-quadriceps-maximum-reps-value", "13"))
    told = "13 times is more than Coach ever allows for this kind of exercise. Allowed: at most 12."
    assert told in refused(at)
    assert "1 thing has to be mended before this can be put in force" in said(at)
    at = tap(opened(house, which), "editor-fault-0")
    assert at.query_params["part"] == "exercises"
    assert at.query_params["item"] == "quadriceps"
    assert told in refused(at)
    at = saved(typed(at, "routine-quadriceps-maximum-reps-value", "12"))
    assert refused(at) == []
    assert edits.problems(draft(house, which).content) == ()


def test_a_number_that_a_file_does_not_have_needs_more_than_its_source(house: House):
    which = begun(house)
    content = edits.changed(draft(house, which).content, {("rules", "lift_most"): None})
    drafts_of(house).save(which, content, revision=1, key=uuid4())
    at = opened(house, which, part="rules", item="day")
    at = saved(typed(at, "rules-lift-most-source", "CLINIC"))
    assert done(at) == ["Saved."]
    assert any(each.startswith("A number is missing here.") for each in refused(at))


@pytest.mark.parametrize(
    "place", [("drawings", "own"), ("sources", "S1"), ("pain_words", 3), ("routine", 99), ("measures",), ()]
)
def test_a_fault_anywhere_in_a_file_leads_to_some_part(house: House, place: protocol_places.Place):
    content = edits.with_drawing(draft(house, begun(house)).content, "own", CIRCLE)
    led: list[tuple[str, ...]] = []
    house.patched.setattr(address, "to", lambda *where, focus="": led.append((*where, focus)))
    editing = Editing(drafts_of(house), draft(house, begun(house)), edits.said(content), (), edits=True)
    page.jump(editing, place)
    assert len(led) == 1


def test_what_is_no_number_is_kept_and_told(house: House):
    which = begun(house)
    at = opened(house, which, part="phases", view="quadriceps.second-day")
    at = saved(typed(at, "phase-second-day-dose-quadriceps-reps-value", "a few"))
    assert "“a few” is not a number. Allowed: whole numbers from 1 to 1000." in refused(at)
    at = opened(house, which, part="phases", view="quadriceps.second-day")
    assert field(at, "phase-second-day-dose-quadriceps-reps-value").value == "a few"  # type: ignore[attr-defined]


def test_two_people_change_one_part_and_nothing_of_either_is_lost(house: House):
    which = begun(house)
    ann = opened(house, which, part="exercises", item="quadriceps", view="texts")
    ken = opened(house, which, "ken", part="exercises", item="quadriceps", view="texts")
    saved(typed(typed(ken, "routine-quadriceps-why", "Ken’s words."), "routine-quadriceps-effort", "Ken’s."))
    looks(house, "ann")
    typed(ann, "routine-quadriceps-why", "Ann’s words.")
    ann = saved(typed(ann, "routine-quadriceps-breathing", "Ann’s."))
    assert "Somebody else saved here meanwhile: Ken’s words." in refused(ann)
    assert any(each.startswith("Not saved: somebody else changed this meanwhile.") for each in refused(ann))
    assert field(ann, "routine-quadriceps-why").value == "Ann’s words."  # type: ignore[attr-defined]
    assert protocol(house, which).routines["quadriceps"].why == "Ken’s words."
    assert done(saved(ann)) == ["Saved."]
    found = protocol(house, which).routines["quadriceps"]
    assert (found.why, found.breathing, found.effort) == ("Ann’s words.", "Ann’s.", "Ken’s.")


# exercises


def test_an_exercise_is_added_like_another_moved_and_removed(house: House):
    which = begun(house)
    at = opened(house, which, part="exercises")
    at.selectbox(key="editor-add-like").set_value("quadriceps")
    at.text_input(key="editor-add-name").set_value("Thigh and knee (left)")
    at = tap(run(at), "editor-add-save")
    added = protocol(house, which).routines["thigh-and-knee-left"]
    assert (added.name, added.kind) == ("Thigh and knee (left)", RoutineKind.SQUEEZE)
    at = tap(tap(at, "editor-to-list"), "editor-move-up-thigh-and-knee-left")
    order = list(protocol(house, which).routines)
    assert order.index("thigh-and-knee-left") < order.index("quadriceps")
    at = tap(tap(at, "editor-open-exercise-quadriceps"), "editor-remove-exercise")
    assert "quadriceps" in protocol(house, which).routines, "it is asked first"
    tap(at, "editor-remove-exercise-sure")
    found = protocol(house, which)
    assert "quadriceps" not in found.routines
    assert not any("quadriceps" in each.doses for each in found.phases)


def test_a_copy_may_have_the_name_of_one_that_is_there(house: House):
    which = begun(house)
    at = opened(house, which, part="exercises")
    at.selectbox(key="editor-add-like").set_value("heel_raises")
    at.text_input(key="editor-add-name").set_value("Heel raises")
    at = tap(run(at), "editor-add-save")
    at = tap(at, "editor-to-list")
    assert {f"editor-open-exercise-{each}" for each in ("heel_raises", "heel-raises-2")} <= set(buttons(at))


def test_an_exercise_of_another_kind_comes_from_those_of_coach(house: House):
    which = begun(house)
    at = opened(house, which, part="exercises")
    at.segmented_control(key="editor-add-how").set_value("kit")
    at = run(at)
    at.selectbox(key="editor-add-kind").set_value(list(RoutineKind).index(RoutineKind.WALK))
    at.text_input(key="editor-add-name").set_value("A walk in the garden")
    at = tap(run(at), "editor-add-save")
    assert faults(at) == [
        "A walk in the garden: For a release: No phase has a dose of it, so that it could never open. "
        "Give it a dose in a phase."
    ]
    assert edits.said(draft(house, which).content)["routine"][-1]["kind"] == "walk"


def test_a_drawing_is_chosen_or_brought_and_a_bad_one_is_refused_plainly(house: House):
    which = begun(house)
    at = opened(house, which, part="exercises", item="quadriceps", view="drawing")
    at = tap(at, "editor-choose-walking")
    assert protocol(house, which).routines["quadriceps"].drawing == "walking"
    at.file_uploader[0].upload("x.svg", CIRCLE.replace("<circle", "<script>x()</script><circle").encode())
    at = run(at)
    assert refused(at) == [
        "This drawing is not used. It holds a script or other active content. Save it as plain SVG without it."
    ]
    assert "editor-use-svg" not in buttons(at)
    at.file_uploader[0].upload("x.svg", CIRCLE.encode())
    at = tap(run(at), "editor-use-svg")
    found = protocol(house, which)
    assert set(found.drawings) == {found.routines["quadriceps"].drawing} == {"own_quadriceps"}
    tap(at, "editor-choose-quadriceps")
    assert protocol(house, which).drawings == {}, "an own drawing goes with the last exercise that has it"


def test_an_own_drawing_is_that_of_its_exercise_alone_and_has_a_name_that_fits(house: House):
    content = draft(house, begun(house)).content
    long = edits.with_exercise(content, like="quadriceps", id="a" * edits.ID_LIMIT, name="Long")
    (n,) = [n for n, each in enumerate(edits.said(long)["routine"]) if each["name"] == "Long"]
    assert own_drawings.NAME.fullmatch(edits.own_name(long, n))
    own = edits.own_name(content, QUADS)
    drawn = edits.changed(edits.with_drawing(content, own, CIRCLE), {("routine", QUADS, "drawing"): own})
    assert edits.own_name(drawn, QUADS) == own
    like = edits.with_exercise(drawn, like="quadriceps", id="copy", name="Copy")
    assert edits.said(like)["routine"][QUADS + 1]["drawing"] == own
    names = [edits.own_name(like, n) for n in (QUADS, QUADS + 1)]
    assert len({own, *names}) == 3, "the drawing of both is not replaced for one"


# lists


def of_form(kind: Any, key: str) -> Any:
    """Return the field of the form that adds an item; its key ends with how often one was added."""
    (found,) = [each for each in kind if str(each.key).startswith(key)]
    return found


def added(at: AppTest, part: str, chosen: str = "", text: str = "") -> AppTest:
    """Fill in the form that adds an item to a part, and tap its button."""
    if chosen:
        of_form(at.selectbox, f"editor-add-{part}-choice-").set_value(chosen)
    if text:
        of_form(at.text_area, f"editor-add-{part}-text-").set_value(text)
    return tap(run(at), f"editor-add-{part}-add")


def test_a_warning_sign_is_added_like_another_changed_moved_and_removed(house: House):
    which = begun(house)
    at = added(opened(house, which, part="signs"), "signs", text="A cold foot.")
    assert refused(at) == ["Something is missing here. Please fill it in."]
    at = added(at, "signs", "infection", "A cold foot.")
    assert (at.query_params["item"], done(at)) == ("a-cold-foot", ["It is added. Look through its fields."])
    assert of_form(at.text_area, "editor-add-signs-text-").value == "", "nobody adds it twice"
    at = saved(typed(at, "red-flag-a-cold-foot-level", "emergency"))
    at = tap(at, "editor-up-signs")
    found = protocol(house, which).red_flags
    sign, like = found["a-cold-foot"], found["infection"]
    assert (sign.text, sign.level, sign.source) == ("A cold foot.", "emergency", "CLINIC")
    assert sign.advice == like.advice
    assert list(found).index("a-cold-foot") == list(found).index("infection") - 1
    at = tap(at, "editor-remove-signs")
    assert "a-cold-foot" in protocol(house, which).red_flags, "it is asked first"
    at = tap(at, "editor-remove-signs-sure")
    assert done(at) == ["“A cold foot.” is removed."]
    assert protocol(house, which).red_flags == SHIPPED.red_flags


def test_what_a_protocol_cannot_do_without_stays_and_says_why(house: House):
    which = begun(house)
    for part, item, why in (
        ("signs", "new_back_pain", "No warning sign is one that is never cleared. At least one is needed"),
        ("numbers", "other", "There are no numbers for other countries."),
        ("sources", "S85", "13 values name it. A source that is named stays in the list."),
    ):
        at = opened(house, which, part=part, item=item)
        assert why in said(at)
        assert f"editor-remove-{part}" not in buttons(at)
    at = opened(house, which, part="signs", item="fall")
    assert "editor-remove-signs" in buttons(at)


def test_a_country_is_added_and_its_number_is_asked_for(house: House):
    which = begun(house)
    at = added(opened(house, which, part="numbers"), "numbers", "DZ")
    assert faults(at)[0].startswith("Algeria: Emergency number: ")
    at = saved(typed(typed(at, "emergency-DZ-emergency", "14"), "emergency-DZ-advice", "+213 21 00"))
    found = protocol(house, which).emergency_numbers["DZ"]
    assert (found.name, found.emergency, found.advice, found.source) == (
        "Algeria",
        "14",
        "+213 21 00",
        "CLINIC",
    )


def test_a_source_is_added_changed_named_and_removed(house: House):
    which = begun(house)
    at = added(opened(house, which, part="sources"), "sources", text="Our leaflet.")
    at = saved(typed(at, "sources-S99", "Our leaflet, https://example.org."))
    assert protocol(house, which).sources["S99"] == "Our leaflet, https://example.org."
    tap(tap(at, "editor-remove-sources"), "editor-remove-sources-sure")
    assert "S99" not in protocol(house, which).sources


def test_a_test_is_due_once_more_and_the_words_of_questions_and_scales_are_changed(house: House):
    which = begun(house)
    at = opened(house, which, part="exercises", item="five_sit_to_stand", view="numbers")
    at = tap(at, "editor-time-add")
    slot = "routine-five-sit-to-stand-checkpoint-3-opens-after-value"
    assert field(at, slot).label == r"Time of the test 4, Begins after \(weeks\)"  # type: ignore[attr-defined]
    at = saved(typed(at, slot, "26"))
    times = protocol(house, which).routines["five_sit_to_stand"].checkpoints
    assert [each.opens_after.value for each in times] == [2, 6, 12, 26]
    tap(at, "editor-time-remove")
    assert len(protocol(house, which).routines["five_sit_to_stand"].checkpoints) == 3
    at = opened(house, which, part="later", item="pain_words")
    assert field(at, "pain-words-4").label == "Word for 4 of 10"  # type: ignore[attr-defined]
    saved(typed(typed(at, "pain-words-3", ""), "pain-words-4", "Fairly mild"))
    saved(
        typed(
            opened(house, which, part="later", item="bone_health-1"),
            "bone-health-occasion-week-6-offered-for-value",
            "3",
        )
    )
    found = protocol(house, which)
    assert dict(found.pain_words).keys() == {0, 4, 5, 7, 10}
    assert found.bone_health
    assert found.bone_health.occasions[1].offered_for.value == 3


# phases


def test_an_exercise_is_opened_in_a_phase_and_closed_again(house: House):
    which = begun(house)
    at = opened(house, which, part="phases")
    at.session_state["editor-doses"] = {"act": {"act": "open", "phase": "first-day", "routine": "quadriceps"}}
    at = run(at)
    assert "It is closed in this phase." in said(at)
    at.session_state["editor-doses"] = {}
    at = tap(at, "editor-cell-open")
    phases = {each.id: each for each in protocol(house, which).phases}
    assert phases["first-day"].doses["quadriceps"].plain == phases["second-day"].doses["quadriceps"].plain
    tap(at, "editor-cell-close")
    assert "quadriceps" not in {each.id: each for each in protocol(house, which).phases}["first-day"].doses


def test_a_phase_is_added_and_removed(house: House):
    which = begun(house)
    at = opened(house, which, part="phases")
    at.selectbox(key="editor-phase-after").set_value("second-day")
    at.text_input(key="editor-phase-name").set_value("Day two and a half")
    at.text_input(key="editor-phase-hours").set_value("1,008")
    at = tap(run(at), "editor-phase-save")
    assert refused(at) == ["“1,008” is not a number. Write it in digits, such as 24 or 1.5."]
    at.text_input(key="editor-phase-hours").set_value("36")
    at = tap(run(at), "editor-phase-save")
    names = [each.name for each in protocol(house, which).phases]
    assert names.index("Day two and a half") == names.index("Second day") + 1
    at = tap(tap(at, "editor-remove-phase"), "editor-remove-phase-sure")
    assert "Day two and a half" not in [each.name for each in protocol(house, which).phases]


# revisions


def test_older_revisions_say_what_changed_and_one_is_taken_again(house: House):
    which = begun(house)
    saved(typed(opened(house, which, part="rules", item="pain"), "rules-pain-limit-value", "5"))
    at = opened(house, which, "ken", part="phases", view="quadriceps.second-day")
    tap(at, "editor-cell-close")
    at = opened(house, which, part="history")
    lines = [each.label for each in at.button if str(each.key).startswith("editor-open-history-")]
    assert [each.replace("\\", "").split(",")[0] for each in lines] == ["3. Ken", "2. Ann", "1. Ann"]
    at = tap(at, "editor-open-history-3")
    shown = said(at)
    assert "“Second day”: Thigh tightening" in shown or "Second day: Thigh tightening" in shown
    assert "Now: nothing" in shown
    assert "editor-revision-take" not in buttons(at), "it is as it is now"
    at = tap(at, "editor-open-history-2")
    assert "Before: 6 of 10 (S73, PD): At this score or more the tightening exercises stay closed." in said(
        at
    )
    assert "Now: 5 of 10 (CLINIC)" in said(at)
    at = tap(at, "editor-revision-take")
    assert done(at) == ["The older one is taken again."]
    now = draft(house, which)
    assert (now.revision, now.content) == (4, drafts_of(house).revision_content(which, 2))
    assert "It began so, as a copy." in said(tap(at, "editor-open-history-1"))


# what anybody wrote


def test_what_somebody_wrote_is_never_markup(house: House):
    which = begun(house)
    content = draft(house, which).content
    naughty = "**bold** <img src=x onerror=alert(1)> :red[x]"
    drafts_of(house).save(
        which,
        edits.changed(content, {("title",): naughty, ("routine", QUADS, "name"): naughty}),
        revision=1,
        key=uuid4(),
    )
    for part in page.PARTS:
        at = opened(house, which, part=part)
        assert not [each for each in at.button if "**bold** <img" in each.label], part
        assert not any("**bold** <img" in each.value for each in (*at.title, *at.header, *at.markdown)), part


# check and put in force


def asked(at: AppTest, *, agrees: bool, note: str = "") -> AppTest:
    at.segmented_control(key="editor-opinion").set_value(agrees)
    at.text_area(key="editor-opinion-note").set_value(note)
    return tap(at, "editor-opinion-save")


def test_a_second_person_approves_it_is_put_in_force_and_the_one_before_comes_back(house: House):
    which = begun(house)
    saved(
        typed(
            opened(house, which, part="phases", item="second-day"), "phase-second-day-opens-after-value", "30"
        )
    )
    at = opened(house, which, part="check")
    assert "editor-opinion-save" not in buttons(at)
    assert "protocol-put" not in buttons(at)
    ken = opened(house, which, "ken", part="check")
    assert "The phase “Second day” opens at 30 h instead of 24 h." in said(ken)
    ken = asked(ken, agrees=False)
    assert refused(ken) == ["Something is missing here. Please fill it in."]
    ken = asked(ken, agrees=False, note="Say why.")
    assert "Ken asked for changes on 5 March 2026, 10:07. “Say why.”" in said(ken)
    assert "Changes are asked for" in said(house.open("protocols", "ann"))
    looks(house, "ken")
    ken = asked(ken, agrees=True)
    assert "Approved, not in force yet" in said(house.open("protocols", "ann"))
    at = opened(house, which, part="check")
    at.text_area(key=f"protocol-why-draft-{which}").set_value("For our vertebroplasties.")
    at = tap(run(at), "protocol-put")
    assert done(at) == ["Saved. Everybody sees it from that time on; sessions that were started keep theirs."]
    assert (
        desk.open_installation().protocol_registry.in_force(house.clock.now).title == "After a vertebroplasty"
    )
    house.clock.goes_on(minutes=1)
    at = opened(house, which, part="check")
    at.text_area(key="editor-back-why").set_value("It was too early.")
    tap(run(at), "editor-back-save")
    assert desk.open_installation().protocol_registry.in_force(house.clock.now).digest == SHIPPED.digest


def test_a_change_after_the_approval_makes_it_void_and_what_was_read_is_what_is_approved(house: House):
    which = begun(house)
    ken = opened(house, which, "ken", part="check")
    saved(typed(opened(house, which), "title", "After ours"))
    looks(house, "ken")
    ken = asked(ken, agrees=True)
    assert "This draft is another one now than the one that you were shown. Read it again." in refused(ken)
    assert not draft(house, which).approvals
    ken = asked(opened(house, which, "ken", part="check"), agrees=True)
    assert draft(house, which).approved
    saved(typed(opened(house, which), "version", "1.0.1"))
    assert not draft(house, which).approved
    assert "It was changed since." in said(opened(house, which, part="check"))


def test_a_draft_is_discarded_and_brought_back(house: House):
    which = begun(house)
    at = tap(tap(opened(house, which, part="check"), "editor-discard"), "editor-discard-sure")
    assert title(at) == "Protocols"
    assert not [key for key in buttons(at) if key.startswith("draft-open-")]
    at = opened(house, which, part="name")
    assert not [key for key in buttons(at) if key.startswith("editor-save-")]
    tap(opened(house, which, part="check"), "editor-bring-back")
    assert not draft(house, which).discarded


# all of it


def places(value: object, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield each place of a file at which a value stands; a number and a list of texts are one."""
    if isinstance(value, dict) and "value" not in value:
        for key, each in value.items():
            yield from places(each, (*at, key))
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for n, each in enumerate(value):
            yield from places(each, (*at, n))
    else:
        yield at


#: What has no field: what names and shapes the parts of a file, and the studies.
NO_FIELD = {"schema", "curve"}
NO_FIELD_OF_ROUTINE = {"id", "kind", "drawing"}


def test_whatever_a_file_says_has_a_field_but_studies(house: House):
    which = begun(house)
    content = edits.said(draft(house, which).content)
    editing = Editing(drafts_of(house), draft(house, which), content, (), edits=True)
    there = {each.place for each in all_fields(editing)}
    for place in places(content):
        if place[0] in NO_FIELD or place[-1] in ("id", "country"):
            continue
        if place[0] == "routine" and place[2] in NO_FIELD_OF_ROUTINE:
            continue
        if place[-1] == "hourly" and place[0] == "rules":
            continue
        assert place in there, place
        assert fields.slot(editing, place)
        assert protocol_places.label(place, content)


def all_fields(editing: Editing) -> Iterator[Field]:
    content = editing.said
    yield from (Field(("title",), Kind.TEXT), Field(("version",), Kind.TEXT))
    for n, routine in enumerate(content["routine"]):
        place = ("routine", n)
        yield from (*layout.texts(place), *layout.numbers(place, routine), *layout.release(place))
        yield from layout.cues(place, routine)
    kinds = {each["id"]: layout.kind_of(each) for each in content["routine"]}
    for n, phase in enumerate(content["phase"]):
        yield from layout.phase(("phase", n))
        for name in phase.get("dose", {}):
            yield from layout.dose(("phase", n, "dose", name), kinds[name], hourly=True)
    for found in item_parts.FOUND.values():
        yield from (field for item in found(editing) for field in item.fields)
