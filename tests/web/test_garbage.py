"""Python looks through everything at set times only, and what nobody needs is gone then."""

from __future__ import annotations

import asyncio
import gc
import weakref

from coach import web
from coach.web import garbage


class Ring:
    """Something that holds itself: counting alone does not free it."""

    def __init__(self) -> None:
        self.itself = self


def test_many_long_lived_objects_bring_on_no_look_at_everything():
    looks: list[int] = []

    def saw(phase: str, told: dict[str, int]) -> None:
        if phase == "start":
            looks.append(told["generation"])

    async def a_day() -> list[Ring]:
        async with web.lifespan(None):
            gc.callbacks.append(saw)
            try:
                return [Ring() for _each in range(300_000)]
            finally:
                gc.callbacks.remove(saw)

    assert len(asyncio.run(a_day())) == 300_000
    assert 1 in looks, "the young are looked at"
    assert 2 not in looks


def test_at_a_set_time_what_nobody_needs_is_gone():
    async def a_day() -> weakref.ref[Ring]:
        async with garbage.at_set_times(0.01):
            gone = weakref.ref(Ring())
            for _each in range(500):
                if gone() is None:
                    break
                await asyncio.sleep(0.01)
            return gone

    before = gc.get_threshold()
    assert asyncio.run(a_day())() is None
    assert gc.get_threshold() == before
