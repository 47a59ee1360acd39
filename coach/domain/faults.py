"""What can be wrong with what somebody enters; the words for each are in `coach.wording`."""

from __future__ import annotations

from enum import StrEnum


class Fault(StrEnum):
    """One kind of refused value."""

    PAIN_NOT_A_SCORE = "pain_not_a_score"
    EFFORT_NOT_A_SCORE = "effort_not_a_score"
    FUNCTION_NOT_A_SCORE = "function_not_a_score"
    REPS_OUT_OF_RANGE = "reps_out_of_range"
    HOLD_OUT_OF_RANGE = "hold_out_of_range"
    TIMES_OUT_OF_RANGE = "times_out_of_range"
    DURATION_OUT_OF_RANGE = "duration_out_of_range"
    TEXT_TOO_LONG = "text_too_long"
    TEXT_MISSING = "text_missing"
    UNKNOWN_ZONE = "unknown_zone"
    UNKNOWN_COUNTRY = "unknown_country"
    NOT_A_PHONE_NUMBER = "not_a_phone_number"
    UNKNOWN_CHOICE = "unknown_choice"
    UNKNOWN_ROUTINE = "unknown_routine"
    UNKNOWN_KIND = "unknown_kind"
    UNKNOWN_ENTRY = "unknown_entry"
    TIME_WITHOUT_ZONE = "time_without_zone"
    TIME_WITH_ZONE = "time_with_zone"
    TIME_SKIPPED = "time_skipped"
    TIME_IN_FUTURE = "time_in_future"
    TIME_MISSING = "time_missing"
    YEAR_OUT_OF_RANGE = "year_out_of_range"
    HOME_BEFORE_PROCEDURE = "home_before_procedure"
    BEFORE_PROCEDURE = "before_procedure"
    PROCEDURE_TOO_LONG_AGO = "procedure_too_long_ago"
    CLOCK_WRONG = "clock_wrong"
    KEY_REUSED = "key_reused"
    FLAG_NEVER_VOIDED = "flag_never_voided"
    MISTAKE_TOO_LATE = "mistake_too_late"
    CLEARED_TOO_EARLY = "cleared_too_early"
    SPOKE_BEFORE_FLAG = "spoke_before_flag"
    ONLY_RESTART = "only_restart"
    OPENS_EARLIER = "opens_earlier"
    RESTART_TOO_EARLY = "restart_too_early"
    NOT_OPEN = "not_open"
    ALREADY_VOIDED = "already_voided"
    NOTHING_DONE = "nothing_done"
    CHECK_FIRST = "check_first"
    STARTS_IN_PAST = "starts_in_past"
    STARTS_TOO_LATE = "starts_too_late"
    PROTOCOL_REFUSED = "protocol_refused"
    PROTOCOL_CHANGED = "protocol_changed"
    IN_FORCE_ALREADY = "in_force_already"
    PHYSIOTHERAPIST_DECIDES = "physiotherapist_decides"
    NAME_TAKEN = "name_taken"
    NOBODY_READS = "nobody_reads"
    PASSWORD_TOO_SHORT = "password_too_short"
    PASSWORD_TOO_LONG = "password_too_long"
    PASSWORD_COMMON = "password_common"
    CODE_WRONG = "code_wrong"
    ACCOUNT_DISABLED = "account_disabled"
    OWN_ACCOUNT = "own_account"
    STAFF_ACCOUNT = "staff_account"
    FOLLOWED_ALREADY = "followed_already"
    REFERENCE_TAKEN = "reference_taken"
    AWAY_OVER = "away_over"
    PLAN_CHANGED = "plan_changed"
    LIMIT_OUT_OF_RANGE = "limit_out_of_range"
    END_PASSED = "end_passed"
    END_TOO_FAR = "end_too_far"
    ENDED_ALREADY = "ended_already"
    NO_PROCEDURE = "no_procedure"
    NOTHING_TO_RELEASE = "nothing_to_release"
    FLAG_UNKNOWN_THERE = "flag_unknown_there"
    OCCASION_CLOSED = "occasion_closed"
    ACTIVITIES_NAMED = "activities_named"
    ACTIVITY_TWICE = "activity_twice"
    TOO_MANY_ACTIVITIES = "too_many_activities"
    NOT_A_TIME_OF_DAY = "not_a_time_of_day"
    TOO_MANY_TIMES = "too_many_times"
    NOT_A_MAIL_ADDRESS = "not_a_mail_address"
    MAIL_CODE_OVER = "mail_code_over"
    TOO_MANY_TRIES = "too_many_tries"
    NEEDS_GONE = "needs_gone"
    UNDONE_ALREADY = "undone_already"
    ANSWERED_ALREADY = "answered_already"


class BadValue(ValueError):
    """A value that is refused; nothing is stored.

    `fault` names the kind, `detail` holds the values that its sentence mentions.
    """

    def __init__(self, fault: Fault, **detail: object) -> None:
        super().__init__(fault.value)
        self.fault = fault
        self.detail = detail
