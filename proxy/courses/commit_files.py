"""What is in a commit of the copy that we have: the list of its files, and their content.

Promises: read from git's own store, so that no attribute, filter or hook of the repository runs;
every git is ended after its time; a content that is not as long as was said is an error. Blocks.
"""

import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BufferedReader
from pathlib import Path
from threading import Timer
from typing import IO, BinaryIO, Final

from proxy.core.course_tree import TreeEntry, read_listing
from proxy.core.errors import Conflict
from proxy.courses.git_access import MOST_MEMORY, local_environment
from proxy.courses.programs import limit_process

LIST_SECONDS: Final = 60.0
READ_SECONDS: Final = 1800.0
_MOST_LISTED: Final = 32 * 2**20
_PIECE: Final = 1024 * 1024
_TOO_MANY: Final = "The repository has far too many files. Name the directory with the notebooks."
_DAMAGED: Final = "The copy of the repository is damaged. Update the course again."


class DamagedCopy(Conflict):
    """The copy lacks something that it should have."""


def has_commit(repository: Path, commit: str) -> bool:
    """Is it here?"""
    return _works(repository, "cat-file", "-e", f"{commit}^{{commit}}")


def list_files(repository: Path, commit: str, directory: str) -> list[TreeEntry]:
    """Return what is in a folder of the commit (empty: all); raises `Conflict`."""
    tree = f"{commit}:{directory}" if directory else commit
    words = [*_git(repository), "ls-tree", "-r", "-z", "-l", "--full-tree", tree]
    with _running(words, LIST_SECONDS) as process:
        listed = _out(process).read(_MOST_LISTED + 1)
        if len(listed) > _MOST_LISTED:
            raise Conflict(_TOO_MANY)
        if process.wait():
            if directory and _works(repository, "ls-tree", commit):
                raise Conflict(f"There is no folder “{directory}” in the repository.")
            raise DamagedCopy(_DAMAGED)
    return read_listing(listed)


class Contents:
    """Gives what files hold, one after the other."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._in = _in(process)
        self._out = _out(process)

    def copy(self, key: str, size: int, target: BinaryIO) -> bytes:
        """Write a file's content; return its beginning. Raises `DamagedCopy`, `OSError`."""
        try:
            self._in.write(f"{key}\n".encode())
            self._in.flush()
        except BrokenPipeError:
            raise DamagedCopy(_DAMAGED) from None
        if self._out.readline() != f"{key} blob {size}\n".encode():
            raise DamagedCopy(_DAMAGED)
        begin = b""
        left = size
        while left:
            piece = self._out.read(min(left, _PIECE))
            if not piece:
                raise DamagedCopy(_DAMAGED)
            begin = begin or piece[:1024]
            target.write(piece)
            left -= len(piece)
        if self._out.read(1) != b"\n":
            raise DamagedCopy(_DAMAGED)
        return begin


@contextmanager
def opened_contents(repository: Path) -> Iterator[Contents]:
    """Open the copy for reading."""
    words = [*_git(repository), "cat-file", "--batch"]
    with _running(words, READ_SECONDS) as process:
        yield Contents(process)


@contextmanager
def _running(words: list[str], seconds: float) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(  # noqa: S603 (checked words, no shell)
        words,
        env=local_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    limit_process(process.pid, resource.RLIMIT_AS, MOST_MEMORY)
    timer = Timer(seconds, process.kill)
    timer.start()
    try:
        with process:
            try:
                yield process
            finally:
                process.kill()
                # What was not written any more cannot be.
                with suppress(BrokenPipeError):
                    _in(process).close()
    finally:
        timer.cancel()


def _works(repository: Path, *words: str) -> bool:
    done = subprocess.run(  # noqa: S603 (checked words, no shell)
        [*_git(repository), *words],
        env=local_environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=LIST_SECONDS,
        check=False,
    )
    return done.returncode == 0


def _out(process: subprocess.Popen[bytes]) -> BufferedReader:
    assert isinstance(process.stdout, BufferedReader)  # noqa: S101 (a pipe, as asked)
    return process.stdout


def _in(process: subprocess.Popen[bytes]) -> IO[bytes]:
    assert process.stdin is not None  # noqa: S101 (a pipe, as asked)
    return process.stdin


def _git(repository: Path) -> list[str]:
    return ["git", f"--git-dir={repository}"]
