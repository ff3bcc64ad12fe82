"""`sifu course people|teacher|student|leave`: who is listed in a course, over the front that runs.

The group `sifu course` adds them.
"""

from typing import Final
from urllib.parse import quote

import click

from proxy.cli.columns import align_rows, format_time
from proxy.cli.front_api import open_front


def _address(course: str, name: str = "") -> str:
    here = f"/api/courses/{quote(course, safe='')}/people"
    return f"{here}/{quote(name, safe='')}" if name else here


@click.command("people")
@click.argument("course", metavar="NAME")
def list_people(course: str) -> None:
    """List the people of the course NAME, and how far they are."""
    with open_front() as front:
        found = front.ask("GET", _address(course))
    if not found:
        click.echo("Nobody has come to this course, and nobody is listed.", err=True)
        return
    rows = [("USER", "ROLE", "LISTED HERE", "LAST SEEN", "NOTEBOOKS")]
    rows += [
        (
            each["user"],
            each["role"],
            "yes" if each["listed"] else "no",
            format_time(each["seen"]),
            str(each["opened"]),
        )
        for each in found
    ]
    for line in align_rows(rows):
        click.echo(line)


@click.command("teacher")
@click.argument("course", metavar="NAME")
@click.argument("user")
def set_teacher(course: str, user: str) -> None:
    """Make USER a teacher of the course NAME: they lead it, and see all of its people."""
    _set(course, user, "teacher")


@click.command("student")
@click.argument("course", metavar="NAME")
@click.argument("user")
def set_student(course: str, user: str) -> None:
    """Make USER a student of the course NAME."""
    _set(course, user, "student")


@click.command("leave")
@click.argument("course", metavar="NAME")
@click.argument("user")
def remove_person(course: str, user: str) -> None:
    """Take USER off the list of the course NAME; their files stay."""
    with open_front() as front:
        done = front.ask("DELETE", _address(course, user))
    click.echo(done["message"], err=True)


def _set(course: str, user: str, role: str) -> None:
    with open_front() as front:
        done = front.ask("PUT", _address(course, user), {"role": role})
    click.echo(done["message"], err=True)


COMMANDS: Final = (list_people, set_teacher, set_student, remove_person)
