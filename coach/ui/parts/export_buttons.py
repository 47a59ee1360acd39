"""Export buttons: the formats of a record, what each contains and who should see it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

import streamlit as st

from coach.desk import PatientDesk
from coach.desk.clinic.review import ReviewDesk
from coach.export.formats import FROM_THE_CLINIC, Form, Paper
from coach.i18n import N_, _
from coach.ui.parts import assets, folding

_button = st.components.v2.component("coach_take", html="<div></div>", js=assets.stub("ui/take.js"))

ON_LETTER = frozenset({"US", "CA"})
PAPERS = {Paper.A4: N_("A4"), Paper.LETTER: N_("US letter")}
PRINTED = (Form.REPORT, Form.SHEET, Form.BONE_LETTER)
LABELS: Mapping[Form, str] = {
    Form.REPORT: N_("Progress report (PDF)"),
    Form.SHEET: N_("Exercise sheet (PDF)"),
    Form.BONE_LETTER: N_("Letter about bone health (PDF)"),
    Form.CSV: N_("Tables for a spreadsheet (ZIP)"),
    Form.FHIR: N_("For a clinic’s record system (FHIR)"),
}
OF_ONES_OWN: Mapping[Form, str] = {
    Form.REPORT: N_(
        "Your course on paper: pain, exercises, stops, red flags, changes of the plan. For your doctor or "
        "physiotherapist. It has your name and your health on it."
    ),
    Form.SHEET: N_(
        "Your exercises as they are today in large print, with a diary to fill in by hand. For you and whoever helps "
        "you. Print a new one when your plan changes."
    ),
    Form.BONE_LETTER: N_(
        "A letter to your doctor. It asks them to look at your bones. It has your name on it, and what you said about "
        "your bones. Fill in the blank lines, and sign it."
    ),
    Form.CSV: N_("Sessions, sets, pain, checks and changes as tables. Your notes are in it. For you alone."),
    Form.FHIR: N_(
        "The same in the form that hospitals read. Your name is not in it; your clinic’s number for you, your answers and "
        "your notes are. For your clinic."
    ),
}  # fmt: skip
OF_A_PATIENT: Mapping[Form, str] = {
    Form.REPORT: N_(
        "The course on paper: pain, adherence, stops, red flags, changes of the plan with reasons. For who treats "
        "the patient. It has the name on it."
    ),
    Form.SHEET: N_(
        "What is open today in large print, with a diary to fill in by hand. For the patient and whoever helps. It is "
        "out of date when the plan changes."
    ),
    Form.BONE_LETTER: N_(
        "To the family doctor or a fracture liaison service: please consider bone health. With the name, the procedure "
        "and what the patient said. In the clinic’s language; read it, fill in the blank lines, sign it."
    ),
    Form.CSV: N_("Sessions, sets, pain, checks and changes as tables, with the patient’s own words."),
    Form.FHIR: N_(
        "One bundle, R4, for the clinic’s record system. Without the name and the messages, with the reference and the "
        "patient’s own words."
    ),
}  # fmt: skip


def everything(desk: PatientDesk | ReviewDesk) -> None:
    """Offer all formats of a record: the viewer's own, or a patient's under review.

    What a clinic sends is left to it while it follows the patient.
    """
    ticket = "" if isinstance(desk, PatientDesk) else desk.ticket()
    forms = [form for form in LABELS if ticket or form not in FROM_THE_CLINIC or not desk.is_followed()]
    offer(forms, country=desk.history().settings.get("country"), ticket=ticket)


def offer(forms: Iterable[Form], *, country: object, ticket: str = "", key: str = "take") -> None:
    """Offer a record in these formats.

    `ticket` names a patient under review, "" the viewer's own record.
    """
    forms = list(forms)
    paper = Paper.LETTER if country in ON_LETTER else Paper.A4
    about = OF_A_PATIENT if ticket else OF_ONES_OWN
    _offered([(form, paper, _(about[form])) for form in forms], ticket, key)
    printed = [form for form in forms if form in PRINTED]
    if printed:
        other = next(each for each in Paper if each is not paper)
        line = folding.line(_("On other paper: {paper}").format(paper=_(PAPERS[other])), f"{key}-paper")
        if line.open:
            with line:
                _offered([(form, other, "") for form in printed], ticket, f"{key}-other")


def _offered(forms: Iterable[tuple[Form, Paper, str]], ticket: str, key: str) -> None:
    """Show a button for each form, below what is in it; a patient's own are one below the other."""
    _button(
        key=f"{key}-buttons",
        data={
            "beside": bool(ticket),
            "offers": [
                {"about": about, "label": _(LABELS[form]), "address": _address(form, paper, ticket)}
                for form, paper, about in forms
            ],
            "words": {
                "making": _("Being made …"),
                "done": _("{name} is in your downloads."),
                "failed": _("The app does not answer just now. Nothing is lost. Try again."),
            },
        },
    )


def _address(form: Form, paper: Paper, ticket: str) -> str:
    asked = ({"paper": paper.value} if form in PRINTED else {}) | ({"of": ticket} if ticket else {})
    return f"/api/take/{form.value}" + (f"?{urlencode(asked)}" if asked else "")
