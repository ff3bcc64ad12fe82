"""`courses.toml` in `SIFU_DATA`: the courses that whoever runs this wants to be there.

    [[course]]
    name = "statistics-1"
    url = "https://git.example.org/maths/statistics-1.git"
    branch = "main"                       # optional, as everything below
    directory = "notebooks"               # only this folder is the course
    title = "Statistics 1"
    open = true                           # whoever may sign in has it; otherwise its members
    update_every = 3600                   # seconds
    token_file = "/run/secrets/statistics"
    deploy_key = "/run/secrets/statistics-key"

The first four keys are those of the file from which an image takes its courses (docs/docker.md), so
one file serves both. Promises: every problem at once, with the number of the course; an unknown key
is a problem. Must not: read the secrets that it names.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, StrictStr, ValidationError

from proxy.core.course import Course, Enrolment
from proxy.core.errors import InvalidSettings, UnprocessableInput
from proxy.courses.changes import Wish, check_course

FILE: Final = "courses.toml"
_MOST_COURSES: Final = 500
_ALL: Final = "."


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    name: StrictStr
    url: StrictStr
    branch: StrictStr = ""
    directory: StrictStr = ""
    title: StrictStr = ""
    open: StrictBool = False
    update_every: StrictInt = 0
    token_file: StrictStr = ""
    deploy_key: StrictStr = ""


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    course: Annotated[tuple[_Table, ...], Field(max_length=_MOST_COURSES)] = ()


@dataclass(frozen=True, slots=True)
class DeclaredCourse:
    """What the file says of one; `token_file` and `key_file` are paths, or empty."""

    name: str
    wish: Wish
    token_file: str
    key_file: str


def read_course_file(path: Path) -> tuple[DeclaredCourse, ...]:
    """Return the courses of the file, none if there is none; raises `InvalidSettings`. Blocks."""
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError) as problem:
        raise InvalidSettings([f"{path}: it cannot be read ({problem})."]) from problem
    return parse_courses(text)


def parse_courses(text: str) -> tuple[DeclaredCourse, ...]:
    """Read the file's text; raises `InvalidSettings`."""
    try:
        document = _Document.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as problem:
        raise InvalidSettings([f"{FILE}: {problem}."]) from problem
    except ValidationError as problem:
        raise InvalidSettings(
            [_sentence(each["loc"], each["msg"]) for each in problem.errors()]
        ) from None
    problems = []
    names: set[str] = set()
    declared = []
    for number, table in enumerate(document.course, 1):
        if table.name in names:
            problems.append(f"{FILE}, course {number}: there is another one called “{table.name}”.")
        names.add(table.name)
        each = _declared(table)
        try:
            check_course(each.wish.apply(Course(name=table.name, url="", created=0.0)))
        except UnprocessableInput as refusal:
            problems.append(f"{FILE}, course {number}: {refusal.public}")
        declared.append(each)
    if problems:
        raise InvalidSettings(problems)
    return tuple(declared)


def _declared(table: _Table) -> DeclaredCourse:
    wish = Wish(
        url=table.url,
        title=table.title,
        branch=table.branch,
        directory="" if table.directory == _ALL else table.directory,
        enrolment=Enrolment.OPEN if table.open else Enrolment.MEMBERS,
        update_every=table.update_every,
    )
    return DeclaredCourse(table.name, wish, table.token_file, table.deploy_key)


def _sentence(where: tuple[int | str, ...], what: str) -> str:
    match where:
        case ("course", int(number), str(key), *_):
            return f"{FILE}, course {number + 1}, {key}: {what}."
        case ("course", int(number), *_):
            return f"{FILE}, course {number + 1}: {what}."
        case _:
            return (
                f"{FILE}, {'.'.join(map(str, where))}: {what}. Each course begins with [[course]]."
            )
