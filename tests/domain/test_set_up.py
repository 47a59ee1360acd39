"""Which set-up answers open something earlier, and when the clinic's word counts for one."""

from __future__ import annotations

from itertools import product

import pytest

from coach.domain import closures
from coach.domain.case import Case
from coach.domain.facts import ClinicAgreed, Reply
from coach.domain.protocol import Closes
from coach.domain.set_up import needs_word, opens_earlier, words_after
from tests.domain.story import GLUTES, NOON, PHYSIO, PROTOCOL, Story, h

YES, NO, UNSURE = Reply.YES, Reply.NO, Reply.UNSURE
CLOSING = [question for question in PROTOCOL.questions if question.closes is not Closes.NOTHING]
OTHERS = [question for question in PROTOCOL.questions if question.closes is Closes.NOTHING]


@pytest.mark.parametrize("question", CLOSING, ids=lambda question: question.id)
def test_only_a_no_takes_back_what_closes_something(question):
    opening = {(old, new) for old, new in product((None, *Reply), Reply) if opens_earlier(question, old, new)}
    assert opening == {(None, NO), (YES, NO), (UNSURE, NO)}
    assert [needs_word(question, reply) for reply in (YES, UNSURE, NO)] == [True, True, False]


@pytest.mark.parametrize("question", OTHERS, ids=lambda question: question.id)
def test_of_the_other_answers_only_a_night_in_hospital_opens_anything_earlier(question):
    opening = {(old, new) for old, new in product((None, *Reply), Reply) if opens_earlier(question, old, new)}
    assert opening == ({(None, YES), (NO, YES), (UNSURE, YES)} if question.meaning == "overnight" else set())
    assert not any(needs_word(question, reply) for reply in Reply)


@pytest.mark.parametrize("question", CLOSING, ids=lambda question: question.id)
def test_the_clinics_word_counts_for_the_answer_before_it_in_the_gate_and_in_what_was_due(question):
    story = Story().begins()
    glutes = PROTOCOL.routines[GLUTES]

    def word(at: float) -> None:
        story.add(ClinicAgreed(question.id, "Dr Example", NOON + h(at)), at, author=PHYSIO)

    def closes_at_80() -> tuple[bool, bool, bool]:
        """Tell whether the answer closes by its word, by the gate, and by what was due."""
        answer, case = story.history.answers[question.id], Case.of(PROTOCOL, story.history)
        stretches = closures.closed(case, glutes)
        by_due = any(
            each.cause is closures.ClosedBy.ANSWER
            and each.since <= NOON + h(80)
            and (each.to is None or each.to > NOON + h(80))
            for each in stretches
        )
        return not words_after(story.history, answer), any(q.id == question.id for q, _ in case.asked), by_due

    word(50)  # before there was anything to agree to
    story.answers(question.id, "yes", 60)
    assert closes_at_80() == (True, True, True)
    word(70)
    assert closes_at_80() == (False, False, False)
    story.answers(question.id, "unsure", 75)  # another answer, of which nobody has said anything
    assert closes_at_80() == (True, True, True)
