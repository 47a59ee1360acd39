"""The Guide says everything the protocol knows, in words for those who read it."""

import re
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from coach import desk
from coach.desk import PatientDesk
from coach.domain.case import Case
from coach.domain.protocol import FlagLevel
from coach.protocols import editing, loader
from coach.text import doses as doses_text
from coach.text import protocol_texts
from coach.ui.parts import assets
from coach.ui.patient import guide
from tests.support.pages import (
    Home,
    blocks,
    buttons,
    headers,
    link_labels,
    links,
    markup,
    run,
    said,
    tap,
    title,
    unfold,
)

PROTOCOL = loader.default()
#: The exercises of everybody: the others are told once they are released.
ROUTINES = {
    routine.id.replace("_", "-"): routine for routine in PROTOCOL.routines.values() if routine.release is None
}
BANNED = re.compile(r"\b(patients?|gates?|fail\w*|missed|compliance)\b", re.IGNORECASE)


def opened(home: Home, part: str) -> AppTest:
    """Open one part by its address."""
    at = home.open("guide")
    at.query_params["part"] = part
    return run(at)


def everything(at: AppTest) -> str:
    """Return all that can be read: sentences, buttons, links and what was folded away."""
    unfold(at)
    labels = [each.label for each in (*at.button, *at.expander)]
    return "\n".join([said(at), *labels, *link_labels(at)])


@pytest.fixture
def all_parts(home: Home) -> dict[str, AppTest]:
    patient = home.settle(hours=60)
    return {name: opened(home, name) for name in guide.parts(patient)}


def test_every_part_is_one_tap_away_and_leads_back(home: Home):
    patient = home.settle(hours=60)
    at = home.open("guide")
    assert title(at) == "Guide"
    for name, (heading, _show) in guide.parts(patient).items():
        tap(at, f"guide-to-{name}")
        assert title(at) == heading
        assert name in at.query_params["part"]
        tap(at, "guide-back-below")
        assert title(at) == "Guide"


@pytest.mark.parametrize("name", ["getting-up", "words"])
def test_an_exercise_that_is_called_like_a_part_of_the_guide_has_a_place_of_its_own(home: Home, name: str):
    patient = home.settle(hours=60)
    usual = len(guide.parts(patient))
    content = editing.changed(loader.DEFAULT.read_bytes(), {("routine", 0, "id"): name})
    desk.open_installation().protocol = loader.read(content, "own.toml")
    shown = guide.parts(home.patient)
    at = home.open("guide")
    assert title(at) == "Guide"
    assert {f"guide-to-{name}", f"guide-to-exercise-{name}"} <= set(buttons(at))
    assert guide.address(name).endswith(f"=exercise-{name}")
    assert len(shown) == usual


def test_the_parts_follow_each_other_to_the_last(home: Home):
    patient = home.settle(hours=60)
    names = list(guide.parts(patient))
    at = opened(home, names[0])
    for name in names[1:]:
        tap(at, "guide-next")
        assert title(at) == guide.parts(patient)[name][0]
    assert "guide-next" not in buttons(at)


def test_the_weeks_say_what_may_be_lifted_as_the_protocol_has_it_and_that_it_does_not_end_by_itself(
    home: Home,
):
    patient = home.settle(hours=60)
    lines = everything(opened(home, "timeline"))
    assert lines.count("Lift no more than 2 kg until your clinic says you may lift more.") == 5
    assert lines.count("Do not drive while you take strong painkillers.") == 6
    assert lines.count("until a physiotherapist has seen you and says you may.") == 3
    assert "{" not in lines
    assert patient.protocol.rules.lift_most.source == "S4b, S6, PD"


def test_an_unknown_part_is_the_list(home: Home):
    home.settle(hours=60)
    assert title(opened(home, "<script>")) == "Guide"


def test_a_reload_stays_with_the_part(home: Home):
    home.settle(hours=60)
    assert title(opened(home, "words")) == title(opened(home, "words")) == "Words explained"


@pytest.mark.parametrize("name", ROUTINES)
def test_an_exercise_is_told_whole(home: Home, name: str):
    home.settle(hours=60)
    routine, at = ROUTINES[name], opened(home, name)
    assert title(at) == routine.name
    text = said(at)
    for told in (routine.why, routine.position, routine.breathing, routine.effort, routine.feels_like):
        assert told in text
    for told in (*routine.aliases, *routine.steps, *routine.faults, *routine.stop_when):
        assert told in text
    assert routine.clinical_name.casefold() in text.casefold()
    assert f"{routine.name}: {routine.position}" in blocks(at, "img")
    assert assets.drawing_address(routine) in [each.get("src") for _tag, each in markup(at)]


def test_the_clinics_own_wording_is_found(home: Home):
    home.settle(hours=60)
    for part in ("words", "quadriceps", "transversus-abdominis"):
        assert "Transabdominal and quadriceps settling" in said(opened(home, part))


def test_every_warning_sign_is_told_with_its_advice_and_numbers(home: Home):
    patient = home.settle(hours=60)
    at = opened(home, "warning-signs")
    text = said(at)
    for flag in PROTOCOL.red_flags.values():
        assert flag.text in text
        for line in flag.advice:
            assert protocol_texts.filled(line, Case.of(PROTOCOL, patient.history())) in text
    assert headers(at) == [
        "Call 112 now", "Call your clinic today", "Call your clinic",
    ]  # fmt: skip
    assert len(FlagLevel) == 3
    assert links(at) == ["tel:112", "tel:+49305550100", "tel:+49305550100", "tel:+49305550100"]


def test_the_numbers_are_the_patients_own(home: Home):
    patient = home.settle(hours=60)
    patient.settings.set("country", "GB")
    patient.settings.set("clinic_phone", "020 7946 0000")
    assert links(opened(home, "warning-signs"))[:2] == ["tel:999", "tel:02079460000"]


def test_a_warning_sign_can_be_told_from_here(home: Home):
    home.settle(hours=60)
    assert title(tap(opened(home, "warning-signs"), "guide-now")) == "What is wrong?"


def test_every_phase_is_told_and_the_present_one_is_marked(home: Home):
    home.settle(hours=60)
    at = opened(home, "timeline")
    assert [each.label for each in at.expander] == [
        f"{phase.name} (you are here)" if phase.id == "first-week" else phase.name
        for phase in PROTOCOL.phases
    ]
    text = said(unfold(at))
    assert "{" not in text
    assert "Lie flat on your back until 1 hour after you got home." in text
    for phase in PROTOCOL.phases:
        for line in (*phase.do, *phase.dont):
            assert line.split("{")[0] in text
        for name, dose in phase.doses.items():
            routine = PROTOCOL.routines[name]
            assert routine.release or doses_text.dose(routine, dose.plain) in text


def test_getting_up_is_told_in_order(home: Home):
    home.settle(hours=60)
    text = said(opened(home, "getting-up"))
    steps = PROTOCOL.guide["getting_up"]
    assert sorted(steps, key=text.index) == list(steps)


def test_each_step_of_getting_up_has_its_picture(home: Home):
    home.settle(hours=60)
    steps, pictures = PROTOCOL.guide["getting_up"], guide.getting_up()
    assert guide.steps_are_drawn(steps), "other words: are the drawings still what they say?"
    shown = [each.get("src") for tag, each in markup(opened(home, "getting-up")) if tag == "img"]
    assert shown == [address for of_step in pictures for address in of_step]
    assert len(shown) == len(set(shown)) == 5
    of = dict(zip(steps, map(len, pictures), strict=True))
    for word, drawn in (
        ("both knees", 1),
        ("onto your side", 1),
        ("over the edge", 1),
        ("stand up", 2),
        ("backwards", 0),
    ):
        ((step, count),) = [(step, count) for step, count in of.items() if word in step]
        assert count == drawn, step


def test_a_clinics_own_steps_are_shown_without_pictures_of_others(
    home: Home, monkeypatch: pytest.MonkeyPatch
):
    patient = home.settle(hours=60)
    others = {"getting_up": ("Press your bell.", "Wait for help.")}
    own = replace(patient.protocol, guide={**patient.protocol.guide, **others})
    monkeypatch.setattr(PatientDesk, "protocol", own)
    at = opened(home, "getting-up")
    assert "Wait for help." in said(at)
    assert "img" not in [tag for tag, _attributes in markup(at)]


def test_bending_turning_and_reaching_is_told_to_everybody_with_its_drawing(home: Home):
    home.settle(hours=60)
    at = opened(home, "daily-moves")
    text = said(at)
    for name in ("daily_moves", "hip_hinge", "turn_and_reach"):
        for line in PROTOCOL.guide[name]:
            assert line in text
    assert "Lift no more than 2 kg until your clinic says you may lift more." in text
    drawn = [each.get("src") for tag, each in markup(at) if tag == "img"]
    assert drawn == [assets.address("drawings/daily_moves/hip_hinge.svg")]


@pytest.mark.parametrize(
    ("part", "codes"), [("getting-up", ("S1", "S5", "GPK")), ("daily-moves", ("S89", "S98", "PD"))]
)
def test_how_to_move_says_where_it_comes_from_and_that_no_clinician_has_checked_it(
    home: Home, part: str, codes: tuple[str, ...]
):
    home.settle(hours=60)
    text = said(opened(home, part))
    for code in codes:
        assert PROTOCOL.sources[code] in text
    assert "Not checked by a clinician." in text


def test_a_clinics_own_words_do_not_name_the_sources_of_others(home: Home, monkeypatch: pytest.MonkeyPatch):
    patient = home.settle(hours=60)
    own = replace(
        patient.protocol, guide={**patient.protocol.guide, "hip_hinge": ("Bend as you were shown.",)}
    )
    monkeypatch.setattr(PatientDesk, "protocol", own)
    at = opened(home, "daily-moves")
    assert "Bend as you were shown." in said(at)
    assert "img" not in [tag for tag, _attributes in markup(at)]
    assert not any(PROTOCOL.sources[code] in said(at) for code in ("S89", "S98"))


def test_a_protocol_from_before_these_words_has_no_such_part(home: Home, monkeypatch: pytest.MonkeyPatch):
    patient = home.settle(hours=60)
    monkeypatch.setattr(PatientDesk, "protocol", loader.read(without_the_later_words(), "old.toml"))
    assert "daily-moves" not in guide.parts(patient)


def without_the_later_words() -> bytes:
    """Return the file that comes with Coach as it was before the words on bending were thought of."""
    text = loader.DEFAULT.read_text("utf-8")
    for name in ("daily_moves", "hip_hinge", "turn_and_reach"):
        text, found = re.subn(rf"^{name} = \[\n.*?^\]\n", "", text, flags=re.MULTILINE | re.DOTALL)
        assert found == 1
    return text.encode()


@pytest.mark.parametrize("name", ROUTINES)
def test_an_exercise_moves_only_for_those_who_have_nothing_against_motion(home: Home, name: str):
    home.settle(hours=60)
    at = opened(home, name)
    ((_tag, source),) = [each for each in markup(at) if each[0] == "source"]
    still = assets.drawing_address(ROUTINES[name])
    assert source == {"media": "(prefers-reduced-motion: no-preference)", "srcset": f"{still}&moves#moves"}
    drawn = assets.drawing(ROUTINES[name])
    assert 'id="moves"' in drawn
    moved = re.search(r"@media \(prefers-reduced-motion: no-preference\) \{(.*)\}", drawn)
    assert moved
    assert drawn.count("animation:") == moved[1].count("animation:") == moved[1].count("svg:root:target") > 0
    assert f"Stop the motion: {ROUTINES[name].name}" in act_labels(at)


def test_every_text_can_be_listened_to(all_parts: dict[str, AppTest]):
    for at in all_parts.values():
        assert "Listen" in act_labels(at)


def act_labels(at: AppTest) -> list[str]:
    """Return what the buttons in the text blocks say."""
    texts = [str(getattr(each, "value", "")) for each in at.get("html")]
    return re.findall(
        r'class="coach-act [^>]*>(?:<span class="coach-icon"[^>]*></span>)?<span>(.*?)</span>', "".join(texts)
    )


def test_the_risk_list_sends_to_the_doctor(home: Home):
    home.settle(hours=60)
    text = said(opened(home, "next-fracture"))
    for line in (
        *(line.replace("57 kg (125 lb)", "57 kg") for line in PROTOCOL.guide["risk_factors"]),
        PROTOCOL.notices["risk_intro"],
        PROTOCOL.notices["no_promise"],
    ):
        assert line in text
    assert "Talk to your doctor" in text


def test_every_dose_and_source_is_told(home: Home):
    home.settle(hours=60)
    text = said(unfold(opened(home, "numbers")))
    for phase in PROTOCOL.phases:
        assert phase.name in text
        for routine, dose in phase.doses.items():
            known = PROTOCOL.routines[routine]
            much = f"{doses_text.dose(known, dose.plain)}, {doses_text.often(dose.plain)}"
            name = f"{known.name} (opened by your physiotherapist)" if known.release else known.name
            sources = [part.partition("\n")[0] for part in text.split(f"{name}\n{much}\n")[1:]]
            assert any(dose.reps.source in each for each in sources), name
    for name, source in PROTOCOL.sources.items():
        assert f"{name}: {source}" in text
    assert "Flat hour: when you get home (SEED)" in text
    assert "Second day: 24 hours after your procedure (PD)" in text


def test_who_reads_and_what_this_is_not_is_told(home: Home):
    home.settle(hours=60)
    text = said(opened(home, "about"))
    assert "Nobody else sees this. To tell your clinic, call +49 30 555 0100." in text
    assert "not a medical device" in text
    assert "In an emergency call 112." in text


def test_no_part_speaks_over_peoples_heads(all_parts: dict[str, AppTest]):
    titles_of_sources = {f"{name}: {text}" for name, text in PROTOCOL.sources.items()}
    for name, at in all_parts.items():
        for line in everything(at).splitlines():
            if line not in titles_of_sources:
                assert not BANNED.search(line), (name, line)


def test_before_the_clinics_number_is_known_nothing_is_dialled(home: Home):
    patient = home.settle(hours=60)
    patient.settings.set("clinic_phone", "")
    at = opened(home, "warning-signs")
    assert links(at) == ["tel:112"]
    assert "the number on your clinic's letter" in said(at)
