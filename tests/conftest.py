"""What every test may ask for: a home of its own, the real app, Chromium, PostgreSQL."""

import atexit
import os
import shutil
import tempfile
from collections.abc import Callable, Generator, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from hypothesis import HealthCheck
from hypothesis import settings as hypotheses
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright

from coach.desk.access import passwords
from coach.records.database import engine
from tests.support import browser, once
from tests.support.noon import NOON_ZONE
from tests.support.pooler import Pooler
from tests.support.postgres import PostgresServer
from tests.support.server import ENTRY, ROOT, AppServer

# What tests write is in memory where there is room: a disk takes longer over it than the tests do. It is a real file
# system all the same; a disk that fails, is full or loses its power is one that tests rule over.
MEMORY = Path("/dev/shm")  # noqa: S108
ROOM = 4 << 30
if "TMPDIR" not in os.environ and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM:
    tempfile.tempdir = os.environ["TMPDIR"] = str(MEMORY)

# No test may ever see the record of whoever runs it.
_home = tempfile.TemporaryDirectory(prefix="coach-tests-", ignore_cleanup_errors=True)
atexit.register(_home.cleanup)
os.environ["COACH_HOME"] = _home.name
os.environ.pop("COACH_DATABASE_URL", None)
once.share_folder()

ARTIFACTS = ROOT / "test-artifacts"
# Folders whose tests drive a whole paper, command or database: too slow for the fast loop.
WHOLE = ("cli", "demo", "export/pdf", "records", "torture")
# What a test needs if it asks for a fixture.
NEEDS = {
    "chromium": pytest.mark.browser,
    "postgres": pytest.mark.postgres,
    "compiler": pytest.mark.compiler,
    "app_server": pytest.mark.slow,
}
BROWSER_TEST_S = 900  # an end to one that hangs; a busy computer may take minutes over a whole session
_failed = pytest.StashKey[bool]()
_journal, _hasher = engine.journal, passwords.hasher

expect.set_options(timeout=browser.SOON)

# The same examples each time, however long a busy computer takes over them.
hypotheses.register_profile(
    "tests", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
hypotheses.load_profile("tests")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Generator[None, None, None]:
    """Mark tests by the tools that their fixtures start; then put those that will run in order."""
    for item in items:
        for fixture, mark in NEEDS.items():
            if fixture in getattr(item, "fixturenames", ()):
                item.add_marker(mark)
        if _is_of_whole(item.path):
            item.add_marker(pytest.mark.slow)
        if item.get_closest_marker("browser") and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(BROWSER_TEST_S))
    yield
    items[:] = _in_order(items, int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")))


@cache
def _is_of_whole(path: Path) -> bool:
    return any(path.is_relative_to(ROOT / "tests" / folder) for folder in WHOLE)


def _in_order(items: list[pytest.Item], workers: int) -> list[pytest.Item]:
    """Let half of the workers begin with tests that wait for a browser, the longest first, and half with the others.

    Each worker is given its share in one piece, and takes from the end of another's when it has done its own.
    Those that only compute make room for the browsers (`pytest_runtest_protocol`), which answer as fast as on a
    computer that does nothing else.
    """
    if workers == 1:
        return items
    waiting: dict[Path, list[pytest.Item]] = {}
    others: list[pytest.Item] = []
    for item in sorted(items, key=lambda each: each.get_closest_marker("long") is None):
        if item.get_closest_marker("browser"):
            waiting.setdefault(item.path, []).append(item)
        else:
            others.append(item)
    files, browsers = [*waiting.values()], (workers + 1) // 2
    ordered: list[pytest.Item] = []
    for worker in range(workers):
        first = [item for file in files[worker::browsers] for item in file] if worker < browsers else []
        room = max(len(items) // workers - len(first), 0)
        ordered += [*first, *others[:room]]
        others = others[room:]
    return ordered + others


_made_room: list[str] = []


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> None:
    """Make room for the others' browsers from the first test on that needs none, where several workers run."""
    if "PYTEST_XDIST_WORKER" in os.environ and not (_made_room or item.get_closest_marker("browser")):
        os.nice(10)
        _made_room.append(item.nodeid)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remember whether a test failed, for the pictures it leaves behind."""
    report = yield
    item.stash[_failed] = report.failed or item.stash.get(_failed, False)
    return report


@pytest.fixture(scope="session", autouse=True)
def quick() -> Iterator[None]:
    """No power cut meets the records of tests, and nobody guesses their passwords: neither needs to take long."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "journal", lambda module: (_journal(module)[0], "OFF"))
        patch.setattr(passwords, "hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield


@pytest.fixture
def as_delivered(quick: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Records are synced to the disk, and passwords cost what they cost."""
    monkeypatch.setattr(engine, "journal", _journal)
    monkeypatch.setattr(passwords, "hasher", _hasher)


@pytest.fixture
def app_server(tmp_path: Path) -> Iterator[Callable[..., AppServer]]:
    """Start the real app, as often as asked: `app_server(entry=..., home=..., env=...)`."""
    servers: list[AppServer] = []

    def start(
        *, entry: Path = ENTRY, home: Path | None = None, env: Mapping[str, str] | None = None
    ) -> AppServer:
        server = AppServer(home or tmp_path / f"home-{len(servers)}", entry=entry, env=env)
        servers.append(server)
        return server.start()

    yield start
    for server in servers:
        server.stop()


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppServer]:
    """The real app with an empty record, shared by tests that only look at it from outside."""
    server = AppServer(tmp_path_factory.mktemp("house")).start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The installed Chromium. Its driver keeps an event loop in this thread: tests cannot use asyncio.run."""
    program = browser.program()
    if program is None:
        pytest.fail("Chromium is not installed: run `make tools`")
    with sync_playwright() as playwright, pytest.MonkeyPatch.context() as patch:
        patch.setattr(Locator, "click", browser.as_a_finger(Locator.click))
        scroll = browser.if_replaced_again(Locator.scroll_into_view_if_needed)
        patch.setattr(Locator, "scroll_into_view_if_needed", scroll)
        yield (launched := playwright.chromium.launch(executable_path=program, args=browser.FLAGS))
        launched.close()


@pytest.fixture
def open_context(
    chromium: Browser, request: pytest.FixtureRequest
) -> Iterator[Callable[..., BrowserContext]]:
    """Open a device's browser: `open_context("phone", timezone="Asia/Tokyo", color_scheme="dark")`."""
    contexts: list[BrowserContext] = []

    def start(device: str = "phone", *, timezone: str = NOON_ZONE, **more: Any) -> BrowserContext:
        settings = {**browser.DEVICES[device], "timezone_id": timezone, "locale": "en-GB", **more}
        contexts.append(context := chromium.new_context(**settings))
        context.set_default_timeout(browser.SOON)
        context.add_init_script(browser.STOPWATCH)
        return context

    yield start
    for context in contexts:
        if request.node.stash.get(_failed, False):
            _take_pictures(context, request.node.name)
        context.close()


@pytest.fixture
def open_page(open_context: Callable[..., BrowserContext]) -> Callable[..., Page]:
    """Open a page on a device, without an address yet; takes what `open_context` takes."""
    return lambda *device, **settings: open_context(*device, **settings).new_page()


def _take_pictures(context: BrowserContext, test: str) -> None:
    """Leave what a failed test saw."""
    ARTIFACTS.mkdir(exist_ok=True)
    for number, page in enumerate(context.pages):
        page.screenshot(path=ARTIFACTS / f"{test.replace('/', '-')}-{number}.png", full_page=True)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server for the whole run."""
    try:
        server = PostgresServer()
    except RuntimeError as error:
        pytest.fail(str(error))
    try:
        server.start()
        yield server
    finally:
        server.close()


@pytest.fixture(scope="session")
def pooler(postgres: PostgresServer) -> Iterator[Pooler]:
    """PgBouncer in transaction mode before that server."""
    try:
        started = Pooler(postgres)
    except RuntimeError as error:
        pytest.fail(str(error))
    yield started
    started.close()


@pytest.fixture
def postgres_url(postgres: PostgresServer) -> str:
    """The address of a record that is prepared and empty, for the role that serves people."""
    return postgres.new_record()


@pytest.fixture
def bare_postgres_url(postgres: PostgresServer) -> str:
    """The address of an empty database, for the role that serves people."""
    return postgres.new_database()
