"""Patients in the states that screens show, told through their own desks as they are first asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from coach.demo import patient as demo_patient
from coach.desk import PatientDesk, Principal
from coach.desk.access.permissions import Role
from coach.desk.clinic import plan_commands
from coach.desk.clinic.messages import MessagesDesk
from coach.desk.clinic.plan import PlanDesk
from coach.desk.installation import clock
from coach.desk.installation.recording import new_key
from coach.domain import decisions
from coach.domain.facts import PainWhen, PutOffWhat, Reply
from coach.domain.session import planned_reps, schedule
from tests.support.clinics import KNEE, SPINE
from tests.support.homes import Clock
from tests.support.patient_acts import begin, send, set_done
from tests.support.patients import ZONE, answer_set_up, desk_in, wall
from tests.support.sample_clinic import SampleClinic

#: Where it is night while it is day where the others live.
FAR = "Pacific/Honolulu"
#: A zone that belongs to no country.
NOWHERE = "Etc/UTC"
ZONES = {"night": FAR, "no-country": NOWHERE, "months": demo_patient.ZONE}
TEAMS: Mapping[str, UUID] = {"months": SPINE, "urgent": SPINE}
OPEN = timedelta(hours=60)

Tell = Callable[[SampleClinic, PatientDesk], None]


def _set_up(
    *, hours: float = 60, home: float | None = None, zone: str = ZONE, replies: dict[str, Reply] | None = None
) -> Tell:
    def tell(_clinic: SampleClinic, own: PatientDesk) -> None:
        arrived = None if home is None else timedelta(hours=home)
        answer_set_up(own, procedure=timedelta(hours=hours), home=arrived, zone=zone, replies=replies)

    return tell


def _bones(clinic: SampleClinic, own: PatientDesk) -> None:
    """Two weeks after the procedure, with the outcome questions put off for the day."""
    _set_up(hours=15 * 24)(clinic, own)
    own.measures.put_off("week-2", PutOffWhat.FOR_TODAY, key=new_key())


def _set_up_to(step: str) -> Tell:
    """Answer set-up up to, and without, a step."""

    def tell(_clinic: SampleClinic, own: PatientDesk) -> None:
        own.settings.set("zone", ZONE)
        own.settings.set("country", "EU")
        own.set_up.understand(key=new_key())
        if step == "procedure":
            return
        own.course_times.procedure_ended(wall(own.now() - timedelta(hours=25)), key=new_key())
        if step == "overnight":
            return
        own.set_up.reply("overnight", Reply.NO, key=new_key())
        if step == "home":
            return
        own.course_times.got_home(wall(own.now() - timedelta(hours=22)), key=new_key())
        if step == "baseline":
            return
        own.set_up.baseline(8, key=new_key())

    return tell


def _no_country(_clinic: SampleClinic, own: PatientDesk) -> None:
    own.settings.set("zone", NOWHERE)
    own.set_up.understand(key=new_key())
    own.course_times.procedure_ended(wall(own.now() - OPEN, NOWHERE), key=new_key())
    own.course_times.got_home(wall(own.now() - OPEN + timedelta(hours=3), NOWHERE), key=new_key())
    own.set_up.baseline(8, key=new_key())
    for question in own.protocol.questions:
        own.set_up.reply(question.id, Reply.NO, key=new_key())


def _not_home(_clinic: SampleClinic, own: PatientDesk) -> None:
    own.settings.set("zone", ZONE)
    own.settings.set("country", "EU")
    own.set_up.understand(key=new_key())
    own.course_times.procedure_ended(wall(own.now() - timedelta(hours=3)), key=new_key())
    own.course_times.got_home(None, key=new_key())
    own.set_up.baseline(8, key=new_key())
    for question in own.protocol.questions:
        own.set_up.reply(question.id, Reply.NO, key=new_key())


def _flag(name: str) -> Tell:
    def tell(clinic: SampleClinic, own: PatientDesk) -> None:
        _set_up()(clinic, own)
        own.red_flags.report_flag(name, key=new_key())

    return tell


def _waiting(clinic: SampleClinic, own: PatientDesk) -> None:
    _set_up()(clinic, own)
    _session(own)


def _done(clinic: SampleClinic, own: PatientDesk) -> None:
    """Do everything since the early morning, as often as the day asks for it."""
    now = own.now()
    for ago in (5.5, 5, 2.5, 0.1):
        with clock.showing(Clock(now - timedelta(hours=ago))):
            if ago > 5:
                _set_up(hours=55)(clinic, own)
            else:
                _session(own)


def _session(own: PatientDesk) -> None:
    """Do all that is open."""
    still = [name for name, each in own.decisions().items() if isinstance(each, decisions.Open)]
    session = begin(own, *still)
    running = own.sessions.running_session()
    assert running
    for index, plan in enumerate(running.started.fact.sets):
        took = schedule(own.protocol, [plan]).ends_s
        send(own, set_done(session, plan.routine, index=index, reps=planned_reps(plan), took_s=took))
    own.sessions.leave(session, key=new_key())


def _running(clinic: SampleClinic, own: PatientDesk) -> None:
    _set_up()(clinic, own)
    own.sessions.answer_none(whole=True, key=new_key())
    session = new_key()
    own.sessions.give_pain(4, PainWhen.BEFORE, session=session, key=new_key())
    own.sessions.start(list(own.decisions()), easier=False, session=session)


def _checked(clinic: SampleClinic, own: PatientDesk) -> None:
    _set_up()(clinic, own)
    own.sessions.answer_none(whole=True, key=new_key())


def _in_pain(clinic: SampleClinic, own: PatientDesk) -> None:
    _set_up()(clinic, own)
    own.sessions.give_pain(9, PainWhen.NOW, key=new_key())


def _held(clinic: SampleClinic, own: PatientDesk) -> None:
    _set_up()(clinic, own)
    plan = PlanDesk(clinic.installation, own.patient, clinic.made.people["ken"])
    held = plan_commands.Hold(None, None, "Wait for the scan on Monday.")
    plan.save(held, key=new_key(), seen_seq=plan.seen_seq())


def _months(clinic: SampleClinic, own: PatientDesk) -> None:
    """Six weeks of a life with the app, a message that waits, and a dose that a physiotherapist set."""
    demo_patient.tell(own, replace(demo_patient.ROSA, then={}))
    ann = clinic.made.people["ann"]
    themselves = Principal(Role.PATIENT, patient=own.patient)
    MessagesDesk(clinic.installation, own.patient, ann).write("How is the leg today?", key=new_key())
    MessagesDesk(clinic.installation, own.patient, themselves).write(
        "It has been numb since Sunday. May I go on?", key=new_key()
    )
    plan = PlanDesk(clinic.installation, own.patient, ann)
    until = wall(own.now() + timedelta(days=3), demo_patient.ZONE)
    dose = plan_commands.DoseChange("quadriceps", 6, 4, 2, None, until, "Less, until the leg is better.")
    plan.save(dose, key=new_key(), seen_seq=plan.seen_seq())


UNSURE = {"strong_painkillers": Reply.UNSURE, "helper": Reply.YES, "heart_or_vessels": Reply.UNSURE}
PEOPLE: Mapping[str, Tell] = {
    "new": lambda _clinic, _own: None,
    **{
        f"to-{step}": _set_up_to(step) for step in ("procedure", "overnight", "home", "baseline", "questions")
    },
    "no-country": _no_country,
    "open": _set_up(),
    "not-home": _not_home,
    "resting": _set_up(hours=3, home=0.5),
    "waiting": _waiting,
    "done": _done,
    "night": _set_up(zone=FAR),
    "in-pain": _in_pain,
    "held": _held,
    "unsure": _set_up(replies=UNSURE),
    "checked": _checked,
    "running": _running,
    "emergency": _flag("chest_pain"),
    "urgent": _flag("new_back_pain"),
    "ask": _flag("not_settling"),
    "months": _months,
    "bones": _bones,
}


def at_home(clinic: SampleClinic, name: str) -> str:
    """Return the address of a home of its own of a patient in that state, whom nobody follows."""
    if name not in clinic.homes:
        folder = clinic.server.home / f"home-{name}"
        with clinic.in_time():
            own = desk_in(folder)
            PEOPLE[name](clinic, own)
            own.installation.store.close()
        clinic.serve_home(name, folder)
    return clinic.homes[name].url


def take_in(clinic: SampleClinic, name: str, *, alone: str = "") -> str:
    """Return the name of a patient in that state, taken in when first asked for; `alone` names one for itself."""
    known = f"{name} {alone}" if alone else name
    if known not in clinic.patients:
        own = clinic.add_patient(known, team=TEAMS.get(name, KNEE))
        with clinic.in_time():
            PEOPLE[name](clinic, own)
    return known
