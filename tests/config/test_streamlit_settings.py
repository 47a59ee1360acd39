import json
import os
import subprocess
import sys
import tomllib

import pytest

from tests.support.server import ROOT

WANTED = {
    "server.address": "127.0.0.1",
    "server.allowedHosts": ["127.0.0.1", "localhost"],
    "server.enableCORS": True,
    "server.enableXsrfProtection": True,
    "server.xsrfCookieSameSite": "strict",
    "server.enableStaticServing": False,
    "server.enableAgentApi": False,
    "server.fileWatcherType": "none",
    "server.headless": True,
    "server.maxUploadSize": 2,
    "server.maxMessageSize": 20,
    "server.maxWidgetStateSize": 1,
    "server.disconnectedSessionTTL": 1800,
    "server.trustedUserHeaders": {},
    "global.minCachedMessageSize": 1000,
    "global.maxCachedMessageAge": 50,
    "browser.gatherUsageStats": False,
    "client.showErrorDetails": "none",
    "client.showErrorLinks": False,
    "client.toolbarMode": "minimal",
    "client.disableDataExport": True,
    "client.allowedOrigins": [],
    "runner.magicEnabled": False,
    "runner.postScriptGC": False,
    "runner.fastReruns": False,
    "logger.enableRich": False,
    "theme.baseFontSize": 18,
}
READ = "import json, sys, streamlit as st; print(json.dumps({n: st.get_option(n) for n in json.loads(sys.argv[1])}))"


def test_the_settings_take_effect():
    env = {name: value for name, value in os.environ.items() if not name.startswith("STREAMLIT_")}
    command = [sys.executable, "-c", READ, json.dumps(sorted(WANTED))]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == WANTED


def luminance(colour: str) -> float:
    """Return the relative luminance of #RRGGBB (WCAG 2)."""
    parts = (int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5))
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_has_a_contrast_of_seven_and_edges_of_three(theme: str):
    colours = tomllib.loads((ROOT / ".streamlit/config.toml").read_text())["theme"][theme]
    grounds = [colours["backgroundColor"], colours["secondaryBackgroundColor"]]
    texts = [name for name in colours if name.endswith("extColor")] + ["linkColor", "primaryColor"]
    assert len(texts) >= 10
    for ground in grounds:
        assert {name: ratio for name in texts if (ratio := contrast(colours[name], ground)) < 7} == {}
        assert contrast(colours["borderColor"], ground) >= 3
