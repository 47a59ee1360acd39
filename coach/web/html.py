"""Plain HTML pages, such as sign-in: no inline scripts, all values escaped."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from starlette.responses import HTMLResponse

from coach import i18n
from coach.config.asset_files import address
from coach.i18n import _

HEAD = """<!doctype html>
<html lang="{lang}" dir="{dir}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="{style}">
<script src="{guard}"></script>
{script}</head>
<body>
<main>
<p class="name">Coach</p>
<h1>{heading}</h1>
"""
GUARD = "ui/guard.js"  # drops taps on content that has only just appeared
FOOT = "</main>\n</body>\n</html>\n"


def page(heading: str, *parts: str, status: int = 200, scripts: Sequence[str] = ()) -> HTMLResponse:
    """Return a page.

    Args:
        heading: heading and title.
        parts: HTML, with values escaped already.
        status: the HTTP status.
        scripts: modules in `assets/` to load.
    """
    load = "".join(f'<script type="module" src="{address(each)}"></script>\n' for each in scripts)
    head = HEAD.format(
        lang=i18n.current().tag,
        dir=i18n.current().direction,
        title=f"{escape(heading)} – Coach",
        heading=escape(heading),
        style=address("sign_in/page.css"),
        guard=address(GUARD),
        script=load,
    )
    return HTMLResponse(head + "\n".join(parts) + FOOT, status)


def wrong(sentence: str) -> str:
    """Return an error message, announced to screen readers; "" for an empty sentence."""
    return f'<p class="wrong" role="alert">{escape(sentence)}</p>' if sentence else ""


def note(sentence: str) -> str:
    """Return a framed note."""
    return f'<p class="note" role="status">{escape(sentence)}</p>'


def text(sentence: str) -> str:
    """Return a paragraph."""
    return f"<p>{escape(sentence)}</p>"


def field(name: str, label: str, *, hint: str = "", **attributes: str) -> str:
    """Return a required input field with a label."""
    more = "".join(f' {key.rstrip("_")}="{escape(value)}"' for key, value in attributes.items() if value)
    told = f' aria-describedby="{name}-hint"' if hint else ""
    under = f'<p class="hint" id="{name}-hint">{escape(hint)}</p>\n' if hint else ""
    return (
        f'<label for="{name}">{escape(label)}</label>\n{under}'
        f'<input id="{name}" name="{name}" required{told}{more}>'
    )


def form(*parts: str, button: str, action: str = "", quiet: bool = False) -> str:
    """Return a form that posts to the same page, or to `action`."""
    where = f' action="{escape(action)}"' if action else ""
    look = ' class="quiet"' if quiet else ""
    inside = "\n".join((*parts, f'<button type="submit"{look}>{escape(button)}</button>'))
    return f'<form method="post"{where} accept-charset="utf-8">\n{inside}\n</form>'


def link(to: str, words: str, *, quiet: bool = True) -> str:
    """Return a link that looks like a button."""
    look = "button quiet" if quiet else "button"
    return f'<p><a class="{look}" href="{escape(to)}">{escape(words)}</a></p>'


def sorry() -> HTMLResponse:
    """Return the page for when the record cannot be used."""
    return page(
        _("Just now this does not work"),
        f'<img class="state" src="{address("drawings/states/away.svg")}" alt="" width="240" height="130">',
        text(_("Nothing is lost. Please try again in a minute.")),
        status=503,
    )
