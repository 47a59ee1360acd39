import logging
import sys
import threading
from collections.abc import Iterator

import pytest

from coach.ui.shell import error_reporting
from tests.support.server import ROOT


@pytest.fixture
def kept_out() -> Iterator[None]:
    """Keep values out of the log for one test, and put everything back."""
    before, thread, unraisable = (
        logging.getLogRecordFactory(),
        threading.excepthook,
        sys.unraisablehook,
    )
    error_reporting.keep_values_out_of_the_log()
    yield
    logging.setLogRecordFactory(before)
    threading.excepthook, sys.unraisablehook = thread, unraisable


def fail() -> None:
    raise ValueError("canary-Ada")


def test_an_exceptions_message_stays_out_of_the_log(kept_out, caplog):
    try:
        fail()
    except ValueError as error:
        logging.getLogger("somebody").exception("Uncaught app execution")
        logging.getLogger("somebody").warning("It failed: %s", error)
        logging.getLogger("asyncio").error("Never retrieved\nfuture: %s", repr(error), exc_info=error)
    assert "canary-Ada" not in caplog.text
    assert caplog.text.count("ValueError at test_error_reporting.py:") == 3
    assert "in fail" in caplog.text


def test_an_ordinary_message_stays_as_it_is(kept_out, caplog):
    logging.getLogger("somebody").warning("Port %s is not available", 8501)
    assert "Port 8501 is not available" in caplog.text


def test_a_threads_end_is_told_without_values(kept_out, caplog):
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    assert "canary-Ada" not in caplog.text
    assert "a thread ended: ValueError at test_error_reporting.py:" in caplog.text


def test_a_failing_page_says_one_plain_sentence_and_logs_no_values(app_server, open_page):
    server = app_server(entry=ROOT / "tests/support/apps/failing.py")
    page = open_page("phone")
    page.goto(server.url)
    page.get_by_role("alert").wait_for()
    seen = page.inner_text("body")
    assert "Something went wrong here." in seen
    assert "Traceback" not in seen
    assert "ValueError" not in seen
    assert "canary-Ada" not in seen + server.log()
    assert "Uncaught app execution (ValueError at failing_page.py:" in server.log()
