"""The notebooks of the courses of this installation: what a teacher may choose from.

A course that has a repository shows the version that is served; the others are folders that
whoever runs this put there, or that came with the image. Promises: looks only, follows no link,
passes over what is hidden, and is bounded in courses, depth, entries and notebooks, whatever is in
the folder. Blocks; call it in a thread.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from proxy.core.course import Course
from proxy.core.launch_target import SUFFIX
from proxy.core.portal_link import is_course, is_path
from proxy.courses.image_courses import list_image_courses
from proxy.courses.places import CoursePlaces

MOST_COURSES: Final = 200
MOST_DEPTH: Final = 8
MOST_NOTEBOOKS: Final = 2000
MOST_ENTRIES: Final = 20_000


@dataclass(frozen=True, slots=True)
class ListedCourse:
    """`notebooks` are paths below the course, with `.ipynb`."""

    name: str
    notebooks: tuple[str, ...]

    @property
    def paths(self) -> list[str]:
        return [f"{self.name}/{notebook}" for notebook in self.notebooks]


@dataclass(frozen=True, slots=True)
class Placed:
    """A course without a repository: somebody put its folder there, or it came with the image."""

    folder: Path
    is_of_image: bool


@dataclass(frozen=True, slots=True)
class Catalog:
    """`is_whole` is False if there was more than is listed."""

    courses: tuple[ListedCourse, ...]
    is_whole: bool


def list_courses(places: CoursePlaces, listed: Sequence[Course] = ()) -> Catalog:
    """Return the courses by name; `listed` are those with a repository, archived ones are not."""
    walk = _Walk()
    folders = {name: each.folder for name, each in _placed(walk, places).items()}
    for course in listed:
        folders.pop(course.name, None)
        if course.archived is None and (source := places.source(course.name, course)):
            folders[course.name] = source
    names = sorted(folders)
    found = []
    for name in names[:MOST_COURSES]:
        notebooks = tuple(sorted(walk.notebooks(folders[name], "", MOST_DEPTH)))
        found.append(ListedCourse(name, notebooks))
    return Catalog(tuple(found), walk.is_whole and len(names) <= MOST_COURSES)


def list_placed(places: CoursePlaces) -> dict[str, Placed]:
    """Return the courses that are folders, by name, whether or not one has a repository, too."""
    return _placed(_Walk(), places)


def _placed(walk: "_Walk", places: CoursePlaces) -> dict[str, Placed]:
    folder = places.by_hand
    came = list_image_courses(places.image).items()
    found = {name: Placed(path, is_of_image=True) for name, path in came}
    by_hand = [each.name for each in walk.folders(folder) if is_course(each.name)]
    return found | {name: Placed(folder / name, is_of_image=False) for name in by_hand}


def list_notebooks(folder: Path) -> ListedCourse:
    """Return the notebooks of one course, whose files lie there; none if nothing does."""
    return ListedCourse(folder.name, tuple(sorted(_Walk().notebooks(folder, "", MOST_DEPTH))))


class _Walk:
    """Counts what it has looked at, and stops in time."""

    def __init__(self) -> None:
        self.is_whole = True
        self._entries = MOST_ENTRIES
        self._notebooks = MOST_NOTEBOOKS

    def folders(self, folder: Path) -> Iterator[os.DirEntry[str]]:
        return (each for each in self._look(folder) if each.is_dir(follow_symlinks=False))

    def notebooks(self, folder: Path, above: str, depth: int) -> Iterator[str]:
        for entry in self._look(folder):
            path = above + entry.name
            if entry.is_dir(follow_symlinks=False):
                if depth:
                    yield from self.notebooks(folder / entry.name, f"{path}/", depth - 1)
                self.is_whole = self.is_whole and depth > 0
            elif entry.is_file(follow_symlinks=False) and path.endswith(SUFFIX) and is_path(path):
                if not self._notebooks:
                    self.is_whole = False
                    return
                self._notebooks -= 1
                yield path

    def _look(self, folder: Path) -> list[os.DirEntry[str]]:
        found = []
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    if not self._entries:
                        self.is_whole = False
                        break
                    self._entries -= 1
                    if not entry.name.startswith("."):
                        found.append(entry)
        except OSError:
            self.is_whole = self.is_whole and not folder.exists()
        return found
