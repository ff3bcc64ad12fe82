"""`sifu server …`: the notebook servers of the Sifu that runs."""

from typing import Any
from urllib.parse import quote

import click

from proxy.cli.columns import align_rows, format_time
from proxy.cli.front_api import open_front
from proxy.core.errors import NotFound
from proxy.core.identity import HOME_WORKSPACE, SHARED
from proxy.core.sizes import counted, say_bytes


@click.group()
def server() -> None:
    """Notebook servers. Sifu must run.

    SERVER is what `sifu server list` shows: an owner's address, or owner/workspace.
    """


@server.command("list")
def list_servers() -> None:
    """List those that run, wait or failed."""
    with open_front() as front:
        found = front.ask("GET", "/api/servers")
    if not found:
        click.echo("No server runs.", err=True)
        return
    rows = [("SERVER", "STATE", "MEMORY", "CPU", "STARTED", "LAST ACTIVITY", "REASON")]
    rows += [_row(each) for each in found]
    for line in align_rows(rows):
        click.echo(line)


@server.command("start")
@click.argument("name", metavar="SERVER")
def start_server(name: str) -> None:
    """Start a server and wait until it is ready."""
    owner, workspace = _parts(name)
    with open_front() as front:
        found = front.ask("POST", "/api/servers", {"owner": owner, "workspace": workspace})
    click.echo(f"{owner}/{workspace} is {found['state']}.", err=True)


@server.command("stop")
@click.argument("name", metavar="SERVER")
def stop_server(name: str) -> None:
    """Stop a server and wait until it is gone. Files stay."""
    owner, workspace = _parts(name)
    with open_front() as front:
        front.ask("DELETE", f"/api/servers/{quote(owner)}/{quote(workspace)}")
    click.echo(f"Stopped {owner}/{workspace}.", err=True)


@server.command("stop-idle")
def stop_idle() -> None:
    """Stop every server in which nothing is computed and nobody works."""
    with open_front() as front:
        number = front.ask("POST", "/api/servers/stop-idle")["stopped"]
    click.echo(f"Stopped {counted(number, 'server')}.", err=True)


@server.command("log")
@click.argument("name", metavar="SERVER")
@click.option("--lines", type=click.IntRange(1, 1000), default=100, show_default=True)
def show_log(name: str, lines: int) -> None:
    """Print the last lines that a server wrote."""
    owner, workspace = _parts(name)
    with open_front() as front:
        path = f"/api/servers/{quote(owner)}/{quote(workspace)}/log?lines={lines}"
        for line in front.ask("GET", path)["lines"]:
            click.echo(
                "".join(char if char.isprintable() or char == "\t" else "·" for char in line)
            )


def _parts(name: str) -> tuple[str, str]:
    owner, mark, workspace = name.partition("/")
    if not owner or (mark and not workspace):
        raise NotFound("Name a server as `sifu server list` shows it: owner/workspace.")
    return owner, workspace or (SHARED.workspace if owner == SHARED.owner else HOME_WORKSPACE)


def _row(each: dict[str, Any]) -> tuple[str, str, str, str, str, str, str]:
    memory, cpu = each["memory"], each["cpu"]
    state = each["state"] + (f" ({each['place']})" if each["place"] else "")
    return (
        f"{each['owner']}/{each['workspace']}",
        state,
        "-" if memory is None else say_bytes(memory),
        "-" if cpu is None else f"{cpu:.0f}%",
        format_time(each["started"]),
        format_time(each["last_activity"]),
        each["reason"],
    )
