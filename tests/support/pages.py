"""Pages under Streamlit's own test runner, on a real record, with a clock that tests move.

What works under AppTest in 1.67, so that nobody has to find it again:

* Run the router, `coach/app.py`, not a page: `st.switch_page` needs the pages that `st.navigation`
  registers. A page run as the main script works as long as it does not lead elsewhere; where it
  does, it runs itself again for ever and the run times out.
* To open an address first, as a bookmark does, give the run the page's hash before it starts
  (`Home.open("session")` below); `AppTest.switch_page` needs one run before.
* Every AppTest is a browser session of its own: a second one is a reload or another tab.
* Components' scripts do not run. What they are given is read by `given`.
* A chosen day of `st.pills` is set by its value: `at.pills[0].set_value(date(...))`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, time
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.runtime.scriptrunner_utils.script_run_context import ScriptRunContext
from streamlit.runtime.state.common import user_key_from_element_id
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import TextInput
from streamlit.util import calc_hash

from coach import desk
from coach.desk import PatientDesk
from coach.protocols import loader
from coach.review.patient.columns import Tabled
from coach.ui.parts import folding
from tests.support.homes import Clock, settled, size
from tests.support.server import ROOT

# All that a text block is made of.
MARKUP = {
    "div", "h1", "h2", "h3", "p", "ul", "ol", "li", "strong", "a", "img", "table", "thead", "tbody", "tr", "th", "td",
    "dl", "dt", "dd", "span", "style", "details", "summary", "b",
}  # fmt: skip
LINK = re.compile(r'<a [^>]*href="([^"]*)"[^>]*>(.*?)</a>')
TAG = re.compile(r"<[^>]*>")
WORDS = ("title", "header", "subheader", "text", "markdown", "caption", "error", "warning", "info")


@dataclass
class Home:
    """One home: its folder, its clock and the browsers that look at it."""

    folder: Path
    clock: Clock = field(default_factory=Clock)

    @property
    def patient(self) -> PatientDesk:
        """The desk that the pages use too."""
        return desk.home()

    @property
    def size(self) -> tuple[int, str]:
        return size(self.patient)

    def settle(self, **answers: Any) -> PatientDesk:
        """Answer set-up; takes what `settled` takes."""
        settled(self.folder, now=self.clock.now, **answers).installation.store.close()
        self.restart()
        return self.patient

    def restart(self) -> None:
        """Forget everything that is not on disk, as a server that starts again does."""
        desk.forget()

    def open(
        self, page: str = "today", *, part: str = "", zone: str | None = None, locale: str = ""
    ) -> AppTest:
        """Open a page, or a part of it, in a new browser session, by its address."""
        at = AppTest.from_file(ROOT / "coach" / "app.py", default_timeout=120)
        if page != "today":
            at_address(at, page)
        if part:
            at.query_params["part"] = part
        told = {"timezone": zone, "locale": locale}
        if any(told.values()):
            at.context = {name: value for name, value in told.items() if value}
        return run(at)


def overhear(patch: pytest.MonkeyPatch, hear: Callable[[ForwardMsg], object]) -> None:
    """Let a test hear each message that a run of a page sends to the browser, after it was sent."""
    enqueue = ScriptRunContext.enqueue

    def overheard(context: ScriptRunContext, message: ForwardMsg) -> None:
        enqueue(context, message)
        hear(message)

    patch.setattr(ScriptRunContext, "enqueue", overheard)


def opened(page: str, locale: str) -> AppTest:
    """Open a page in a browser of that locale."""
    at = AppTest.from_file(ROOT / "coach" / "app.py", default_timeout=120)
    if page != "today":
        at_address(at, page)
    at.context = {"locale": locale}
    return run(at)


def at_address(at: AppTest, page: str) -> None:
    """Let the first run open a page by its address."""
    at._page_hash = calc_hash(page.replace("_", "-"))  # noqa: SLF001  the runner has no public way to begin there


def run(at: AppTest) -> AppTest:
    """Run the page; no page ever shows an exception."""
    at.run()
    assert not at.exception, [each.value for each in at.exception]
    return at


def part(at: AppTest, name: str) -> AppTest:
    """Open a part of the Guide or of Settings by its address, in the same browser session."""
    at.query_params["part"] = name
    return run(at)


def tap(at: AppTest, name: str) -> AppTest:
    """Tap the button of that key or label."""
    found = [each for each in at.button if name in (each.key, each.label)]
    assert len(found) == 1, (name, buttons(at))
    found[0].click()
    return run(at)


def answer_kept(at: AppTest, name: str, kept: str) -> AppTest:
    """Let the browser answer what it has kept from before a reload."""
    at.session_state["frame-end"] = {"stored": {"part": "drafts", "value": {"name": name, "text": kept}}}
    return run(at)


def lines(at: AppTest) -> list[str]:
    """Return what each line that opens and closes says, without its marks."""
    return [each.label.replace("**", "") for each in at.expander]


def open_line(at: AppTest, key: str) -> AppTest:
    """Tap a line that opens and closes, by its key; the test runner has no tap for it."""
    line = next(each for each in at.expander if each.proto.id.endswith(f"-{key}"))
    changed = WidgetState(id=line.proto.id, bool_value=not line.proto.expanded)
    states = at._tree.get_widget_states()  # noqa: SLF001  as the runner's own taps do
    states.widgets.append(changed)
    at._run(states)  # noqa: SLF001
    assert not at.exception, [each.value for each in at.exception]
    return at


def open_day(at: AppTest, day: date) -> AppTest:
    """Tap the line of a day in Diary."""
    return open_line(at, f"day-{day}")


def buttons(at: AppTest) -> list[str]:
    """Return the key, or else the label, of every button on the page."""
    return [each.key or each.label for each in at.button]


def time_fields(at: AppTest) -> list[TextInput]:
    """Return the fields for a time of day, in their order."""
    return [each for each in at.text_input if str(each.key).endswith("-time")]


def type_time(at: AppTest, clock: time | str, *, field: int = 0) -> AppTest:
    """Type a time of day, as no locale misreads it, and leave the field."""
    text = clock if isinstance(clock, str) else f"{clock:%I:%M %p}"
    time_fields(at)[field].set_value(text)
    return run(at)


def enter_time(at: AppTest, clock: time, *, field: int = 0, confirm: bool = True) -> AppTest:
    """Type a time of day and say that what is read back is right."""
    name = str(time_fields(at)[field].key).removesuffix("-time")
    type_time(at, clock, field=field)
    right = [key for key in buttons(at) if key.startswith(f"{name}-right-")]
    if not confirm or (not right and any(clock_said(clock) in each for each in confirmed(at))):
        return at
    assert len(right) == 1, (right, said(at))
    assert right[0].endswith(f"{clock:%H%M}")
    return tap(at, right[0])


def clock_said(clock: time) -> str:
    """Return the time of day as it stands in every sentence that reads it back."""
    return f"{clock:%H:%M}"


def confirmed(at: AppTest) -> list[str]:
    """Return the times that were confirmed and stand on the page."""
    return [str(each.value) for each in at.text if str(each.value).startswith("✓ ")]


def title(at: AppTest) -> str:
    """Return the page's title."""
    found = [*(str(each.value) for each in at.title), *blocks(at, "h1")]
    assert len(found) == 1, said(at)
    return found[0]


def headers(at: AppTest) -> list[str]:
    """Return the headings of the page's sections."""
    return [*(str(each.value) for each in at.header), *blocks(at, "h2")]


def unfold(at: AppTest, name: str = "") -> AppTest:
    """Open every part of the page that is sent once it is opened; with a name, the part of that key."""
    keys = [user_key_from_element_id(each.proto.id) for each in at.expander if each.proto.id]
    if folding.UNFOLDED not in at.session_state:
        at.session_state[folding.UNFOLDED] = {}
    at.session_state[folding.UNFOLDED] |= {key: True for key in keys if key and name in ("", key)}
    return run(at)


def said(at: AppTest) -> str:
    """Return every sentence on the page, one a line."""
    single = [str(getattr(each, "value", "")) for kind in WORDS for each in at.get(kind)]
    return "\n".join([*single, *blocks(at)])


def blocks(at: AppTest, tag: str = "") -> list[str]:
    """Return what the text blocks of the page say, part by part.

    With a tag, such as h2, its parts alone; with a class too, such as p.coach-caption, those of that class.
    """
    wanted, _dot, kind = tag.partition(".")
    return [
        text
        for reader in _readers(at)
        for name, classes, text in reader.parts
        if wanted in ("", name) and (not kind or kind in classes)
    ]


def closed_exercises(at: AppTest) -> dict[str, list[str]]:
    """Return by the name of each exercise of Today's list that is closed what is said of it.

    What is said of several stands above them, what is said of one below its name.
    """
    names = {each.name for each in loader.default().routines.values()}
    found: dict[str, list[str]] = {}
    above: list[str] = []
    below: list[str] | None = None
    for tag, classes, text in (part for reader in _readers(at) for part in reader.parts):
        if tag in ("h1", "h2"):
            above, below = [], None
        elif "coach-bold" in classes and text in names:
            below = found[text] = list(above)
        elif below is not None and tag != "h3" and not classes:
            below.append(text)
        else:
            above, below = [text] if below is not None else [*above, text], None
    return found


def markup(at: AppTest) -> list[tuple[str, dict[str, str]]]:
    """Return each tag of the text blocks of the page with its attributes."""
    return [each for reader in _readers(at) for each in reader.tags]


def _readers(at: AppTest) -> list[_Parts]:
    readers = []
    for each in at.get("html"):
        text = str(getattr(each, "value", ""))
        if not text.startswith("<style>"):
            reader = _Parts()
            reader.feed(text)
            readers.append(reader)
    return readers


class _Parts(HTMLParser):
    """The headings, paragraphs, items and cells of a text block, with their tags."""

    TAGS = ("h1", "h2", "h3", "p", "li", "th", "td", "dt", "dd", "summary")

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[tuple[str, list[str], str]] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self._open = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a part; a picture says what stands for it."""
        known = {name: value or "" for name, value in attrs}
        classes = known.get("class", "").split()
        self.tags.append((tag, known))
        if tag == "img":
            self.parts.append((tag, classes, known.get("alt", "")))
        if tag in self.TAGS:
            self._open = tag
            self.parts.append((tag, classes, ""))

    def handle_endtag(self, tag: str) -> None:
        """End a part."""
        if tag == self._open:
            self._open = ""

    def handle_data(self, data: str) -> None:
        """Add words to the open part."""
        if self._open:
            self.parts[-1] = (*self.parts[-1][:2], self.parts[-1][2] + data)


def sent(at: AppTest) -> tuple[int, int]:
    """Return what a run sent for the page: how many elements and containers, and how many bytes."""
    waiting, messages, size = [at._tree], 0, 0  # noqa: SLF001  the tree has no public name
    while waiting:
        node = waiting.pop()
        waiting += getattr(node, "children", {}).values()
        proto = getattr(node, "proto", None)
        if proto is not None:
            messages, size = messages + 1, size + proto.ByteSize()
    return messages, size


def note_calls(monkeypatch: pytest.MonkeyPatch, told: list[str], owner: object, name: str) -> None:
    """Let each call of a function be noted by its name; of a table each time its rows are made."""
    real, place = getattr(owner, name), name
    if isinstance(real, Tabled):
        owner, place, real = real, "_make", real._make

    def noted(*what: Any, **more: Any) -> Any:
        told.append(name)
        return real(*what, **more)

    monkeypatch.setattr(owner, place, noted)


def links(at: AppTest) -> list[str]:
    """Return where the link buttons lead."""
    return [*(each.proto.url for each in at.get("link_button")), *(href for href, _label in _links(at))]


def link_labels(at: AppTest) -> list[str]:
    """Return what the link buttons say."""
    return [*(each.proto.label for each in at.get("link_button")), *(label for _href, label in _links(at))]


def _links(at: AppTest) -> list[tuple[str, str]]:
    """Return address and label of each link of the text blocks that leads out of the app."""
    return [
        (href, TAG.sub("", label))
        for each in at.get("html")
        for href, label in LINK.findall(str(getattr(each, "value", "")))
        if ":" in href
    ]


def given(at: AppTest, component: str, key: str = "") -> list[dict[str, Any]]:
    """Return the data that each component of that name on the page is given."""
    return [
        json.loads(each.proto.json or each.proto.bytes)
        for each in at.get("bidi_component")
        if each.proto.component_name == component and each.proto.id.endswith(key)
    ]


def frame_part(at: AppTest, name: str) -> dict[str, Any] | None:
    """Return what that part of the page's frame is given, or None where the page has none."""
    found = [json.loads(data[name]) for data in given(at, "coach_frame") if name in data]
    assert len(found) < 2, name
    return found[0] if found else None
