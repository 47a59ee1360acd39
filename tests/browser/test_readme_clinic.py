"""README's part about a clinic, followed to the letter: its own commands and files, from an empty folder, behind nginx."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support import browser
from tests.support.browser_steps import heading, tap
from tests.support.clinic_team import PASSWORD
from tests.support.pooler import Pooler, as_somebody, hand_over
from tests.support.postgres import SUPERUSER, PostgresServer
from tests.support.server import ROOT, START_S, free_port

NAME = "coach.example.org"
BLOCK = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks() -> Mapping[str, str]:
    """Return the fenced parts of README's clinic mode, by what stands after the fence."""
    text = (ROOT / "README.md").read_text("utf-8")
    part = text.partition("\n## Clinic mode\n")[2].partition("\n## ")[0]
    return {f"{kind}{title}": content for kind, title, content in BLOCK.findall(part)}


class Clinic:
    """A clinic that is set up by README: a checkout, settings, people, a server, a proxy."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.blocks = folder, blocks()
        self.port, self.open_port, self.app_port = free_port(), free_port(), free_port()
        self.url = f"https://{NAME}:{self.port}"
        self.programs: list[subprocess.Popen[bytes]] = []
        self.env = {k: v for k, v in os.environ.items() if not k.startswith(("COACH_", "STREAMLIT_"))}
        self.env["STREAMLIT_SERVER_PORT"] = str(self.app_port)
        self.checkout = folder / "checkout"
        for name in ("coach", "pages", "assets", ".streamlit"):
            shutil.copytree(ROOT / name, self.checkout / name, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "streamlit_app.py", self.checkout)
        (self.checkout / ".venv").symlink_to(sys.prefix)  # instead of the first block
        self.settings(self.blocks["sh coach.env"])

    def settings(self, content: str) -> None:
        """Add to the file that every command reads first."""
        content = content.replace("/srv/coach", str(self.folder / "data"))
        with (self.checkout / "coach.env").open("a") as file:
            file.write(content.replace(f"https://{NAME}", self.url))

    def run(self, commands: str) -> str:
        """Run commands in the checkout and return what they print."""
        done = subprocess.run(
            ["bash", "-euc", f". ./coach.env\n{commands}"],
            cwd=self.checkout,
            env=self.env,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def serve(self, block: str) -> None:
        """Start the server, or several, and the proxy."""
        with (self.folder / "server.log").open("wb") as log:
            command = f". ./coach.env\nexec {self.blocks[block]}"
            server = subprocess.Popen(
                ["bash", "-euc", command], cwd=self.checkout, env=self.env, stdout=log, stderr=log
            )
        self.programs.append(server)
        self._proxy()
        until = time.monotonic() + START_S
        while not _listens(self.app_port):
            assert server.poll() is None, (self.folder / "server.log").read_text()
            assert time.monotonic() < until
            time.sleep(0.1)

    def _proxy(self) -> None:
        nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
        assert nginx, "nginx is not installed: run `make tools`"
        place = self.place = Path(tempfile.mkdtemp(prefix="coach-nginx-"))
        key, certificate = place / "privkey.pem", place / "fullchain.pem"
        subprocess.run(
            [
                *(
                    "openssl",
                    "req",
                    "-x509",
                    "-newkey",
                    "rsa:2048",
                    "-nodes",
                    "-days",
                    "2",
                    "-subj",
                    f"/CN={NAME}",
                ),
                *("-keyout", str(key), "-out", str(certificate)),
            ],
            check=True,
            capture_output=True,
        )
        text = self.blocks["nginx"]
        for what, instead in (
            ("listen 80;", f"listen 127.0.0.1:{self.open_port};"),
            ("listen 443 ssl;", f"listen 127.0.0.1:{self.port} ssl;"),
            ("server 127.0.0.1:8501;", f"server 127.0.0.1:{self.app_port};"),
            ("/etc/ssl/coach/", f"{place}/"),
        ):
            assert text.count(what) >= 1, what
            text = text.replace(what, instead)
        temporary = "".join(
            f"{kind}_temp_path {place}/{kind};\n"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        (place / "coach.conf").write_text(text)
        (place / "nginx.conf").write_text(
            f"daemon off;\npid {place}/pid;\nerror_log {place}/error.log;\nworker_processes 1;\nevents {{}}\n"
            f"http {{\naccess_log {place}/access.log;\n{temporary}include {place}/coach.conf;\n}}\n"
        )
        hand_over(place, *place.iterdir())
        command = [nginx, "-e", str(place / "error.log"), "-c", str(place / "nginx.conf")]
        self.programs.append(subprocess.Popen(command, cwd="/", **as_somebody()))
        until = time.monotonic() + START_S
        while not _listens(self.port):
            assert self.programs[-1].poll() is None, (place / "error.log").read_text()
            assert time.monotonic() < until
            time.sleep(0.05)

    def close(self) -> None:
        for program in reversed(self.programs):
            program.terminate()
        for program in self.programs:
            program.wait(20)
        if self.programs:
            shutil.rmtree(self.place, ignore_errors=True)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[Clinic]:
    made = Clinic(tmp_path)
    yield made
    made.close()


@pytest.fixture
def outside(chromium: Browser) -> Iterator[Page]:
    """A browser that finds the clinic's name."""
    rule = f"--host-resolver-rules=MAP {NAME} 127.0.0.1"
    launched = chromium.browser_type.launch(executable_path=browser.program(), args=[*browser.FLAGS, rule])
    context = launched.new_context(ignore_https_errors=True, locale="en-GB")
    context.set_default_timeout(browser.SOON)
    yield context.new_page()
    launched.close()


@pytest.fixture
def with_postgres(postgres: PostgresServer) -> Iterator[Callable[[Clinic], None]]:
    """Prepare PostgreSQL behind PgBouncer by README's commands and its file."""
    poolers: list[Pooler] = []

    def prepare(clinic: Clinic) -> None:
        mark = uuid.uuid4().hex[:8]
        owner, serving, database = f"owner_{mark}", f"serving_{mark}", f"clinic_{mark}"
        settings = clinic.blocks["ini pgbouncer"]
        for what, instead in (
            (
                "coach = host=127.0.0.1 port=5432 dbname=coach",
                f"{database} = host={{host}} dbname={database}",
            ),
            ("listen_port = 6432", "listen_port = {port}\nunix_socket_dir ="),
            ("scram-sha-256", "trust"),
            ("/etc/pgbouncer/userlist.txt", "{users}"),
        ):
            assert what in settings, what
            settings = settings.replace(what, instead)
        poolers.append(Pooler(postgres, settings=settings, roles=(owner, serving)))

        def ours(text: str) -> str:
            text = text.replace("127.0.0.1:5432/coach", f"127.0.0.1:{poolers[0].port}/{database}")
            text = text.replace("--pwprompt ", "").replace("coach_owner", owner)
            text = text.replace("postgresql://coach@", f"postgresql://{serving}@")
            return (
                re.sub(r"(createuser|createdb .*) coach$", r"\1 {}", text, flags=re.MULTILINE)
                .replace("createuser {}", f"createuser {serving}")
                .replace("{}", database)
            )

        clinic.env |= {"PGHOST": str(postgres.folder), "PGUSER": SUPERUSER}
        clinic.env["PATH"] = f"{postgres.binaries}:{clinic.env['PATH']}"
        clinic.run(ours(clinic.blocks["sh postgresql"]))
        del clinic.env["PGHOST"], clinic.env["PGUSER"]
        clinic.settings(ours(clinic.blocks["sh coach.env, with PostgreSQL"]))
        clinic.run(ours(clinic.blocks["sh prepare"]))

    yield prepare
    for pooler in poolers:
        pooler.close()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "server"),
    [
        ("sqlite", "sh server"),
        pytest.param("postgres", "sh server, for two cores", marks=pytest.mark.postgres),
    ],
)
def test_a_clinic_set_up_by_the_readme_is_signed_in_to_through_nginx(
    clinic: Clinic, kind: str, server: str, outside: Page, request: pytest.FixtureRequest
):
    if kind == "postgres":
        request.getfixturevalue("with_postgres")(clinic)
    told = clinic.run(clinic.blocks["sh people"])
    code = re.findall(r"^Code: (\S+)$", told, re.MULTILINE)[0]
    assert "look  " not in told, told
    clinic.serve(server)

    page = outside
    page.goto(f"{clinic.url}/join#{code}")
    heading(page, "Welcome")
    page.get_by_label("New password").fill(PASSWORD)
    page.wait_for_load_state("networkidle")
    tap(page, "Go on")
    heading(page, "Set up your codes")
    secret = (page.locator(".code").text_content() or "").replace(" ", "")
    page.get_by_label("Code", exact=True).fill(pyotp.TOTP(secret).now())
    tap(page, "Go on")
    # A page of Streamlit's own comes by a web socket.
    expect(page.get_by_text("Adam Example").first).to_be_visible()
    heading(page, "Patients")
    page.goto(f"{clinic.url}/audit")
    heading(page, "Audit")
    status, kind_of_answer = fetched(page, "/api/audit")
    assert (status, "attachment" in kind_of_answer) == (200, True)

    secret_path = "/calendar/" + "a" * 43 + ".ics"
    assert fetched(page, secret_path)[0] == 404
    logs = (clinic.place / "access.log").read_text() + (clinic.place / "error.log").read_text()
    assert "/join" in logs
    assert secret_path not in logs
    plain = urllib.request.Request(f"http://127.0.0.1:{clinic.open_port}/", headers={"Host": NAME})
    opener = urllib.request.build_opener(_Stays)
    assert opener.open(plain, timeout=20).status == 301


def fetched(page: Page, path: str) -> tuple[int, str]:
    """Ask for a file as the browser does; return the status, and whether it is to be saved."""
    status, disposition = page.evaluate(
        "async (path) => { const a = await fetch(path);"
        " return [a.status, a.headers.get('content-disposition') || '']; }",
        path,
    )
    return status, disposition


class _Stays(urllib.request.HTTPErrorProcessor):
    """Follow no redirect."""

    def http_response(self, request: object, response: object) -> object:
        return response
