"""The texts of e-mails to patients, and why none can be sent.

Nothing clinical unless they chose it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from coach.i18n import N_, _
from coach.i18n.sentences import listed_names
from coach.mail.smtp import MailSetting

UNSETTLED: Mapping[MailSetting, str] = {
    MailSetting.SERVER: N_(
        "COACH_SMTP_URL names no server. Write smtp://user:password@host:port, or smtps:// for one that is encrypted throughout."
    ),
    MailSetting.SENDER: N_("COACH_MAIL_FROM is no sender. Write Coach <coach@example.org>."),
    MailSetting.ADDRESS: N_("COACH_PUBLIC_URL is missing: every e-mail holds a link to Coach."),
}


def unsettled(why: MailSetting) -> str:
    """Return why no e-mail can be sent."""
    return _(UNSETTLED[why])


def confirmation(code: str, url: str, stop: str) -> tuple[str, str]:
    """Return subject and text of the e-mail with the code that confirms an address."""
    return _("Your code"), "\n\n".join(
        (
            _("Your code is {code}. Type it in the settings of {url}").format(code=code, url=url),
            _("It works for 30 minutes. After that you get an e-mail on days on which you entered nothing."),
            _(
                "You did not ask for this? Then do nothing, or make sure here that nothing more comes: {stop}"
            ).format(stop=stop),
        )
    )


def reminder(names: Sequence[str], url: str, stop: str) -> tuple[str, str]:
    """Return subject and text of a reminder; `names` are the routines to name, if any."""
    lines = [_("Nothing is entered for today yet. Here is your page: {url}").format(url=url)]
    if names:
        listed = listed_names(_(name) for name in names)
        lines.append(_("You can do now: {exercises}.").format(exercises=listed))
    lines.append(
        _("Do you need help at once? Call the emergency number. Nobody reads answers to this e-mail.")
    )
    lines.append(_("No more of these e-mails: {stop}").format(stop=stop))
    return _("Your reminder"), "\n\n".join(lines)
