"""A paper diary from a file: what is right is stored once, what is wrong is named by its line and nothing is stored."""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings

from coach.desk import PatientDesk
from coach.desk.installation import clock as desk_clock
from coach.desk.installation.recording import new_key
from coach.desk.patient import diary_file
from coach.desk.patient.diary import PastSet
from coach.desk.patient.diary_import import PaperRefused
from coach.domain import facts
from coach.domain.diary_import import PAIN, Amiss, PaperLine
from coach.domain.errors import BadValue, Fault
from coach.domain.payloads import to_payload
from coach.domain.times import from_wall_clock
from coach.export.tables.audit import plain
from coach.records.entries import store
from coach.records.entries.store import Overtaken
from coach.text import diary_import as diary_import_text
from tests.support.diary_papers import BAD, DIARY, GOOD, HEAD, PROTOCOL, as_kept, papers, table
from tests.support.erasing import all_rows
from tests.support.homes import Clock, settled, size
from tests.support.patient_acts import GLUTES, PUMPS, QUADS, TUMMY, begin, send, set_done
from tests.support.patients import ZONE, desk_in


@pytest.fixture
def later(patient: PatientDesk, clock: Clock) -> PatientDesk:
    """A patient thirty days on: it is Saturday 4 April 2026, and the clocks went forward on 29 March."""
    clock.goes_on(hours=30 * 24)
    return patient


def facts_of(patient: PatientDesk, after: int = 0) -> list[tuple[object, datetime]]:
    return [(entry.fact, entry.at) for entry in patient.history().entries if entry.seq > after]


# what is wrong

ELSEWHERE = {Amiss.NO_PROCEDURE, Amiss.RECORDED_OTHERWISE, Amiss.TAKEN_BACK}


@pytest.mark.parametrize(("content", "line", "why"), BAD.values(), ids=BAD)
def test_a_bad_file_is_refused_by_its_line_and_stores_nothing(
    later: PatientDesk, content: bytes, line: int | None, why: Amiss
):
    before = all_rows(later.installation.store)
    paper = later.diary_import.read_paper(content)
    assert [(each.line, each.why) for each in paper.wrong] == [(line, why)] or (
        why is Amiss.TOO_MANY_LINES and (paper.wrong[-1].line, paper.wrong[-1].why) == (line, why)
    )
    assert not paper.moments
    with pytest.raises(PaperRefused) as refused:
        later.diary_import.keep_paper(content)
    assert refused.value.paper.wrong == paper.wrong
    assert all_rows(later.installation.store) == before


@pytest.mark.parametrize(("content", "line", "why"), BAD.values(), ids=BAD)
def test_every_refusal_has_a_plain_sentence(later: PatientDesk, content: bytes, line: int | None, why: Amiss):
    (sentence, *_more) = diary_import_text.said(later.diary_import.read_paper(content).wrong[-1:], 1)
    assert sentence.startswith(f"Line {line}: " if line else ("The", "This"))
    assert sentence[-1] in ".?"
    assert "{" not in sentence


def test_every_kind_of_refusal_is_tried():
    assert {why for _content, _line, why in BAD.values()} | ELSEWHERE == set(Amiss)
    assert set(diary_import_text.AMISS) == set(Amiss)


def test_everything_that_is_wrong_is_named_in_the_order_of_the_lines(later: PatientDesk):
    lines = ["2026-03-10,25:00,ankle_pumps,x,,", GOOD, "2030-01-01,08:00,pain_now,,3,", "2026-03-10,,foo,,,"]
    wrong = later.diary_import.read_paper(table(*lines)).wrong
    assert [(each.line, each.why) for each in wrong] == [
        (2, Amiss.NOT_A_CLOCK_TIME),
        (2, Amiss.REPS_WRONG),
        (4, Amiss.IN_FUTURE),
        (5, Amiss.CLOCK_MISSING),
        (5, Amiss.WHAT_UNKNOWN),
    ]
    said = diary_import_text.said(wrong, 3)
    assert said[1:] == [
        "Line 2: “x” times (reps) cannot be. Write a whole number from 1 to 1000.",
        "Line 4: 2030-01-01 08:00 lies ahead.",
        "And 2 more.",
    ]


def test_a_line_is_counted_as_an_editor_counts_it(later: PatientDesk):
    note = '2026-03-10,08:00,ankle_pumps,10,,"one\nline\r\nand more"'
    wrong = later.diary_import.read_paper(table(note, "", "2026-03-10,99:99,ankle_pumps,10,,")).wrong
    assert [each.line for each in wrong] == [6]


def test_the_nearest_names_are_told(later: PatientDesk):
    (wrong,) = later.diary_import.read_paper(table("2026-03-10,08:00,ankel pumps,10,,")).wrong
    assert (
        diary_import_text.amiss(wrong)
        == "Line 2: “ankel pumps” is not known here. Did you mean: ankle_pumps?"
    )


def test_pain_beside_a_line_that_is_wrong_is_not_called_wrong_too(later: PatientDesk):
    lines = ["2026-03-10,8.0,ankle_pumps,10,,", "2026-03-10,08:00,pain_after,,3,"]
    assert [each.why for each in later.diary_import.read_paper(table(*lines)).wrong] == [
        Amiss.NOT_A_CLOCK_TIME
    ]


def test_before_a_procedure_is_recorded_nothing_is_taken(tmp_path: Path, clock: Clock):
    new = desk_in(tmp_path)
    (wrong,) = new.diary_import.read_paper(DIARY).wrong
    assert (wrong.line, wrong.why) == (None, Amiss.NO_PROCEDURE)
    assert diary_import_text.amiss(wrong).startswith("No procedure is recorded yet.")
    with pytest.raises(PaperRefused):
        new.diary_import.keep_paper(DIARY)
    assert not new.history().entries


def test_a_clock_that_looks_wrong_stores_nothing(later: PatientDesk, clock: Clock):
    later.sessions.give_pain(3, facts.PainWhen.NOW, key=new_key())
    clock.goes_on(hours=-48)
    before = size(later)
    with pytest.raises(BadValue) as refused:
        later.diary_import.keep_paper(DIARY)
    assert (refused.value.fault, size(later)) == (Fault.CLOCK_WRONG, before)


# what is right


def test_a_file_is_looked_at_before_anything_is_stored(later: PatientDesk):
    before = all_rows(later.installation.store)
    paper = later.diary_import.read_paper(DIARY)
    assert (paper.sessions, paper.sets, paper.scores, paper.notes, paper.there) == (2, 3, 5, 1, 0)
    assert paper.days == (date(2026, 3, 10), date(2026, 3, 11))
    assert diary_import_text.counted(paper) == "3 exercises, 5 pain scores and 1 note on 2 days"
    assert all_rows(later.installation.store) == before


def test_a_file_is_stored_as_the_patients_diary(later: PatientDesk):
    later.diary_import.keep_paper(DIARY)
    first, second = later.history().sessions
    assert first.started.at == datetime(2026, 3, 10, 7, 0, tzinfo=UTC)
    assert {done.fact.source for done in (*first.sets, *second.sets)} == {facts.Source.DIARY}
    assert [(done.fact.routine, done.fact.reps_done) for done in first.sets] == [(PUMPS, 10), (QUADS, 16)]
    assert [(done.fact.routine, done.fact.reps_done) for done in second.sets] == [(GLUTES, 8)]
    assert (first.before and first.before.fact.score, first.after and first.after.fact.score) == (4, 0)
    assert [note.fact.text for note in first.notes] == ["before breakfast"]
    alone = [
        (e.fact.when, e.fact.score) for e in later.history().of(facts.Pain) if e.local_date.month == 3 and e.local_date.day > 9
    ]  # fmt: skip
    assert (facts.PainWhen.AVERAGE_24H, 3) in alone
    assert (facts.PainWhen.WORST_24H, facts.PainWord.BAD) in alone
    assert (facts.PainWhen.NOW, 10) in alone
    assert {entry.author for entry in later.history().entries} == {"patient"}
    assert later.installation.store.verify(later.patient) == []


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + DIARY,
        DIARY.replace(b"\r\n", b"\n"),
        DIARY.replace(b"\r\n", b"\r"),
        DIARY.replace(b"\r\n", b"  \r\n,,,,,\r\n"),
        DIARY.replace(HEAD.encode(), b" Date ,TIME,What,Reps,Score,Note,,"),
        b"# mine\r\n" + DIARY,
        b"what,note,date,time,score,reps\r\n"
        + b"\r\n".join(
            b",".join(row.split(b",")[n] for n in (2, 5, 0, 1, 4, 3)) for row in DIARY.split(b"\r\n")[1:-1]
        ),
    ],
    ids=[
        "byte order mark",
        "LF",
        "CR",
        "blanks and empty lines",
        "header as one likes",
        "remark first",
        "other order",
    ],
)
def test_what_a_program_makes_of_a_file_changes_nothing(later: PatientDesk, content: bytes):
    later.diary_import.keep_paper(DIARY)
    before = all_rows(later.installation.store)
    paper = later.diary_import.keep_paper(content)
    assert (paper.wrong, paper.moments, paper.there) == ((), (), 8)
    assert all_rows(later.installation.store) == before


def test_the_same_file_twice_adds_nothing(later: PatientDesk):
    added = later.diary_import.keep_paper(DIARY)
    assert (len(added.added), added.there) == (8, 0)
    before = all_rows(later.installation.store)
    again = later.diary_import.keep_paper(DIARY)
    assert (again.added, again.there) == ((), 8)
    assert all_rows(later.installation.store) == before
    assert diary_import_text.there(again) == "8 lines are in the diary already and are left out."


def test_a_file_that_overlaps_adds_only_what_is_new(later: PatientDesk):
    later.diary_import.keep_paper(table("2026-03-10,08:00,ankle_pumps,10,,"))
    paper = later.diary_import.keep_paper(
        table(
            "2026-03-10,08:00,ankle_pumps,10,,",
            "2026-03-10,08:00,quadriceps,8,,",
            "2026-03-10,08:00,pain_after,,3,",
            "2026-03-10,09:00,ankle_pumps,10,,",
        )
    )
    assert (paper.sessions, paper.sets, paper.scores, paper.there) == (1, 2, 1, 1)
    first, second = later.history().sessions
    assert [done.fact.routine for done in first.sets] == [PUMPS, QUADS]
    assert first.sets[1].at > first.sets[0].at
    assert first.after
    assert first.after.fact.score == 3
    assert [done.fact.routine for done in second.sets] == [PUMPS]


def by_hand(patient: PatientDesk) -> None:
    wall = datetime(2026, 3, 10, 8, 0)  # a local time  # noqa: DTZ001
    sets = [PastSet(PUMPS, 10), PastSet(QUADS, 16)]
    patient.diary.log_past(wall, sets, before=4, after=0, effort=None, note="before breakfast", key=new_key())


def test_what_was_logged_by_hand_is_not_added_again(later: PatientDesk):
    by_hand(later)
    later.sessions.give_pain(
        10, facts.PainWhen.NOW, key=new_key(), at=datetime(2026, 3, 11, 11, 0, tzinfo=UTC)
    )
    paper = later.diary_import.keep_paper(DIARY)
    assert (paper.sessions, paper.sets, paper.scores, paper.notes, paper.there) == (1, 1, 2, 0, 5)
    assert len(later.history().sessions) == 2


@pytest.mark.parametrize(
    "line",
    [
        "2026-03-10,08:00,ankle_pumps,12,,",
        "2026-03-10,08:00,pain_after,,1,",
        "2026-03-10,20:15,pain_worst,,9,",
    ],
)
def test_another_number_than_the_recorded_one_is_refused(later: PatientDesk, line: str):
    later.diary_import.keep_paper(DIARY)
    before = all_rows(later.installation.store)
    paper = later.diary_import.read_paper(table(GOOD, line) if "pumps" not in line else table(line))
    assert [(each.line, each.why) for each in paper.wrong] == [
        (2 if "pumps" in line else 3, Amiss.RECORDED_OTHERWISE)
    ]
    assert "in your diary for 2026-03-10 " in diary_import_text.amiss(paper.wrong[0])
    assert all_rows(later.installation.store) == before


def test_a_worst_below_the_average_that_is_recorded_is_refused(later: PatientDesk):
    later.diary_import.keep_paper(table("2026-03-10,20:15,pain_average,,6,"))
    (wrong,) = later.diary_import.read_paper(
        table("2026-03-10,20:15,pain_worst,,5,", "2026-03-11,20:15,pain_worst,,5,")
    ).wrong
    assert diary_import_text.amiss(wrong) == (
        "Line 2: The worst of this day (5) is below its average (6). One of the two cannot be right."
    )
    assert later.diary_import.read_paper(table("2026-03-10,20:15,pain_worst,,6,")).wrong == ()


def test_what_was_corrected_since_stays_corrected(later: PatientDesk):
    later.diary_import.keep_paper(DIARY)
    done = later.history().sessions[0].sets[0]
    later.diary.correct_reps(done.id, 12, key=new_key())
    assert later.diary_import.keep_paper(DIARY).added == ()
    assert later.diary_import.keep_paper(DIARY.replace(b"ankle_pumps,10", b"ankle_pumps,12")).added == ()
    assert later.history().sessions[0].sets[0].fact.reps_done == 12


def test_what_was_taken_back_stays_taken_back(later: PatientDesk):
    later.diary_import.keep_paper(DIARY)
    session = later.history().sessions[0]
    later.diary.void(session.id, why="another day", key=new_key())
    before = all_rows(later.installation.store)
    assert later.diary_import.keep_paper(DIARY).added == ()
    paper = later.diary_import.read_paper(DIARY + b"2026-03-10,08:00,static_glutes,8,,\r\n")
    (wrong,) = paper.wrong
    assert (wrong.line, wrong.why) == (10, Amiss.TAKEN_BACK)
    assert diary_import_text.amiss(wrong).startswith(
        "Line 10: You took back the exercises of 2026-03-10 08:00."
    )
    assert all_rows(later.installation.store) == before


def test_moving_to_another_zone_doubles_nothing(later: PatientDesk):
    later.diary_import.keep_paper(DIARY)
    later.settings.set("zone", "America/New_York")
    assert later.diary_import.keep_paper(DIARY).added == ()


def test_of_an_hour_that_comes_twice_the_later_one_is_meant(tmp_path: Path, clock: Clock):
    now = datetime(2026, 10, 27, 9, 0, tzinfo=UTC)
    clock.now = now
    autumn = settled(tmp_path, hours=100, now=now)
    autumn.diary_import.keep_paper(table("2026-10-25,02:30,pain_now,,3,"))
    assert datetime(2026, 10, 25, 1, 30, tzinfo=UTC) in {pain.at for pain in autumn.history().of(facts.Pain)}


def test_a_file_says_what_logging_by_hand_would_have_said(tmp_path: Path, clock: Clock):
    """Also which sets were outside the plan, in the order of time whatever the order of the lines."""
    one, other = settled(tmp_path / "one"), settled(tmp_path / "other")
    clock.goes_on(hours=30 * 24)
    days = [date(2026, 3, 6) + timedelta(days=n) for n in range(4)]
    lines = []
    for day in days:
        for hour in (8, 9, 12, 17):
            wall = datetime.combine(day, time(hour))
            sets = [PastSet(PUMPS, 10), PastSet(QUADS, 16), PastSet(TUMMY, 5)]
            before, after = 3, 3 + (hour == 9) * 4
            one.diary.log_past(wall, sets, before=before, after=after, effort=None, note="", key=new_key())
            lines += [f"{day},{hour}:00,{s.routine},{s.reps // (1 + (s.routine == QUADS))},," for s in sets]
            lines += [f"{day},{hour}:00,pain_before,,{before},", f"{day},{hour}:00,pain_after,,{after},"]
    other.diary_import.keep_paper(table(*reversed([" ".join([line]) for line in lines])))
    plain_one, plain_other = sorted(told(one)), sorted(told(other))
    assert plain_one == plain_other
    outside = [done.fact.outside_plan for done in one.history().of(facts.SetDone)]
    assert True in outside
    assert False in outside


def told(patient: PatientDesk) -> Iterator[tuple[str, ...]]:
    """Yield what is recorded of sets and scores, without the keys; sets of one session start in another order."""
    for entry in patient.history().entries:
        fact = entry.fact
        if isinstance(fact, facts.SetDone):
            session = patient.history().by_id[fact.session].at
            yield ("set", str(session), fact.routine, str(fact.reps_done), str(fact.reps_planned), str(fact.outside_plan),
                   fact.phase, str(fact.hold_s), str(fact.took_s))  # fmt: skip
        elif isinstance(
            fact, facts.SessionStarted | facts.SessionFinished | facts.Effort | facts.Note | facts.Pain
        ):
            words = {
                name: str(value)
                for name, value in to_payload(fact).items()
                if name not in ("session", "sets")
            }
            yield (entry.kind, entry.at.isoformat(), str(words))


def test_what_comes_between_looking_and_storing_is_looked_at_again(
    later: PatientDesk, monkeypatch: pytest.MonkeyPatch
):
    record, tries = later._context.record, list[int]()  # noqa: SLF001  recorded over on purpose, in the middle

    def overtaken(*news: object, after: int | None = None) -> None:
        tries.append(len(news))
        if len(tries) == 1:  # another tab has saved the first line meanwhile
            desk = PatientDesk(later.installation, later.patient, later.principal)
            desk.diary_import.keep_paper(table("2026-03-10,08:00,ankle_pumps,10,,before breakfast"))
        record(*news, after=after)  # type: ignore[arg-type]

    monkeypatch.setattr(later._context, "record", overtaken)  # noqa: SLF001  recorded over on purpose, in the middle
    later.diary_import.keep_paper(DIARY)
    assert tries == [13, 9]
    assert len(later.history().sessions) == 2
    assert [len(session.sets) for session in later.history().sessions] == [2, 1]


def test_one_that_is_overtaken_again_and_again_stores_nothing(
    later: PatientDesk, monkeypatch: pytest.MonkeyPatch
):
    def overtaken(*news: object, after: int | None = None) -> None:
        raise Overtaken

    monkeypatch.setattr(later._context, "record", overtaken)  # noqa: SLF001  recorded over on purpose, in the middle
    before = size(later)
    with pytest.raises(BadValue) as refused:
        later.diary_import.keep_paper(DIARY)
    assert refused.value.fault is Fault.PLAN_CHANGED
    assert size(later) == before


def test_everything_or_nothing_when_the_disk_fails_in_the_middle(
    later: PatientDesk, monkeypatch: pytest.MonkeyPatch
):
    insert = store._insert  # noqa: SLF001  disturbed on purpose, in the middle

    def breaks(connection: object, rows: list) -> None:
        insert(connection, rows[: len(rows) // 2])  # type: ignore[arg-type]
        raise RuntimeError

    before = all_rows(later.installation.store)
    monkeypatch.setattr(store, "_insert", breaks)
    with pytest.raises(RuntimeError):
        later.diary_import.keep_paper(DIARY)
    monkeypatch.undo()
    assert all_rows(later.installation.store) == before


def test_a_session_that_the_player_counted_is_another_one(later: PatientDesk, clock: Clock):
    session = begin(later)
    send(later, set_done(session))
    minute = later.now().astimezone(UTC)
    wall = f"{datetime.fromtimestamp(minute.timestamp(), UTC) + timedelta(hours=2):%Y-%m-%d,%H:%M}"
    later.diary_import.keep_paper(table(f"{wall},ankle_pumps,10,,"))
    assert len(later.history().sessions) == 2


# what is written comes back


def written(lines: list[PaperLine]) -> bytes:
    """Write the lines as a spreadsheet does, with what our own exports put in front of a formula."""
    names = {when: name for name, when in PAIN.items()}
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(HEAD.split(","))
    for line in lines:
        what = names[facts.PainWhen(line.what)] if line.is_pain else line.what
        numbers = ("", str(line.score)) if line.is_pain else (str(line.reps), "")
        writer.writerow([line.wall.date(), f"{line.wall:%H:%M}", what, *numbers, plain(line.note)])
    return out.getvalue().encode()


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(papers())
def test_any_lines_that_are_written_are_read_again(lines: list[PaperLine]):
    found = diary_file.read(written(lines), PROTOCOL)
    if not lines:
        assert [each.why for each in found.wrong] == [Amiss.NO_LINES]
        return
    assert found.wrong == ()
    assert [(line.wall, line.what, line.reps, line.score, line.note) for line in found.lines] == [
        (line.wall, line.what, line.reps, line.score, as_kept(line.note)) for line in lines
    ]


@pytest.mark.slow
@settings(max_examples=40, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(papers())
def test_any_lines_become_exactly_these_facts_and_only_once(
    tmp_path_factory: pytest.TempPathFactory, lines: list[PaperLine]
):
    with desk_clock.showing(Clock(datetime(2026, 3, 29, 12, 0, tzinfo=UTC))):
        patient = settled(tmp_path_factory.mktemp("paper"))
        start = len(patient.history().entries)
        if not lines:
            return
        kept = patient.diary_import.keep_paper(written(lines))
        assert_told(patient, start, lines)
        assert (kept.sets + kept.scores, kept.there) == (len(lines), 0)
        rows = size(patient)
        again = patient.diary_import.keep_paper(written(lines[::-1]))
        assert (again.added, size(patient)) == ((), rows)
        patient.installation.store.close()


def assert_told(patient: PatientDesk, start: int, lines: list[PaperLine]) -> None:
    history = patient.history()
    at = {line.wall: from_wall_clock(line.wall, ZONE) for line in lines}
    when = {session.id: session.started.at for session in history.sessions}
    sides = {routine.id: routine.sides for routine in PROTOCOL.routines.values()}
    sets = {(when[e.fact.session], e.fact.routine, e.fact.reps_done) for e in history.of(facts.SetDone)}
    assert sets == {(at[x.wall], x.what, x.reps * sides[x.what]) for x in lines if not x.is_pain}
    pains = {
        (when[e.fact.session] if e.fact.session else e.at, e.fact.when, e.fact.score)
        for e in history.of(facts.Pain)
        if e.seq > start
    }
    assert pains == {(at[x.wall], x.what, x.score) for x in lines if x.is_pain}
    assert {(when[e.fact.session], e.fact.text) for e in history.of(facts.Note)} == {
        (at[x.wall], as_kept(x.note)) for x in lines if as_kept(x.note)
    }
    assert len(history.sessions) == len({x.wall for x in lines if not x.is_pain})
    kinds = (facts.SessionStarted, facts.SessionFinished, facts.SetDone, facts.Pain, facts.Note)
    assert all(isinstance(fact, kinds) for fact, _at in facts_of(patient, start))
    counted = 2 * len(history.sessions) + len(lines) + len(history.of(facts.Note))
    assert len(history.entries) - start == counted


@pytest.mark.parametrize("routine", ["ankle_pumps", "static_glutes", "quadriceps", "transversus_abdominis"])
def test_more_reps_at_one_go_than_the_plan_has_in_a_day_are_asked_about_and_taken_where_they_are_right(
    later: PatientDesk, routine: str
):
    dose = later.protocol.routines[routine].maximum.plain
    day = dose.reps * dose.per_day
    assert later.diary_import.read_paper(table(f"2026-03-10,08:00,{routine},{day},,")).wrong == ()
    many = table(f"2026-03-10,08:00,{routine},{day + 1},,")
    (asked,) = later.diary_import.read_paper(many).wrong
    assert (asked.why, asked.detail["high"]) == (Amiss.REPS_MANY, day)
    with pytest.raises(PaperRefused):
        later.diary_import.keep_paper(many)
    assert later.diary_import.keep_paper(many, many=True).moments
    sides = later.protocol.routines[routine].sides
    assert [done.fact.reps_done for done in later.history().of(facts.SetDone)] == [(day + 1) * sides]
