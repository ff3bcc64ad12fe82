"""`sifu user …`: people who may sign in."""

import secrets

import click

from proxy.auth.passwords import hash_password
from proxy.cli import account_changes
from proxy.cli.account_changes import role_of
from proxy.cli.columns import align_rows, format_time
from proxy.cli.front_api import front_of
from proxy.cli.installation import Installation, open_installation
from proxy.cli.password import Source, obtain_password, password_options
from proxy.cli.sign_in_link import make_sign_in_link
from proxy.core.clock import system_clock
from proxy.core.errors import Conflict, SifuError
from proxy.core.events import EventKind
from proxy.core.identity import User
from proxy.core.lifecycle import PENDING, RUNNING
from proxy.store import servers, users

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
            account_changes.add,
            name,
            is_admin=admin,
            password_hash=None if password is None else hash_password(password),
            now=system_clock(),
        )
        click.echo(f"Added {role_of(added)} “{added.name}”.", err=True)
        _hand_over(here, added, source, password)


@user.command("list")
def list_users() -> None:
    """List the accounts."""
    with open_installation() as here:
        found = here.store.read_now(users.list_all)
    if not found:
        click.echo("There is nobody yet. `sifu user add NAME --admin` makes the first.", err=True)
        return
    rows = [("NAME", "ROLE", "PASSWORD", "SINCE", "ADDRESS", "STATE")]
    for each in found:
        has = "yes" if each.has_password else "no"
        state = "disabled" if each.is_disabled else "-"
        rows.append((each.name, role_of(each), has, format_time(each.created), each.slug, state))
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
        person = here.store.read_now(account_changes.find, name)
        password = obtain_password(source)
        if password is not None:
            new_hash = hash_password(password)
            here.store.write_now(account_changes.set_password, name, new_hash, system_clock())
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
        here.store.write_now(account_changes.sign_out, name, system_clock())
    click.echo(f"Signed out {'everybody' if name is None else f'“{name}”'}.", err=True)


@user.command("role")
@click.argument("name")
@click.argument("role", type=click.Choice(["admin", "user"]))
def set_role(name: str, role: str) -> None:
    """Make somebody an admin, or an ordinary user again."""
    with open_installation() as here:
        here.store.write_now(account_changes.set_role, name, role, system_clock())
    click.echo(
        f"“{name}” is {'an admin' if role == 'admin' else 'an ordinary user'} now.", err=True
    )


@user.command("disable")
@click.argument("name")
def disable_user(name: str) -> None:
    """Let somebody in no more; sessions and API tokens end, files stay."""
    with open_installation() as here:
        person = here.store.write_now(account_changes.disable, name, system_clock())
        click.echo(f"Disabled “{name}”. `sifu user enable` lets them in again.", err=True)
        _stop_servers(here, person)


@user.command("enable")
@click.argument("name")
def enable_user(name: str) -> None:
    """Let somebody sign in again."""
    with open_installation() as here:
        here.store.write_now(account_changes.enable, name, system_clock())
    click.echo(f"“{name}” may sign in again.", err=True)


@user.command("remove")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask whether you are sure.")
def remove_user(name: str, yes: bool) -> None:
    """Delete an account with its sessions and tokens; files stay where they are."""
    with open_installation() as here:
        person = here.store.read_now(account_changes.find, name)
        if not yes:
            click.confirm(f"Delete the account “{name}”?", abort=True, err=True)
        # First out of the door, then their servers, while there is still somebody whose they are.
        here.store.write_now(account_changes.disable, name, system_clock())
        _stop_servers(here, person)
        here.store.write_now(account_changes.remove, name, system_clock())
        click.echo(f"Removed “{name}”. The files stay in {here.settings.notebooks}.", err=True)


def _stop_servers(here: Installation, person: User) -> None:
    """Ask the front that runs to stop what runs of theirs; say what was left."""
    for each in here.store.read_now(servers.list_all):
        if each.name.owner != person.slug or each.state not in RUNNING | PENDING:
            continue
        try:
            with front_of(here) as front:
                front.ask("DELETE", f"/api/servers/{each.name}")
            click.echo(f"Stopped their server {each.name}.", err=True)
        except SifuError:
            click.echo(
                f"Their server {each.name} still runs, out of reach, until it is idle; an admin "
                "can stop it at once on the page “Servers”.",
                err=True,
            )


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
        here.store.write_now(
            account_changes.note, EventKind.ADMIN_LINK_MADE, person, system_clock()
        )
        click.echo(link)
