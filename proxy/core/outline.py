"""What a repository says of its course: the file `sifu.toml` in the course's directory.

    title = "Statistics 1"
    interface = "lab"                     # or "notebook", "single"
    static = ["data"]                     # folders that are shared read-only instead of copied
    idle_timeout = 3600                   # seconds

    [environment]
    requirements = "requirements.txt"     # or image = "registry.example.org/stats:1"

    [[track]]
    title = "Week 1"
    notebooks = ["week1/means.ipynb", { path = "week1/plots.md", title = "Plots" }]

Promises: every problem of the file at once, each a sentence with its place in the file; an unknown
key is a problem; what is said of the repository's files is checked against those that there are.
Must not: read anything.
"""

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any, Final

from proxy.core.course import Interface, Outline, Track, TrackNotebook
from proxy.core.course_tree import is_storable
from proxy.core.launch_target import SUFFIX
from proxy.core.text_notebook import SUFFIXES

FILE: Final = "sifu.toml"
MOST_BYTES: Final = 256 * 1024
REQUIREMENTS: Final = "requirements.txt"
_MOST_TRACKS: Final = 100
_MOST_NOTEBOOKS: Final = 1000
_MOST_STATIC: Final = 50
_MOST_TEXT: Final = 200
_MOST_IMAGE: Final = 300
_MOST_SECONDS: Final = 30 * 86_400
_KEYS: Final = frozenset({"title", "interface", "static", "idle_timeout", "environment", "track"})


class BadOutline(ValueError):
    """`problems` are sentences, each with its place in the file."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = tuple(problems)


def read_outline(text: str | None, files: Collection[str]) -> Outline:
    """Read the file's text (None: there is none); `files` are the course's paths.

    Raises `BadOutline`.
    """
    own = Outline(requirements=REQUIREMENTS if REQUIREMENTS in files else "")
    if text is None:
        return own
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise BadOutline([f"{FILE}: {problem}."]) from None
    except RecursionError:
        raise BadOutline([f"{FILE}: it is nested too deeply."]) from None
    reading = _Reading(files)
    outline = reading.outline(document, own)
    if reading.problems:
        raise BadOutline(reading.problems)
    return outline


class _Reading:
    """Collects problems while it reads."""

    def __init__(self, files: Collection[str]) -> None:
        self._files = frozenset(files)
        self.problems: list[str] = []

    def outline(self, document: Mapping[str, Any], own: Outline) -> Outline:
        self._refuse_unknown("", document, _KEYS)
        timeout = document.get("idle_timeout")
        is_timeout = isinstance(timeout, int) and not isinstance(timeout, bool)
        if timeout is not None and not (is_timeout and 60 <= timeout <= _MOST_SECONDS):
            self._say("idle_timeout", f"this is a whole number from 60 to {_MOST_SECONDS}")
            timeout = None
        return self._environment(
            document.get("environment", {}),
            replace(
                own,
                title=self._text("title", document.get("title", ""), may_be_empty=True),
                interface=self._interface(document.get("interface", Interface.LAB.value)),
                static=self._static(document.get("static", [])),
                idle_timeout=timeout,
                tracks=self._tracks(document.get("track", [])),
            ),
        )

    def _environment(self, table: object, outline: Outline) -> Outline:
        if not isinstance(table, dict):
            self._say("environment", "this is a table: [environment]")
            return outline
        self._refuse_unknown("environment.", table, frozenset({"requirements", "image"}))
        requirements = table.get("requirements", outline.requirements)
        if requirements != "" and not self._is_file(requirements):
            self._say("environment.requirements", _no_file(requirements))
        image = table.get("image", "")
        if not _is_image(image):
            self._say("environment.image", "this is the name of an image for containers")
        if self.problems:
            return outline
        return replace(outline, requirements=requirements, image=image)

    def _interface(self, value: object) -> Interface:
        for each in Interface:
            if value == each.value:
                return each
        self._say("interface", f"this is one of {', '.join(each.value for each in Interface)}")
        return Interface.LAB

    def _static(self, value: object) -> tuple[str, ...]:
        if not isinstance(value, list) or len(value) > _MOST_STATIC:
            self._say("static", f"this is a list of folders, {_MOST_STATIC} at most")
            return ()
        for folder in value:
            is_folder = isinstance(folder, str) and is_storable(folder)
            if not is_folder or not any(file.startswith(f"{folder}/") for file in self._files):
                self._say("static", f"there is no folder “{_shown(folder)}” in the course")
        return tuple(folder for folder in value if isinstance(folder, str))

    def _tracks(self, value: object) -> tuple[Track, ...]:
        if not isinstance(value, list) or len(value) > _MOST_TRACKS:
            self._say("track", f"each begins with [[track]]; there may be {_MOST_TRACKS} at most")
            return ()
        return tuple(self._track(number, table) for number, table in enumerate(value, 1))

    def _track(self, number: int, table: object) -> Track:
        place = f"track {number}"
        if not isinstance(table, dict):
            self._say(place, "this is a table: [[track]]")
            return Track("", ())
        self._refuse_unknown(f"{place}, ", table, frozenset({"title", "notebooks"}))
        title = self._text(f"{place}, title", table.get("title", ""))
        listed = table.get("notebooks", [])
        if not isinstance(listed, list) or not 0 < len(listed) <= _MOST_NOTEBOOKS:
            most = f"a list of notebooks, {_MOST_NOTEBOOKS} at most"
            self._say(f"{place}, notebooks", f"this is {most}")
            listed = []
        notebooks = [
            self._notebook(f"{place}, notebook {each}", value)
            for each, value in enumerate(listed, 1)
        ]
        return Track(title, tuple(notebooks))

    def _notebook(self, place: str, value: object) -> TrackNotebook:
        table: Mapping[str, object] = {"path": value}
        if isinstance(value, dict):
            table = value
            self._refuse_unknown(f"{place}, ", table, frozenset({"path", "title"}))
        path = table.get("path", "")
        found = self._notebook_of(path)
        if not found:
            self._say(place, _no_file(path) if path else "its path is missing")
        stem = PurePosixPath(found).stem
        title = table.get("title", stem)
        return TrackNotebook(found, self._text(f"{place}, title", title, may_be_empty=not found))

    def _notebook_of(self, path: object) -> str:
        """Return the notebook of that path, with `.ipynb`; empty if there is none."""
        if not isinstance(path, str):
            return ""
        stem, dot, ending = path.rpartition(".")
        wanted = stem + SUFFIX if dot + ending in SUFFIXES else path
        wanted = wanted if wanted.endswith(SUFFIX) else wanted + SUFFIX
        return wanted if wanted in self._files else ""

    def _is_file(self, path: object) -> bool:
        return isinstance(path, str) and path in self._files

    def _text(self, place: str, value: object, *, may_be_empty: bool = False) -> str:
        is_text = isinstance(value, str) and len(value) <= _MOST_TEXT and value.isprintable()
        if not is_text or not (may_be_empty or str(value).strip()):
            self._say(place, f"this is one line of text, {_MOST_TEXT} characters at most")
            return ""
        return str(value).strip()

    def _refuse_unknown(
        self, place: str, table: Mapping[str, object], known: frozenset[str]
    ) -> None:
        for key in sorted(table.keys() - known):
            self._say(f"{place}{_shown(key)}", f"not known; there is {', '.join(sorted(known))}")

    def _say(self, place: str, problem: str) -> None:
        self.problems.append(f"{FILE}, {place}: {problem}.")


def _is_image(name: object) -> bool:
    if not isinstance(name, str) or len(name) > _MOST_IMAGE:
        return False
    return name.isascii() and name.isprintable() and " " not in name


def _no_file(path: object) -> str:
    return f"there is no “{_shown(path)}” in the course"


def _shown(value: object) -> str:
    return "".join(char if char.isprintable() else "·" for char in str(value)[:100])
