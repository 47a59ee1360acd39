"""What a page gives to the ear and the hand, on a device without a voice of its own."""

from pathlib import Path

HEARING = (Path(__file__).parent / "hearing.js").read_text("utf-8")
NO_VOICE = "delete globalThis.speechSynthesis;"
