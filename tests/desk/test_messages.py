"""Messages: who wrote, who read and when, and what is refused."""

from __future__ import annotations

import pytest

from coach.desk import NotFound, PatientDesk
from coach.desk.clinic.messages import MessagesDesk, Reading
from coach.desk.installation.recording import NewEntry, new_key
from coach.domain.errors import BadValue, Fault
from coach.domain.facts import Discharged, Message, MessageRead, Readmitted
from tests.support.followed import Followed, follow
from tests.support.homes import Clock, size
from tests.support.records import record


@pytest.fixture
def team(patient: PatientDesk) -> Followed:
    return follow(patient)


def own(team: Followed) -> MessagesDesk:
    return MessagesDesk(team.installation, team.patient, team.own)


def theirs(team: Followed, account: object = None) -> MessagesDesk:
    who = team.kim if account == "kim" else team.pat
    return MessagesDesk(team.installation, team.patient, team.physiotherapist(who))


def test_both_sides_see_one_thread_with_names_and_whose_each_is(team: Followed, clock: Clock):
    own(team).write("Is it normal that my calf is sore?", key=new_key())
    clock.goes_on(minutes=5)
    theirs(team).write("Which side?", key=new_key())
    for desk, mine in ((own(team), [True, False]), (theirs(team), [False, True])):
        rows = desk.thread()
        assert [row.entry.fact.text for row in rows] == ["Is it normal that my calf is sore?", "Which side?"]
        assert [row.who for row in rows] == ["Ada Example", "Pat Sample"]
        assert [row.mine for row in rows] == mine
        assert [row.by_clinician for row in rows] == [False, True]
    assert [row.mine for row in theirs(team, "kim").thread()] == [False, False]


def test_both_sides_see_who_read_it_and_when_and_the_first_time_counts(team: Followed, clock: Clock):
    own(team).write("One", key=new_key())
    own(team).write("Two", key=new_key())
    one, two = (row.entry for row in own(team).thread())
    assert [row.read_by for row in own(team).thread()] == [(), ()]
    clock.goes_on(minutes=5)
    at_five = clock.now
    theirs(team).read(one.id, key=new_key())
    clock.goes_on(minutes=5)
    theirs(team, "kim").read(two.id, key=new_key())
    clock.goes_on(minutes=5)
    theirs(team).read(two.id, key=new_key())
    first, second = own(team).thread()
    kim_read = Reading("Kim Other", mine=False, at=at_five + (clock.now - at_five) / 2)
    assert first.read_by == (Reading("Pat Sample", mine=False, at=at_five), kim_read)
    assert second.read_by == (kim_read, Reading("Pat Sample", mine=False, at=clock.now))
    assert [reading.mine for reading in theirs(team).thread()[0].read_by] == [True, False]
    theirs(team).write("Fine.", key=new_key())
    own(team).read(own(team).thread()[-1].entry.id, key=new_key())
    assert theirs(team, "kim").thread()[-1].read_by == (Reading("Ada Example", mine=False, at=clock.now),)


def test_unread_is_what_the_other_side_wrote_since_one_last_read(team: Followed):
    own(team).write("One", key=new_key())
    own(team).write("Two", key=new_key())
    one, two = (row.entry for row in own(team).thread())
    assert own(team).unread() == ()
    assert theirs(team).unread() == (one, two)
    theirs(team).read(one.id, key=new_key())
    assert theirs(team).unread() == (two,)
    assert theirs(team, "kim").unread() == (one, two)
    theirs(team, "kim").write("Mine", key=new_key())
    assert theirs(team).unread() == (two,)  # colleagues are one side
    assert [each.fact.text for each in own(team).unread()] == ["Mine"]


def test_reading_what_is_read_already_records_nothing(team: Followed, patient: PatientDesk):
    own(team).write("One", key=new_key())
    own(team).write("Two", key=new_key())
    one, two = (row.entry for row in own(team).thread())
    theirs(team).read(two.id, key=new_key())
    before = size(patient)
    theirs(team).read(two.id, key=new_key())
    theirs(team).read(one.id, key=new_key())
    assert size(patient) == before


def test_one_does_not_read_ones_own_or_what_is_no_message(team: Followed, patient: PatientDesk):
    own(team).write("One", key=new_key())
    theirs(team).write("Two", key=new_key())
    one, two = (row.entry.id for row in own(team).thread())
    anything = patient.history().entries[0].id
    before = size(patient)
    for desk, entry in (
        (own(team), one),
        (theirs(team), two),
        (theirs(team, "kim"), two),
        (own(team), new_key()),
        (own(team), anything),
    ):
        with pytest.raises(BadValue) as refused:
            desk.read(entry, key=new_key())
        assert refused.value.fault is Fault.UNKNOWN_ENTRY
    assert size(patient) == before


def test_a_double_tap_is_one_message(team: Followed, patient: PatientDesk):
    key = new_key()
    for _ in range(3):
        own(team).write("Once", key=key)
    assert len(patient.history().of(Message)) == 1
    message, read = patient.history().of(Message)[0].id, new_key()
    for _ in range(3):
        theirs(team).read(message, key=read)
    assert len(patient.history().of(MessageRead)) == 1


def test_opening_is_no_answer_and_none_needed_is_said_with_a_name_and_taken_back(
    team: Followed, clock: Clock
):
    own(team).write("One", key=new_key())
    own(team).write("Two", key=new_key())
    one, two = (row.entry for row in own(team).thread())
    theirs(team).read(two.id, key=new_key())
    assert [row.waits for row in theirs(team, "kim").thread()] == [True, True]
    assert theirs(team, "kim").unread() == (one, two)
    key = new_key()
    for _ in range(2):
        theirs(team).needs_no_answer(two.id, key=key)
    first, second = theirs(team, "kim").thread()
    assert (first.waits, second.waits) == (False, False)
    assert second.settled_by == Reading("Pat Sample", mine=False, at=clock.now)
    for act in (theirs(team, "kim").needs_no_answer, own(team).needs_no_answer):
        with pytest.raises((BadValue, NotFound)):
            act(two.id, key=new_key())
    assert second.settled
    theirs(team, "kim").undo_no_answer(second.settled.id, key=new_key())
    assert [row.waits for row in own(team).thread()] == [True, True]
    with pytest.raises(BadValue):
        theirs(team).undo_no_answer(second.settled.id, key=new_key())
    theirs(team).write("Fine.", key=new_key())
    assert not any(row.waits for row in own(team).thread())


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", Fault.TEXT_MISSING),
        (" \n\t ", Fault.TEXT_MISSING),
        ("x" * 1001, Fault.TEXT_TOO_LONG),
        (None, Fault.TEXT_MISSING),
        (7, Fault.TEXT_MISSING),
    ],
)
def test_a_message_that_is_empty_or_too_long_is_refused_and_nothing_stored(
    team: Followed, patient: PatientDesk, text: str, fault: Fault
):
    before = size(patient)
    for desk in (own(team), theirs(team)):
        with pytest.raises(BadValue) as refused:
            desk.write(text, key=new_key())
        assert refused.value.fault is fault
    assert size(patient) == before


def test_a_text_is_stored_composed_with_its_lines_and_counted_as_composed(team: Followed):
    own(team).write("  cafe\u0301\n\n  two  ", key=new_key())
    own(team).write("e\u0301" * 1000, key=new_key())
    short, long = (row.entry.fact.text for row in own(team).thread())
    assert short == "caf\u00e9\n\n  two"
    assert long == "\u00e9" * 1000


def test_after_a_discharge_nobody_reads_and_the_patient_is_told_so(team: Followed, patient: PatientDesk):
    record(theirs(team), NewEntry(Discharged("Done.")))
    assert not own(team).is_read_by_somebody()
    before = size(patient)
    with pytest.raises(BadValue) as refused:
        own(team).write("Hello?", key=new_key())
    assert refused.value.fault is Fault.NOBODY_READS
    assert size(patient) == before
    theirs(team).write("All the best.", key=new_key())
    record(theirs(team), NewEntry(Readmitted("Again.")))
    own(team).write("Hello?", key=new_key())
    assert len(own(team).thread()) == 2


def test_nobody_else_gets_near_a_thread(team: Followed, patient: PatientDesk):
    before = size(patient)
    outsider = MessagesDesk(team.installation, team.patient, team.stranger())
    household = MessagesDesk(team.installation, team.patient, patient.principal)
    for desk in (outsider, household):
        for act in (
            desk.thread,
            desk.unread,
            desk.is_read_by_somebody,
            lambda desk=desk: desk.write("x", key=new_key()),
            lambda desk=desk: desk.read(new_key(), key=new_key()),
        ):
            with pytest.raises(NotFound):
                act()
    assert size(patient) == before
