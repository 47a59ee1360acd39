"""The caseload where nobody needs anything today: why that is so, and what to do next."""

from __future__ import annotations

from coach.desk.clinic.caseload import Counts
from coach.i18n import _
from coach.text import caseload as words
from coach.ui.parts import assets, empty_states


def told(counts: Counts, *, mine: bool, has_team: bool) -> dict[str, str]:
    """Return a drawing, a sentence, what to do next, and a button with the page that it leads to.

    Args:
        counts: how many patients are in each state.
        mine: whether these are only the patients whose lead the viewer is.
        has_team: whether the viewer works in a care team.
    """
    to, act = "", ""
    if counts.later or counts.seen or counts.on_track:
        said = _("Nobody needs you now. Whoever does will stand here, with the reason.")
        more = words.others(counts.later, counts.seen, counts.on_track)
    elif counts.discharged:
        said = _("Nobody is followed now: all are discharged.")
        more = _("The page Patients can take somebody in, or follow somebody again.")
        to, act = "patients", _("Go to the patients")
    elif mine:
        said = _("You are nobody’s physiotherapist by name.")
        more = _("Choose “All of my teams” above to see the others.")
    elif not has_team:
        said = _("You work in no care team yet, so nobody stands here.")
        more = _("An administrator puts you into one, on the page Staff.")
    else:
        said = _("There is no patient yet.")
        more = _("Take in the first one. They stand here from then on.")
        to, act = "patients", _("Go to the patients")
    return {
        "picture": assets.address(empty_states.PICTURES["patients"]),
        "text": said,
        "more": more,
        "to": to,
        "act": act,
    }
