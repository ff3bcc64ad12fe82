"""`sifu course collect|clear …`: people's copies of a course, over the front that runs.

The group `sifu course` adds them. Promises: a zip is there whole or not at all, readable for its
owner alone, and takes no other file's place.
"""

import os
from pathlib import Path
from typing import Final
from urllib.parse import quote

import click

from proxy.cli.front_api import FrontApi, open_front
from proxy.core.errors import Conflict, NotFound
from proxy.core.sizes import say_bytes

_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL


@click.command("collect")
@click.argument("course", metavar="NAME")
@click.argument("user", default="")
@click.option(
    "--to",
    "target",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file; otherwise NAME.zip or NAME-USER.zip in this folder.",
)
def collect(course: str, user: str, target: Path | None) -> None:
    """Save what people have of the course NAME as a zip: of USER, or of everybody."""
    with open_front() as front:
        slug = _slug_of(front, course, user) if user else ""
        path = target or Path(f"{course}-{slug}.zip" if slug else f"{course}.zip")
        size = _save(front, _address(course, slug, "files.zip"), path)
    click.echo(f"{path}: {say_bytes(size)}.", err=True)


@click.command("clear")
@click.argument("course", metavar="NAME")
@click.argument("user")
@click.option("--yes", is_flag=True, help="Do not ask whether you are sure.")
def clear(course: str, user: str, yes: bool) -> None:
    """Move what USER has of the course NAME aside: their next launch begins anew."""
    if not yes:
        click.confirm(f"Move {user}'s copy of “{course}” aside?", abort=True, err=True)
    with open_front() as front:
        slug = _slug_of(front, course, user)
        click.echo(front.ask("POST", _address(course, slug, "clear"))["message"], err=True)


COMMANDS: Final = (collect, clear)


def _address(course: str, slug: str, what: str) -> str:
    here = f"/api/courses/{quote(course, safe='')}"
    return f"{here}/people/{slug}/{what}" if slug else f"{here}/{what}"


def _slug_of(front: FrontApi, course: str, user: str) -> str:
    people = front.ask("GET", f"/api/courses/{quote(course, safe='')}/people")
    for each in people:
        if each["user"] == user:
            return str(each["slug"])
    raise NotFound(f"“{user}” is nobody of the course “{course}”.")


def _save(front: FrontApi, address: str, target: Path) -> int:
    if target.exists():
        raise Conflict(f"{target} is there already. Name another file with --to.")
    draft = target.with_name(f"{target.name}.part")
    try:
        with os.fdopen(os.open(draft, _NEW, 0o600), "wb") as file:
            size = front.save(address, file)
        draft.rename(target)
    except FileExistsError as there:
        raise Conflict(f"{draft} is there already, from a command that goes on or died.") from there
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    return size
