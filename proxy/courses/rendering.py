"""Makes a page of somebody's notebook, in a process that is kept small.

Promises: nothing of a notebook is read in this process; so many are made at once, so many wait, and
few of them for one person; whoever waits does so for `PATIENCE` at most, and when nobody waits any
more the process is killed; what goes wrong is a sentence that says what to do. A page that was made
is kept for a short while, so that looking again costs nothing.
"""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import BinaryIO, Final

import structlog

from proxy.core.clock import Clock
from proxy.core.errors import Conflict, PayloadTooLarge, SifuError, UnprocessableInput
from proxy.core.sizes import say_bytes
from proxy.courses.kept_pages import KeptPages
from proxy.courses.rendering_child import MOST_PAGE_BYTES, Status
from proxy.disk.side_threads import SideThreads

MOST_NOTEBOOK_BYTES: Final = 20 * 2**20
PATIENCE: Final = 30.0
_AT_ONCE: Final = 2
_MOST_WAITING: Final = 20
_MOST_OF_ONE: Final = 2
_MOST_SAID: Final = 2000
# Debian reserves these numbers and gives them to nobody, so that nothing belongs to one.
_UNUSED_ACCOUNTS: Final = range(65_533, 65_000, -1)
# Nobody's home, and nothing of ours: no setting, no secret, no template or configuration.
_ENVIRONMENT: Final = {"HOME": "/nonexistent", "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
_TOO_MUCH: Final = (
    "This notebook is too large to be shown as a page. Clear the outputs that nobody needs, and "
    "try again."
)
_TOO_SLOW: Final = (
    "Making a page of this notebook took too long. Clear its largest outputs, and try again."
)
_NO_NOTEBOOK: Final = (
    "This file cannot be read as a notebook. Open it in Jupyter, save it, and try again."
)
_BROKEN: Final = (
    "Making a page of this notebook failed. Try again; if it stays so, ask whoever runs this Sifu."
)
_BUSY: Final = "Pages of many notebooks are being made just now. Try again in a minute."
_BUSY_WITH_YOURS: Final = "Pages of yours are being made already. Try again when they are there."
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class PageWords:
    """What stands around a notebook; `back` is an address of ours, with words that lead there."""

    title: str
    facts: str = ""
    foot: str = ""
    back: str = ""
    back_to: str = ""


class Renderer:
    """Of one installation."""

    def __init__(
        self, clock: Clock, uids: range, *, command: Sequence[str] = (), patience: float = PATIENCE
    ) -> None:
        self._command = tuple(command) or _command_for(uids)
        self._patience = patience
        self._threads = SideThreads(_AT_ONCE, name="rendering")
        self._asked: Counter[str] = Counter()
        self._kept = KeptPages(clock)

    async def render(self, notebook: bytes, words: PageWords, *, who: str) -> bytes:
        """Return the page, for `who` asked (a slug).

        Raises `PayloadTooLarge`, `UnprocessableInput` (no notebook) or `Conflict`, with a sentence.
        """
        if len(notebook) > MOST_NOTEBOOK_BYTES:
            most = say_bytes(MOST_NOTEBOOK_BYTES)
            raise PayloadTooLarge(f"{_TOO_MUCH} It may have {most}.")
        # Not on the loop: a large one takes as long as a hundred requests.
        given, key = await asyncio.to_thread(_pack, words, notebook)
        if (known := self._kept.find(key)) is not None:
            return known
        page = await self._in_turn(given, who)
        self._kept.keep(key, page)
        return page

    async def _in_turn(self, given: bytes, who: str) -> bytes:
        if self._asked[who] >= _MOST_OF_ONE:
            raise Conflict(_BUSY_WITH_YOURS)
        if self._asked.total() >= _AT_ONCE + _MOST_WAITING:
            raise Conflict(_BUSY)
        work = _Work(self._command, given, self._patience)
        self._asked[who] += 1
        try:
            async with asyncio.timeout(2 * self._patience):
                await self._threads.run(work.do)
        except TimeoutError:
            raise Conflict(_BUSY) from None
        finally:
            work.stop()
            self._asked[who] -= 1
            if not self._asked[who]:
                del self._asked[who]
        return work.page()


class _Work:
    """One process, from its start to its end; `stop` may be called from anywhere, at any time."""

    def __init__(self, command: Sequence[str], given: bytes, patience: float) -> None:
        self._command = command
        self._given = given
        self._patience = patience
        self._process: subprocess.Popen[bytes] | None = None
        self._is_stopped = False
        self._is_late = False
        self._status = 0
        self._page = self._said = b""

    def do(self) -> None:
        """Blocks. Files of the memory stand in for pipes: nobody waits for anybody, and the kernel
        holds what is written to the limit.
        """
        with _memory("notebook") as given, _memory("page") as page, _memory("said") as said:
            given.write(self._given)
            given.seek(0)
            if self._is_stopped:
                return
            self._process = subprocess.Popen(  # noqa: S603 (our own interpreter and module)
                self._command,
                stdin=given,
                stdout=page,
                stderr=said,
                env=_ENVIRONMENT,
                cwd="/",
                start_new_session=True,
            )
            try:
                self._status = self._process.wait(self._time_left())
            except subprocess.TimeoutExpired:
                self._is_late = True
            finally:
                self._process.kill()
                self._process.wait()
            self._page = os.pread(page.fileno(), MOST_PAGE_BYTES + 1, 0)
            self._said = os.pread(said.fileno(), _MOST_SAID, 0)

    def _time_left(self) -> float:
        return 0.0 if self._is_stopped else self._patience

    def stop(self) -> None:
        """Nobody waits for it any more."""
        self._is_stopped = True
        if (process := self._process) is not None:
            process.kill()

    def page(self) -> bytes:
        """Return the page, or raise why there is none."""
        if self._status == Status.MADE and not self._is_late and self._page:
            return self._page
        said = self._said.decode("utf-8", "replace")
        _log.warning("rendering.failed", status=self._status, late=self._is_late, said=said)
        raise self._problem()

    def _problem(self) -> SifuError:
        if self._is_late or self._status == -signal.SIGXCPU:
            return UnprocessableInput(_TOO_SLOW)
        # Who kills it, if not we: the kernel, where memory runs out.
        if self._status in {Status.TOO_MUCH, -signal.SIGKILL}:
            return PayloadTooLarge(_TOO_MUCH)
        if self._status == Status.NO_NOTEBOOK:
            return UnprocessableInput(_NO_NOTEBOOK)
        return Conflict(_BROKEN)


def _pack(words: PageWords, notebook: bytes) -> tuple[bytes, bytes]:
    """Return what the process is given, and what its page is known by."""
    given = json.dumps(asdict(words)).encode() + b"\n" + notebook
    return given, sha256(given).digest()


def _memory(name: str) -> BinaryIO:
    """Return a file that has no name anywhere and goes when it is closed."""
    return os.fdopen(os.memfd_create(name, os.MFD_CLOEXEC), "w+b")


def _command_for(uids: range) -> tuple[str, ...]:
    """Return the program; of root's rights it needs those that give it another account."""
    words = (sys.executable, "-I", "-m", "proxy.courses.rendering_child")
    if os.geteuid() != 0:
        return words
    return (*words, str(next(each for each in _UNUSED_ACCOUNTS if each not in uids)))
