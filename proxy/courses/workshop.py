"""Where and as whom environments are built: one program after the other, each bounded.

Promises: a program ends in time, when the disk is nearly full, or when it is told to; whatever it
started ends with it, and is gone when `run` returns. As root it runs as an account that no person
has. Must not: give it anything of our environment but what an operator says of package indexes.
Blocks.
"""

import os
import select
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import psutil

from proxy.courses.build_failure import BuildFailed
from proxy.courses.build_log import Log
from proxy.courses.build_step import BuildStep
from proxy.notebook.confinement import Confinement

BUILD_SECONDS: Final = 30 * 60.0
# Left for everybody else's files.
RESERVED_BYTES: Final = 512 * 2**20
# By it a build of an earlier front is known.
MARK: Final = "COURSE_BUILD"
_LOOK_SECONDS: Final = 0.5
_PROCESSES: Final = 512
_OPEN_FILES: Final = 4096
_CHUNK: Final = 64 * 1024
_MOST_UNENDED: Final = 16 * 1024
_MOST_AFTER: Final = 2**20  # of what others write who hold the output of a program that has ended


@dataclass(frozen=True, slots=True)
class Workshop:
    """`python` is that of notebooks; `uid` the account of builds, None: our own.

    `end_account` ends all that the account runs. `environment` is what an operator hands on.
    """

    python: str
    uid: int | None = None
    end_account: Callable[[int], None] = lambda uid: None
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    seconds: float = BUILD_SECONDS
    reserved: int = RESERVED_BYTES


class Bench:
    """One build in its `folder`; `is_given_up` is asked again and again."""

    def __init__(
        self, workshop: Workshop, folder: Path, log: Log, is_given_up: Callable[[], bool]
    ) -> None:
        self._workshop = workshop
        self._folder = folder
        self._log = log
        self._is_given_up = is_given_up
        self._deadline = time.monotonic() + workshop.seconds

    def run(self, words: Sequence[str], directory: Path) -> None:
        """Run it to its end; raises `BuildFailed` unless that is a good one."""
        here = self._workshop
        step = BuildStep(
            words=tuple(words),
            directory=str(directory),
            environment=self._environment(),
            confinement=self._confinement(),
            parent=os.getpid(),
        )
        process = subprocess.Popen(  # noqa: S603 (our own module; the rest is given up there)
            [here.python, "-I", "-m", "proxy.courses.build_step"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env={"PATH": self._environment()["PATH"]},
            cwd="/",
        )
        try:
            self._tell(process, step)
            self._follow(process)
        finally:
            end_build(here, self._folder, process)
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    with suppress(OSError):
                        pipe.close()
        if process.returncode:
            raise BuildFailed(_ending(process.returncode, self._is_full(here.reserved // 8)))

    def _tell(self, process: subprocess.Popen[bytes], step: BuildStep) -> None:
        assert process.stdin is not None  # noqa: S101 (a pipe was asked for)
        with suppress(BrokenPipeError):  # it ended at once, and says why
            process.stdin.write(step.as_text().encode())
            process.stdin.close()

    def _follow(self, process: subprocess.Popen[bytes]) -> None:
        """Hand its lines on until it has ended, whoever still holds its output then."""
        assert process.stdout is not None  # noqa: S101
        output = process.stdout.fileno()
        rest, left = b"", _MOST_AFTER
        while True:
            has_ended = process.poll() is not None
            chunk = _read(output, 0 if has_ended else _LOOK_SECONDS)
            rest = self._hand_on(rest + chunk)
            if has_ended:
                left -= len(chunk)
            if has_ended and (not chunk or left <= 0):
                break
            self._refuse_to_go_on()
        if rest:
            self._log(rest.decode("utf-8", "replace"))

    def _hand_on(self, text: bytes) -> bytes:
        *lines, rest = text.replace(b"\r", b"\n").split(b"\n")
        for line in lines:
            if line.strip():
                self._log(line.decode("utf-8", "replace"))
        return rest[:_MOST_UNENDED]

    def _refuse_to_go_on(self) -> None:
        if self._is_given_up():
            raise BuildFailed("Sifu was stopped while this was built. Build it again.")
        if time.monotonic() >= self._deadline:
            minutes = self._workshop.seconds / 60
            raise BuildFailed(f"It was not built within {minutes:g} minutes, and was given up.")
        if self._is_full(self._workshop.reserved):
            raise BuildFailed(
                "The disk is nearly full, so that the build was given up. The operator must make "
                "room; then build it again."
            )

    def _is_full(self, reserved: int) -> bool:
        return shutil.disk_usage(self._folder).free < reserved

    def _environment(self) -> dict[str, str]:
        private = self._folder / "build"
        ours = {
            "HOME": str(private / "home"),
            "PATH": f"{Path(self._workshop.python).parent}:/usr/local/bin:/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "PYTHONUNBUFFERED": "1",
            "PIP_NO_INPUT": "1",
            MARK: str(self._folder),
        }
        return {**self._workshop.environment, **ours}

    def _confinement(self) -> Confinement:
        uid = self._workshop.uid
        python = self._workshop.python
        needed = (python, os.path.realpath(python), __file__, str(self._folder))
        return Confinement(
            uid=uid,
            gid=uid,
            processes=_PROCESSES,
            open_files=_OPEN_FILES,
            niceness=10,
            oom_score=0 if uid is None else 700,
            temporary=str(self._folder / "build" / "tmp"),
            needed=needed,
        )


def end_build(
    workshop: Workshop, folder: Path, process: subprocess.Popen[bytes] | None = None
) -> None:
    """End what the build in this folder runs, or what any build in it left behind."""
    if process is not None:
        if process.poll() is None:
            process.kill()
        process.wait()
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    if workshop.uid is not None:
        workshop.end_account(workshop.uid)
        return
    for each in psutil.process_iter():
        with suppress(psutil.Error):
            found = each.environ().get(MARK, "")
            if found == str(folder) or found.startswith(f"{folder}/"):
                each.kill()


def _read(output: int, seconds: float) -> bytes:
    """Return what is there, or comes within the time; nothing once it was closed."""
    ready, _, _ = select.select([output], [], [], seconds)
    chunk = os.read(output, _CHUNK) if ready else b""
    if ready and not chunk:
        time.sleep(min(seconds, _LOOK_SECONDS / 5))  # closed, and its program goes on
    return chunk


def _ending(status: int, is_full: bool) -> str:
    if is_full:
        return "The disk is full. The operator must make room; then build it again."
    if status < 0:
        return f"It was ended by signal {-status} ({signal.Signals(-status).name})."
    return "The packages could not be installed; the end of the log says why."
