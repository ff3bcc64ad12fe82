"""What a course is: where it comes from, what its repository says of it, who may have it.

Promises: a name that passes `is_course_name` is one folder's name on any disk, one step of an
address, and a word on a command line. Must not: read or write anything.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from proxy.core.portal_link import is_course

_MOST_BYTES: Final = 200  # file systems allow 255 in a name; the rest is for what is put behind it


class Enrolment(Enum):
    """Who may have the files of a course."""

    MEMBERS = "members"  # whom a platform or a portal sends, or a teacher lists
    OPEN = "open"  # whoever may sign in


class Interface(Enum):
    """In what a launch opens a notebook."""

    LAB = "lab"
    NOTEBOOK = "notebook"
    SINGLE = "single"


@dataclass(frozen=True, slots=True)
class TrackNotebook:
    """A notebook in a track: its path below the course (with `.ipynb`), and what it is called."""

    path: str
    title: str


@dataclass(frozen=True, slots=True)
class Track:
    """Notebooks in the order in which they are to be worked through."""

    title: str
    notebooks: tuple[TrackNotebook, ...]


@dataclass(frozen=True, slots=True)
class Outline:
    """What `sifu.toml` of a repository says; without one, what holds for every course.

    `static` are folders that are shared read-only instead of copied. `requirements` is the path of
    a list of packages, empty if there is none; `image` names one for servers in containers.
    `idle_timeout` in seconds; None is the installation's own.
    """

    title: str = ""
    tracks: tuple[Track, ...] = ()
    interface: Interface = Interface.LAB
    static: tuple[str, ...] = ()
    requirements: str = ""
    image: str = ""
    idle_timeout: int | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """A row of the courses table. Times in seconds since the epoch.

    `version` is the commit that is served, empty before the first one came; `problem` a sentence
    about the latest update if it failed. `environment` is the digest of the one that is in use.
    """

    name: str
    url: str
    created: float
    title: str = ""
    branch: str = ""
    directory: str = ""
    enrolment: Enrolment = Enrolment.MEMBERS
    update_every: int = 0
    version: str = ""
    updated: float | None = None
    problem: str = ""
    outline: Outline = field(default_factory=Outline)
    environment: str = ""
    archived: float | None = None

    @property
    def shown_title(self) -> str:
        """What people call it: as somebody here named it, as its repository does, or its name."""
        return self.title or self.outline.title or self.name


def is_course_name(name: str) -> bool:
    """May a course be called that?"""
    return is_course(name) and not name.startswith("-") and len(name.encode()) <= _MOST_BYTES


def outline_to_json(outline: Outline) -> dict[str, object]:
    """Return the outline as plain data; `outline_from_json` reads it back."""
    return {
        "title": outline.title,
        "tracks": [
            {
                "title": track.title,
                "notebooks": [{"path": each.path, "title": each.title} for each in track.notebooks],
            }
            for track in outline.tracks
        ],
        "interface": outline.interface.value,
        "static": list(outline.static),
        "requirements": outline.requirements,
        "image": outline.image,
        "idle_timeout": outline.idle_timeout,
    }


def outline_from_json(found: Mapping[str, object]) -> Outline:
    """Read what `outline_to_json` wrote: our own, so nothing of it is checked again."""
    values = dict(found)
    tracks = values.pop("tracks", [])
    interface = Interface(values.pop("interface", Interface.LAB.value))
    static = values.pop("static", [])
    return Outline(
        tracks=tuple(_track(each) for each in tracks),  # type: ignore[attr-defined]
        interface=interface,
        static=tuple(static),  # type: ignore[arg-type]
        **values,  # type: ignore[arg-type]
    )


def _track(found: Mapping[str, object]) -> Track:
    listed = found["notebooks"]
    assert isinstance(listed, list)  # noqa: S101 (our own)
    return Track(str(found["title"]), tuple(TrackNotebook(**each) for each in listed))
