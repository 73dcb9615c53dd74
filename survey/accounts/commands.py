"""`python -m survey user …`: adding people and setting passwords without the pages, for the first administrator above all."""

import sys
from datetime import datetime

import click

from survey.accounts.models import ROLES, TOKEN_SCOPES
from survey.accounts.operations import add_user, set_active, set_password
from survey.accounts.passwords import first_password
from survey.accounts.queries import find_username, list_users
from survey.accounts.token_operations import MAX_DAYS, make_token, revoke_token
from survey.accounts.token_queries import find_token, list_tokens_of
from survey.console import CommandGroup, counted, installation_session
from survey.db import utc_now
from survey.signing_in.operations import end_all_sign_ins


@click.group(cls=CommandGroup)
def user() -> None:
    """Add people, list them, set their passwords, shut them out."""


@user.command("add")
@click.argument("username")
@click.option("--name", help="The person's name; the user name if not given.")
@click.option("--role", "roles", type=click.Choice(ROLES), multiple=True, required=True, help="May be given several times.")
@click.option("--organisation", default="", help="The person's organisation.")
@click.option("--place", default=None, metavar="CODE", help="For the responsible side: the 12-digit code of the county it answers for.")
@click.option("--within", multiple=True, metavar="CODE", help="For coordinators and authors: the only places that they see anything of.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input instead of asking for it.")
@click.option("--temporary", is_flag=True, help="Make a first password and print it; its person chooses another at the first sign-in.")
def add(
    username: str,
    name: str | None,
    roles: tuple[str, ...],
    organisation: str,
    place: str | None,
    within: tuple[str, ...],
    password_stdin: bool,
    temporary: bool,
) -> None:
    """Add a person who signs in as USERNAME."""
    password = _password(password_stdin, temporary)
    with installation_session() as session:
        user = add_user(
            session,
            None,
            username=username,
            name=name or username,
            password=password,
            roles=roles,
            organisation=organisation,
            region_code=place,
            place_codes=within,
            now=utc_now(),
            must_change_password=temporary,
        )
        until = user.first_password_until
    click.echo(f"{username} can now sign in as {', '.join(roles)}.")
    _tell_first_password(password, until)


@user.command("list")
def list_() -> None:
    """List everybody with an account."""
    with installation_session() as session:
        users = list_users(session)
        for each in users:
            state = "" if each.active else "  (shut out)"
            click.echo(f"{each.username:20} {', '.join(role.name for role in each.roles):28} {each.name}{state}")
    if not users:
        click.echo("Nobody yet. Add the first with: python -m survey user add NAME --role admin", err=True)


@user.command("password")
@click.argument("username")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input instead of asking for it.")
@click.option("--temporary", is_flag=True, help="Make a first password and print it; its person chooses another at the next sign-in.")
def password(username: str, password_stdin: bool, temporary: bool) -> None:
    """Set a new password for USERNAME and sign them out everywhere."""
    new = _password(password_stdin, temporary)
    with installation_session() as session:
        user = find_username(session, username)
        set_password(session, None, user, new, utc_now(), must_change_password=temporary)
        until = user.first_password_until
    click.echo(f"{username} has a new password.")
    _tell_first_password(new, until)


@user.command("shut-out")
@click.argument("username")
@click.option("--undo", is_flag=True, help="Let the person in again.")
def shut_out(username: str, undo: bool) -> None:
    """Let USERNAME no longer sign in."""
    with installation_session() as session:
        set_active(session, None, find_username(session, username), undo, utc_now())
    click.echo(f"{username} can {'sign in again' if undo else 'no longer sign in'}.")


@user.command("sign-out-all")
def sign_out_all() -> None:
    """Sign everybody out on every device, because a cookie or a device may be in wrong hands. Tokens of programs go on."""
    with installation_session() as session:
        n = end_all_sign_ins(session, None, utc_now())
    click.echo(f"{counted(n, 'device')} signed out.")


@user.command("token")
@click.argument("username")
@click.option("--scope", type=click.Choice(TOKEN_SCOPES), default="submit", show_default=True, help="What the token may do.")
@click.option("--days", type=click.IntRange(1, MAX_DAYS), default=30, show_default=True, help="After how many days it ends.")
@click.option("--name", default="", help="What it is for. [default: the command line]")
def token(username: str, scope: str, days: int, name: str) -> None:
    """Make a token with which a program acts for USERNAME, and print it. It is kept nowhere."""
    with installation_session() as session:
        made, text = make_token(
            session, None, find_username(session, username), name=name or "command line", scope=scope, days=days, now=utc_now()
        )
    click.echo(text)
    click.echo(f"It is shown this once, and ends on {made.expires_at:%Y-%m-%d}. Revoke it with: user revoke-token {made.id}", err=True)


@user.command("tokens")
@click.argument("username")
def tokens(username: str) -> None:
    """List the tokens of USERNAME."""
    now = utc_now()
    with installation_session() as session:
        for each in list_tokens_of(session, find_username(session, username)):
            used = f"last used {each.last_used_at:%Y-%m-%d}" if each.last_used_at else "never used"
            click.echo(f"{each.id}  {each.scope:9} {each.state_at(now):8} until {each.expires_at:%Y-%m-%d}, {used}  {each.name}")


@user.command("revoke-token")
@click.argument("token_id")
def revoke_token_(token_id: str) -> None:
    """Let the token TOKEN_ID do nothing any more."""
    with installation_session() as session:
        found = find_token(session, token_id)
        revoke_token(session, None, found, utc_now())
    click.echo(f"The token '{found.name}' is revoked.")


def _password(from_stdin: bool, is_temporary: bool) -> str:
    """The password that somebody types or sends, or a first one that is made here."""
    if is_temporary and from_stdin:
        raise click.UsageError("Say --temporary or --password-stdin: a first password is made by the program.")
    if is_temporary:
        return first_password()
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    answer: str = click.prompt("Password", hide_input=True, confirmation_prompt="The same again")
    return answer


def _tell_first_password(password: str, until: datetime | None) -> None:
    if until is not None:
        click.echo(password)
        click.echo(f"This first password is shown this once, and opens nothing after {until:%Y-%m-%d}.", err=True)
