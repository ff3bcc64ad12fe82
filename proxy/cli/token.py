"""`sifu token …`: bearer tokens for scripts. A token is shown once, when it is made."""

import secrets

import click

from proxy.cli.columns import align_rows, format_time
from proxy.cli.installation import open_installation
from proxy.core.clock import system_clock
from proxy.core.credentials import API_TOKEN_PREFIX, hash_secret
from proxy.core.errors import NotFound
from proxy.store import api_tokens, users
from proxy.store.records import ApiToken

_DAY = 86_400


@click.group()
def token() -> None:
    """Bearer tokens for scripts."""


@token.command("create")
@click.argument("user", required=False)
@click.option("--label", default="", help="What it is for, so that you know it again.")
@click.option(
    "--days",
    type=click.IntRange(1, 3650),
    help="Days until it expires; without this option it holds until it is revoked.",
)
def create_token(user: str | None, label: str, days: int | None) -> None:
    """Make a token that may do what USER (without one: the first account) may do; print it."""
    now = system_clock()
    secret = API_TOKEN_PREFIX + secrets.token_urlsafe(32)
    token_id = secrets.token_hex(6)
    with open_installation() as here:
        user = here.settings.admin if user is None else user
        owner = here.store.read_now(users.find, user)
        if owner is None:
            raise NotFound(f"There is no user “{user}”. `sifu user list` shows who there is.")
        here.store.write_now(
            api_tokens.create,
            token_id=token_id,
            secret_hash=hash_secret(secret),
            user_id=owner.id,
            label=label[:128],
            now=now,
            expires=None if days is None else now + days * _DAY,
        )
    click.echo(f"Token {token_id} for “{user}”. It is shown this once:", err=True)
    click.echo(secret)


@token.command("list")
def list_tokens() -> None:
    """List the tokens, without their secrets."""
    now = system_clock()
    with open_installation() as here:
        found = here.store.read_now(api_tokens.list_all)
    if not found:
        click.echo("There are no tokens. `sifu token create USER` makes one.", err=True)
        return
    rows = [("ID", "USER", "STATE", "CREATED", "LAST USED", "EXPIRES", "LABEL")]
    rows += [_row(each, now) for each in found]
    for line in align_rows(rows):
        click.echo(line)


@token.command("revoke")
@click.argument("token_id", metavar="ID")
def revoke_token(token_id: str) -> None:
    """Make a token useless, within two seconds and for good."""
    with open_installation() as here:
        if not here.store.write_now(api_tokens.revoke, token_id, system_clock()):
            raise NotFound(
                f"There is no valid token “{token_id}”. `sifu token list` shows the ids."
            )
    click.echo(f"Revoked token {token_id}.", err=True)


def _row(each: ApiToken, now: float) -> tuple[str, str, str, str, str, str, str]:
    return (
        each.id,
        each.user.name,
        _state(each, now),
        format_time(each.created),
        format_time(each.last_used),
        format_time(each.expires),
        each.label,
    )


def _state(each: ApiToken, now: float) -> str:
    if each.is_valid(now):
        return "valid"
    # The front notes the end of an expired token as `revoked`, at that time or later.
    has_expired = each.expires is not None and (each.revoked or now) >= each.expires
    return "expired" if has_expired else "revoked"
