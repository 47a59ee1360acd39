"""Courses for tests of what leaves a record: one with every kind of fact, and helpers to tell more."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from coach.domain import facts
from coach.domain.patient_record import PatientRecord
from coach.domain.times import local_date
from coach.protocols.loader import default
from tests.support.review_samples import GLUTES, PUMPS, QUADS, TUMMY, Record, on_day

PATIENT_ID = UUID("7a3c2f0e-9f5b-4b7e-8a1d-2c9a6f3e5d10")
PHYSIO = f"physiotherapist:{UUID(int=77)}"
HEAD = "ab" * 32


class Told(Record):
    """Entries in the making, also those of a physiotherapist or from another zone."""

    def by(self, author: str, fact: facts.Fact, at: datetime, *, supersedes: UUID | None = None) -> UUID:
        """Add what somebody else than the patient recorded."""
        key = self.add(fact, at, supersedes=supersedes)
        self.entries[-1] = replace(self.entries[-1], author=author)
        return key

    def physio(self, fact: facts.Fact, at: datetime, *, supersedes: UUID | None = None) -> UUID:
        """Add what a physiotherapist recorded."""
        return self.by(PHYSIO, fact, at, supersedes=supersedes)

    def abroad(self, fact: facts.Fact, at: datetime, zone: str) -> UUID:
        """Add what the patient told in another zone."""
        key = self.add(fact, at)
        self.entries[-1] = replace(self.entries[-1], zone=zone, local_date=local_date(at, zone))
        return key


def begun() -> Told:
    """Return a course of which set-up alone is answered."""
    told = Told()
    told.set_up()
    return told


def patient_record(told: Record, now: datetime, *, authors: dict[str, str] | None = None) -> PatientRecord:
    """Return the patient_record of a course at an instant."""
    history = told.history
    return PatientRecord(
        patient=PATIENT_ID,
        protocol=default(),
        history=history,
        now=now,
        head=HEAD if history.entries else "",
        entries=len(history.entries),
        name="Quokka",
        reference="R-Quokka",
        authors={"patient": "Quokka", PHYSIO: "Pat Sample"} if authors is None else authors,
        followed=True,
    )


def full() -> Told:
    """Return a course of 20 days with every kind of fact that a bundle tells of."""
    told = begun()
    first = told.session(on_day(3, "09:00"), [PUMPS, GLUTES, QUADS], before=4, after=facts.PainWord.MILD)
    told.add(facts.Effort(first, 3), on_day(3, "09:10"))
    told.add(facts.Note(first, "It went well.\nMy knee clicked."), on_day(3, "09:11"))
    told.session(on_day(10, "09:00"), [PUMPS, TUMMY], before=0, after=1)
    stopped = told.session(on_day(11, "09:00"), [GLUTES], before=2, after=5)
    finished = told.entries[-2]
    told.entries[-2] = replace(finished, fact=facts.SessionFinished(stopped, facts.StopReason.PAIN))
    gone = told.session(on_day(12, "09:00"), [GLUTES], before=2, after=2)
    told.add(facts.Void(gone, "Somebody else pressed it"), on_day(12, "10:00"))
    for part in [e for e in told.entries if getattr(e.fact, "session", None) == gone]:
        told.add(facts.Void(part.id, "Somebody else pressed it"), on_day(12, "10:00"))
    told.pain(9, 5)
    told.pain(9, 7, facts.PainWhen.WORST_24H)
    told.pain(10, None)
    told.pain(11, facts.PainWord.BAD, facts.PainWhen.NOW)
    wrong = told.pain(12, 8, facts.PainWhen.NOW, "12:00")
    told.add(facts.Pain(3, facts.PainWhen.NOW), on_day(12, "12:00"), supersedes=wrong)
    unknown = told.pain(13, None, facts.PainWhen.NOW, "12:00")
    told.add(facts.Pain(0, facts.PainWhen.NOW), on_day(13, "12:00"), supersedes=unknown)
    told.add(facts.Void(told.pain(14, 9), "Typed by mistake"), on_day(14, "20:05"))
    names = list(default().red_flags)
    cleared = told.add(facts.RedFlagYes("infection"), on_day(4, "08:00"))
    told.physio(
        facts.FlagCleared(cleared, "Dr Okapi", on_day(4, "15:00"), "Looked at it"), on_day(4, "16:00")
    )
    tapped = told.add(facts.RedFlagYes(names[0]), on_day(5, "08:00"))
    told.add(facts.FlagMistake(tapped), on_day(5, "08:05"))
    hold = told.physio(facts.ClinicianHold(GLUTES, "Sore skin", on_day(9)), on_day(6))
    told.physio(facts.HoldLifted(hold, "Healed"), on_day(7))
    told.physio(facts.Override(TUMMY, 4, 3.0, 1, on_day(5), on_day(6), "Tried it"), on_day(5))
    ended = told.physio(facts.Override(PUMPS, 12, 2.0, 5, on_day(7), on_day(30), "Swollen"), on_day(7))
    told.physio(facts.OverrideEnded(ended, "Gone down"), on_day(8))
    told.physio(facts.Override(GLUTES, 6, 4.0, 3, on_day(18), on_day(28), "Strong"), on_day(18))
    told.physio(facts.PainLimit(5, on_day(25), "Careful"), on_day(8))
    told.physio(facts.PlanText(facts.PlanTopic.BRACE, "No brace.", "Looked at it"), on_day(8))
    told.physio(
        facts.ProtocolChosen(default().id, default().version, default().digest, "As others"), on_day(8)
    )
    asked = told.add(facts.TimeAsked(facts.AnchorTime.HOME_ARRIVAL, on_day(0, "15:00")), on_day(1))
    told.physio(facts.TimeDecided(asked, accepted=False, why="The ward says otherwise"), on_day(2))
    told.physio(facts.ClinicAgreed("tumour", "Dr Okapi", on_day(1), "Fine"), on_day(2))
    told.physio(facts.CourseDetail(facts.Detail.LEVELS, "L1 and L2"), on_day(2))
    told.physio(facts.CourseDetail(facts.Detail.CAUSE, "Fall"), on_day(2))
    told.physio(facts.Discharged("All well"), on_day(15))
    told.physio(facts.Readmitted("Came again"), on_day(16))
    socks = told.add(facts.Activity("Putting on socks"), on_day(1))
    stairs = told.add(facts.Activity("Climbing stairs"), on_day(1))
    for occasion, scores in (("baseline", (2, 3)), ("week-2", (6, None))):
        for activity, able in zip((socks, stairs), scores, strict=True):
            told.add(
                facts.FunctionScore(occasion, activity, able), on_day(1 if occasion == "baseline" else 15)
            )
    told.add(facts.ChangeRating("week-2", facts.Change.MUCH_BETTER), on_day(15))
    for step, state in (
        (facts.BoneStep.TREATMENT, facts.BoneState.YES),
        (facts.BoneStep.SCAN, facts.BoneState.BOOKED),
        (facts.BoneStep.APPOINTMENT, None),
    ):
        named = "Wombat drops" if step is facts.BoneStep.TREATMENT else ""
        told.add(facts.BoneHealth("week-2", step, state, named), on_day(16))
    asked_first = told.add(facts.Message("My knee clicks. Zebrafish?"), on_day(17, "09:00"))
    told.physio(facts.MessageRead(asked_first), on_day(17, "11:00"))
    told.physio(facts.Message("That is harmless. Zebrafish!"), on_day(17, "11:05"))
    told.add(facts.RedFlagYes("leg_weakness"), on_day(19, "08:00"))
    return told
