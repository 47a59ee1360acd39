import re
import subprocess
import sys

import pytest

from tests.support.server import ROOT

READINGS = {
    "from datetime import UTC, datetime\n\nNOW = datetime.now(UTC)\n",
    "import datetime as dt\n\nNOW = dt.datetime.now(dt.UTC)\n",
    "from datetime import datetime\n\nNOW = datetime.utcnow()\n",
    "from datetime import date\n\nTODAY = date.today()\n",
    "import time\n\nNOW = time.time()\n",
    "from time import time\n\nNOW = time()\n",
    "import pandas as pd\n\nNOW = pd.Timestamp.now(tz='UTC')\n",
}


def lint(source: str, place: str) -> str:
    """Return what the linter says about the clock in a file that would stand at this place."""
    command = [sys.executable, "-m", "ruff", "check", "--select=TID251", "--stdin-filename", place, "-"]
    return subprocess.run(command, input=source, cwd=ROOT, capture_output=True, text=True, check=False).stdout


@pytest.mark.parametrize("source", sorted(READINGS))
@pytest.mark.parametrize(
    "place", ["coach/domain/x.py", "coach/ui/x.py", "coach/records/x.py", "pages/patient/x.py"]
)
def test_nobody_but_the_desk_reads_the_clock(source: str, place: str):
    assert "Only the desk reads the clock" in lint(source, place)


@pytest.mark.parametrize("source", sorted(READINGS))
def test_the_desk_may_read_the_clock(source: str):
    assert "TID251" not in lint(source, "coach/desk/installation/clock.py")


def test_durations_are_no_clock():
    assert "TID251" not in lint("import time\n\nTHEN = time.monotonic()\n", "coach/web/x.py")


def test_nobody_silences_the_rule():
    for folder in ("coach", "pages"):
        for path in (ROOT / folder).rglob("*.py"):
            assert not re.search(r"noqa[^\n]*(TID251|DTZ)", path.read_text()), path
