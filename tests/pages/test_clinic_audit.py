"""The audit on the screen: who saw or changed what, with filters, by pages, and nothing clinical."""

from __future__ import annotations

import contextlib
from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from coach.desk import NotFound
from coach.desk.access.permissions import Action
from coach.desk.installation.recording import new_key
from coach.domain.facts import PainWhen
from tests.support.clinic_house import House, house
from tests.support.pages import buttons, links, run, said, tap, title

__all__ = ["house"]  # the fixture


def looks(house: House, who: str, whom: str, times: int = 1) -> None:
    """Let somebody try to change a patient's plan, once a second."""
    for _n in range(times):
        with contextlib.suppress(NotFound):
            house.clinic.installation.authorization(house.clinic.people[who]).to_patient(
                Action.PLAN_CHANGE, house.clinic.patients[whom]
            )
        house.clock.goes_on(seconds=1)


def table(at: AppTest) -> list[dict[str, str]]:
    if not at.dataframe:
        return []
    rows = at.dataframe[0].value.to_dict("records")
    return [{str(name): str(value) for name, value in row.items()} for row in rows]


def plans(at: AppTest) -> list[tuple[str, str, str]]:
    return [
        (row["Who"], row["On whom"], row["Outcome"]) for row in table(at) if row["What"] == "Change a plan"
    ]


def file(at: AppTest) -> dict[str, list[str]]:
    (address,) = [link for link in links(at) if link.startswith("/api/audit")]
    return parse_qs(urlsplit(address).query)


def test_an_administrator_reads_who_did_what_the_newest_first(house: House):
    looks(house, "ann", "ada")
    looks(house, "ken", "ada")
    at = house.open("audit", "adam")
    assert title(at) == "Audit"
    assert plans(at) == [("Ken", "R-ada Patient Ada", "✕ Refused"), ("Ann", "R-ada Patient Ada", "Allowed")]
    (first,) = [row for row in table(at) if row["Outcome"] == "✕ Refused"]
    assert (first["Time"], first["Role"]) == ("2026-03-05 10:07:01", "Physiotherapist")


def test_filters_narrow_the_table_and_the_file(house: House):
    looks(house, "ann", "ada")
    looks(house, "ken", "ben")
    looks(house, "ken", "ada")
    at = house.open("audit", "adam")
    at.selectbox(key="trail-what").set_value("plan.change")
    run(at)
    assert len(table(at)) == 3
    who = at.selectbox(key="trail-who")
    who.select_index(who.options.index("Ken"))
    run(at)
    assert plans(at) == [("Ken", "R-ada Patient Ada", "✕ Refused"), ("Ken", "R-ben Patient Ben", "Allowed")]
    at.toggle(key="trail-refused").set_value(True)
    at.text_input(key="trail-whom").set_value(" R-ada ")
    run(at)
    assert plans(at) == [("Ken", "R-ada Patient Ada", "✕ Refused")]
    assert file(at) == {
        "since": ["2026-02-25T23:00:00+00:00"],
        "until": ["2026-03-05T23:00:00+00:00"],
        "account": [str(house.clinic.people["ken"].account)],
        "reference": ["R-ada"],
        "action": ["plan.change"],
        "refused": ["1"],
    }
    at.text_input(key="trail-whom").set_value("nobody")
    run(at)
    assert table(at) == []
    assert "Nothing was seen or changed that fits." in said(at)


def test_days_are_those_of_the_browser(house: House):
    looks(house, "ann", "ada")
    house.clock.goes_on(hours=48)
    at = house.open("audit", "adam")
    assert plans(at)
    at.date_input(key="trail-from").set_value(date(2026, 3, 6))
    run(at)
    assert plans(at) == []
    at.date_input(key="trail-from").set_value(date(2026, 3, 5))
    at.date_input(key="trail-until").set_value(date(2026, 3, 5))
    run(at)
    assert plans(at)
    at.date_input(key="trail-until").set_value(date(2026, 3, 4))
    run(at)
    assert plans(at) == []


def test_older_and_newer_pages(house: House):
    looks(house, "ann", "ada", 120)
    at = house.open("audit", "adam")
    at.selectbox(key="trail-what").set_value("plan.change")
    run(at)
    seen = [row["Time"] for row in table(at)]
    assert "trail-newer" not in buttons(at)
    for _n in range(2):
        tap(at, "trail-older")
        seen += [row["Time"] for row in table(at)]
    assert "trail-older" not in buttons(at)
    assert len(seen) == len(set(seen)) == 120
    assert seen == sorted(seen, reverse=True)
    tap(at, "trail-newer")
    assert [row["Time"] for row in table(at)] == seen[50:100]
    at.toggle(key="trail-refused").set_value(True)  # another question begins at its first page
    run(at)
    assert "trail-newer" not in buttons(at)


def test_nothing_clinical_stands_in_it(house: House):
    ada = house.clinic.patient("ada")
    ada.sessions.give_pain(7, PainWhen.NOW, key=new_key())
    at = house.open("audit", "adam")
    assert set(table(at)[0]) == {"Time", "Who", "Role", "What", "On whom", "Outcome"}
    assert "pain" not in (said(at) + str(table(at))).lower()


@pytest.mark.parametrize("who", ["ann", "ada"])
def test_nobody_else_reads_it_and_the_try_is_written_down(house: House, who: str):
    looks(house, "ken", "ada")
    at = house.open("audit", who)
    assert title(at) == "Not found"
    assert table(at) == []
    (line,) = house.clinic.installation.audit.read(action="audit.see")
    assert line.outcome == "refused"


def test_forged_values_of_the_filters_break_nothing(house: House):
    at = house.open("audit", "adam")
    at.session_state["trail-before"] = [house.clinic.patients["ada"]]
    run(at)
    assert table(at) == []
    at.session_state["trail-before"] = []
    at.text_input(key="trail-whom").set_value("' OR 1=1 --")
    run(at)
    assert table(at) == []
