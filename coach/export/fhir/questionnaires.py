"""QuestionnaireResponse: set-up for each course, outcome and bone questions for each occasion."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from uuid import uuid5

from coach.domain import bone_health, measures
from coach.domain.course import first_of_chain, procedures
from coach.domain.facts import Answer, BoneStep
from coach.domain.history import Entry
from coach.export.fhir.bundle_builder import BundleBuilder, key
from coach.export.fhir.codes import CHANGE, REPLY
from coach.export.fhir.values import Json, moment, text
from coach.i18n import _
from coach.text import bone_health as bone_health_text
from coach.text import entries as entries_text


def add(making: BundleBuilder) -> None:
    """Add a response for the set-up of each course and for each occasion of the present course."""
    _set_up(making)
    for result in measures.results(making.case):
        _occasion(making, result)
    _bones(making)


def _set_up(making: BundleBuilder) -> None:
    """Add the latest replies of each course; for the present one also the unanswered questions."""
    begins = [first_of_chain(making.history, each).seq for each in procedures(making.history)][1:]
    firsts: dict[int, Entry[Answer]] = {}
    for entry in making.every(Answer):
        firsts.setdefault(bisect_left(begins, entry.seq), entry)
    for number, first in firsts.items():
        latest = {
            entry.fact.question: entry
            for entry in sorted(making.history.of(Answer), key=lambda each: each.seq)
            if bisect_left(begins, entry.seq) == number
        }
        asked = {question.id: question.text for question in making.protocol.questions}
        present = number == len(begins)
        names = dict.fromkeys((*asked, *latest)) if present else dict.fromkeys(latest)
        if not latest:
            continue
        _response(
            making,
            key(first, "QuestionnaireResponse"),
            complete=all(name in latest for name in names),
            authored=moment(max(entry.at for entry in latest.values()), first.zone),
            author=making.author(first),
            items=[
                _item(name, _(asked.get(name, name)), _reply(latest[name]) if name in latest else None)
                for name in names
            ],
        )


def _reply(entry: Entry[Answer]) -> Json:
    said = entry.fact.reply
    return {"valueCoding": {"system": REPLY, "code": said.value, "display": entries_text.reply(said)}}


def _occasion(making: BundleBuilder, result: measures.Result) -> None:
    known, course = making.protocol.measures, making.case.course
    if known is None or course is None:
        return
    items = []
    for number, each in enumerate(result.scores, 1):
        asked = f"{_(result.occasion.function_question)} {each.activity.fact.text}"
        items.append(
            _item(f"activity-{number}", asked, None if each.able is None else {"valueInteger": each.able})
        )
    if result.rating:
        rated = result.rated
        answer = rated and {
            "system": CHANGE,
            "code": rated.value,
            "display": _(known.change_words[rated.value]),
        }
        items.append(_item("change", _(known.change_question), {"valueCoding": answer} if answer else None))
    entry = (result.scores[-1].entry if result.scores else None) or result.rating
    _response(
        making,
        str(uuid5(course.first.id, f"QuestionnaireResponse {result.occasion.id}")),
        complete=True,
        authored=moment(result.at, making.patient_record.zone),
        author=making.author(entry) if entry else making.patient,
        items=items,
    )


def _bones(making: BundleBuilder) -> None:
    """Add the answers about bone health in the present course, a response for each occasion."""
    asked, course = making.protocol.bone_health, making.case.course
    if asked is None or course is None:
        return
    answers = bone_health.answers(making.case)
    for occasion in asked.occasions:
        told = [answers[occasion.id, step] for step in BoneStep if (occasion.id, step) in answers]
        if not told:
            continue
        items = []
        for entry in told:
            question, _hint = asked.asked(entry.fact.step)
            said = (
                None
                if entry.fact.state is None
                else {"valueString": text(bone_health_text.answer(entry.fact))}
            )
            items.append(_item(entry.fact.step.value, _(question), said))
            if named := text(entry.fact.treatment):
                items.append(_item("which-treatment", _(asked.which_question), {"valueString": named}))
        _response(
            making,
            str(uuid5(course.first.id, f"QuestionnaireResponse bone health {occasion.id}")),
            complete=all((occasion.id, step) in answers for step in bone_health.steps(making.case, occasion)),
            authored=moment(max(entry.at for entry in told), making.patient_record.zone),
            author=making.author(told[-1]),
            items=items,
        )


def _item(link: str, asked: str, answer: Json | None) -> Json:
    known = {"answer": [answer]} if answer else {}
    return {"linkId": text(link) or "unknown", "text": text(asked) or _("not known"), **known}


def _response(
    making: BundleBuilder, name: str, *, complete: bool, authored: str, author: Json, items: Iterable[Json]
) -> None:
    making.add(
        "QuestionnaireResponse",
        name,
        status="completed" if complete else "in-progress",
        subject=making.patient,
        authored=authored,
        author=author,
        source=making.patient,
        item=[*items],
    )
