"""Values that fit the fields of facts, for tests that draw facts at random."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from coach.domain import facts

#: The ranges that fields ask for; a field not named here takes any value of its type.
RANGES: dict[str, st.SearchStrategy[Any]] = {
    "score": st.none() | st.integers(0, 10) | st.sampled_from(facts.PainWord),
    "effort": st.integers(0, 10),
    "able": st.none() | st.integers(0, 10),
    "reps": st.integers(1, 1000),
    "sides": st.integers(1, 2),
    "reps_done": st.integers(0, 1000),
    "reps_planned": st.integers(1, 1000),
    "per_day": st.integers(1, 100),
    "days_per_week": st.integers(1, 7),
    "hold_s": st.floats(0, 60) | st.integers(0, 60),
    "took_s": st.floats(0, 86_400),
    "limit": st.integers(1, 10),
}


def bone_answers(texts: st.SearchStrategy[str]) -> st.SearchStrategy[facts.BoneHealth]:
    """Return answers that fit their step; only who has a treatment may name it."""
    fitting = [(step, state) for step, states in facts.BONE_STATES.items() for state in (*states, None)]
    return st.builds(
        lambda occasion, answer, named: facts.BoneHealth(
            occasion, answer[0], answer[1], named if answer[1] is facts.BoneState.YES else ""
        ),
        texts,
        st.sampled_from(fitting),
        texts | st.just(""),
    )
