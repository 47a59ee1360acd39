"""The list in Diary: a day is one line, and opened it shows its entries, with corrections and removals.

Only an opened day is sent: a record of weeks has hundreds of entries.
"""

from __future__ import annotations

from typing import cast

import streamlit as st

from coach.desk import PatientDesk
from coach.domain import facts, red_flags
from coach.domain.history import Entry, by_clinician
from coach.i18n import _, ngettext
from coach.i18n.sentences import in_a_row
from coach.review.patient.diary import Day, Item, days, in_short
from coach.text import times as times_text
from coach.ui.parts import folding, navigation, time_zone
from coach.ui.parts.text_block import TextBlock
from coach.ui.patient import diary_changes

PAGES = "diary-pages"
DAYS_A_PAGE = 7

TAKEN_BACK_HERE = (
    *diary_changes.CORRECTED_HERE,
    facts.ClinicAgreed,
    facts.Drowsy,
    facts.FlagCheck,
    facts.PutOff,
)
SMALL = (facts.Answer, facts.Setting, facts.FlagCheck, facts.Activity, facts.PutOff)


def has_begun(patient: PatientDesk) -> bool:
    """Tell whether the patient has told of any day yet; what set-up asked does not count."""
    history = patient.history()
    told = any(entry.fact.when is not facts.PainWhen.BASELINE for entry in history.of(facts.Pain))
    return told or bool(history.of(facts.SetDone))


def show(patient: PatientDesk) -> None:
    """Show the newest days, the first one opened, and offer older ones."""
    everything = days(patient.history())
    shown = DAYS_A_PAGE * int(st.session_state.get(PAGES, 1))
    for number, day in enumerate(everything[:shown]):
        _day(patient, day, unfolded=number == 0)
    if len(everything) > shown and st.button(_("Show older"), key="diary-older", width="stretch"):
        st.session_state[PAGES] = int(st.session_state.get(PAGES, 1)) + 1
        st.rerun()


def _day(patient: PatientDesk, day: Day, *, unfolded: bool) -> None:
    """Show a day in one line, and its entries if it is open."""
    heading = times_text.diary_day(day.date, today=patient.today())
    words = in_short(day, patient.protocol)
    line = folding.line(f"**{heading}**  \n{words}", diary_changes.day_key(day.date), unfolded=unfolded)
    if line.open or diary_changes.is_asked_of(day.items):
        with line:
            _entries(patient, day)


def _entries(patient: PatientDesk, day: Day) -> None:
    small = [item for item in day.items if _is_small(item)]
    for item in day.items:
        if not _is_small(item):
            _card(patient, item)
    if small:
        n = len(small)
        label = ngettext("{n} check or answer", "{n} checks and answers", n).format(n=n)
        rows = folding.line(label, f"small-{day.date}")
        if rows.open or diary_changes.is_asked_of(small):
            with rows:
                for item in small:
                    _row(patient, item)


def _is_small(item: Item) -> bool:
    fact = item.entry.fact
    return isinstance(fact, SMALL) or (isinstance(fact, facts.Drowsy) and not fact.yes)


# one item


def _clock(patient: PatientDesk, entry: Entry[object]) -> str:
    """Return the local time of an entry, with the zone if it is not today's."""
    text = times_text.clock_time(entry.at, entry.zone)
    if entry.zone == patient.zone:
        return text
    return _("{time} ({zone})").format(time=text, zone=entry.zone.replace("_", " "))


def _card(patient: PatientDesk, item: Item) -> None:
    """Show an entry, all its words as one element, and below them what can be changed of it."""
    entry = item.entry
    title, *more = diary_changes.lines(patient, entry) or ("",)
    told = TextBlock()
    with told.group("gone" if item.void else "told"):
        _title(patient, entry, title, told)
        for line in more:
            told.text(line)
        for part in item.parts:
            _part(patient, part, told, gone=item.void is not None)
    _ended(patient, item, told)
    _earlier(patient, item, told)
    with st.container(key=f"panel-{_first(item).id}", horizontal=True):
        told.show()
        if isinstance(entry.fact, facts.RedFlagYes) and entry in patient.open_flags():
            if st.button(_("To Warning signs"), key=f"to-{entry.id}", width="stretch"):
                navigation.go("warning")
        elif item.void is None:
            diary_changes.offer(patient, item)


def _first(item: Item) -> Entry[object]:
    """Return the first version: by it the browser knows the panel again once it is corrected."""
    return item.earlier[-1] if item.earlier else item.entry


def _title(patient: PatientDesk, entry: Entry[object], title: str, told: TextBlock) -> None:
    if isinstance(entry.fact, facts.Note | facts.TimeAsked) or by_clinician(entry):
        told.header(_clock(patient, entry)).text(title)  # a heading is one line, and a text may be long
    else:
        told.header(f"{_clock(patient, entry)}  {title}")


def _part(patient: PatientDesk, part: Item, told: TextBlock, *, gone: bool) -> None:
    """Add one part of a session; a voided part is struck through, with a note."""
    with told.group("gone" if part.void else "told"):
        for line in diary_changes.lines(patient, part.entry):
            told.text(line)
    if not gone:
        _ended(patient, part, told)
    _earlier(patient, part, told)


def _row(patient: PatientDesk, item: Item) -> None:
    entry = item.entry
    told = TextBlock()
    with told.group("gone" if item.void else "told"):
        told.text("  ".join([_clock(patient, entry), ": ".join(diary_changes.lines(patient, entry))]))
    _ended(patient, item, told)
    _earlier(patient, item, told)
    with st.container(key=f"row-{_first(item).id}", horizontal=True):
        told.show()
        if item.void is None and isinstance(entry.fact, TAKEN_BACK_HERE):
            diary_changes.offer(patient, item)


def _ended(patient: PatientDesk, item: Item, told: TextBlock) -> None:
    """Add when and why an entry was voided, or how a warning sign ended."""
    if item.void:
        at, why = item.void.recorded_at, item.void.fact.why
        if isinstance(item.void.fact, facts.SetAside):
            point = times_text.point(at, patient.zone, now=patient.now())
            told.text(_("Does not count since {point}: {why}").format(point=point, why=why))
        else:
            told.text(_("Taken back {when}: {why}").format(when=time_zone.said(at, patient), why=why))
    if isinstance(item.entry.fact, facts.RedFlagYes):
        _flag_ended(patient, cast("Entry[facts.RedFlagYes]", item.entry), told)


def _flag_ended(patient: PatientDesk, flag: Entry[facts.RedFlagYes], told: TextBlock) -> None:
    case = patient.case
    if flag in patient.open_flags():
        told.text(_("Still open: do not exercise. A warning sign stays in the record."))
        return
    for mistake in case.history.of(facts.FlagMistake):
        if mistake.fact.entry == flag.id:
            when = time_zone.said(mistake.recorded_at, patient)
            told.text(_("You said {when} that you tapped it by mistake.").format(when=when))
            return
    restarted = red_flags.restarted_after(case, flag)
    if restarted:
        told.text(_("Your course began again {when}.").format(when=time_zone.said(restarted, patient)))
        return
    for cleared in case.history.of(facts.FlagCleared):
        if cleared.fact.entry == flag.id:
            told.text(_("Cleared {when}.").format(when=time_zone.said(cleared.recorded_at, patient)))
            for line in diary_changes.lines(patient, cleared):
                told.text(line)
            return


def _earlier(patient: PatientDesk, item: Item, told: TextBlock) -> None:
    """Add the earlier versions of a corrected entry, and when they were entered."""
    corrected = item.entry.recorded_at
    for old in item.earlier:
        said = in_a_row(diary_changes.lines(patient, old))
        if old.at != item.entry.at:
            said = _("{said}, {when}").format(said=said, when=time_zone.said(old.at, patient))
        when = time_zone.said(corrected, patient)
        with told.group("earlier"):
            told.text(_("Earlier version: {said}").format(said=said))
            told.text(_("Changed {when}.").format(when=when))
        corrected = old.recorded_at
