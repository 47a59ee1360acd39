"""Error messages: refused input, and a record that cannot be used."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from coach.domain.errors import BadValue, Fault
from coach.i18n import N_, _
from coach.text.protocol_texts import KeepUnknown
from coach.text.times import length

REFUSALS: Mapping[Fault, str] = {
    Fault.PAIN_NOT_A_SCORE: N_("Pain must be a whole number from 0 to 10. Tap one of the buttons."),
    Fault.EFFORT_NOT_A_SCORE: N_("How hard it was must be a whole number from 0 to 10. Tap one of the buttons."),
    Fault.FUNCTION_NOT_A_SCORE: N_("How well you can do it must be a whole number from 0 to 10. Tap one of the buttons."),
    Fault.OCCASION_CLOSED: N_("These questions are over for now. What you answered before is kept."),
    Fault.ACTIVITIES_NAMED: N_("You have named your activities already. Load the page again."),
    Fault.ACTIVITY_TWICE: N_("“{value}” is there twice. Name each activity once."),
    Fault.TOO_MANY_ACTIVITIES: N_("Name at most {limit} activities."),
    Fault.REPS_OUT_OF_RANGE: N_("The number of times must be a whole number from {low} to {high}."),
    Fault.HOLD_OUT_OF_RANGE: N_("The seconds to hold must be between {low} and {high}."),
    Fault.TIMES_OUT_OF_RANGE: N_("The times a day must be between {low} and {high}."),
    Fault.DAYS_OUT_OF_RANGE: N_("The days a week must be between {low} and {high}."),
    Fault.DURATION_OUT_OF_RANGE: N_("A set cannot take that long. Check the times."),
    Fault.TEXT_TOO_LONG: N_("This text has {length} characters. At most {limit} fit: please shorten it."),
    Fault.TEXT_MISSING: N_("Something is missing here. Please fill it in."),
    Fault.UNKNOWN_ZONE: N_("There is no time zone called “{value}”. Choose one from the list, such as: {near}."),
    Fault.UNKNOWN_COUNTRY: N_("This country is not in the list. Choose “Another country”."),
    Fault.NOT_A_PHONE_NUMBER: N_("“{value}” is not a phone number. Use digits, spaces and a + at the start."),
    Fault.NOT_A_NUMBER: N_("“{value}” is not a number. Write it in digits, such as 24 or 1.5."),
    Fault.UNKNOWN_CHOICE: N_("“{value}” is not one of the choices. Please choose again."),
    Fault.UNKNOWN_ROUTINE: N_("This exercise is not in your plan. Go back to Today and choose again."),
    Fault.UNKNOWN_KIND: N_("This kind of entry is not known here. Load the page again."),
    Fault.UNKNOWN_ENTRY: N_("This entry is not there. Load the page again."),
    Fault.TIME_WITHOUT_ZONE: N_("This time has no time zone. Please enter it again."),
    Fault.TIME_WITH_ZONE: N_("Enter the time as your clock shows it."),
    Fault.TIME_SKIPPED: N_("That time did not exist: the clocks were put forward. Choose a time an hour later."),
    Fault.TIME_IN_FUTURE: N_("This time lies ahead. Check the day and the time."),
    Fault.TIME_MISSING: N_("A day and a time are needed here."),
    Fault.TIME_UNREADABLE: N_("“{value}” cannot be read as a time. Write hours and minutes, such as 3:30 pm or 15:30."),
    Fault.TIME_NOT_CONFIRMED: N_("Look at the time above first, and say that it is right."),
    Fault.YEAR_OUT_OF_RANGE: N_("The year {value} cannot be right. Check the day."),
    Fault.HOME_BEFORE_PROCEDURE: N_("You cannot get home before the procedure ended. Check both times."),
    Fault.BEFORE_PROCEDURE: N_("This lies before your procedure ended. Check the day and the time."),
    Fault.PROCEDURE_TOO_LONG_AGO: N_("This is too long ago for this plan. Check the day, or ask your clinic."),
    Fault.CLOCK_WRONG: N_("This computer's clock looks wrong. This is not saved. Set the clock right, then try again. If it is right, call whoever runs this computer."),
    Fault.KEY_REUSED: N_("This was saved before with other content. Load the page again."),
    Fault.FLAG_NEVER_VOIDED: N_("A warning sign stays in the record. It can only be cleared after you spoke to your clinic."),
    Fault.MISTAKE_TOO_LATE: N_("A mistaken tap can be taken back for {within}. After that, speak to your clinic."),
    Fault.CLEARED_TOO_EARLY: N_("This was an emergency. The exercises stay closed for at least {wait}."),
    Fault.SPOKE_BEFORE_FLAG: N_("You spoke to them before you had this. Call your clinic about it first."),
    Fault.RESTART_TOO_EARLY: N_("A new start lies after the procedure before it, and after the warning sign that stopped you. Check the day."),
    Fault.ONLY_RESTART: N_("Your clinic tells you when to start again. Then you start from the beginning, under Settings."),
    Fault.OPENS_EARLIER: N_("With this time something may open earlier than before. Say that it is right, then save again."),
    Fault.NOT_OPEN: N_("This exercise is not open just now. Go back to Today to see when it is."),
    Fault.ALREADY_VOIDED: N_("This entry was changed already. Load the page again."),
    Fault.NOTHING_DONE: N_("Enter how often you did at least one exercise."),
    Fault.WORST_BELOW_AVERAGE: N_("The worst pain of a day cannot be less than its average. On average it was {average}, at its worst {worst}. Check both; to raise both, begin with the worst."),
    Fault.PHYSIOTHERAPIST_DECIDES: N_("Only your physiotherapist can change this. Please send a message or call your clinic."),
    Fault.CHECK_FIRST: N_("Answer the short check first, then start."),
    Fault.STARTS_IN_PAST: N_("This time is past. Choose a time from now on."),
    Fault.STARTS_TOO_LATE: N_("This is more than a year ahead. Choose a nearer day."),
    Fault.PROTOCOL_REFUSED: N_("This file has problems and is not used. Nothing was changed."),
    Fault.PROTOCOL_CHANGED: N_("Another protocol was put in force meanwhile. Read the differences again."),
    Fault.VALUES_CHANGED: N_("A value is another one now than the one that you were shown. Read the values again."),
    Fault.IN_FORCE_ALREADY: N_("This protocol is in force at that time already."),
    Fault.NEVER_IN_FORCE: N_("This protocol was never in force here. Only one that was in force before can be put back."),
    Fault.VERSION_TAKEN: N_("There is another protocol {id} {version} already. Give this one a new version number."),
    Fault.NOT_A_PROTOCOL_ID: N_("“{value}” cannot be the short name of a protocol. Use small letters and digits, joined by -, such as after-fracture."),
    Fault.DRAFT_SAVED_MEANWHILE: N_("Not saved: {who} saved this draft meanwhile. What you changed is still here. Look at what stands there now, then save again."),
    Fault.DRAFT_CHANGED: N_("This draft is another one now than the one that you were shown. Read it again."),
    Fault.DRAFT_TOO_LARGE: N_("Not saved: this protocol has {size} kB. At most {limit} kB fit. Shorten its texts, or use simpler drawings."),
    Fault.DRAFT_NOT_TEXT: N_("Not saved: there is a character in this protocol that cannot be stored. Type the text again that you pasted last."),
    Fault.DRAFT_HAS_FAULTS: N_("This draft has faults. Correct them first."),
    Fault.DRAFT_IS_OWN_WORK: N_("You worked on this draft yourself. Somebody else has to say whether it is right."),
    Fault.DRAFT_NOT_APPROVED: N_("Nobody else has agreed to exactly this draft yet. Ask a physiotherapist who did not work on it."),
    Fault.DRAFT_CHANGE_ASKED: N_("{who} asks for a change in this draft. Make it, or ask them to look again."),
    Fault.DRAFT_DISCARDED: N_("This draft was discarded. Bring it back first."),
    Fault.DRAFT_NOT_DISCARDED: N_("This draft is not discarded. Load the page again."),
    Fault.NAME_TAKEN: N_("There is one called “{value}” already. Choose another name."),
    Fault.NOBODY_READS: N_("Your clinic has ended your care here, so nobody would read this. Please call them."),
    Fault.PASSWORD_TOO_SHORT: N_("A password needs at least {least} characters. A few words in a row are easy to remember."),
    Fault.PASSWORD_TOO_LONG: N_("A password can have at most {most} characters."),
    Fault.PASSWORD_COMMON: N_("This password is among the first that anybody would try. Choose another one, such as a few words in a row."),
    Fault.CODE_WRONG: N_("This code is not right, or it was used before. Wait for the next one in your app, then enter that."),
    Fault.ACCOUNT_DISABLED: N_("This account is disabled. An administrator can enable it again."),
    Fault.OWN_ACCOUNT: N_("This is your own account. Another administrator changes it for you."),
    Fault.ACCOUNT_CHANGED: N_("Nothing was changed: this account was changed meanwhile. Look at what stands there now."),
    Fault.DISABLED_MEANWHILE: N_("Nothing was changed: somebody has disabled this account meanwhile."),
    Fault.ENABLED_MEANWHILE: N_("Nothing was changed: somebody has enabled this account meanwhile."),
    Fault.LAST_ADMINISTRATOR: N_("Nothing was changed: nobody could administer this clinic any more. Invite another administrator first, and wait until they have signed in."),
    Fault.STAFF_ACCOUNT: N_("This patient works here too, and an invitation opens that account as well. Ask an administrator."),
    Fault.FOLLOWED_ALREADY: N_("A physiotherapist follows this record already."),
    Fault.REFERENCE_TAKEN: N_("Somebody has the reference “{value}” already. Look for it first, or choose another one."),
    Fault.PLAN_CHANGED: N_("Something was recorded since you opened this. Look at what is new, then save again."),
    Fault.LIMIT_OUT_OF_RANGE: N_("A personal pain limit is a whole number from {low} to {high}."),
    Fault.END_PASSED: N_("This must end later than it begins, and not in the past. Check the day and the time."),
    Fault.END_TOO_FAR: N_("This may last {days} days at most. Choose an earlier end."),
    Fault.ENDED_ALREADY: N_("This has ended or was decided already. Load the page again."),
    Fault.NOT_A_TIME_OF_DAY: N_("“{value}” is no time of day. Write it like 08:00 or 18:30."),
    Fault.TOO_MANY_TIMES: N_("Choose {most} times a day at most."),
    Fault.NOT_A_MAIL_ADDRESS: N_("“{value}” is no e-mail address. Write it like name@example.org."),
    Fault.MAIL_CODE_OVER: N_("This code is not the one in the e-mail, or it is too old. Ask for a new one."),
    Fault.TOO_MANY_TRIES: N_("Too many tries. Wait {minutes} minutes, then try again."),
    Fault.NEEDS_GONE: N_("Not marked: what you saw there is over, or somebody has marked it already. Look at what stands there now."),
    Fault.UNDONE_ALREADY: N_("Somebody has undone this already. Look at what stands there now."),
    Fault.ANSWERED_ALREADY: N_("Somebody has answered this or marked it already. Look at what stands there now."),
    Fault.DISCHARGED_MEANWHILE: N_("Not saved: this patient was discharged meanwhile. Your text is still here."),
    Fault.FOLLOWED_MEANWHILE: N_("Not saved: somebody follows this patient again already. Your text is still here."),
    Fault.WRITTEN_MEANWHILE: N_("Not sent: a colleague wrote to this patient meanwhile. Read it below, then send yours again if it still fits. Your text is still here."),
    Fault.PERSON_CHANGED: N_("Not saved: somebody changed this patient’s name, reference or team meanwhile. Look at what stands there now, then save again."),
    Fault.DETAIL_CHANGED: N_("Not saved: somebody changed this meanwhile to “{value}”. Your text is still here. Save again to put it in its place."),
    Fault.NO_PROCEDURE: N_("No procedure is recorded yet. The plan is counted from it."),
    Fault.NOTHING_TO_RELEASE: N_("This answer closes nothing now. Load the page again."),
    Fault.NOT_RELEASED: N_("This exercise is not released for this patient. Release it first."),
    Fault.RELEASED_ALREADY: N_("This exercise needs no release now: it is open to this patient already. Load the page again."),
    Fault.FLAG_UNKNOWN_THERE: N_("A warning sign is open that this plan does not know. Deal with it first."),
    Fault.AWAY_OVER: N_("Being away begins within a year. Its last day is today or later, not before the first, and at most a year after it."),
}  # fmt: skip


def refusal(refused: BadValue) -> str:
    """Return what is wrong and what to do, in one or two plain sentences."""
    text = _(REFUSALS[refused.fault])
    if refused.fault is Fault.UNKNOWN_ZONE and not refused.detail.get("near"):
        text = _("There is no time zone called “{value}”. Choose one from the list.")
    return text.format_map(KeepUnknown({name: _detail(value) for name, value in refused.detail.items()}))


def _detail(value: object) -> str:
    return length(value) if isinstance(value, timedelta) else str(value)


UNAVAILABLE: Mapping[str, str] = {
    "missing": N_("The record is not where it was: {where} is not there any more, or it is another one. Put it back, or restore a backup and start Coach again."),
    "empty": N_("The file {where} is empty. It is left as it is. Restore a backup, or move it away to begin anew."),
    "not_a_database": N_("The file {where} is not a record of Coach. It is left as it is. Move it away, or name another place."),
    "foreign": N_("The file {where} belongs to another program. It is left as it is. Name another place with COACH_HOME."),
    "damaged": N_("The file {where} is damaged. It is left as it is. Restore a backup."),
    "newer_version": N_("The record in {where} was made by a newer Coach. Update this one, then load the page again."),
    "disk_full": N_("The disk is full. Make room, then load the page again. Nothing that was saved is lost."),
    "read_only": N_("{where} cannot be written to. Allow writing there, then load the page again."),
    "no_permission": N_("This account may not open {where}. Allow it, then load the page again."),
    "locked": N_("Another program holds {where}. Close it, then load the page again."),
    "unreachable": N_("The database {where} does not answer. Start it, then load the page again."),
    "unsupported": N_("{where} is not a kind of database that Coach can use. Use SQLite or PostgreSQL."),
    "not_prepared": N_("The tables in {where} are not ready for this Coach. Run python -m coach prepare with COACH_OWNER_URL, then start Coach again."),
    "unsafe_role": N_("The role in {where} may pass every access rule. Name one in COACH_DATABASE_URL that is no superuser and does not own the tables, then run python -m coach prepare."),
    "failed": N_("The record in {where} could not be used just now. Load the page again."),
}  # fmt: skip


def no_record(where: str) -> str:
    """Return that there seems to be no record there yet, and what to do."""
    told = _(
        "There is no record at {where}. Start Coach once to make one, or name the place of yours with COACH_HOME or "
        "COACH_DATABASE_URL."
    )
    return told.format(where=where)


def unavailable(why: str, where: str) -> str:
    """Return why the record cannot be used and what to do."""
    said = UNAVAILABLE.get(why, UNAVAILABLE["failed"])
    return _(said).format(where=where)
