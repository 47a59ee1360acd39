"""`python -m coach serve`: one server, and what is refused; tests/browser/test_two_servers.py has two."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from coach.cli.serving import balancer
from coach.cli.serving.programs import until_stopped
from coach.config import network_disk
from tests.support.http import ask
from tests.support.server import ROOT, AppServer, free_port

# one server


class One(AppServer):
    """One server, started from a folder that is not the checkout, for a home whose name is relative to it."""

    warm = False

    def __init__(self, home: Path) -> None:
        super().__init__(home, env={"COACH_HOME": "a home"})

    def command(self) -> list[str]:
        """Return the command that runs it."""
        there = (
            f"import os, runpy; os.chdir({str(self.home)!r}); runpy.run_module('coach', run_name='__main__')"
        )
        return [sys.executable, "-c", there, "serve", "--port", str(self.port)]


def test_one_server_has_the_settings_of_the_checkout_wherever_it_is_started(tmp_path: Path):
    server = One(tmp_path).start()
    try:
        assert "coach-home" in (ask(server, "/").headers["set-cookie"] or "")
        assert ask(server, "/", headers={"Host": "evil.example"}).status == 403
        assert (tmp_path / "a home" / "browser-key").exists()
        assert server.process
        with socket.socket() as probe:  # other addresses of this computer are not listened on
            assert probe.connect_ex(("127.0.0.2", server.port)) != 0
    finally:
        server.stop()


@pytest.mark.parametrize(
    ("number", "before", "stops"),
    [
        (signal.SIGTERM, signal.SIG_DFL, True),
        (signal.SIGINT, signal.SIG_IGN, True),  # as a shell starts it in the background
        (signal.SIGHUP, signal.SIG_DFL, True),
        (signal.SIGHUP, signal.SIG_IGN, False),  # as nohup starts it
    ],
)
def test_a_signal_stops_it_unless_it_was_started_to_outlive_its_terminal(
    number: signal.Signals, before: signal.Handlers, stops: bool
):
    kept = signal.signal(number, before)
    try:
        with until_stopped() as stopped:
            os.kill(os.getpid(), number)
            assert stopped.wait(5 if stops else 0) is stops
        assert signal.getsignal(number) is before
    finally:
        signal.signal(number, kept)


# what is refused


def test_without_nginx_several_servers_are_refused(
    coach: Callable[..., Result], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(balancer, "PLACES", (str(tmp_path),))
    said = (
        "Error: nginx, which stands before several servers, is not installed. "
        "Install it, or run without --workers.\n"
    )
    refused = coach("serve", "--workers", "2", "--port", free_port())
    assert (refused.exit_code, refused.stderr) == (2, said)


def test_a_program_that_ends_at_its_start_ends_them_all(tmp_path: Path):
    """As an nginx does that is too old for its settings."""
    nginx = tmp_path / "nginx"
    nginx.write_text("#!/bin/sh\necho too old >&2\nexit 1\n")
    nginx.chmod(0o700)
    env = os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}", "TMPDIR": str(tmp_path)}
    ended = subprocess.run(
        [sys.executable, "-m", "coach", "serve", "--workers", "2", "--port", str(free_port())],
        cwd=ROOT,
        env=env | {"COACH_HOME": str(tmp_path / "home")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stdout) == (2, "")
    said = "too old\nError: nginx has stopped at its start. What it said stands above.\n"
    assert ended.stderr == said  # its end is the pipe's: none of the servers holds it open
    assert list(tmp_path.glob("coach-serve-*")) == []


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"COACH_MODE": "both"}, "COACH_MODE must be home or clinic."),
        ({"STREAMLIT_SERVER_ADDRESS": "0.0.0.0"}, "At home Coach is for this computer only"),
        ({"STREAMLIT_SERVER_ADDRESS": "192.0.2.1"}, "Nothing can listen on 192.0.2.1, port "),
        ({"STREAMLIT_SERVER_PORT": "many"}, "'many' is not a valid integer range."),
        ({"COACH_HOME": "/dev/null/home"}, "/dev/null/home cannot be used: Not a directory."),
        ({"COACH_DATABASE_URL": "mysql://x/y"}, "mysql"),
    ],
)
def test_what_is_not_safe_or_cannot_be_is_refused_before_anything_starts(
    coach: Callable[..., Result], monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], said: str
):
    for name, value in ({"STREAMLIT_SERVER_PORT": str(free_port())} | settings).items():
        monkeypatch.setenv(name, value)
    refused = coach("serve", "--workers", "2")
    assert refused.exit_code == 2
    assert said in refused.stderr
    assert refused.stdout == ""


@pytest.mark.parametrize("more", [(), ("--workers", "2")])
def test_a_port_that_is_in_use_is_refused(coach: Callable[..., Result], more: tuple[str, ...]):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = coach("serve", "--port", port, *more)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert refused.stderr == f"Error: Port {port} is in use. Choose another one with --port.\n"


@pytest.mark.parametrize("count", ["1", "0", "17", "two"])
def test_a_number_of_servers_that_cannot_be_is_refused(coach: Callable[..., Result], count: str):
    refused = coach("serve", "--workers", count)
    assert refused.exit_code == 2
    assert "Invalid value for '--workers'" in refused.stderr


def test_a_record_on_a_network_disk_is_not_shared_by_several(
    coach: Callable[..., Result], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    mounts = tmp_path / "mountinfo"
    mounts.write_text(
        f"22 1 0:21 / / rw - ext4 /dev/vda rw\n23 22 0:22 / {tmp_path} rw - nfs4 disk:/coach rw\n"
    )
    monkeypatch.setattr(network_disk, "MOUNTS", mounts)
    refused = coach("serve", "--workers", "2", "--port", free_port())
    assert refused.exit_code == 2
    assert "coach.sqlite3 lies on a network disk, where several servers cannot share it" in refused.stderr
    assert not (tmp_path / "home" / "coach.sqlite3").exists()


def test_a_network_disk_is_known_by_what_lies_on_top(tmp_path: Path):
    mounts = tmp_path / "mountinfo"
    mounts.write_text(
        "22 1 0:21 / / rw - ext4 /dev/vda rw\n"
        "23 22 0:22 / /far rw shared:1 - cifs //disk/far rw\n"
        "24 23 0:23 / /far/near rw - tmpfs none rw\n"
        "25 22 0:24 / /with\\040blank rw - fuse.sshfs me@there: rw\n"
        "26 22 0:25 / /over rw - ext4 /dev/vdb rw\n"
        "27 22 0:26 / /over rw - nfs4 disk:/over rw\n"
        "not a line\n"
    )
    far = ["/far/a", "/far/b/c.sqlite3", "/with blank/c", "/over/c"]
    near = ["/srv/c", "/far/near/c", "/farther/c", "/with"]
    assert [place for place in far + near if network_disk.holds(Path(place), mounts)] == far
    assert not network_disk.holds(Path("/far/a"), tmp_path / "nothing")
