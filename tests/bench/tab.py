"""What a browser's tab knows of a page, without a socket: the questions it asks, and what the answers say."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.BidiComponent_pb2 import BidiComponent
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

ZONE = "America/New_York"
#: How every page of the product begins to say that it failed (`coach/ui/shell/error_reporting.py`).
SORRY = "Something went wrong here."
FINISHED = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)
_TRIGGERS = "$$STREAMLIT_INTERNAL_KEY_{component}__events"


@dataclass(slots=True)
class Run:
    """One finished run: how long until its last message, and what came over the wire."""

    took_ms: float = 0.0
    messages: int = 0
    size: int = 0  # bytes before compression
    page: str = ""  # hash of the page's script
    elements: int = 0
    finished: int = -1  # ForwardMsg.ScriptFinishedStatus
    fault: str = ""  # what the page showed or did that no page should


@dataclass(slots=True)
class Component:
    """A component on the page: its id, what it was given as JSON, and the fragment around it."""

    id: str
    json: str
    fragment: str


@dataclass(slots=True)
class Tab:
    """One tab on one page; a product's page is `routed`: a run that never came to its pages failed."""

    url: str
    address: str = ""
    routed: bool = False
    session: str = ""
    hash: str = ""
    pages: dict[str, str] = field(default_factory=dict)
    buttons: dict[str, str] = field(default_factory=dict)  # ids by the keys of the page's code
    components: dict[str, Component] = field(
        default_factory=dict
    )  # by the name that they are registered under
    answer: Run = field(default_factory=Run)
    _cached: dict[str, ForwardMsg] = field(
        default_factory=dict
    )  # what the server sends once and names after that
    _told: dict[str, str] = field(default_factory=dict)  # what components keep, as JSON by id
    _seen: bool = False  # the router came to its pages in this run
    _part: bool = False  # only a fragment runs

    @property
    def place(self) -> str:
        """The address of the page that ran last; empty for the start page."""
        return self.pages.get(self.hash, "")

    def keep(self, component: str, **state: object) -> None:
        """Let a component of the page keep a state from the next question on."""
        self._told[self.components[component].id] = json.dumps(state)

    def ask(
        self, *, tap: str = "", trigger: tuple[str, dict[str, object]] | None = None, go: str | None = None
    ) -> bytes:
        """Return the question for a run.

        Args:
            tap: the key of the button that was tapped.
            trigger: the component that says something once, and what it says by name.
            go: the address of another page to go to.
        """
        asked = BackMsg()
        state = asked.rerun_script
        if go is not None:
            self.hash = next(name for name, address in self.pages.items() if address == go)
        state.page_script_hash = self.hash
        if not self.hash:
            state.page_name = self.address
        state.cached_message_hashes.extend(self._cached)
        state.context_info.timezone = ZONE
        state.context_info.locale = "en-GB"
        state.context_info.url = f"{self.url}/{self.place or self.address}"
        widgets = [WidgetState(id=name, json_value=told) for name, told in self._told.items()]
        if tap:
            widgets.append(WidgetState(id=self.buttons[tap], trigger_value=True))
        if trigger:
            found, says = self.components[trigger[0]], trigger[1]
            events = json.dumps([{"event": event, "value": value} for event, value in says.items()])
            widgets.append(WidgetState(id=_TRIGGERS.format(component=found.id), json_trigger_value=events))
            state.fragment_id = found.fragment
        state.widget_states.widgets.extend(widgets)
        self.answer, self._seen, self._part = Run(), not self.routed, bool(state.fragment_id)
        return bytes(asked.SerializeToString())

    def hear(self, said: bytes) -> Run | None:
        """Take one message; return the run when it is finished."""
        message = ForwardMsg.FromString(said)
        run = self.answer
        run.messages += 1
        run.size += len(said)
        kind = message.WhichOneof("type")
        if message.metadata.cacheable:
            self._cached[message.hash] = message
        match kind:
            case "delta":
                run.elements += 1
                self._take(message)
            case "ref_hash":
                run.elements += 1
                self._take(self._cached[message.ref_hash])
            case "new_session":
                self._begin(message)
            case "navigation":
                self._seen = True
                self.hash = message.navigation.page_script_hash or self.hash
                self.pages = {p.page_script_hash: p.url_pathname for p in message.navigation.app_pages}
            case "script_finished" if message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                run.page, run.finished = self.hash, message.script_finished
                if run.finished not in FINISHED:
                    run.fault = run.fault or f"ended as {run.finished}"
                elif not self._seen and not self._part:
                    run.fault = run.fault or "never came to its pages"
                return run
            case _:  # also a page that asked for another run: the answer is that one's end
                pass
        return None

    def _begin(self, message: ForwardMsg) -> None:
        begun = message.new_session
        self.hash = begun.page_script_hash
        self.session = begun.initialize.session_id
        self._part = bool(message.metadata.run.fragment_ids)
        if not self._part:
            self.buttons.clear()
            self.components.clear()

    def _take(self, message: ForwardMsg) -> None:
        if message.delta.WhichOneof("type") != "new_element":
            return
        element = message.delta.new_element
        match element.WhichOneof("type"):
            case "button":
                self.buttons[_key(element.button.id)] = element.button.id
            case "bidi_component":
                self._put(element.bidi_component, message.delta.fragment_id)
            case "exception":
                self.answer.fault = "an exception on the page"
            case "html" if SORRY in element.html.body:
                self.answer.fault = "the page failed"
            case _:
                pass

    def _put(self, found: BidiComponent, fragment: str) -> None:
        self.components[found.component_name] = Component(
            found.id, found.json or found.bytes.decode(), fragment
        )


def _key(widget: str) -> str:
    """Return the key that a widget has in the page's code; its id is `$$ID-<digest>-<key>`."""
    return widget.split("-", 2)[-1]
