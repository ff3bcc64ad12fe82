"""The addresses by which a notebook of a course is opened from elsewhere.

Rules. (1) Every step of a path is quoted. (2) What a learning platform or a portal wants is what
`lti_arrival` and `portal_link` read. (3) Notebooks that `sifu.toml` names keep its order and
titles; the others come after them, by folder.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from proxy.core.course import Track
from proxy.core.launch_target import SUFFIX

REST: Final = "Other notebooks"
TOP: Final = "Notebooks"


@dataclass(frozen=True, slots=True)
class LinkedNotebook:
    """`path` is below the course, without its suffix."""

    course: str
    path: str
    title: str

    @property
    def address(self) -> str:
        """The path on the front that opens it."""
        return f"{course_address(self.course)}/open/{quote(self.path, safe='/')}"

    @property
    def custom(self) -> str:
        """The custom parameters of a platform's link."""
        return f"course={self.course}\nnotebook={self.path}"

    @property
    def portal(self) -> str:
        """The path that portals have in their pages, of a student called STUDENT."""
        return (
            f"/ipythonExercice/{quote(self.course, safe='')}/{quote(self.path, safe='/')}/STUDENT"
        )


@dataclass(frozen=True, slots=True)
class NotebookGroup:
    """A track, or a folder."""

    title: str
    notebooks: tuple[LinkedNotebook, ...]


def course_address(course: str) -> str:
    """Return where the page of a course is."""
    return f"/courses/{quote(course, safe='')}"


def told_address(course: str, notebook: str) -> str:
    """Return the page that tells somebody of their copy before it goes on to the notebook."""
    return f"{course_address(course)}/told?notebook={quote(notebook, safe='/')}"


def group_notebooks(
    course: str, tracks: Sequence[Track], paths: Iterable[str]
) -> list[NotebookGroup]:
    """Return the tracks, and the other notebooks; `paths` with their suffix, as on the disk."""
    groups, named = [], set()
    for track in tracks:
        named |= {each.path for each in track.notebooks}
        linked = tuple(_link(course, each.path, each.title) for each in track.notebooks)
        groups.append(NotebookGroup(track.title, linked))
    rest = [path for path in paths if path not in named]
    if tracks:
        left = tuple(_link(course, path) for path in rest)
        return [*groups, NotebookGroup(REST, left)] if left else groups
    return _by_folder(course, rest)


def _by_folder(course: str, paths: Iterable[str]) -> list[NotebookGroup]:
    folders: dict[str, list[LinkedNotebook]] = {}
    for path in paths:
        folder, _, name = path.rpartition("/")
        title = name.removesuffix(SUFFIX)
        folders.setdefault(folder, []).append(_link(course, path, title))
    return [
        NotebookGroup(folder or TOP, tuple(linked)) for folder, linked in sorted(folders.items())
    ]


def _link(course: str, path: str, title: str = "") -> LinkedNotebook:
    plain = path.removesuffix(SUFFIX)
    return LinkedNotebook(course, plain, title or plain)


def course_tabs(course: str) -> list[tuple[str, str, str]]:
    """Return the pages of a course for its teachers: key, word, address."""
    here = course_address(course)
    return [
        ("overview", "Overview", here),
        ("people", "People", f"{here}/people"),
        ("statistics", "Statistics", f"{here}/statistics"),
    ]
