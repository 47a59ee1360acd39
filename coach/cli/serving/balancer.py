"""The balancer: nginx's settings for several servers of Coach behind one port.

A browser stays with one server: sessions, uploads and a page's files live in one server's memory. A
cookie says which one it is and nothing else. When that server is gone, the next one answers and the
cookie follows, so that the browser stays there also when the first one is back.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path

from coach.cli.errors import CommandRefused
from coach.cli.serving.ports import HERE
from coach.config import capacity, mode
from coach.i18n import _

PLACES = ("/usr/sbin", "/usr/local/sbin", "/usr/local/bin", "/opt/homebrew/bin")  # not in every PATH
PER_SESSION = 2  # connections of a browser session: one from the browser, one to its server
RESERVE = 64  # files of nginx itself
AGAIN_S = 3  # seconds after which a page asks again while no server answers

_SETTINGS = """\
daemon off;
worker_processes 1;
worker_rlimit_nofile {files};
pid "{folder}/nginx.pid";
error_log stderr alert;

events {{
    worker_connections {connections};
}}

http {{
    access_log off;
    server_tokens off;
{temporary}
    # What somebody sends stays in memory: no part of it touches a disk.
    client_max_body_size 4m;
    client_body_buffer_size 4m;
    client_header_timeout 10s;
    client_body_timeout 15s;
    send_timeout 60s;
    large_client_header_buffers 4 16k;

    map $http_upgrade $connection_upgrade {{
        default upgrade;
        ""      close;
    }}

{sticky}
    server {{
        listen {listen};

        proxy_http_version 1.1;
        proxy_set_header Host $http_host;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection $connection_upgrade;
{forwarded}\
        proxy_connect_timeout 5s;
        proxy_read_timeout 1h;
        proxy_send_timeout 1h;
        proxy_buffering off;
        proxy_buffer_size 32k;
        proxy_buffers 8 32k;
        add_header Set-Cookie $coach_stays always;
        error_page 502 504 @none;

        location / {{
            proxy_pass http://$coach_servers;
        }}

        # Such an address is a secret or names a browser session: it stays out of every log.
        location ~ ^/(calendar|reminders/stop|_stcore/upload_file)/ {{
            error_log /dev/null emerg;
            proxy_pass http://$coach_servers;
        }}

        location @none {{
            default_type "text/html; charset=utf-8";
            add_header Cache-Control no-store always;
            add_header Retry-After {again} always;
            return 502 '{page}';
        }}
    }}
}}
"""


def program() -> str:
    """Return the path of nginx.

    Raises:
        CommandRefused: it is not installed.
    """
    found = shutil.which("nginx") or shutil.which("nginx", path=os.pathsep.join(PLACES))
    if found is None:
        raise CommandRefused(
            _(
                "nginx, which stands before several servers, is not installed. Install it, or run without --workers."
            )
        )
    return found


def settings(folder: Path, *, address: str, port: int, workers: Sequence[int]) -> str:
    """Return nginx's settings.

    Args:
        folder: an empty folder for what nginx keeps while it runs.
        address: the address to listen on, "" for every one of IPv4.
        port: the port to listen on.
        workers: the ports of the servers behind it.
    """
    files = capacity.allowed()
    wanted = len(workers) * capacity.of(files).connections * PER_SESSION + RESERVE
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    return _SETTINGS.format(
        folder=folder,
        files=files,
        connections=min(wanted, max(files - RESERVE, RESERVE)),
        temporary="".join(f'    {kind}_temp_path "{folder}/{kind}";\n' for kind in kinds),
        sticky="\n".join(f"    {line}" for line in _sticky(port, workers)),
        listen=_listen(address, port),
        forwarded=_forwarded(),
        again=AGAIN_S,
        page=_quoted(_page()),
    )


def trusted() -> str:
    """Return whose `X-Forwarded-For` the servers trust: the balancer's, and what one server would trust."""
    named = os.environ.get("FORWARDED_ALLOW_IPS", "")
    return "*" if named.strip() == "*" else ",".join(filter(None, (HERE, named)))


def _forwarded() -> str:
    """Return the line that tells the servers who asks.

    Without TLS no proxy is trusted, and the header that a visitor may have made up goes on as it is.
    """
    line = "        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;\n"
    return line if mode.is_https() else ""


def _listen(address: str, port: int) -> str:
    if ":" not in address:
        return f"{address}:{port}" if address else str(port)
    return f"[{address}]:{port}" + (" ipv6only=off" if address == "::" else "")


def _sticky(port: int, workers: Sequence[int]) -> Iterator[str]:
    """Yield the lines by which a browser stays with one server.

    The cookie has the port in its name: cookies ignore ports, and another Coach may run beside this.
    """
    name, numbers = f"coach_worker_{port}", range(1, len(workers) + 1)
    where = dict(zip(numbers, workers, strict=True))
    yield "upstream coach_any {"
    yield from (f"    server {HERE}:{each} max_fails=0;" for each in workers)
    yield "}"
    for number in numbers:
        # All browsers of a server that is gone go to the same other one, so that the tabs of one stay together.
        following = [*numbers[number:], *numbers[: number - 1]]
        yield f"upstream coach_{number} {{"
        yield f"    server {HERE}:{where[number]} max_fails=0;"
        for place, other in enumerate(following):
            weight = "" if place else " weight=65000"
            yield f"    server {HERE}:{where[other]} max_fails=0{weight} backup;"
        yield "}"
    yield f"map $cookie_{name} $coach_servers {{"
    yield "    default coach_any;"
    yield from (f"    {number} coach_{number};" for number in numbers)
    yield "}"
    yield "map $upstream_addr $coach_answers {"
    yield from (f'    "~:{each}$" {number};' for number, each in where.items())
    yield "}"
    # Lax: whoever comes by a link in an e-mail stays with their server too.
    more = "Path=/; HttpOnly; SameSite=Lax" + ("; Secure" if mode.is_https() else "")
    yield f'map "$cookie_{name}:$coach_answers" $coach_stays {{'
    yield f'    default "{name}=$coach_answers; {more}";'
    yield '    "~:$" "";'
    yield from (f'    "{number}:{number}" "";' for number in numbers)
    yield "}"


def _page() -> str:
    """Return the page that is shown while no server answers."""
    sentences = (
        _("Nothing that was saved is lost. This page asks again by itself."),
        _("Is something wrong with you? Do not wait for Coach: call your clinic, or the emergency number."),
    )
    heading = escape(_("Coach is starting"))
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{heading}</title>'
        f'<meta name="viewport" content="width=device-width"><meta http-equiv="refresh" content="{AGAIN_S}">'
        "<style>:root{color-scheme:light dark;font:1.25rem/1.5 sans-serif}body{max-width:34rem;margin:2rem auto;"
        "padding:0 1rem}</style>"
        # A browser does not load an address with a fragment again, such as an invitation's, for its refresh.
        f"<script>if (location.hash) setTimeout(() => location.reload(), {AGAIN_S}000)</script>"
        f"</head><body><h1>{heading}</h1>"
        + "".join(f"<p>{escape(each)}</p>" for each in sentences)
        + "</body></html>"
    )


def _quoted(text: str) -> str:
    """Return a text as nginx reads it between single quotes, where a dollar begins a variable."""
    return text.replace("\\", "\\\\").replace("'", "\\'").replace("$", "&#36;")
