"""Set-up: one question a screen; each answer is recorded as it is given.

A screen is named by its step: "baseline", "questions/helper" for one question of a group, and
"procedure/2026-03-04/15" for a time of which day and hour are chosen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import NoReturn

import streamlit as st

from coach.desk import PatientDesk
from coach.domain.errors import BadValue, Fault
from coach.domain.facts import Reply
from coach.domain.time_windows import Bounds
from coach.domain.times import local, loose_instant
from coach.i18n import _
from coach.i18n.sentences import at_the_start
from coach.text import estimates, protocol_texts
from coach.text import places as places_text
from coach.ui.parts import (
    action_keys,
    browser,
    browser_back,
    choices,
    components,
    drafts,
    navigation,
    place_choices,
    setting_rows,
    time_choices,
    time_zone,
)
from coach.ui.parts.date_time import YEARS_BACK, Clock
from coach.ui.parts.text_block import TextBlock
from coach.ui.parts.time_choices import BETWEEN, ChosenTime, TimeQuestion
from coach.ui.patient import language_choice, set_up_group, set_up_kept

STEP, EARLIER, ASKED = "set-up-step", "set-up-earlier", "set-up-asked"
PROCEDURE, HOME, QUESTIONS, COUNTRY = (*set_up_kept.TIMED, set_up_group.QUESTIONS, "country")
RECENT_DAYS = 7
LATE_FROM = 18  # from this hour on, one may get home after midnight on the day of the procedure


def show(patient: PatientDesk) -> None:
    """Show the question that is next, or that Back or a reload led to."""
    default = _first_missing(patient)
    step = st.session_state.get(STEP) or default
    if step == default:
        kept = drafts.held(set_up_kept.NAME)
        if step is None and kept is None and browser_back.inside():
            set_up_kept.wait(patient)
            return
        step = set_up_kept.step(patient, kept or "", missing=default) or step
    overnight = _overnight(patient)
    if step == HOME and overnight in patient.set_up.missing():
        step = overnight
    st.session_state[STEP] = step
    browser_back.settle()
    drafts.hold(set_up_kept.NAME, patient.patient, set_up_kept.text(step) if step and step != default else "")
    if step is None:
        st.session_state.pop(ASKED, None)  # Settings and Today say themselves what waits
        _leave()
    _Screen(patient, step).show()


def _leave() -> NoReturn:
    """Go to where somebody came from."""
    part = st.session_state.pop(navigation.BACK_TO, "")
    st.session_state.pop(STEP, None)
    navigation.go("settings" if part else "today", part=part)
    st.stop()


def _first_missing(patient: PatientDesk) -> str | None:
    """Return the step of the first question that has no answer."""
    missing = next(iter(patient.set_up.missing()), None)
    return QUESTIONS if missing in set_up_group.names(patient) else missing


def _overnight(patient: PatientDesk) -> str:
    """Return the id of the question for a night in hospital, "" if the protocol has none."""
    return next((each.id for each in patient.protocol.questions if each.meaning == "overnight"), "")


def _go(step: str | None) -> NoReturn:
    st.session_state[STEP] = step
    st.session_state.pop(EARLIER, None)
    st.rerun()


@dataclass(frozen=True, slots=True)
class _Screen:
    patient: PatientDesk
    step: str

    @property
    def _name(self) -> str:
        return self.step.partition(BETWEEN)[0]

    def show(self) -> None:
        """Show the question with its answers, and the way back."""
        waits = st.session_state.get(EARLIER)
        waits = waits if waits and waits[0] == self._name else None
        # The questions of the group are one screen, which stays where it is while one of them is open
        here = QUESTIONS if self._name == QUESTIONS else self.step
        components.top(f"set-up-{here}{'-sure' if waits else ''}", whole_list=self.step == QUESTIONS)
        if st.session_state.pop(ASKED, False):
            st.info(_("Asked. Your physiotherapist decides; until then the time stays as it was."))
        order = self._order()
        place = order.index(self._name)
        alone = navigation.BACK_TO in st.session_state  # one answer is changed
        if place and not alone:
            st.caption(_("Question {n} of {m}").format(n=place, m=len(order) - 1))
        with time_zone.refusals():
            if waits:
                self._sure(waits[1])
            else:
                self._question()
        if place and st.button(_("Back"), key=f"set-up-back-{self.step}"):
            here = self.step if waits else time_choices.before(self.step)
            if not here and alone:
                drafts.hold(set_up_kept.NAME, self.patient.patient, "")
                _leave()
            _go(here or order[place - 1])

    def _order(self) -> list[str]:
        """Return the screens in their order."""
        overnight = _overnight(self.patient)
        order = ["understood", PROCEDURE, *filter(None, [overnight]), HOME, "baseline", QUESTIONS]
        asked = self._name == COUNTRY or COUNTRY in self.patient.set_up.missing()
        unknown = asked and not self._country()
        return [*order, COUNTRY] if unknown or self._name == COUNTRY else order

    def _question(self) -> None:
        shown: dict[str, Callable[[], None]] = {
            "understood": self._understood,
            PROCEDURE: self._procedure,
            _overnight(self.patient): self._night,
            HOME: self._home,
            "baseline": self._baseline,
            QUESTIONS: self._group,
            COUNTRY: self._which_country,
        }
        shown[self._name]()

    def _next(self) -> NoReturn:
        """Go on to the first question that has no answer."""
        action_keys.done(f"set-up-{self._name}")
        _go(_first_missing(self.patient))

    @property
    def _key(self) -> str:
        return f"set-up-{self._name}"

    # what Coach is

    def _understood(self) -> None:
        language_choice.first(self.patient)
        country = self._country()
        known = self.patient.protocol.emergency_numbers.get(country)
        told = {"emergency": known.emergency} if known and known.emergency else {}
        block = TextBlock().title(_("Your exercises after balloon kyphoplasty"))
        for name in ("what_this_is", "what_this_is_not", "no_promise", "default_plan"):
            block.text(protocol_texts.filled(self.patient.protocol.notices[name], self.patient.case, **told))
        block.show()
        if st.button(_("I understand"), key="set-up-understood", type="primary", width="stretch"):
            time_zone.take_zone(self.patient)
            if country:
                self.patient.settings.set(COUNTRY, country)
            self.patient.set_up.understand(key=action_keys.act(self._key))
            self._next()
        if known:
            self._other_country(country)

    def _other_country(self, country: str) -> None:
        """Show for which country the emergency number is, and let it be changed."""
        name = places_text.country_of_zone(country, browser.zone(), self.patient.protocol)
        with st.expander(_("Emergency number for: {country}").format(country=name)):
            at, go = place_choices.kept(COUNTRY)
            picked = place_choices.country("use-country", self.patient, at=at, go=go)
            if picked:
                self.patient.settings.set(COUNTRY, picked)
                place_choices.end(COUNTRY)
                st.rerun()

    def _country(self) -> str:
        """Return the recorded country, or that of the browser's time zone; "" if neither is known."""
        recorded = self.patient.history().settings.get(COUNTRY)
        found = str(recorded or browser.country())
        return found if found in self.patient.protocol.emergency_numbers else ""

    def _which_country(self) -> None:
        TextBlock().title(_("Which country are you in?")).text(
            _("So that the right emergency number is shown.")
        ).show()
        at = self.step.partition(BETWEEN)[2].rpartition(BETWEEN)[2]

        def go(to: str) -> NoReturn:
            _go(self.step + BETWEEN + to)

        picked = place_choices.country(COUNTRY, self.patient, at=at, go=go)
        if picked:
            self.patient.settings.set(COUNTRY, picked)
            self._next()

    # times

    def _procedure(self) -> None:
        clock = Clock.of(self.patient)
        now = _wall(self.patient.now(), clock)
        question = TimeQuestion(
            PROCEDURE,
            _("When did your procedure end?"),
            _("About the time you were brought out of the treatment room. Your letter may say."),
            _("The end of your procedure: {day}"),
            Bounds(now - YEARS_BACK, now),
            [now.date() - timedelta(days=back) for back in range(RECENT_DAYS)],
            clock,
            _go,
            draft_of=self.patient.patient,
        )
        self._take(question.ask(self.step))
        if self.step == PROCEDURE:
            time_zone.show_zone(self.patient)

    def _night(self) -> None:
        """Ask for a night in hospital; whoever went home on the same day has said which day that was."""
        question = self.patient.protocol.question(self._name)
        known = self.patient.course()
        if question is None or known is None:
            _go(PROCEDURE)
        block = TextBlock()
        ended = known.procedure
        when = self._read_back(ended.at, ended.fact.earliest)
        block.text(_("Your procedure ended: {when}").format(when=when)).title(_(question.text)).show()
        options = [
            (Reply.NO.value, _("No, I got home the same day")),
            (Reply.YES.value, _("Yes")),
            (Reply.UNSURE.value, _("I am not sure")),
        ]
        picked = choices.choice(f"q-{self._name}", options)
        if picked:
            old = self.patient.history().answers.get(self._name)
            self.patient.set_up.reply(self._name, Reply(picked), key=action_keys.act(self._key))
            action_keys.done(self._key)
            same = old is not None and old.fact.reply is Reply(picked)
            # Another answer may mean another day.
            _go(_first_missing(self.patient) if same else HOME)
        self._not_home_yet()

    def _not_home_yet(self) -> None:
        with st.container(key="answers-not-home"):
            tapped = st.button(_("I am not home yet"), key="set-up-not-home", width="stretch")
        if tapped:
            self.patient.course_times.got_home(None, key=action_keys.act("set-up-not-home"))
            action_keys.done("set-up-not-home")
            self._told()
            self._next()

    def _home(self) -> None:
        known = self.patient.course()
        if known is None:
            _go(PROCEDURE)
        clock = Clock.of(self.patient)
        now, ended = _wall(self.patient.now(), clock), _wall(known.procedure_earliest, clock)
        question = TimeQuestion(
            HOME,
            _("When did you get home?"),
            _("The first hours of rest count from the moment you arrived."),
            _("Getting home: {day}"),
            Bounds(ended, now),
            self._home_days(_wall(known.procedure.at, clock), now, late=ended.hour >= LATE_FROM),
            clock,
            _go,
            just_now=True,
            draft_of=self.patient.patient,
        )
        self._take(question.ask(self.step))
        if self.step == HOME:
            self._not_home_yet()

    def _home_days(self, ended: datetime, now: datetime, *, late: bool) -> list[date]:
        """Return the days on which the patient can have got home, by the night in hospital."""
        answer = self.patient.history().answers.get(_overnight(self.patient))
        last = (now.date() - ended.date()).days
        begins = min(1, last) if self.patient.said_yes("overnight") else 0
        same_day = answer is not None and answer.fact.reply is Reply.NO
        ends = min(last, 1 if late else 0) if same_day else last
        days = [ended.date() + timedelta(days=n) for n in range(begins, ends + 1)]
        return days[:RECENT_DAYS]

    def _take(self, chosen: ChosenTime | None) -> None:
        """Record a time; one that may open something earlier is asked once more on a screen of its own."""
        if chosen is None:
            return
        try:
            self._record(chosen, sure=False)
        except BadValue as refused:
            if refused.fault is not Fault.OPENS_EARLIER:
                raise
            st.session_state[EARLIER] = (self._name, chosen)
            st.rerun()

    def _record(self, chosen: ChosenTime, *, sure: bool) -> NoReturn:
        times = self.patient.course_times
        act = partial(times.procedure_ended if self._name == PROCEDURE else times.got_home, chosen.wall)
        recorded = act(key=action_keys.act(self._key), earliest=chosen.earliest, earlier_is_right=sure)
        st.session_state[ASKED] = not recorded
        self._told(asked=not recorded)
        drafts.end(f"{self._name}-own")
        self._next()

    def _told(self, *, asked: bool = False) -> None:
        """Let Settings say that what was changed is saved, if it was changed from there."""
        if navigation.BACK_TO in st.session_state:
            st.session_state[setting_rows.ASKED if asked else setting_rows.SAID] = self._name

    def _sure(self, chosen: ChosenTime) -> None:
        clock = Clock.of(self.patient)
        earliest = loose_instant(chosen.earliest, clock.zone) if chosen.earliest else None
        when = self._read_back(clock.instant(chosen.wall), earliest)
        TextBlock().title(_("Is this right?")).text(at_the_start(when)).notice(
            _("With this, something may open earlier than before. Is it right?"), "warning"
        ).show()
        if st.button(
            _("Yes, this is right"), key=f"set-up-sure-{self._name}", type="primary", width="stretch"
        ):
            self._record(chosen, sure=True)

    def _read_back(self, latest: datetime, earliest: datetime | None) -> str:
        """Return what was understood: of an exact time the whole sentence, so that a wrong tap is noticed."""
        if earliest is None:
            clock = Clock.of(self.patient)
            return clock.said(_wall(latest, clock))
        return estimates.moment(latest, earliest, self.patient.zone, now=self.patient.now())

    # pain before, and the other questions

    def _baseline(self) -> None:
        known = self.patient.course()
        block = TextBlock()
        if known and known.home and not known.home_assumed:
            when = self._read_back(known.home, known.home_earliest)
            block.text(_("You got home: {when}").format(when=when))
        block.title(_("How bad was your back pain in the week before the procedure?")).show()
        score = choices.pain("baseline", self.patient)
        unknown = st.button(_("I do not remember"), key="set-up-not-remembered", width="stretch")
        if score is not None or unknown:
            self.patient.set_up.baseline(score, key=action_keys.act(self._key))
            self._next()
        # Two keys: a late second tap meets another button and does nothing.
        if self.patient.history().settings.get("plain_words") is True:
            TextBlock().text(
                _("Coach asks for your pain in words from now on. You can change that in Settings too.")
            ).show()
            if st.button(_("Use numbers after all"), key="set-up-numbers", width="stretch"):
                self.patient.settings.set("plain_words", value=False)
                st.rerun()
        elif st.button(_("Use plain words instead of numbers"), key="set-up-plain", width="stretch"):
            self.patient.settings.set("plain_words", value=True)
            st.rerun()

    def _group(self) -> None:
        set_up_group.show(self.patient, self.step, go=_go, done=self._next)


def _wall(instant: datetime, clock: Clock) -> datetime:
    """Return an instant as the patient's clock shows it, to the minute."""
    return local(instant, clock.zone).replace(tzinfo=None, second=0, microsecond=0)
