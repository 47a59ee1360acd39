"""The command line erases somebody for good, and takes a whole record out and in."""

from __future__ import annotations

import shutil
import stat
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from click.testing import CliRunner, Result

from coach import desk
from coach.cli import errors
from coach.cli import main as line
from coach.desk import Installation, PatientDesk, Principal, RecordUnavailable
from coach.desk.access.permissions import Role
from coach.desk.accounts.sign_in import SignIns
from coach.desk.clinic.caseload import catch_up
from coach.desk.installation import clock
from coach.desk.installation.recording import new_key
from coach.desk.operator import archive as desk_archive
from coach.domain.facts import ClinicianHold, Fact, Message, Note
from coach.records.clinic.audit import Audit
from coach.records.database import current_actor
from coach.records.entries.store import Draft, Reason, Store
from coach.records.upkeep import archive, erasure, tombstones
from coach.records.upkeep.tombstones import Tombstone
from tests.support.clinic_team import OWN, PASSWORD, patient_with_password, physiotherapist, team
from tests.support.clinic_team import patient as new_patient
from tests.support.patients import answer_set_up, desk_in
from tests.support.postgres import as_owner

NAME, NOTE, MESSAGE = "Kanarie Zwart", "the canary sang in a note", "a canary wrote a message"
REASON, SETTING = "because of the canary", "Canary the first"
REFERENCE = "KANARIE-7"
WORDS = (NAME, NOTE, MESSAGE, REASON, SETTING, REFERENCE, "kanarie", "canary", "Canary")


@pytest.fixture
def coach(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Callable[..., Result]]:
    """Run a command on the record of a folder."""
    monkeypatch.setenv("COACH_HOME", str(tmp_path / "mine"))
    for name in ("COACH_DATABASE_URL", "COACH_OWNER_URL", "COACH_MODE"):
        monkeypatch.delenv(name, raising=False)
    desk.forget()

    def run(*words: object, said: str = "") -> Result:
        return CliRunner().invoke(line.main, [str(word) for word in words], input=said)

    yield run
    desk.forget()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def clinic(
    request: pytest.FixtureRequest, coach: object, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Installation]:
    """The installation of a clinic that is open meanwhile."""
    if request.param == "postgres":
        url = request.getfixturevalue("postgres_url")
        monkeypatch.setenv("COACH_DATABASE_URL", url)
        monkeypatch.setenv("COACH_OWNER_URL", as_owner(url))
    monkeypatch.setenv("COACH_MODE", "clinic")
    installation = desk.open_installation()
    yield installation
    installation.store.close()


def own_desk(installation: Installation, who: UUID) -> PatientDesk:
    return PatientDesk(installation, who, Principal(Role.PATIENT, patient=who))


def planted(installation: Installation) -> UUID:
    """Make a patient with canaries in a name, a note, a message, a reason and a setting."""
    with current_actor.acting_as(current_actor.SYSTEM):
        staff, _secret = physiotherapist(installation, looks_after := team(installation))
        who = new_patient(installation, looks_after, reference=REFERENCE, name=NAME)
        patient_with_password(installation, who)
        mine = own_desk(installation, who)
        answer_set_up(mine, procedure=timedelta(hours=60))
        mine.settings.set("first_name", SETTING)
        now = clock.now()
        facts: tuple[Fact, ...] = (Note(uuid4(), NOTE), Message(MESSAGE), ClinicianHold(None, REASON))
        authors = ("patient", "patient", f"physiotherapist:{staff}")
        drafts = [
            Draft(new_key(), now, "Europe/Berlin", now.date(), now, author, fact)
            for author, fact in zip(authors, facts, strict=True)
        ]
        installation.history_cache.append(who, drafts)
        installation.history_cache.history(who)
    return who


def other(installation: Installation) -> UUID:
    with current_actor.acting_as(current_actor.SYSTEM):
        who = new_patient(installation, None, reference="R-2", name="Ben")
        answer_set_up(own_desk(installation, who), procedure=timedelta(hours=60))
    return who


def fine(result: Result) -> str:
    assert result.exit_code == 0, result.output
    return str(result.output)


def refused(result: Result, *, code: int = 2) -> str:
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    return str(result.output.strip().splitlines()[-1])


def bytes_in(folder: Path) -> bytes:
    return b"".join(each.read_bytes() for each in sorted(folder.rglob("*")) if each.is_file())


def no_canary(content: bytes) -> None:
    assert [word for word in WORDS if word.encode() in content] == []


# erase


def test_no_byte_of_the_canaries_is_left_anywhere(
    coach: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("COACH_MODE", "clinic")
    installation = desk.open_installation()
    stays, who = other(installation), planted(installation)
    home, backups, after = tmp_path / "mine", tmp_path / "backups", tmp_path / "restored"
    with current_actor.acting_as(current_actor.SYSTEM):
        entries = installation.store.entries(stays)
    fine(coach("backup", backups))
    [backup] = [each for each in backups.iterdir() if each.is_dir()]
    assert [word for word in WORDS if word.encode() not in bytes_in(backup)] == []
    said = fine(coach("erase", REFERENCE, said=NAME + "\n"))
    assert "nothing of the patient is found in it" in said
    beside = bytes_in(home)
    installation.store.close()
    for content in (beside, bytes_in(home)):
        no_canary(content)
    fine(coach("export-all", tmp_path / "after.zip"))
    shutil.unpack_archive(tmp_path / "after.zip", tmp_path / "out")
    no_canary(bytes_in(tmp_path / "out"))
    with current_actor.acting_as(current_actor.SYSTEM):
        read = Store.open(f"sqlite:///{home / 'coach.sqlite3'}")
        assert "canar" not in repr(_audit(read)).lower()
        assert read.entries(stays) == entries
        read.close()
    monkeypatch.setenv("COACH_HOME", str(after))
    desk.forget()
    fine(coach("restore", backup, "--tombstones", home / tombstones.NAME))
    no_canary(bytes_in(after))
    with current_actor.acting_as(current_actor.SYSTEM):
        restored = Store.open(f"sqlite:///{after / 'coach.sqlite3'}")
        assert restored.patients() == [stays]
        assert restored.entries(stays) == entries
        assert tombstones.digest(who) in {each.patient_hash for each in tombstones.tombstones(restored)}
        restored.close()
    no_canary(bytes_in(after))


def _audit(store: Store) -> list[object]:
    return list(Audit(store).read(limit=10_000))


def test_the_name_is_asked_for_again_and_what_goes_and_stays_is_said(
    coach: Callable[..., Result], clinic: Installation
):
    who = planted(clinic)
    for wrong in ("", "Kanarie\n", "yes\n"):
        result = coach("erase", REFERENCE, said=wrong)
        assert result.exit_code == 2
        assert "Nothing was erased." in result.output
        assert f"This erases {NAME} and " in result.output
        assert "Backups and archives made before now still hold everything: delete them." in result.output
    with current_actor.acting_as(current_actor.SYSTEM):
        assert clinic.store.entries(who)
    assert "Erased: " in fine(coach("erase", who, "--yes"))
    assert "erased already" in fine(coach("erase", who))
    assert refused(coach("erase", REFERENCE, "--yes")) == "Error: There is no such patient."
    assert refused(coach("erase", uuid4(), "--yes")) == "Error: There is no such patient."
    assert refused(coach("erase", "--yes")) == "Error: There is no such patient."


def test_whoever_is_erased_is_signed_out_and_in_no_memory(coach: Callable[..., Result], clinic: Installation):
    who = planted(clinic)
    login = REFERENCE.lower()
    token = SignIns(clinic).by_password(login, PASSWORD, address=OWN).token
    with current_actor.acting_as(current_actor.SYSTEM):
        assert SignIns(clinic).identity(token)
        assert clinic.history_cache.history(who).entries
    mine = own_desk(clinic, who)
    fine(coach("erase", who, "--yes"))
    with current_actor.acting_as(current_actor.SYSTEM):
        assert SignIns(clinic).identity(token) is None
        assert clinic.history_cache.history(who).entries == ()
        assert clinic.people.person(who) is None
        assert catch_up(clinic, 10) == 0
        with pytest.raises(LookupError):
            mine.settings.set("first_name", "again")
        assert who not in clinic.store.patients()


def test_the_list_beside_the_record_tells_of_whom(
    coach: Callable[..., Result], clinic: Installation, tmp_path: Path
):
    who = planted(clinic)
    fine(coach("erase", who, "--yes"))
    [listed] = (tmp_path / "mine").glob("tombstones.json")
    [stone] = tombstones.read(listed)
    assert (stone.patient_hash, stone.erased_by) == (tombstones.digest(who), "operator")
    assert stat.S_IMODE(listed.stat().st_mode) == 0o600
    assert str(who) not in listed.read_text()


def test_what_is_left_to_do_is_said_and_done_at_the_next_try(
    coach: Callable[..., Result], clinic: Installation, monkeypatch: pytest.MonkeyPatch
):
    who = planted(clinic)

    def full(_store: Store) -> None:
        raise RecordUnavailable(Reason.DISK_FULL, "here")

    with monkeypatch.context() as patch:
        patch.setattr(Store, "compact", full)
        told = refused(coach("erase", who, "--yes"), code=1)
        assert "is full" in told
        assert told.endswith(f"Then run it again: python -m coach erase {who}")
    assert "erased already" in fine(coach("erase", who))


def test_a_full_disk_erases_nothing_and_says_so(
    coach: Callable[..., Result], clinic: Installation, monkeypatch: pytest.MonkeyPatch
):
    who = planted(clinic)

    def full(*_: object) -> None:
        raise RecordUnavailable(Reason.DISK_FULL, "here")

    monkeypatch.setattr(erasure, "_remove", full)
    assert "Nothing was erased." in refused(coach("erase", who, "--yes"))
    with current_actor.acting_as(current_actor.SYSTEM):
        assert clinic.store.entries(who)


def test_traces_that_are_found_are_said(
    coach: Callable[..., Result], clinic: Installation, monkeypatch: pytest.MonkeyPatch
):
    who = planted(clinic)
    monkeypatch.setattr("coach.records.upkeep.erasure_traces.found", lambda *_: 3)
    assert "Traces of the patient are left in the files (3)" in refused(coach("erase", who, "--yes"), code=1)


def test_a_list_that_is_another_file_is_said(
    coach: Callable[..., Result], clinic: Installation, tmp_path: Path
):
    who = planted(clinic)
    listed = tmp_path / "mine" / tombstones.NAME
    listed.write_text("mine")
    assert "cannot be written" in refused(coach("erase", who, "--yes"), code=1)
    listed.unlink()
    fine(coach("erase", who))
    assert len(tombstones.read(listed)) == 1


def test_several_of_one_reference_are_not_confused(coach: Callable[..., Result], clinic: Installation):
    with current_actor.acting_as(current_actor.SYSTEM):
        for _each in range(2):
            new_patient(clinic, None, reference="R-1")
    assert "Several patients" in refused(coach("erase", "R-1", "--yes"))


def test_a_home_is_empty_afterwards_and_starts_anew(coach: Callable[..., Result], tmp_path: Path):
    home = desk.household(desk.open_installation())
    answer_set_up(home, procedure=timedelta(hours=60))
    home.settings.set("first_name", SETTING)
    assert refused(coach("erase", said="Ada\n"))
    assert home.history().entries
    fine(coach("erase", said=SETTING + "\n"))
    again = desk.household(desk.open_installation())
    assert again.patient != home.patient
    assert again.history().entries == ()
    assert again.set_up.missing()
    again.settings.set("first_name", "Eve")
    assert SETTING.encode() not in bytes_in(tmp_path / "mine")


def test_only_a_server_needs_its_owner(
    coach: Callable[..., Result], clinic: Installation, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.delenv("COACH_OWNER_URL", raising=False)
    server = clinic.store.path is None
    assert ("COACH_OWNER_URL" in refused(coach("erase", uuid4(), "--yes"))) is server
    exported = coach("export-all", tmp_path / "x.zip")
    assert exported.exit_code == (2 if server else 0)
    assert ("COACH_OWNER_URL" in exported.output) is server


def test_there_is_no_record_to_erase_from(coach: Callable[..., Result], tmp_path: Path):
    for words in (("erase", uuid4()), ("export-all", tmp_path / "a.zip")):
        assert refused(coach(*words))
    assert not list(tmp_path.rglob("*.sqlite3"))


# export-all, import-all


def test_a_clinic_moves_house(
    coach: Callable[..., Result], clinic: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    who, file = planted(clinic), tmp_path / "all.zip"
    said = fine(coach("export-all", file))
    assert "1 patients" in said
    assert "not encrypted" in said
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with current_actor.acting_as(current_actor.SYSTEM):
        entries, head = clinic.store.entries(who), clinic.store.head(who)
        assert clinic.audit.read(action=archive.ACTION)
    for name in ("COACH_DATABASE_URL", "COACH_OWNER_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COACH_HOME", str(tmp_path / "new"))
    desk.forget()
    assert "Nothing was stored" in fine(coach("import-all", file, "--dry-run"))
    assert not (tmp_path / "new" / "coach.sqlite3").exists()
    assert "invited anew" in fine(coach("import-all", file))
    new = desk.open_installation()
    with current_actor.acting_as(current_actor.SYSTEM):
        assert (new.store.entries(who), new.store.head(who)) == (entries, head)
        assert new.caseload.how_many_stale("") == 1  # made under an edition
        assert catch_up(new, 10) == 0
        assert new.accounts.of_patient(who)
    assert "not empty" in refused(coach("import-all", file))
    new.store.close()
    monkeypatch.setenv("COACH_HOME", str(tmp_path / "newer"))
    known = tmp_path / "known.json"
    stone = Tombstone(uuid4(), tombstones.digest(who), clock.now(), 1, "", "operator")
    tombstones.write(known, [stone])
    said = fine(coach("import-all", file, "--tombstones", known))
    assert "Taken in: 0 patients" in said
    assert "Left out, as they were erased: 1 patients." in said


def test_the_list_beside_an_empty_place_counts_too(
    coach: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    who = desk_in(tmp_path / "old").patient
    monkeypatch.setenv("COACH_HOME", str(tmp_path / "old"))
    fine(coach("export-all", tmp_path / "a.zip"))
    new = tmp_path / "new"
    new.mkdir()
    stone = Tombstone(uuid4(), tombstones.digest(who), clock.now(), 1, "", "operator")
    tombstones.write(new / tombstones.NAME, [stone])
    monkeypatch.setenv("COACH_HOME", str(new))
    assert "Left out, as they were erased: 1 patients." in fine(coach("import-all", tmp_path / "a.zip"))


def test_what_is_refused_is_one_sentence_and_leaves_nothing(
    coach: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    desk_in(tmp_path / "mine")
    file = tmp_path / "a.zip"
    fine(coach("export-all", file))
    assert "already" in refused(coach("export-all", file))
    assert refused(coach("export-all", tmp_path / "no" / "a.zip")).startswith(
        "Error: There is no such folder"
    )
    monkeypatch.setenv("COACH_HOME", str(tmp_path / "new"))
    text = tmp_path / "text"
    text.write_text("Dear diary")
    assert "no archive of Coach" in refused(coach("import-all", text))
    assert "cannot be read" in refused(coach("import-all", tmp_path / "none"))
    assert "tombstones" in refused(coach("import-all", file, "--tombstones", text))
    assert "tombstones" in refused(coach("import-all", file, "--tombstones", tmp_path / "none"))
    assert not (tmp_path / "new" / "coach.sqlite3").exists()


def test_every_refusal_has_a_sentence():
    for why in desk_archive.ArchiveFault:
        said = errors.archive_refusal(desk_archive.ArchiveRefused(why, "disk_full"))
        assert said.endswith((".", "first.", "verify"))
        assert "{" not in said


def test_a_place_that_cannot_be_looked_into_is_named_as_such(
    coach: Callable[..., Result], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    desk_in(tmp_path / "mine")
    nowhere = tmp_path / ("a" * 300) / "file"
    told = coach("export-all", nowhere)
    assert (told.exit_code, "file could not be written" in told.output) == (2, True)
    monkeypatch.setenv("COACH_DATABASE_URL", f"sqlite:///{nowhere}")
    for command in (
        ("erase", "--yes"),
        ("export-all", tmp_path / "new.zip"),
        ("backup", tmp_path / "copies"),
    ):
        told = coach(*command)
        assert isinstance(told.exception, SystemExit), command
        assert told.exit_code == 2
        assert "tombstones" not in told.output
        assert "record" in told.output
