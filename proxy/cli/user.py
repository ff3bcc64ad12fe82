"""`sifu user …`: people who may sign in."""

import secrets

import click
from sqlalchemy import Connection

from proxy.auth.passwords import hash_password
from proxy.cli.columns import align_rows, format_time
from proxy.cli.installation import Installation, open_installation
from proxy.cli.password import Source, obtain_password, password_options
from proxy.cli.sign_in_link import make_sign_in_link
from proxy.core.clock import system_clock
from proxy.core.errors import Conflict, NotFound
from proxy.core.identity import User
from proxy.core.lifecycle import RUNNING
from proxy.store import servers, sessions, users

# Long enough to reach somebody by mail.
LINK_LIFETIME = 24 * 3600.0


@click.group()
def user() -> None:
    """People who may sign in."""


@user.command("add")
@click.argument("name")
@click.option("--admin", is_flag=True, help="May manage people and stop every server.")
@password_options
def add_user(name: str, admin: bool, source: Source) -> None:
    """Make an account."""
    with open_installation() as here:
        if here.store.read_now(users.find, name) is not None:
            raise Conflict(f"There is a user “{name}” already.")
        password = obtain_password(source)
        added = here.store.write_now(
            users.add,
            name,
            is_admin=admin,
            password_hash=None if password is None else hash_password(password),
            now=system_clock(),
        )
        click.echo(f"Added {_role(added)} “{added.name}”.", err=True)
        _hand_over(here, added, source, password)


@user.command("list")
def list_users() -> None:
    """List the accounts."""
    with open_installation() as here:
        found = here.store.read_now(users.list_all)
    if not found:
        click.echo("There is nobody yet. `sifu user add NAME --admin` makes the first.", err=True)
        return
    rows = [("NAME", "ROLE", "PASSWORD", "SINCE", "ADDRESS")]
    for each in found:
        has = "yes" if each.has_password else "no"
        rows.append((each.name, _role(each), has, format_time(each.created), each.slug))
    for line in align_rows(rows):
        click.echo(line)


@user.command("passwd")
@click.argument("name")
@password_options
def change_password(name: str, source: Source) -> None:
    """Give somebody a new password and sign them out everywhere.

    With --link the password stays as it is and nobody is signed out.
    """
    with open_installation() as here:
        person = here.store.read_now(_find, name)
        password = obtain_password(source)
        if password is not None:
            new_hash = hash_password(password)
            here.store.write_now(users.set_password, person, new_hash, system_clock())
            click.echo(
                f"Changed the password of “{name}”; they are signed out everywhere. "
                "Their API tokens still hold: see `sifu token list`.",
                err=True,
            )
        _hand_over(here, person, source, password)


@user.command("sign-out")
@click.argument("name", required=False)
@click.option("--everybody", is_flag=True, help="Sign everybody out, not one person.")
def sign_out(name: str | None, everybody: bool) -> None:
    """End somebody's sessions, open notebooks included. API tokens still hold."""
    if (name is None) is not everybody:
        raise click.UsageError("Name one person, or say --everybody.")
    with open_installation() as here:
        here.store.write_now(_sign_out, name, system_clock())
    click.echo(f"Signed out {'everybody' if name is None else f'“{name}”'}.", err=True)


@user.command("remove")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask whether you are sure.")
def remove_user(name: str, yes: bool) -> None:
    """Delete an account with its sessions and tokens; files stay where they are."""
    with open_installation() as here:
        person = here.store.read_now(_find, name)
        if not yes:
            click.confirm(f"Delete the account “{name}”?", abort=True, err=True)
        here.store.write_now(_remove, name, system_clock())
        click.echo(f"Removed “{name}”. The files stay in {here.settings.notebooks}.", err=True)
        for each in here.store.read_now(servers.list_all):
            if each.name.owner == person.slug and each.state in RUNNING:
                click.echo(
                    f"Their server {each.name} still runs, out of reach, until it is idle; an "
                    "admin can stop it at once from the home page.",
                    err=True,
                )


def _find(connection: Connection, name: str) -> User:
    person = users.find(connection, name)
    if person is None:
        raise NotFound(f"There is no user “{name}”. `sifu user list` shows who there is.")
    return person


def _sign_out(connection: Connection, name: str | None, now: float) -> None:
    chosen = users.list_all(connection) if name is None else [_find(connection, name)]
    for person in chosen:
        sessions.end_all(connection, person.id, now)


def _remove(connection: Connection, name: str, now: float) -> None:
    person = _find(connection, name)
    admins = [each for each in users.list_all(connection) if each.is_admin]
    if admins == [person]:
        raise Conflict(
            f"“{name}” is the last admin. Make another first: `sifu user add NAME --admin`."
        )
    users.remove(connection, person, now)


def _hand_over(here: Installation, person: User, source: Source, password: str | None) -> None:
    """Print what was made up for the person; it cannot be shown again."""
    if source is Source.GENERATE:
        click.echo(password)
    elif source is Source.LINK:
        click.echo("This link signs them in once, within a day:", err=True)
        link = make_sign_in_link(
            here.store,
            here.settings,
            person,
            until=system_clock() + LINK_LIFETIME,
            random_text=secrets.token_urlsafe,
        )
        click.echo(link)


def _role(person: User) -> str:
    return "admin" if person.is_admin else "user"
