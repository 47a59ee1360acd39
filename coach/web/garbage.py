"""When Python looks through everything that it keeps for what nobody needs: once a minute, not in the middle of a run.

With a clinic's records in memory a look takes a tenth of a second, in which nobody is answered, and
reading one long record alone would bring on several. What is young is looked through as ever.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

EVERY_S = 60.0
_YOUNG = (2_000, 10)  # new objects until a look at them, and such looks until one at what they left
_NEVER = 2**31 - 1


@asynccontextmanager
async def at_set_times(every_s: float = EVERY_S) -> AsyncIterator[None]:
    """Look through everything so often, and at no other time, until the block ends."""
    before = gc.get_threshold()
    gc.set_threshold(*_YOUNG, _NEVER)
    rounds = asyncio.create_task(_rounds(every_s))
    try:
        yield
    finally:
        rounds.cancel()
        gc.set_threshold(*before)


async def _rounds(every_s: float) -> None:
    while True:
        await asyncio.sleep(every_s)
        gc.collect()


def let_lie() -> None:
    """Spare what is there now every later look: it stays as long as the server."""
    gc.collect()
    gc.freeze()
