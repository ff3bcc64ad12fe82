"""`sifu snapshot …`: the notebooks that people share as pages."""

from typing import Any

import click

from proxy.cli.columns import align_rows, format_time
from proxy.cli.front_api import open_front
from proxy.core.events import clean
from proxy.core.sizes import say_bytes

_MOST_SHOWN = 60


@click.group()
def snapshot() -> None:
    """Notebooks that people share as read-only pages. Sifu must run."""


@snapshot.command("list")
def list_snapshots() -> None:
    """List what is shared, the newest first. The links are their owners'."""
    with open_front() as front:
        found = front.ask("GET", "/api/snapshots")
    if not found:
        click.echo("Nobody shares a notebook.", err=True)
        return
    rows = [("ID", "USER", "NOTEBOOK", "SIZE", "SHARED", "ENDS", "TITLE")]
    rows += [_row(each) for each in found]
    for line in align_rows(rows):
        click.echo(line)


@snapshot.command("remove")
@click.argument("number", metavar="ID", type=click.IntRange(min=1))
def remove_snapshot(number: int) -> None:
    """Delete a snapshot: its link shows nothing any more. The notebook stays."""
    with open_front() as front:
        front.ask("DELETE", f"/api/snapshots/{number}")
    click.echo(f"Deleted snapshot {number}.", err=True)


def _row(each: dict[str, Any]) -> tuple[str, str, str, str, str, str, str]:
    return (
        str(each["id"]),
        each["user"],
        clean(each["path"], _MOST_SHOWN),
        say_bytes(each["size"]),
        format_time(each["created"]),
        format_time(each["expires"]),
        clean(each["title"], _MOST_SHOWN),
    )
