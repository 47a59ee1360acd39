"""The command line's preparation of a PostgreSQL record, and who may serve people from it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from coach import desk, web
from coach.cli import main as line
from coach.desk import RecordUnavailable
from coach.records.entries.store import Store
from tests.support.postgres import OWNER, SERVING, as_owner, as_role, as_superuser

pytestmark = pytest.mark.postgres

Run = Callable[..., Result]


@pytest.fixture
def coach(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command with the addresses of the serving role and of the owner."""
    monkeypatch.setenv("COACH_HOME", str(tmp_path / "home"))

    def run(*words: str, serving: str = "", owner: str = "") -> Result:
        monkeypatch.setenv("COACH_DATABASE_URL", serving)
        monkeypatch.setenv("COACH_OWNER_URL", owner)
        return CliRunner().invoke(line.main, words)

    return run


@pytest.fixture
def fresh() -> Iterator[None]:
    """No record is open yet, and none stays open."""
    desk.forget()
    yield
    desk.forget()


def test_a_server_is_prepared_by_the_owner_and_then_well(coach: Run, bare_postgres_url: str):
    before = coach("doctor", serving=bare_postgres_url)
    assert before.exit_code == 1
    assert "are not ready for this Coach. Run python -m coach prepare with COACH_OWNER_URL" in before.output
    for _ in range(2):
        done = coach("prepare", serving=bare_postgres_url, owner=as_owner(bare_postgres_url))
        assert (done.exit_code, done.output) == (
            0,
            f"The tables are ready. The role {SERVING} serves people.\n",
        )
    after = coach("doctor", serving=bare_postgres_url)
    assert "ok    The database role is bound by the rules of the tables." in after.output.splitlines()
    assert after.exit_code == 0
    Store.open(bare_postgres_url).close()


def test_what_cannot_be_prepared_is_refused_with_a_sentence(coach: Run, postgres_url: str, tmp_path: Path):
    owner = as_owner(postgres_url)
    secret = owner.replace(f"{OWNER}@", "nobody:secret@")
    for serving, by, said in (
        ("", "", "Name the role that serves people in COACH_DATABASE_URL"),
        (postgres_url, "", "Name the role that serves people in COACH_DATABASE_URL"),
        (f"sqlite:///{tmp_path}/a.db", owner, "Only PostgreSQL is prepared"),
        (as_role(postgres_url, "missing"), owner, "CREATE ROLE missing LOGIN"),
        (owner, owner, "may pass every access rule"),
        (as_superuser(postgres_url), owner, "may pass every access rule"),
        (postgres_url, postgres_url, "may not open"),
        (postgres_url, secret, "may not open"),
        ("mysql://u:secret@h/d", owner, "Only PostgreSQL is prepared"),
    ):
        refused = coach("prepare", serving=serving, owner=by)
        assert refused.exit_code == 2, serving
        assert said in refused.output
        assert "secret" not in refused.output
        assert "Traceback" not in refused.output


@pytest.mark.usefixtures("fresh")
def test_a_server_does_not_start_with_a_role_that_passes_the_rules(
    postgres_url: str,
    bare_postgres_url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    for url, said in (
        (as_owner(postgres_url), "may pass every access rule"),
        (as_superuser(postgres_url), "may pass every access rule"),
        (bare_postgres_url, "are not ready for this Coach"),
    ):
        monkeypatch.setenv("COACH_DATABASE_URL", url)
        with pytest.raises(SystemExit) as ended:
            web.start("127.0.0.1", ["127.0.0.1", "localhost"], organisation=False)
        assert ended.value.code == 2
        assert said in capsys.readouterr().err
        with pytest.raises(RecordUnavailable):
            desk.open_installation()
    monkeypatch.setenv("COACH_DATABASE_URL", postgres_url)
    web.start("127.0.0.1", ["127.0.0.1", "localhost"], organisation=False)
    desk.open_installation().store.close()


@pytest.mark.usefixtures("fresh")
def test_the_operator_works_on_a_server(coach: Run, postgres_url: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COACH_MODE", "clinic")
    words = ("user", "add", "--name", "Ann", "--login", "ann", "--team", "Spine")
    done = coach(*words, serving=postgres_url)
    assert done.exit_code == 0
    assert "Code: " in done.output
    assert "ann\tAnn\tphysiotherapist\tSpine" in coach("user", "list", serving=postgres_url).output
    missing = coach("user", "invite", "R-nobody", serving=postgres_url)
    assert missing.exit_code == 2
    desk.open_installation().store.close()
