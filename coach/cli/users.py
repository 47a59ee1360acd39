"""The command line's accounts: whoever runs the server adds, invites, disables and resets people."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from typing import Concatenate, ParamSpec
from uuid import UUID, uuid4

import click

from coach import desk
from coach.cli.errors import Words, saying
from coach.config import mode
from coach.desk import NotFound, Principal
from coach.desk.access.permissions import Role
from coach.desk.accounts.accounts import AccountsDesk, Invited, ListedAccount
from coach.desk.operator.record_access import NoRecord, Several
from coach.i18n import N_, _

OPERATOR = Principal(Role.OPERATOR)
ROLES = {"physiotherapist": Role.PHYSIOTHERAPIST, "administrator": Role.ADMINISTRATOR}
ROLE_NAMES = {
    Role.PHYSIOTHERAPIST: N_("physiotherapist"),
    Role.ADMINISTRATOR: N_("administrator"),
}

WORDS: Words = {
    NotFound: lambda _none: _("There is nobody like that. See: python -m coach user list"),
}

P = ParamSpec("P")


@click.group()
def user() -> None:
    """Say who may sign in: add, invite, disable, reset and list people."""


def _at_the_desk(
    act: Callable[Concatenate[AccountsDesk, P], None], *, makes: bool = False
) -> Callable[P, None]:
    """Give a command the desk of accounts; only where `makes` is set may a record be made."""

    @wraps(act)
    def command(*args: P.args, **kwargs: P.kwargs) -> None:
        if not makes and not desk.is_there():
            raise NoRecord(desk.where())
        with saying(WORDS), OPERATOR.acts():
            act(AccountsDesk(desk.open_installation(), OPERATOR), *args, **kwargs)

    return command


@user.command()
@click.option("--name", required=True, help="The name that patients and colleagues read.")
@click.option("--login", required=True, help="What they sign in with: a name or an e-mail address.")
@click.option("--role", type=click.Choice(list(ROLES)), default="physiotherapist", show_default=True)
@click.option("--team", default="", help="The care team they work in; made when there is none of that name.")
@partial(_at_the_desk, makes=True)
def add(accounts: AccountsDesk, name: str, login: str, role: str, team: str) -> None:
    """Add one of the staff and print their invitation.

    At home this invites the one physiotherapist who follows the patient.
    """
    if not accounts.installation.clinic:
        _hand_over(accounts.invite_physiotherapist(name, login))
        return
    _hand_over(accounts.add_staff(name, login, ROLES[role], team=team.strip() or None, key=uuid4()))


@user.command()
@click.argument("patient")
@_at_the_desk
def invite(accounts: AccountsDesk, patient: str) -> None:
    """Invite PATIENT, by reference or identifier, or one of the staff by login; an earlier invitation is revoked.

    Staff who have a password already keep it until they take the invitation up.
    """
    staff = accounts.installation.accounts.by_login(patient.strip().casefold())
    if staff and staff.staff_role:
        _hand_over(accounts.invite_staff(staff.id))
    else:
        _hand_over(accounts.invite_patient(_patient(accounts, patient)))


@user.command()
@click.argument("login")
@_at_the_desk
def reset(accounts: AccountsDesk, login: str) -> None:
    """Take password and codes from the account LOGIN, end its sessions, and print a new invitation."""
    _hand_over(accounts.reset(_account(accounts, login)))


@user.command()
@click.argument("login")
@_at_the_desk
def disable(accounts: AccountsDesk, login: str) -> None:
    """Let nobody sign in to the account LOGIN any more; its sessions end at once."""
    accounts.disable(_account(accounts, login))
    click.echo(_("{login} cannot sign in any more.").format(login=login))


@user.command()
@click.argument("login")
@_at_the_desk
def enable(accounts: AccountsDesk, login: str) -> None:
    """Let the account LOGIN be signed in to again."""
    accounts.enable(_account(accounts, login))
    click.echo(_("{login} can sign in again.").format(login=login))


@user.command()
@click.argument("login")
@click.option("--issuer", required=True, help="Who vouches, as the claim iss has it.")
@click.option(
    "--subject", required=True, help="For whom, as the claim sub has it; the server's log names both."
)
@_at_the_desk
def link(accounts: AccountsDesk, login: str, issuer: str, subject: str) -> None:
    """Let the owner of the account LOGIN come in by an organisation's sign-in (OpenID Connect).

    For those whom the verified address does not lead to their account. Whoever tries in vain is named in the
    server's log by issuer and subject.
    """
    accounts.link_organisation(_account(accounts, login), issuer, subject)
    click.echo(_("{login} can sign in with that organisation.").format(login=login))


@user.command()
@click.argument("login")
@_at_the_desk
def unlink(accounts: AccountsDesk, login: str) -> None:
    """Let nobody come in to the account LOGIN by an organisation any more; its sessions end at once."""
    accounts.unlink_organisation(_account(accounts, login))
    click.echo(_("{login} cannot sign in with an organisation any more.").format(login=login))


@user.command("list")
@_at_the_desk
def list_all(accounts: AccountsDesk) -> None:
    """List everybody who may sign in."""
    everybody = accounts.listed()
    if not everybody:
        click.echo(_("Nobody has an account."))
    for each in everybody:
        click.echo(
            "\t".join((each.login, each.name, _role(each), ", ".join(each.teams) or "-", _state(each)))
        )


def _role(each: ListedAccount) -> str:
    return _(ROLE_NAMES[each.staff_role]) if each.staff_role else _("patient")


def _state(each: ListedAccount) -> str:
    if each.disabled:
        return _("disabled")
    if each.invited_until:
        return _("invited until {day}").format(day=each.invited_until.date().isoformat())
    if not each.has_password and not each.has_organisation:
        return _("not invited")
    return _("active, with codes") if each.has_second_factor else _("active")


def _hand_over(invited: Invited) -> None:
    """Print an invitation: the only time that its code is seen."""
    click.echo(_("Invitation for {name}").format(name=invited.name))
    click.echo(_("Name to sign in with: {login}").format(login=invited.login))
    click.echo(_("Code: {code}").format(code=invited.code))
    click.echo(_("Where: {address}").format(address=f"{mode.public_url() or 'http://127.0.0.1:8501'}/join"))
    click.echo(_("Good once, until {day}.").format(day=invited.ends_at.date().isoformat()))


def _account(accounts: AccountsDesk, login: str) -> UUID:
    found = accounts.installation.accounts.by_login(login.strip().casefold())
    if found is None:
        raise NotFound
    return found.id


def _patient(accounts: AccountsDesk, named: str) -> UUID:
    try:
        return UUID(named)
    except ValueError:
        found = accounts.installation.people.by_reference(named.strip())
    if len(found) > 1:
        raise Several
    if not found:
        raise NotFound
    return found[0]
