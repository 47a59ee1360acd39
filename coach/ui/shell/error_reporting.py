"""Error reports in the log and on the screen, without anything that users entered."""

import logging
import re
import sys
import threading
import traceback
from typing import Any

from coach.desk import RecordUnavailable
from coach.i18n import _
from coach.ui.parts import empty_states
from coach.ui.parts.text_block import TextBlock
from coach.ui.shell import record_gone

_log = logging.getLogger("coach")
_SESSION = re.compile(r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", re.IGNORECASE)


def place_of(error: BaseException) -> str:
    """Describe an error by class and place, without its message.

    Example:
        `ValueError at history.py:12 in of_patient`
    """
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return type(error).__name__
    last = frames[-1]
    return f"{type(error).__name__} at {last.filename.rpartition('/')[2]}:{last.lineno} in {last.name}"


def keep_values_out_of_the_log() -> None:
    """Remove exception messages and ids of browser sessions from every log record of any library.

    Streamlit, uvicorn and asyncio print tracebacks with the message, and a message may quote a
    patient. Anyone who knows the id of a browser session could send files to it, or take it over.
    """
    make = logging.getLogRecordFactory()
    if getattr(make, "keeps_values_out", False):
        return

    def factory(*args: Any, **kwargs: Any) -> logging.LogRecord:
        record = make(*args, **kwargs)
        if isinstance(record.args, tuple):
            record.args = tuple(place_of(a) if isinstance(a, BaseException) else a for a in record.args)
        if not record.name.startswith("coach"):
            record.msg = _without_sessions(record.msg)
            if isinstance(record.args, tuple):
                record.args = tuple(map(_without_sessions, record.args))
        if record.exc_info and record.exc_info[1]:
            # asyncio quotes the exception after the first line.
            first = str(record.msg).partition("\n")[0]
            record.msg, record.args = f"{first} ({place_of(record.exc_info[1])})", ()
            record.exc_info = record.exc_text = None
        return record

    factory.keeps_values_out = True  # type: ignore[attr-defined]
    logging.setLogRecordFactory(factory)
    threading.excepthook = lambda gone: _report("a thread ended", gone.exc_value)
    sys.unraisablehook = lambda gone: _report("an error could not be raised", gone.exc_value)


def _without_sessions(part: Any) -> Any:
    return _SESSION.sub("…", part) if isinstance(part, str) else part


def _report(what: str, error: BaseException | None) -> None:
    """Log an uncaught error."""
    _log.error("%s: %s", what, error)


def say_sorry(error: Exception) -> bool:
    """Show in one sentence that a page failed; the log has the place already.

    It promises nothing about what was saved, as that is unknown here.
    """
    if isinstance(error, RecordUnavailable):
        record_gone.show(error)
    else:
        block = TextBlock()
        empty_states.picture(block, "away")
        told = _(
            "Something went wrong here. Load this page again, and look whether your last entry is there."
        )
        block.notice(told, "error").link(_("Go back to the start"), "/").show()
    return True
