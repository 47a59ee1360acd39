"""The caseload: who needs a look first, the same on both databases."""

from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event

from coach.domain.caseload_card import Card
from coach.domain.caseload_order import rank
from coach.domain.need import Need, NeedReason
from coach.domain.standing import State, current
from coach.domain.times import BEGINNING, FOREVER
from coach.records.clinic.caseload import Among, Caseload, Counts
from coach.records.clinic.people import People, Person, Team, folded
from coach.records.entries.caseload_rows import Row
from coach.records.entries.store import KeyReused, Store
from coach.records.upkeep import erasure
from tests.support.accounts import account
from tests.support.postgres import as_owner
from tests.support.record_making import NOON, draft
from tests.support.records import change_person, create_patient

HOUR = timedelta(hours=1)
CARD = Card("UTC", None, (), (), None, (), NOON - HOUR)
#: The most urgent first; the last one can wait.
REASONS = (
    NeedReason.RED_FLAG,
    NeedReason.RED_LIGHT,
    NeedReason.PAIN_UP,
    NeedReason.PAIN_RISING,
    NeedReason.OVER_DOING,
    NeedReason.SILENT,
    NeedReason.LOW,
)


@pytest.fixture
def caseload(store: Store) -> Caseload:
    return Caseload(store)


@pytest.fixture
def team(store: Store) -> UUID:
    made = Team(uuid4(), f"Team {uuid4()}")
    People(store).add_team(made, at=NOON)
    return made.id


def need(place: int, since: float = -1, until: float | None = None, seen: float | None = None) -> Need:
    ends = FOREVER if until is None else NOON + until * HOUR
    covered = BEGINNING if seen is None else NOON + seen * HOUR
    reason, begins = REASONS[place - 1], NOON + since * HOUR
    return Need(reason, f"{reason.value}:{since}", begins, ends, {"a": 1}, covered)


def row(*needs: Need, seq: int = 0, active: bool = True, digest: str = "d") -> Row:
    return Row(seq, digest, NOON - HOUR, active, CARD, needs)


def made(
    store: Store, name: str, team: UUID | None, projection: Row | None, *, reference: str = "", lead: UUID | None = None
) -> UUID:  # fmt: skip
    person = Person(uuid4(), name, reference, team, lead)
    People(store).add_person(person, at=NOON)
    if projection:
        assert Caseload(store).write(person.patient, projection)
    return person.patient


def among(*teams: UUID, now: datetime = NOON, **other: object) -> Among:
    return Among(frozenset(teams), now, **other)  # type: ignore[arg-type]


def names(caseload: Caseload, state: State, of: Among, **other: object) -> list[str]:
    return [each.name for each in caseload.page(state, of, **other)]  # type: ignore[arg-type]


def test_the_most_urgent_come_first_then_the_oldest_then_by_name(
    caseload: Caseload, store: Store, team: UUID
):
    made(store, "Silent", team, row(need(4)))
    made(store, "Flag, new", team, row(need(4, -9), need(1, -1)))
    made(store, "Flag, old", team, row(need(1, -2)))
    made(store, "Élan", team, row(need(3)))
    made(store, "Eagle", team, row(need(3)))
    made(store, "Fine", team, row())
    assert names(caseload, State.NEEDED, among(team)) == ["Flag, old", "Flag, new", "Eagle", "Élan", "Silent"]
    assert names(caseload, State.ON_TRACK, among(team)) == ["Fine"]


def test_a_listed_patient_comes_with_the_needs_that_hold_now(caseload: Caseload, store: Store, team: UUID):
    lead = account(store)
    over, later, here, urgent = need(3, -9, until=0), need(2, 1), need(4, -3), need(1, 0)
    patient = made(store, "Ann", team, row(over, later, here, urgent), reference="A-1", lead=lead)
    (found,) = caseload.page(State.NEEDED, among(team))
    assert (found.patient, found.name, found.reference, found.team, found.lead) == (
        patient,
        "Ann",
        "A-1",
        team,
        lead,
    )
    assert found.needs == (urgent, here)
    assert found.card == CARD


def test_a_need_counts_from_its_first_instant_to_the_one_before_its_last(
    caseload: Caseload, store: Store, team: UUID
):
    made(store, "Ann", team, row(need(2, 1, until=3)))
    told = {
        hours: names(caseload, State.NEEDED, among(team, now=NOON + hours * HOUR))
        for hours in (0.9, 1, 2.9, 3)
    }
    assert told == {0.9: [], 1: ["Ann"], 2.9: ["Ann"], 3: []}


def test_seen_today_hides_nothing_that_is_new_and_ends_with_the_day(
    caseload: Caseload, store: Store, team: UUID
):
    made(store, "Ann", team, row(need(1, -5, seen=6), need(4, 2)))
    told = {
        hours: [state for state in State if names(caseload, state, among(team, now=NOON + hours * HOUR))]
        for hours in (0, 2, 7)
    }
    assert told == {0: [State.SEEN], 2: [State.NEEDED], 7: [State.NEEDED]}
    at_two, at_seven = (caseload.counts(among(team, now=NOON + hours * HOUR)) for hours in (2, 7))
    assert at_two.reasons == {"pain_rising": 1}
    assert at_seven.reasons == {"pain_rising": 1, "red_flag": 1}


def test_who_is_discharged_is_told_apart_unless_a_need_is_left(caseload: Caseload, store: Store, team: UUID):
    made(store, "Gone", team, row(active=False))
    made(store, "Gone with a flag", team, row(need(1), active=False))
    assert names(caseload, State.DISCHARGED, among(team)) == ["Gone"]
    assert names(caseload, State.NEEDED, among(team)) == ["Gone with a flag"]


def test_only_ones_own_teams_are_told_and_never_oneself(caseload: Caseload, store: Store, team: UUID):
    other = Team(uuid4(), "Other")
    People(store).add_team(other, at=NOON)
    ann = made(store, "Ann", team, row(need(1)))
    made(store, "Bob", other.id, row(need(1)))
    made(store, "Nobody's", None, row(need(1)))
    assert names(caseload, State.NEEDED, among(team)) == ["Ann"]
    assert names(caseload, State.NEEDED, among(team, other.id)) == ["Ann", "Bob"]
    assert names(caseload, State.NEEDED, among()) == []
    assert names(caseload, State.NEEDED, among(team, never=ann)) == []
    assert caseload.counts(among(team, never=ann)) == Counts()
    assert caseload.counts(among()) == Counts()


def test_who_is_moved_or_renamed_is_found_there_at_once(caseload: Caseload, store: Store, team: UUID):
    kim = account(store)
    ann = made(store, "Ann", None, row(need(1)))
    assert names(caseload, State.NEEDED, among(team)) == []
    change_person(store, Person(ann, "Zoë", "Z-9", team, kim))
    assert names(caseload, State.NEEDED, among(team, search="zoe", lead=kim)) == ["Zoë"]
    assert names(caseload, State.NEEDED, among(team, search="ann")) == []
    assert names(caseload, State.NEEDED, among(team, lead=account(store))) == []


def test_a_record_that_gets_a_name_is_listed_as_it_stands(caseload: Caseload, store: Store, team: UUID):
    patient = uuid4()
    create_patient(store, patient, recorded_at=NOON)
    assert caseload.write(patient, row(need(1)))
    assert names(caseload, State.NEEDED, among(team)) == []
    People(store).add_person(Person(patient, "Ann", "", team, None), at=NOON)
    assert names(caseload, State.NEEDED, among(team)) == ["Ann"]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("muller", ["Zoë Müller"]),
        ("ZOE m", ["Zoë Müller"]),
        ("%", ["50% Club"]),
        ("_", ["Under_score"]),
        ("/", []),
        ("a-10", ["Zoë Müller"]),
        ("b-2", ["50% Club"]),
        ("  ", ["50% Club", "Under_score", "Zoë Müller"]),
        ("'; DROP TABLE person", []),
    ],
)
def test_the_search_takes_every_sign_for_what_it_is(
    caseload: Caseload, store: Store, team: UUID, search: str, found: list[str]
):
    for name, reference in (("Zoë Müller", "A-10"), ("Under_score", "A-2"), ("50% Club", "B-2")):
        made(store, name, team, row(need(1)), reference=reference)
    assert names(caseload, State.NEEDED, among(team, search=search)) == found
    assert caseload.counts(among(team, search=search)).needed == len(found)


def test_a_reason_is_not_taken_for_another_that_begins_like_it(caseload: Caseload, store: Store, team: UUID):
    made(store, "One", team, row(need(3)))
    made(store, "Two", team, row(need(4), need(1)))
    assert names(caseload, State.NEEDED, among(team), reasons=["pain_rising"]) == ["Two"]
    assert names(caseload, State.NEEDED, among(team), reasons=["pain_up"]) == ["One"]
    assert names(caseload, State.NEEDED, among(team), reasons=["pain"]) == []
    assert names(caseload, State.NEEDED, among(team), reasons=["up"]) == []
    assert names(caseload, State.NEEDED, among(team), reasons=["%"]) == []


def test_pages_and_counts_say_what_asking_everybody_says(caseload: Caseload, store: Store, team: UUID):
    dice = Random(3)
    rows: dict[str, Row] = {}
    for number in range(60):
        needs = {
            rank: need(rank, dice.randint(-5, 4), dice.choice([None, 1, 5]), dice.choice([None, None, 2]))
            for rank in dice.sample(range(1, 8), dice.choice([0, 1, 1, 2, 3]))
        }
        name = f"P{number:02}"
        rows[name] = row(*needs.values(), active=dice.random() < 0.9)
        made(store, name, team, rows[name])
    for hours in (-1, 0, 0.5, 3, 9):
        now = NOON + hours * HOUR
        of = among(team, now=now)
        standing: dict[State, list[tuple[int, datetime, str]]] = {state: [] for state in State}
        reasons: dict[State, dict[str, int]] = {State.NEEDED: {}, State.LATER: {}}
        for name, each in rows.items():
            holding = current(each.needs, now)
            unseen = [n for n in holding if not n.seen(now)]
            fine = State.ON_TRACK if each.active else State.DISCHARGED
            quiet = bool(holding) and all(n.quiet for n in holding)
            waits = bool(unseen) and all(n.quiet for n in unseen)
            seen = State.LATER if waits and quiet else State.SEEN
            state = (State.NEEDED if unseen and not waits else seen) if holding else fine
            places = [(rank(n), n.from_at, name) for n in unseen or holding]
            standing[state].append(places[0] if places else (0, BEGINNING, name))
            for reason in {n.reason for n in unseen} if state in reasons else ():
                reasons[state][reason] = reasons[state].get(reason, 0) + 1
        counts = caseload.counts(of)
        assert (counts.reasons, counts.later_reasons) == (reasons[State.NEEDED], reasons[State.LATER])
        assert counts.total == len(rows)
        assert [counts.needed, counts.seen, counts.on_track, counts.discharged, counts.later] == [
            len(standing[state]) for state in State
        ]
        for state in State:
            wanted = [name for _, _, name in sorted(standing[state])]
            pages: list[str] = []
            while page := names(caseload, state, of, limit=7, offset=len(pages)):
                pages += page
            assert pages == wanted
        for state, of_state in reasons.items():
            for reason in REASONS:
                found = caseload.page(state, of, reasons=[reason], limit=99)
                assert len(found) == of_state.get(reason, 0)
            either = caseload.page(state, of, reasons=REASONS[:3], limit=99)
            assert len(either) == counts.with_any(state, REASONS[:3])


def test_a_projection_comes_back_as_it_was_written(caseload: Caseload, store: Store, team: UUID):
    kept = row(need(1, seen=3), need(4, 2, until=9))
    patient = made(store, "Ann", team, kept)
    assert caseload.read(patient) == kept
    assert caseload.read(uuid4()) is None
    assert caseload.write(patient, row())
    assert caseload.read(patient) == row()


def test_a_projection_that_misses_an_entry_is_not_written(caseload: Caseload, store: Store, patient: UUID):
    store.append(patient, [draft()])
    assert not caseload.write(patient, row(seq=0))
    assert caseload.read(patient) is None
    assert caseload.write(patient, row(seq=1))


def test_what_is_appended_without_a_projection_makes_the_old_one_stale(
    caseload: Caseload, store: Store, patient: UUID
):
    assert caseload.stale("d", most=9) == [patient]
    assert caseload.write(patient, row())
    assert caseload.stale("d", most=9) == []
    assert (caseload.stale("e", most=9), caseload.stale("c", most=9)) == ([patient], [patient])
    store.append(patient, [draft()])
    assert caseload.stale("d", most=9) == [patient]
    assert caseload.how_many_stale("d") == 1


def test_a_projection_is_stored_with_the_entries_it_follows_from(
    caseload: Caseload, store: Store, patient: UUID
):
    first = draft()
    store.append(patient, [draft()])

    def project(more):
        entries = more(1)
        assert [each.seq for each in entries] == [2]
        return row(need(1), seq=entries[-1].seq)

    store.append(patient, [first], project=project)
    assert caseload.read(patient) == row(need(1), seq=2)
    store.append(patient, [first], project=lambda _more: pytest.fail("nothing was added"))


def test_where_the_projection_breaks_nothing_is_stored(caseload: Caseload, store: Store, patient: UUID):
    def broken(_more):
        raise KeyReused(patient)

    assert caseload.write(patient, row())
    with pytest.raises(KeyReused):
        store.append(patient, [draft()], project=broken)
    assert store.entries(patient) == []
    assert caseload.read(patient) == row()


def test_the_longest_name_has_its_place(caseload: Caseload, store: Store, team: UUID):
    name = "\N{GRINNING FACE}" * 5_000
    made(store, name, team, row(need(1)))
    assert names(caseload, State.NEEDED, among(team, search=name[:9])) == [name]
    assert folded(name) == name


def test_the_page_and_the_counts_read_an_index_alone(path: Path):
    store = Store.open(f"sqlite:///{path}")
    asked: list[str] = []
    event.listen(store._writer, "before_cursor_execute", lambda _c, _u, text, *_: asked.append(text))  # noqa: SLF001  listens to the database itself
    Caseload(store).page(State.NEEDED, among(uuid4()))
    Caseload(store).counts(among(uuid4()))
    told: list[str] = []
    with store.reading() as connection:
        for text in [each for each in asked if "FROM standing" in each]:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", ("x",) * text.count("?"))
            told += [each[3].partition(" (")[0] for each in plan]
    store.close()
    assert told == [
        "SEARCH standing USING COVERING INDEX standing_order",
        "SEARCH standing USING COVERING INDEX standing_count",
    ]


def test_somebody_who_is_erased_while_the_list_is_read_is_still_listed_or_not(
    caseload: Caseload, store: Store, team: UUID, url: str
):
    made(store, "Ann", team, row(need(2)))
    gone = made(store, "Ben", team, row(need(1)))
    there = [True]

    def erase_meanwhile(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if there and "FROM standing" in statement:
            there.clear()
            on_server = not url.startswith("sqlite")
            owner = Store.open(as_owner(url), owner=True) if on_server else Store.open(url)
            erasure.erase(owner, gone, at=NOON, by="operator", line=uuid4())
            owner.close()

    event.listen(store._writer, "after_cursor_execute", erase_meanwhile)  # noqa: SLF001  listens to the database itself
    assert names(caseload, State.NEEDED, among(team)) == ["Ben", "Ann"]
    assert names(caseload, State.NEEDED, among(team)) == ["Ann"]
