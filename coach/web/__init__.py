"""HTTP routes beside the pages: health, assets, outbox, sign-in, downloads; and the middleware."""

import asyncio
import importlib
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import cache
from threading import Thread
from typing import Any, NoReturn
from uuid import UUID

from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route

from coach import desk
from coach.config import capacity, mode
from coach.text import errors as errors_text
from coach.text import startup
from coach.web import (
    connections,
    demo,
    downloads,
    drawings,
    garbage,
    keep_alive,
    reminders,
    second_factor,
    sign_in,
)
from coach.web.assets import Assets
from coach.web.bundle import StreamlitFiles
from coach.web.document import KnownServer
from coach.web.http import EVERY_METHOD
from coach.web.language import BrowsersLanguage
from coach.web.middleware import SignedInOnly, ThisComputerOnly
from coach.web.outbox import take_outbox
from coach.web.security_headers import HomeCookie, KnownHosts, SecurityHeaders
from coach.web.sockets import BrowserSessions, TakesFile

# Import at start what the first page would otherwise wait for: about two seconds, once.
_WARM = (
    "pandas",
    "altair",
    "pyarrow",
    "streamlit.elements.arrow",
    "streamlit.elements.vega_charts",
    "streamlit.emojis",
)


async def _health(_request: Request) -> Response:
    """Answer that the server is up; no thread and no database is asked, for either may be taken."""
    return PlainTextResponse("ok")


routes = [
    Route("/healthz", _health),
    Route("/api/outbox", take_outbox, methods=EVERY_METHOD),
    *downloads.routes,
    *drawings.routes,
    *keep_alive.routes,
    *reminders.routes,
    Mount("/coach-assets", Assets()),
    *sign_in.routes,
    *second_factor.routes,
    *demo.routes,
]


def start(address: str | None, allowed_hosts: Sequence[str], *, organisation: bool) -> None:
    """Check that the server is safe to start, else exit with a sentence and code 2; set the limits.

    Args:
        address: the address it listens on, None for every address.
        allowed_hosts: the host names this server answers to, without ports.
        organisation: whether sign-in by OpenID Connect is set up.
    """
    try:
        mode.check(address or "", allowed_hosts)
        desk.settle()
    except mode.Unsafe as unsafe:
        _refuse(startup.unsafe(unsafe.why, unsafe.name))
    except desk.RecordUnavailable as trouble:
        _refuse(errors_text.unavailable(trouble.reason, trouble.where))
    sign_in.offer_organisation(offered=organisation and mode.is_clinic())
    connections.bound(fits())


@cache
def fits() -> capacity.Capacity:
    """Return the capacity of this process; raises its limit of open files once."""
    return capacity.claim()


def _refuse(why: str) -> NoReturn:
    print(why, file=sys.stderr, flush=True)  # noqa: T201  to whoever starts the server
    sys.exit(2)


def _takes_none(_session: str, _file: str, _account: UUID | None) -> bool:
    return False


def layers(
    allowed_hosts: Sequence[str],
    takes_file: TakesFile = _takes_none,
    *,
    fonts: Sequence[str] = (),
) -> list[Middleware]:
    """Return the middleware around every request, the outermost first.

    Args:
        allowed_hosts: the names this server answers to, without ports; `*.` in front means any
            subdomain.
        takes_file: tells whether a page of that browser session asks for that file.
        fonts: addresses of the fonts that every page loads.
    """
    around = [
        Middleware(BrowsersLanguage),
        Middleware(SecurityHeaders),
        Middleware(KnownHosts, allowed=tuple(allowed_hosts)),
    ]
    if not (mode.is_clinic() and mode.is_https()):
        around.append(Middleware(ThisComputerOnly))
    inside = Middleware(SignedInOnly if mode.is_clinic() else HomeCookie)
    bounded = Middleware(BrowserSessions, capacity=fits(), takes_file=takes_file)
    document = Middleware(KnownServer, fonts=tuple(fonts))
    return [
        *around,
        Middleware(StreamlitFiles),
        Middleware(reminders.NotCompressed),
        document,
        bounded,
        inside,
    ]


def _then_let_lie(make: Callable[[], None]) -> None:
    make()
    garbage.let_lie()


@asynccontextmanager
async def lifespan(_app: Any, *, warm_up: Callable[[], None] | None = None) -> AsyncIterator[None]:
    """Import the heavy libraries before anybody waits, and spare the collector a look at them ever after.

    Args:
        warm_up: makes what a page makes at its first visit; the server answers meanwhile.
    """
    for name in _WARM:
        importlib.import_module(name)
    garbage.let_lie()
    if warm_up:
        # Nobody waits for its end: a server that is stopped meanwhile stops at once.
        Thread(target=_then_let_lie, args=(warm_up,), name="warm up", daemon=True).start()
    reminding = asyncio.create_task(reminders.rounds())
    async with garbage.at_set_times():
        yield
    reminding.cancel()
