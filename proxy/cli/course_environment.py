"""`sifu course build|rollback|packages …`: the packages of a course, in the Sifu that runs.

The commands are added to `sifu course`.
"""

import time
from typing import Any, Final
from urllib.parse import quote

import click

from proxy.cli.columns import printable
from proxy.cli.front_api import FrontApi, open_front
from proxy.core.errors import Conflict
from proxy.core.sizes import counted, say_bytes

_PAUSE: Final = 1.0
# A little more than a build may take, and one before it.
_PATIENCE_SECONDS: Final = 65 * 60.0


@click.command("build")
@click.argument("name", metavar="COURSE")
@click.option("--anew", is_flag=True, help="Even if nothing has changed: with the newest packages.")
@click.option("--no-wait", is_flag=True, help="Do not wait for its end.")
def build(name: str, *, anew: bool, no_wait: bool) -> None:
    """Build the packages that the served version of a course asks for.

    The course goes on meanwhile, and as it is if the build fails.
    """
    with open_front() as front:
        front.ask("POST", f"{_address(name)}/build", {"anew": anew})
        if no_wait:
            click.echo("It is begun.", err=True)
            return
        found = _follow(front, name)
    if found["problem"]:
        raise Conflict(found["problem"])
    click.echo(_line(found))


@click.command("rollback")
@click.argument("name", metavar="COURSE")
def rollback(name: str) -> None:
    """Go back to the packages that a course had before."""
    with open_front() as front:
        click.echo(front.ask("POST", f"{_address(name)}/rollback")["message"], err=True)


@click.command("packages")
@click.argument("name", metavar="COURSE")
def packages(name: str) -> None:
    """Show which packages the kernels of a course have."""
    with open_front() as front:
        click.echo(_line(front.ask("GET", _address(name))))


COMMANDS: Final = (build, rollback, packages)


def _follow(front: FrontApi, name: str) -> dict[str, Any]:
    """Print what the build writes until it has ended."""
    shown = 0
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline:
        found: dict[str, Any] = front.ask("GET", _address(name))
        shown = _print_lines(front, name, shown)
        if not found["building"]:
            return found
        time.sleep(_PAUSE)
    raise Conflict("It is not done yet. `sifu course packages` says later what came of it.")


def _print_lines(front: FrontApi, name: str, shown: int) -> int:
    lines = front.ask("GET", f"{_address(name)}/log")["lines"]
    for line in lines[shown:]:
        click.echo(printable(line), err=True)
    return len(lines)


def _line(found: dict[str, Any]) -> str:
    if not found["in_use"]:
        return "The default kernel."
    size = f"{counted(found['packages'], 'package')}, {say_bytes(found['size'])}"
    note = "" if found["is_current"] else ", not what the served version asks for"
    return f"{found['kernel']}: {size}, for version {found['version'][:10]}{note}"


def _address(name: str) -> str:
    return f"/api/courses/{quote(name, safe='')}/environment"
