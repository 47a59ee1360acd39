"""Makes the recordings of what is said in a session: `make voice`.

For developers, when a sentence has changed or a language has come; needs SVOX Pico and LAME, which
nothing else in Coach needs. docs/voice.md says more.
"""

from __future__ import annotations

import array
import hashlib
import json
import shutil
import subprocess
import tempfile
import wave
from pathlib import Path

import click

from coach import i18n
from coach.cli.errors import CommandRefused
from coach.config import recordings
from coach.protocols import loader
from coach.text import spoken

#: The voice of each language, by the name that Pico gives it.
VOICES = {"en": "en-US", "de": "de-DE", "es": "es-ES", "fr": "fr-FR"}
_SPEED = 85  # percent: who listens may be 90, and lies down
_QUIET = 110  # of 32767: below that nobody speaks
_AROUND_S = 0.04  # silence kept before and after
_LOUDEST = 0.92  # of what the file can hold
_KBIT = "20"  # on average


@click.command()
@click.argument("language", type=click.Choice(sorted(VOICES)), default="en")
def record(language: str) -> None:
    """Record each sentence of a session in LANGUAGE; those that no session says any more go."""
    folder = recordings.VOICES / language
    folder.mkdir(parents=True, exist_ok=True)
    listed: dict[str, tuple[float, str]] = {}
    with i18n.speaking(language):
        sentences = spoken.every_sentence(loader.default())
    for text in sentences:
        name = recordings.name(language, text)
        seconds = _recorded(text, VOICES[language], folder / name)
        digest = hashlib.sha256((folder / name).read_bytes()).hexdigest()[:12]
        listed[name] = (round(seconds, 2), digest)
    for path in folder.glob("*.mp3"):
        if path.name not in listed:
            path.unlink()
    lines = ",\n".join(f" {json.dumps(name)}: {json.dumps(listed[name])}" for name in sorted(listed))
    (folder / recordings.LIST).write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")
    size = sum(path.stat().st_size for path in folder.glob("*.mp3"))
    click.echo(f"{len(listed)} sentences, {size / 1000:.0f} kB, in {folder}")


def _recorded(text: str, voice: str, target: Path) -> float:
    """Write a sentence as MP3 and return its seconds."""
    with tempfile.TemporaryDirectory() as folder:
        said, cut = Path(folder) / "said.wav", Path(folder) / "cut.wav"
        plain = text.replace("’", "'")
        slow = f'<speed level="{_SPEED}">{plain}</speed>'
        _run("pico2wave", f"--lang={voice}", f"--wave={said}", slow)
        seconds = _cut(said, cut)
        _run("lame", "--quiet", "-m", "m", "--resample", "16", "--abr", _KBIT, str(cut), str(target))
    return seconds


def _cut(source: Path, target: Path) -> float:
    """Cut the silence off both ends, make it as loud as it can be, and return its seconds."""
    with wave.open(str(source)) as file:
        rate, frames = file.getframerate(), file.readframes(file.getnframes())
    samples = array.array("h", frames)
    heard = [i for i, sample in enumerate(samples) if abs(sample) > _QUIET]
    around = int(_AROUND_S * rate)
    samples = samples[max(heard[0] - around, 0) : heard[-1] + around]
    factor = _LOUDEST * 32767 / max(map(abs, samples))
    louder = array.array("h", (round(sample * factor) for sample in samples))
    with wave.open(str(target), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(louder.tobytes())
    return float(len(louder) / rate)


def _run(*command: str) -> None:
    if shutil.which(command[0]) is None:
        raise CommandRefused(f"{command[0]} is not installed. docs/voice.md says where it comes from.")
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - our own sentences


if __name__ == "__main__":
    record()
