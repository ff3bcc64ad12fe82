"""`sifu status`: the Sifu that runs, at a glance."""

from typing import Any

import click

from proxy.cli.columns import align_rows
from proxy.cli.front_api import open_front
from proxy.core.sizes import say_bytes


@click.command()
def status() -> None:
    """Show servers, queue, machine and versions. Sifu must run."""
    with open_front() as front:
        overview = front.ask("GET", "/api/overview")
    for line in align_rows(describe(overview)):
        click.echo(line)


def describe(overview: dict[str, Any]) -> list[tuple[str, str]]:
    """Return names and values of what `GET /api/overview` answered."""
    states = ", ".join(f"{number} {state}" for state, number in overview["states"].items())
    queue = ", ".join(f"{each['owner']}/{each['workspace']}" for each in overview["queue"])
    total, free = overview["memory_total"], overview["memory_free"]
    rows = [
        ("servers", states),
        ("queue", queue or "nobody waits"),
        ("memory of servers", say_bytes(overview["servers_memory"])),
        ("memory left", f"{say_bytes(free)} of {say_bytes(total)}"),
        ("CPU", f"{overview['cpu']:.0f}% of {overview['cores']} cores"),
    ]
    rows += [
        (f"disk left, {disk['path']}", f"{say_bytes(disk['free'])} of {say_bytes(disk['total'])}")
        for disk in overview["disks"]
    ]
    rows.append(("maintenance", "yes: no servers are started" if overview["maintenance"] else "no"))
    if not overview["isolated"]:
        rows.append(("isolation", "none: all notebooks run as one account"))
    return rows + list(overview["versions"].items())
