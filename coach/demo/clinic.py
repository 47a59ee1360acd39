"""A clinic of sample patients with different courses, recorded through the desks day by day.

Its two accounts have no password: they can only be used on a server started as a demo.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import time, timedelta
from random import Random
from uuid import UUID

from coach.demo import patient as demo_patient
from coach.demo.story import Plot, StoryTeller
from coach.desk import Installation, PatientDesk, Principal
from coach.desk.access.permissions import Role
from coach.desk.accounts.accounts import AccountsDesk
from coach.desk.accounts.demo_viewers import mark
from coach.desk.clinic import plan_commands
from coach.desk.clinic.caseload import CaseloadDesk, State, catch_up
from coach.desk.clinic.messages import MessagesDesk
from coach.desk.clinic.patients import FollowUpDesk, PatientsDesk
from coach.desk.clinic.plan import PlanDesk
from coach.desk.patient.diary import PastSet
from coach.domain.facts import Cause, PainWhen, PlanTopic, RedFlagYes, Reply

TEAM = "Spine team"
OPERATOR = Principal(Role.OPERATOR)
PHYSIOTHERAPIST, COLLEAGUE, ADMINISTRATOR = "Pat Sample", "Kim Sample", "Admin Sample"

NAMES = (
    "Rosa", "Anneke", "Bao", "Carmen", "Dieter", "Elif", "Farid", "Grace", "Henrik", "Ines", "Jamal", "Keiko",
    "Lars", "Maria", "Nils", "Olga", "Pedro", "Quinn", "Ruth", "Samir", "Tove", "Ulla", "Viktor", "Wanda", "Xenia",
    "Yusuf", "Zoë", "Agnes", "Bruno", "Clara", "Dora", "Emil", "Frida", "Georg", "Hanna", "Ivan", "Judit", "Karl",
    "Leila", "Mads", "Noor", "Otto",
)  # fmt: skip

Then = Callable[[StoryTeller], None]


@dataclass(frozen=True)
class Staff:
    """The sample's physiotherapist, who acts as a story asks."""

    installation: Installation
    who: Principal

    def change(self, make: Callable[[StoryTeller], plan_commands.Change]) -> Then:
        """Return a change of the plan, for a day of the story."""

        def then(story: StoryTeller) -> None:
            desk = PlanDesk(self.installation, story.patient.patient, self.who)
            desk.save(make(story), key=story.key(), seen_seq=desk.seen_seq())

        return then

    def write(self, text: str) -> Then:
        """Return a message of the physiotherapist, who has read the earlier ones."""

        def then(story: StoryTeller) -> None:
            desk = MessagesDesk(self.installation, story.patient.patient, self.who)
            theirs = [row for row in desk.thread() if not row.by_clinician]
            if theirs:
                desk.read(theirs[-1].entry.id, key=story.key())
            desk.write(text, key=story.key())

        return then

    def read(self) -> Then:
        """Return a reading of the messages, without an answer."""

        def then(story: StoryTeller) -> None:
            desk = MessagesDesk(self.installation, story.patient.patient, self.who)
            desk.read(desk.thread()[-1].entry.id, key=story.key())

        return then

    def follow_up(self, do: Callable[[FollowUpDesk, StoryTeller], None]) -> Then:
        """Return an act of following up the patient."""
        return lambda story: do(FollowUpDesk(self.installation, story.patient.patient, self.who), story)


def _message(text: str) -> Then:
    def then(story: StoryTeller) -> None:
        desk = MessagesDesk(story.patient.installation, story.patient.patient, story.patient.principal)
        desk.write(text, key=story.key())

    return then


def _flag(flag: str) -> Then:
    return lambda story: story.patient.red_flags.report_flag(flag, key=story.key())


def _yes(question: str) -> Then:
    return lambda story: story.patient.set_up.reply(question, Reply.YES, key=story.key())


def _score(score: int) -> Then:
    return lambda story: story.patient.sessions.give_pain(score, PainWhen.NOW, key=story.key())


def _many(story: StoryTeller) -> None:
    """Enter from memory, in the evening, far more sets than were due."""
    today = story.patient.today()
    for hour in (7, 8, 11, 12, 14, 15, 16, 17, 19):
        wall = story.wall((today - story.first).days, time(hour, 40))
        done = [PastSet("static_glutes", 8), PastSet("quadriceps", 16)]
        story.patient.diary.log_past(
            wall, done, before=None, after=None, effort=None, note="", key=story.key()
        )


def _asks_earlier(story: StoryTeller) -> None:
    story.patient.course_times.got_home(story.wall(0, time(11, 15)), key=story.key(), earlier_is_right=True)


def _answers_again(story: StoryTeller) -> None:
    """Answer the questions of a new course."""
    story.passes(600)
    story.patient.set_up.baseline(8, key=story.key())
    for question in story.patient.protocol.questions:
        story.patient.set_up.reply(question.id, Reply.NO, key=story.key())


def _both(*each: Then) -> Then:
    def then(story: StoryTeller) -> None:
        for one in each:
            one(story)
            story.passes(90)

    return then


def _open_flag(story: StoryTeller) -> UUID:
    return story.patient.history().of(RedFlagYes)[-1].id


def plots(staff: Staff) -> Iterator[Plot | None]:
    """Yield the plot of each sample patient, in the order of names; None has not begun."""
    wait, dose = timedelta(days=5), plan_commands.DoseChange
    hold = staff.change(
        lambda story: plan_commands.Hold(None, story.wall(10, time(9)), "Waiting for the X-ray of Monday")
    )
    early = staff.change(
        lambda story: dose(
            "transversus_abdominis",
            5,
            3.0,
            2,
            None,
            story.wall(1, time(20)) + wait,
            "Moves well, asked for it",
        )
    )
    fracture = staff.change(
        lambda story: plan_commands.Restart(
            Cause.NEW_FRACTURE,
            story.wall(6, time(9)),
            story.wall(6, time(12)),
            "New fracture at L2, treated today",
        )
    )
    cleared = staff.change(
        lambda story: plan_commands.ClearFlag(_open_flag(story), "Seen in the clinic, all well")
    )
    brace = staff.change(
        lambda _story: plan_commands.Text(
            PlanTopic.BRACE, "No brace needed any more.", "Looked at on the ward"
        )
    )
    goes = staff.follow_up(lambda desk, story: desk.discharge(why="Reached all goals", key=story.key()))
    away = staff.follow_up(
        lambda desk, story: desk.away(
            first_day=desk.today(),
            last_day=desk.today() + timedelta(days=9),
            why="With family",
            key=story.key(),
        )
    )
    limit = staff.change(
        lambda story: plan_commands.Limit(5, story.wall(6, time(20)), "Wants to stop earlier on bad days")
    )
    answer = staff.write("Thank you. Keep to the plan; walk a little more often.")
    little, never = (0.6, 0.85), (0.95, 0.95)

    def released(*routines: str) -> Then:
        acts = (plan_commands.ReleaseExercise(each, "Moves well, pain is low") for each in routines)
        return _both(*(staff.change(lambda _story, act=act: act) for act in acts))  # type: ignore[misc]

    def some(days: int, **more: object) -> Plot:
        return Plot(name="", seed=0, days=days, **{"sparse_until": days - 7, **more})  # type: ignore[arg-type]

    def quiet(days: int, since: int, **more: object) -> Plot:
        return some(days, silent=frozenset(range(since, days + 1)), **more)

    def late(days: int, told: int, **more: object) -> Plot:
        """A plot of the last days only: a patient who came back to the app."""
        return some(days, silent=frozenset(range(1, days - told)), hours=(9, 17), **more)

    yield replace(demo_patient.ROSA, sparse_until=demo_patient.DAYS - 9)
    yield some(6, then={5: _flag("leg_weakness")})
    yield some(3, then={2: _flag("fever_shaking")})
    # A red light lasts a day: one of yesterday evening and one of today keep one in sight at any hour.
    yield some(7, red=6, hours=(9, 18))
    yield some(5, worst=5.0, least=2.0, amber=3, red=5)
    yield some(8, worst=6.0, least=2.0, rises={7: 4.0, 8: 4.0}, then={7: _score(7)})
    yield some(5, least=2.0, rises={4: 3.5, 5: 3.5}, then={4: _score(6)})
    yield some(4, then={3: _many})
    yield some(8, skips=(0.0, 0.0), then={7: _many})
    yield quiet(9, 7)
    yield quiet(6, 3)
    yield quiet(14, 9, sparse_until=8)
    yield some(9, skips=little)
    yield some(8, skips=little, worst=7.0, least=5.5)
    yield some(10, skips=never)
    yield some(11, skips=little, fades=40.0)
    yield late(86, 3, treated_from=200)
    yield some(4, then={3: _message("Is it normal that my calf is a little sore after the ankle pumps?")})
    yield some(
        6, then={3: _message("May I sleep on my side?"), 4: answer, 5: _message("Thank you, that helps.")}
    )
    yield some(3, then={2: _asks_earlier})
    yield some(6, then={5: hold})
    yield some(4, then={1: early})
    yield some(9, then={4: _flag("new_back_pain"), 6: _both(fracture, _answers_again)})
    yield some(6, then={2: _flag("infection"), 4: cleared})
    yield some(5, fades=60.0, worst=6.5, least=5.0)
    yield some(9, fades=60.0, worst=6.0, least=5.0, then={3: limit})
    yield some(13, then={11: goes})
    yield late(40, 3, then={39: goes})
    yield quiet(5, 4, then={4: away})
    yield some(1)
    yield some(0)
    yield some(2, then={1: brace})
    yield some(4, skips=(0.0, 0.1))
    yield some(5, skips=(0.0, 0.1), then={3: brace})
    yield some(
        12, skips=(0.0, 0.1), worst=5.0, fades=2.0, rises={day: 0.5 * (day - 4) for day in range(5, 13)}
    )
    yield some(3, skips=(0.0, 0.0), then={2: _yes("heart_or_vessels")})
    yield some(8, skips=(0.0, 0.1), then={6: _message("When may I drive again?"), 7: staff.read()})
    yield some(16, skips=(0.0, 0.1), baseline=3, worst=5.5, least=5.5)
    yield None
    yield None
    # Walks since the first week: may be ready for more. The other one has more already.
    yield some(20, skips=(0.0, 0.0), worst=5.0, least=1.7, then={2: released("walking")})
    more = {
        2: released("walking"),
        4: released("belly_breathing", "resting_straight"),
        14: released("five_sit_to_stand", "sit_to_stand", "back_press"),
        29: released("heel_raises"),
    }
    yield some(45, skips=(0.0, 0.0), worst=5.0, least=1.7, then=more)


def write(installation: Installation, *, said: Callable[[int, int], None] | None = None) -> None:
    """Record the sample clinic in an empty installation; its story ends now.

    `said` is called with how many of how many patients are done.

    Raises:
        ValueError: the record is not empty; sample data are never mixed with others.
    """
    if installation.people.teams():
        raise ValueError("the record is not empty")
    dice = Random(11)  # noqa: S311  the same clinic every time, no secret
    accounts = AccountsDesk(installation, OPERATOR)
    team = accounts.team_called(TEAM)
    ids = {
        name: UUID(int=dice.getrandbits(128), version=4)
        for name in (PHYSIOTHERAPIST, COLLEAGUE, ADMINISTRATOR)
    }
    for name, key in ids.items():
        role = Role.ADMINISTRATOR if name is ADMINISTRATOR else Role.PHYSIOTHERAPIST
        at_work = None if name is ADMINISTRATOR else team
        accounts.add_staff(name, name.split()[0].lower(), role, team=at_work, key=key)
    pat = Principal(Role.PHYSIOTHERAPIST, ids[PHYSIOTHERAPIST], PHYSIOTHERAPIST, None, frozenset({team}))
    desk, staff = PatientsDesk(installation, pat), Staff(installation, pat)
    with installation.history_cache.later():
        for place, (name, plot) in enumerate(zip(NAMES, plots(staff), strict=True)):
            lead = ids[COLLEAGUE] if place % 3 == 2 else ids[PHYSIOTHERAPIST]
            key = UUID(int=dice.getrandbits(128), version=4)
            who = desk.create(f"{name} Sample", f"S-{1001 + place}", team, lead, key=key)
            if plot:
                own = PatientDesk(installation, who, Principal(Role.PATIENT, patient=who)).for_one_run()
                demo_patient.tell(own, replace(plot, name=name, seed=plot.seed or 100 + place))
            if said:
                said(place + 1, len(NAMES))
            if name == "Rosa":
                rosa = who
    while catch_up(installation, len(NAMES)):
        pass
    desk_of_today = CaseloadDesk(installation, pat)
    for line in desk_of_today.page(State.LATER, reasons=["low"])[-2:]:
        key = UUID(int=dice.getrandbits(128), version=4)
        desk_of_today.mark_seen(line.patient, [need.key for need in line.needs], key=key)
    invited = accounts.invite_patient(rosa)
    viewers: Mapping[str, UUID] = {
        "physiotherapist": ids[PHYSIOTHERAPIST],
        "patient": invited.account,
        "administrator": ids[ADMINISTRATOR],
    }
    mark(installation, viewers)
