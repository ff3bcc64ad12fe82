"""`sifu maintenance …` and `sifu notice …`: what everybody is told, and whether servers start."""

from datetime import UTC, datetime
from typing import Any

import click

from proxy.cli.front_api import open_front

_DRAIN_MINUTES = 10


@click.group()
def maintenance() -> None:
    """While it lasts no servers are started, and every page says so. Sifu must run."""


@maintenance.command("on")
@click.option("--message", default="", help="What people are told besides.")
@click.option("--drain", is_flag=True, help="Also stop the servers that run, idle ones first.")
@click.option(
    "--minutes",
    type=click.IntRange(0, 7 * 24 * 60),
    default=_DRAIN_MINUTES,
    show_default=True,
    help="With --drain: when the last is stopped.",
)
def turn_on(message: str, drain: bool, minutes: int) -> None:
    """Start no servers from now on."""
    wish = {"on": True, "message": message}
    if drain:
        wish["drain_seconds"] = minutes * 60
    with open_front() as front:
        _tell(front.ask("PUT", "/api/maintenance", wish))


@maintenance.command("off")
def turn_off() -> None:
    """Start servers again, those who wait first."""
    with open_front() as front:
        _tell(front.ask("PUT", "/api/maintenance", {"on": False}))


@maintenance.command("show")
def show() -> None:
    """Say whether servers are started."""
    with open_front() as front:
        _tell(front.ask("GET", "/api/maintenance"))


@click.group()
def notice() -> None:
    """A message to all, shown on every page. Sifu must run."""


@notice.command("set")
@click.argument("message")
def set_notice(message: str) -> None:
    """Show MESSAGE to everybody."""
    with open_front() as front:
        front.ask("PUT", "/api/notice", {"message": message})
    click.echo("Everybody reads it now.", err=True)


@notice.command("clear")
def clear_notice() -> None:
    """Take the message away."""
    with open_front() as front:
        front.ask("DELETE", "/api/notice")
    click.echo("The message is gone.", err=True)


@notice.command("show")
def show_notice() -> None:
    """Print the message."""
    with open_front() as front:
        message = front.ask("GET", "/api/notice")["message"]
    click.echo(message or "There is no message.", err=not message)


def _tell(switch: dict[str, Any]) -> None:
    if not switch["on"]:
        click.echo("Servers are started as usual.", err=True)
        return
    told = f"No servers are started, since {_clock(switch['since'])}."
    if switch["stop_all_at"] is not None:
        told += f" Those that run are stopped by {_clock(switch['stop_all_at'])}."
    click.echo(told, err=True)


def _clock(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M UTC")
