"""The trail: who saw or changed what, filtered, page by page and as a file."""

from __future__ import annotations

import ast
import csv
import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

import coach.desk
from coach.desk import NotFound
from coach.desk.access.permissions import Action, Role
from coach.desk.accounts.accounts import AccountsDesk
from coach.desk.clinic import audit as desk_trail
from coach.desk.clinic.audit import AuditDesk, AuditRow, Wanted
from coach.desk.clinic.caseload import CaseloadDesk, State
from coach.desk.clinic.review import ReviewDesk
from coach.desk.installation.recording import new_key
from coach.desk.operator import future_entries
from coach.export.tables import audit as audit_table
from coach.records.clinic.audit import BACKED_UP, AuditLine
from coach.records.database.errors import Reason, RecordUnavailable
from coach.records.entries.store import Store
from coach.records.upkeep import archive, erasure
from coach.text import audit as audit_text
from tests.support.clinics import Clinic, make_clinic
from tests.support.homes import NOW, Clock
from tests.support.pages import note_calls
from tests.support.records import change_person


@pytest.fixture
def clinic(tmp_path: Path, clock: Clock) -> Iterator[Clinic]:
    made = make_clinic(tmp_path)
    yield made
    made.installation.store.close()


@pytest.fixture
def desk(clinic: Clinic) -> AuditDesk:
    return AuditDesk(clinic.installation, clinic.people["adam"])


def looks(clinic: Clinic, who: str, whom: str, action: Action = Action.PLAN_CHANGE) -> None:
    """Let somebody try something on a patient; what is refused is audited too."""
    try:
        clinic.installation.authorization(clinic.people[who]).to_patient(action, clinic.patients[whom])
    except NotFound:
        return


def shown(desk: AuditDesk, wanted: Wanted) -> list[tuple[str, str, str, bool]]:
    return [(row.who, row.action, row.reference, row.refused) for row in desk.page(wanted).rows]


def test_a_refusal_is_told_with_who_and_whom(clinic: Clinic, desk: AuditDesk, clock: Clock) -> None:
    looks(clinic, "ann", "ada")
    clock.goes_on(minutes=1)
    looks(clinic, "ken", "ada")
    assert shown(desk, Wanted(action="plan.change")) == [
        ("Ken", "plan.change", "R-ada", True),
        ("Ann", "plan.change", "R-ada", False),
    ]
    assert desk.page(Wanted(action="plan.change")).rows[0].name == "Patient Ada"


@pytest.mark.parametrize(
    ("wanted", "references"),
    [
        (Wanted(since=NOW + timedelta(minutes=1)), ["R-ben", "R-ada"]),
        (Wanted(until=NOW + timedelta(minutes=1)), ["R-ada"]),
        (Wanted(reference="R-ben"), ["R-ben"]),
        (Wanted(reference="R-nobody"), []),
        (Wanted(refused=True), ["R-ben"]),
        (Wanted(account=uuid4()), []),
    ],
)
def test_only_what_is_asked_for_is_shown(
    clinic: Clinic, desk: AuditDesk, clock: Clock, wanted: Wanted, references: list[str]
) -> None:
    for whom in ("ada", "ada", "ben"):
        looks(clinic, "ann", whom)
        clock.goes_on(minutes=1)
    found = [each for each in shown(desk, wanted) if each[1] == "plan.change"]
    assert [reference for _who, _action, reference, _refused in found] == references


def test_by_whom(clinic: Clinic, desk: AuditDesk) -> None:
    looks(clinic, "ann", "ada")
    looks(clinic, "ken", "ben")
    assert shown(desk, Wanted(account=clinic.people["ken"].account)) == [
        ("Ken", "plan.change", "R-ben", False)
    ]


def test_two_patients_with_one_reference_are_both_found(
    clinic: Clinic, desk: AuditDesk, clock: Clock
) -> None:
    ben = clinic.installation.people.person(clinic.patients["ben"])
    assert ben
    change_person(clinic.installation.store, type(ben)(ben.patient, ben.name, "R-ada", ben.team, ben.lead))
    for whom in ("ada", "ben", "ada"):
        looks(clinic, "sam", whom)
        clock.goes_on(minutes=1)
    names = [row.name for row in desk.page(Wanted(reference="R-ada")).rows if row.action == "plan.change"]
    assert names == ["Patient Ada", "Patient Ben", "Patient Ada"]


def test_pages_follow_each_other_and_the_file_has_all(
    clinic: Clinic, desk: AuditDesk, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _n in range(120):
        looks(clinic, "ann", "ada")
        clock.goes_on(seconds=1)
    wanted = Wanted(action="plan.change")
    pages = [desk.page(wanted)]
    while pages[-1].more:
        pages.append(desk.page(wanted, before=pages[-1].rows[-1].id))
    assert [len(page.rows) for page in pages] == [50, 50, 20]
    rows = [row for page in pages for row in page.rows]
    monkeypatch.setattr(desk_trail, "BATCH", 40)
    assert list(desk.export(wanted)) == rows
    assert len({row.id for row in rows}) == 120
    assert [row.at for row in rows] == sorted((row.at for row in rows), reverse=True)


@pytest.mark.parametrize("who", ["ann", "ada", "ada-at-home"])
def test_nobody_else_reads_it(clinic: Clinic, who: str) -> None:
    desk = AuditDesk(clinic.installation, clinic.people[who])
    for read in (lambda: desk.page(Wanted()), lambda: desk.export(Wanted()), desk.staff):
        with pytest.raises(NotFound):
            read()
    lines = clinic.installation.audit.read(action=Action.AUDIT_SEE.value)
    assert {line.outcome for line in lines} == {"refused"}
    assert len(lines) == 3


def test_the_staff_can_be_chosen_and_no_patient(clinic: Clinic, desk: AuditDesk) -> None:
    names = [person.name for person in desk.staff()]
    assert "Ann" in names
    assert "Ada" not in names
    assert "Cleo-At-Work" in names


@pytest.mark.parametrize(
    ("search", "references"),
    [
        ("ada", ["R-ada"]),
        ("PATIENT Á", ["R-ada"]),
        ("r-ben", ["R-ben"]),
        ("patient", ["R-ben", "R-ada"]),
        ("nobody", []),
        ("%", []),
    ],
)
def test_somebody_is_found_by_part_of_a_name_a_reference_or_a_login(
    clinic: Clinic, desk: AuditDesk, clock: Clock, search: str, references: list[str]
) -> None:
    for whom in ("ada", "ben"):
        looks(clinic, "sam", whom)
        clock.goes_on(minutes=1)
    wanted = Wanted(reference=search, action="plan.change")
    assert [row.reference for row in desk.page(wanted).rows] == references


def test_a_change_of_an_account_names_whose_it_is(clinic: Clinic, desk: AuditDesk) -> None:
    ken = clinic.people["ken"].account
    assert ken
    AccountsDesk(clinic.installation, clinic.people["adam"]).disable(ken)
    (line,) = desk.page(Wanted(action="accounts.change")).rows
    assert (line.who, line.name, line.patient) == ("Adam", "Ken", ken)
    assert desk.page(Wanted(reference="ken")).rows == (line,)


def test_who_saw_a_patient_in_a_list_is_answered_once_for_each_sign_in(
    clinic: Clinic, desk: AuditDesk, clock: Clock
) -> None:
    clinic.patient("ada").red_flags.report_flag("fall", key=new_key())
    for _ in range(3):
        CaseloadDesk(clinic.installation, clinic.people["ann"]).page(State.NEEDED)
        clock.goes_on(minutes=11)
    lines = desk.page(Wanted(reference="R-ada", action="caseload.see")).rows
    assert [(line.who, line.name) for line in lines] == [("Ann", "Patient Ada")]
    assert audit_text.act("caseload.see", "physiotherapist", named=True) == "Saw in the caseload"


def test_all_whom_a_list_shows_are_audited_in_one_transaction(
    clinic: Clinic, desk: AuditDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A list of thirty would otherwise sync the disk thirty times before it is shown."""
    for whom in ("ada", "ben"):
        clinic.patient(whom).red_flags.report_flag("fall", key=new_key())
    caseload = CaseloadDesk(clinic.installation, clinic.people["sam"])
    assert caseload.counts().needed == 2
    written: list[str] = []
    note_calls(monkeypatch, written, Store, "writing")
    for _again in range(2):
        assert len(caseload.page(State.NEEDED)) == 2
    assert written == ["writing"]
    lines = desk.page(Wanted(account=caseload.principal.account, action="caseload.see")).rows
    assert sorted(line.name for line in lines if line.patient) == ["Patient Ada", "Patient Ben"]


def test_a_look_is_one_line_in_words_of_its_own(clinic: Clinic, desk: AuditDesk) -> None:
    review = ReviewDesk(clinic.installation, clinic.patients["ada"], clinic.people["ann"])
    review.admit(Action.REVIEW_SEE)
    assert review.history().entries
    assert review.needs() is not None
    lines = desk.page(Wanted(account=clinic.people["ann"].account)).rows
    assert [(line.action, line.reference) for line in lines] == [("review.see", "R-ada")]
    assert audit_text.act("history.see", "physiotherapist", named=True) == "Read a patient’s record"
    assert audit_text.act("history.see", "patient", named=True) == "Read the own record"


# the file


def row(**other: object) -> AuditRow:
    parts: dict[str, object] = {
        "id": uuid4(),
        "at": NOW,
        "account": None,
        "who": "",
        "role": "household",
        "action": "history.see",
        "patient": None,
        "reference": "",
        "name": "Ada",
        "refused": False,
    }
    return AuditRow(**parts | other)  # type: ignore[arg-type]


def parsed(*rows: AuditRow) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(audit_table.csv_bytes(rows).decode(), newline="")))


def test_the_file_has_the_documented_columns_and_no_name_of_a_patient() -> None:
    account, patient = uuid4(), uuid4()
    berlin = NOW.astimezone(ZoneInfo("Europe/Berlin"))
    one = row(at=berlin, account=account, who="Ann Ö", patient=patient, reference="R-1", refused=True)
    assert parsed(one) == [
        {
            "time": "2026-03-05T09:07:00.000000Z",
            "account": str(account),
            "who": "Ann Ö",
            "role": "household",
            "action": "history.see",
            "patient": str(patient),
            "reference": "R-1",
            "outcome": "refused",
            "times": "1",
        }
    ]
    documented = [
        line.split("`")[1] for line in (audit_table.__doc__ or "").splitlines() if line.startswith("* `")
    ]
    assert documented == list(audit_table.COLUMNS)
    assert b"Ada" not in audit_table.csv_bytes([one])


@pytest.mark.parametrize("first", [*list("=+-@\t\r\n＝＋－＠"), "  =", "\xa0+"])  # noqa: RUF001
def test_no_text_is_a_formula(first: str) -> None:
    text = f"{first}cmd|' /C calc'!A0"
    (one,) = parsed(row(who=text, reference=text))
    assert one["who"] == one["reference"] == "'" + text


@pytest.mark.parametrize("text", ["O'Hara, Ann", 'a "b"', "2 = 3", "", "two\nlines", "日本"])
def test_every_other_text_comes_back_as_it_was(text: str) -> None:
    (one,) = parsed(row(who=text))
    assert one["who"] == text


# words


def test_every_action_and_every_role_has_words() -> None:
    folder = Path(coach.desk.__file__).parent
    noted = {
        node.args[1].value
        for node in ast.walk(ast.parse((folder / "accounts" / "sign_in.py").read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "_note"
        and isinstance(node.args[1], ast.Constant)
    }
    assert noted
    for name in (
        "patient/reminders.py",
        "clinic/reminder_queue.py",
    ):  # what is written down beside the access rule's own lines
        noted |= {
            arg.value
            for node in ast.walk(ast.parse((folder / name).read_text()))
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("note", "self._note")
            for arg in node.args
            if isinstance(arg, ast.Constant)
        }
    assert "mail.remind" in noted
    of_the_command_line = {erasure.ACTION, archive.ACTION, future_entries.ACTION, BACKED_UP}
    assert set(audit_text.ACTIONS) == {action.value for action in Action} | noted | of_the_command_line
    assert set(audit_text.ROLES) == {role.value for role in Role}
    assert audit_text.action("something.new") == "something.new"


def test_what_could_not_be_written_down_is_written_down_at_the_next_try(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
):
    def full(_line: AuditLine) -> None:
        raise RecordUnavailable(Reason.DISK_FULL, "here")

    ann, ada, audit = clinic.people["ann"], clinic.patients["ada"], clinic.installation.audit
    with monkeypatch.context() as patch:
        patch.setattr(audit, "write", full)
        with pytest.raises(RecordUnavailable):
            ReviewDesk(clinic.installation, ada, ann).person()
    assert not audit.read(patient=ada, account=ann.account)
    ReviewDesk(clinic.installation, ada, ann).person()
    assert audit.read(patient=ada, account=ann.account, action=Action.REVIEW_SEE.value)
