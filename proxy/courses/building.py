"""Builds one environment: an empty one, the packages, a look whether a kernel starts, the mark.

Promises: it is built where it will stay, for the scripts of a virtual environment hold its path;
whatever happens on the way there is no mark, and nothing uses it. When the mark is there nobody but
us can change anything in it, and nothing of the build runs any more. Must not: decide whether it is
taken into use. Blocks.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from proxy.core.sizes import counted, say_bytes
from proxy.courses.build_failure import BuildFailed
from proxy.courses.build_log import BuildLog, Log
from proxy.courses.course_lists import CourseList, lay_out
from proxy.courses.environment_folders import VENV, Environment, EnvironmentFolders
from proxy.courses.sealing import seal
from proxy.courses.workshop import Bench, Workshop, end_build
from proxy.disk.removal import remove_folder

_PRIVATE: Final = "build"
_SECONDS: Final = 60.0
_PIP: Final = (
    *("-I", "-m", "pip", "install", "--disable-pip-version-check", "--no-input"),
    *("--no-cache-dir", "--no-warn-script-location", "--progress-bar", "off"),
    *("--root-user-action", "ignore"),
)
_NO_KERNEL: Final = (
    "The packages were installed, but no kernel starts with them: they replace something that a "
    "kernel needs by a version that does not fit. The end of the log says what."
)
_PROBE: Final = "import ipykernel.kernelapp, ipykernel.ipkernel, IPython, zmq, tornado.ioloop"
_UNWRITABLE: Final = "The environment cannot be written: is the disk full or read-only?"
_AS_OURSELVES: Final = (
    "Sifu does not run as root here, so the build runs as the same account as Sifu, and what a "
    "package does while it is installed could do anything that Sifu can."
)


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be built: `digest` of `packages`, for the Python that is described so."""

    packages: CourseList
    digest: str
    python: str
    name: str
    now: float


class Building:
    """One build; `is_given_up` is asked again and again."""

    def __init__(
        self,
        workshop: Workshop,
        folders: EnvironmentFolders,
        wish: Wish,
        is_given_up: Callable[[], bool],
    ) -> None:
        self._workshop = workshop
        self._folders = folders
        self._wish = wish
        self._is_given_up = is_given_up

    def build(self, write: Log) -> Environment:
        """Build it; raises `BuildFailed`, and then nothing is left of it."""
        log = BuildLog(write)
        try:
            folder = self._folders.make(self._wish.name)
            made = self._build_in(folder, log)
            self._folders.complete(made)
        except BaseException as problem:
            self._folders.remove(self._wish.name)
            if isinstance(problem, OSError):
                why = problem.strerror or problem
                raise BuildFailed(f"{_UNWRITABLE} ({why}).") from problem
            if isinstance(problem, RecursionError):
                raise BuildFailed("The folders of the course are too deep.") from problem
            raise
        finally:
            log.close()
        return made

    def _build_in(self, folder: Path, log: BuildLog) -> Environment:
        here, venv = self._workshop, folder / VENV
        end_build(here, self._folders.top)  # of an earlier one, if anything is left
        if here.uid is None:
            log.line(_AS_OURSELVES)
        log.line("Preparing an empty environment.")
        packages = self._prepare(folder, venv)
        bench = Bench(here, folder, log.line, self._is_given_up)
        frame = [here.python, "-I", "-m", "proxy.courses.empty_environment", str(venv)]
        bench.run(frame, folder / _PRIVATE)
        python = str(venv / "bin" / "python")
        log.line(f"Installing what “{self._wish.packages.path}” asks for.")
        bench.run([python, *_PIP, "-r", packages.name], packages.parent)
        end_build(here, folder)
        sealed = seal(venv, here.uid)
        log.line("Looking whether a kernel starts.")
        self._try_kernel(bench, python, folder)
        end_build(here, folder)
        remove_folder(folder / _PRIVATE, seconds=_SECONDS)
        log.line(f"Built: {counted(sealed.packages, 'package')}, {say_bytes(sealed.size)}.")
        wish = self._wish
        return Environment(
            wish.name, wish.digest, wish.python, sealed.size, sealed.packages, wish.now
        )

    def _prepare(self, folder: Path, venv: Path) -> Path:
        """Make the folders of the build and give them to its account; return where the list is."""
        uid, private = self._workshop.uid, folder / _PRIVATE
        private.mkdir(mode=0o700)
        for made in (private / "home", private / "tmp", venv):
            made.mkdir(mode=0o700)
        there = lay_out(self._wish.packages, private / "course")
        if uid is not None:
            for here, folders, files in os.walk(private, topdown=False):
                for name in (*folders, *files):
                    os.chown(Path(here) / name, uid, uid, follow_symlinks=False)
            for given in (private, venv):
                os.chown(given, uid, uid, follow_symlinks=False)
        return there

    def _try_kernel(self, bench: Bench, python: str, folder: Path) -> None:
        try:
            bench.run([python, "-I", "-c", _PROBE], folder / _PRIVATE)
        except BuildFailed as problem:
            if self._is_given_up():
                raise
            raise BuildFailed(_NO_KERNEL) from problem
