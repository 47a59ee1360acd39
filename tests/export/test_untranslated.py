"""What leaves on paper, by e-mail and as a calendar has no English word from outside the catalogues.

In the made-up longer language each word of a catalogue has an accent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from coach import i18n
from coach.domain import facts
from coach.domain.facts import PlanText, PlanTopic
from coach.domain.patient_record import PatientRecord
from coach.domain.reminders import NAMES, TIMES
from coach.export import ical as calendar
from coach.export.pdf import exercise_sheet, progress_report
from coach.i18n import catalogues
from coach.i18n.languages import LONGER, MIRRORED
from coach.mail import texts
from tests.domain.story import Story
from tests.support import agendas, ical, pseudo
from tests.support.pdf_reading import pages, patient_record, whole
from tests.support.review_samples import GLUTES, on_day, plausible

HASH = re.compile(r"\b[0-9a-f]{12,}\b")
#: What people have entered, names, and the id of the protocol.
ENTERED = (
    "Ada Example", "Pat Sample", "Waits", "Only the soft brace", "Europe/Berlin", "balloon-kyphoplasty",
)  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def texts_as_they_are(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Make the pseudo-languages of the texts of the code as it is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COACH_PSEUDO_LANGUAGES", "1")
        patch.setattr(catalogues, "TEMPLATE", pseudo.collected(tmp_path_factory.mktemp("texts")))
        catalogues.speech.cache_clear()
        yield
    catalogues.speech.cache_clear()


def eventful() -> PatientRecord:
    """Return a record with something in each part of a report."""
    record = plausible(20)
    session = record.session(on_day(20, "08:00"), [GLUTES])
    record.add(facts.SessionFinished(session, facts.StopReason.PAIN), on_day(20, "08:02"))
    record.add(facts.RedFlagYes("leg_weakness"), on_day(20, "09:00"))
    record.add(facts.ClinicianHold(GLUTES, "Waits"), on_day(20, "10:00"))
    record.add(PlanText(PlanTopic.BRACE, "Only the soft brace", "Waits"), on_day(20, "10:01"))
    record.add(facts.Answer("went_wrong", facts.Reply.UNSURE), on_day(20, "10:05"))
    return patient_record(record.history, on_day(20, "11:00"))


def english(text: str) -> list[str]:
    return pseudo.outside(HASH.sub(" ", text), ENTERED)


def test_no_word_on_paper_is_outside_of_the_catalogues():
    closed, open_ = eventful(), patient_record(plausible(20).history, on_day(20, "11:00"))
    with i18n.speaking(LONGER):
        printed = [
            progress_report.pdf(closed, "a4"), exercise_sheet.pdf(closed, "a4"), exercise_sheet.pdf(open_, "a4"),
        ]  # fmt: skip
    found = [english(whole(pdf)) for pdf in printed]
    assert found == [[], [], []]


@pytest.mark.parametrize("size", ["a4", "letter"])
def test_longer_words_have_room_on_the_exercise_sheet(size: str):
    with i18n.speaking(LONGER):
        printed = pages(exercise_sheet.pdf(patient_record(plausible(20).history, on_day(20, "11:00")), size))
    assert [page for page in printed if "…" in page] == []


def test_no_word_of_an_e_mail_is_outside_of_the_catalogues():
    address = "https://coach.example.org"
    with i18n.speaking(LONGER):
        mails = (
            texts.reminder(["Ankle pumps", "Bottom squeeze"], address, f"{address}/reminders/stop/secret"),
            texts.confirmation("123456", address, f"{address}/reminders/stop/secret"),
        )
    assert [english("\n".join(mail)) for mail in mails] == [[], []]


@pytest.mark.parametrize("named", [True, False])
def test_no_title_of_a_calendar_is_outside_of_the_catalogues(named: bool):
    made = Story().begins()
    made.add(facts.Setting(TIMES, agendas.THREE), 0)
    made.add(facts.Setting(NAMES, named), 0)
    with i18n.speaking(LONGER):
        content = calendar.content(agendas.patient_record(made, 30))
    titles = [each.title for each in ical.occurrences(ical.read(content))]
    assert titles
    assert [title for title in titles if english(title)] == []


def test_a_paper_in_a_mirrored_language_says_in_which_and_has_a_sign_for_every_letter():
    with i18n.speaking(MIRRORED):
        pdf = exercise_sheet.pdf(patient_record(plausible(20).history, on_day(20, "11:00")), "a4")
    assert b"/Lang (ar-XB)" in pdf
    assert "\ufffd" not in whole(pdf)
