"""`sifu event …`: what happened, straight from the store, whether Sifu runs or not."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TextIO, TypeVar

import click

from proxy.cli.columns import align_rows
from proxy.cli.installation import Installation, open_installation
from proxy.core.clock import system_clock
from proxy.core.errors import UnprocessableInput
from proxy.core.event_export import csv_head, csv_line, iso_time, json_line
from proxy.core.events import EventKind, make_event
from proxy.core.moments import read_time
from proxy.store import events
from proxy.store.events import Wanted

_BATCH = 500
_Command = TypeVar("_Command", bound=Callable[..., Any])


@click.group()
def event() -> None:
    """What happened: who signed in, which servers started and stopped, what admins did."""


def _filters(command: _Command) -> _Command:
    for option in (
        click.option("--until", default="", help="Before this time."),
        click.option(
            "--since", default="", help="From this time on: 2027-01-31, 2027-01-31T18:00."
        ),
        click.option("--server", default="", help="Of this server, as owner/workspace."),
        click.option(
            "--user", default="", help="Of the user with this address (`sifu user list`)."
        ),
        click.option("--kind", type=click.Choice([kind.value for kind in EventKind])),
    ):
        command = option(command)
    return command


@dataclass(frozen=True, slots=True)
class _Form:
    head: str
    line: Callable[..., str]


_FORMS = {"csv": _Form(csv_head(), csv_line), "jsonl": _Form("", json_line)}


@event.command("list")
@_filters
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
def list_events(limit: int, **filters: str | None) -> None:
    """List the newest, oldest of them first."""
    with open_installation() as here:
        found = here.store.read_now(events.find, _wanted(filters), limit=limit)
    if not found:
        click.echo("Nothing of that kind happened.", err=True)
        return
    rows = [("TIME", "WHAT", "USER", "SERVER", "ABOUT")]
    for each in reversed(found):
        about = "; ".join(f"{name}: {text}" for name, text in each.event.about.items())
        one = each.event
        rows.append((iso_time(one.at), one.kind.value, one.user or "-", one.server or "-", about))
    for line in align_rows(rows):
        click.echo(line)


@event.command("export")
@_filters
@click.option("--format", "form", type=click.Choice(list(_FORMS)), default="csv", show_default=True)
@click.option("--output", type=click.Path(dir_okay=False), help="A file; default: standard output.")
def export_events(form: str, output: str | None, **filters: str | None) -> None:
    """Write everything that is wanted, oldest first.

    In the CSV no cell is a formula: those that spreadsheets would run get an apostrophe.
    """
    wanted = _wanted(filters)
    with open_installation() as here:
        _note_export(here, form)
        if output is None:
            _write(here, wanted, _FORMS[form], sys.stdout)
            return
        with open(output, "x", encoding="utf-8", newline="") as file:  # noqa: PTH123 (mode x)
            _write(here, wanted, _FORMS[form], file)


def _write(here: Installation, wanted: Wanted, form: _Form, out: TextIO) -> None:
    out.write(form.head)
    last = 0
    while batch := here.store.read_now(events.find_after, wanted, last, limit=_BATCH):
        out.writelines(form.line(each.number, each.event) for each in batch)
        last = batch[-1].number


def _note_export(here: Installation, form: str) -> None:
    about = {"format": form, "by": "command line"}
    noted = make_event(EventKind.ADMIN_EVENTS_EXPORTED, system_clock(), about=about)
    here.store.write_now(events.add_all, [noted])


def _wanted(filters: dict[str, str | None]) -> Wanted:
    kind = filters["kind"]
    return Wanted(
        kind=EventKind(kind) if kind else None,
        user=filters["user"] or "",
        server=filters["server"] or "",
        since=_time(filters["since"], "--since"),
        until=_time(filters["until"], "--until"),
    )


def _time(text: str | None, option: str) -> float | None:
    if not text:
        return None
    if (at := read_time(text)) is None:
        raise UnprocessableInput(f"{option}: write a time like 2027-01-31 or 2027-01-31T18:00Z.")
    return at
