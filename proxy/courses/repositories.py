"""The copy of a course's repository: what is newest there, and that fetched.

Promises: only the newest state is fetched, without its history; git has a time, a size, a memory
and an amount of words, and is ended beyond; of two that work on one copy, in whatever process, the
second waits and then gives up with a sentence; what a killed fetch left behind is cleared away, and
a copy that is damaged is made anew. Must not: put anything but a copy of the repository there.
"""

import asyncio
import fcntl
import os
import re
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from proxy.core.course_tree import MOST_BYTES
from proxy.core.errors import Conflict
from proxy.core.git_complaint import explain, is_damaged, wants_whole_history
from proxy.core.sizes import say_bytes
from proxy.courses.git_access import MOST_MEMORY, GitAccess, hide
from proxy.courses.programs import Finished, Program, Told, run_program
from proxy.disk.private_folders import make_private_folders
from proxy.disk.removal import remove_folder

ASK_SECONDS: Final = 60.0
FETCH_SECONDS: Final = 1800.0
MOST_REPOSITORY: Final = MOST_BYTES + 2**30
_MOST_PACKS: Final = 20
_LOCK_SECONDS: Final = 30.0
_LOCK_PAUSE: Final = 0.2
_LINE = re.compile(rb"([0-9a-f]{40}|[0-9a-f]{64})\t([^\t\n]+)")
_HOME: Final = ".git-"
# Where the fetched commit hangs, so that it is not cleared away.
_OWN_REF: Final = "refs/sifu/newest"


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest commit, and the reference of the server that names it."""

    commit: str
    ref: str


class Repository:
    """A bare copy at `place`; `access` says where it comes from."""

    def __init__(self, place: Path, access: GitAccess) -> None:
        self.place = place
        self._access = access

    async def newest(self, branch: str, told: Told) -> Newest:
        """Ask what the branch or tag (empty: the server's own choice) names.

        Raises `Conflict` with a sentence.
        """
        wanted = [f"refs/heads/{branch}", f"refs/tags/{branch}"] if branch else ["HEAD"]
        peeled = [f"refs/tags/{branch}^{{}}"] if branch else []
        words = ["ls-remote", "--quiet", "--", self._access.address.url, *wanted, *peeled]
        done = await self._git(words, told, seconds=ASK_SECONDS)
        if done.status:
            raise await asyncio.to_thread(self._refusal, done)
        found = {match[2].decode(): match[1].decode() for match in _LINE.finditer(done.output)}
        for ref in wanted:
            if ref in found:
                # Of a tag that is an object of its own, the commit it points at.
                return Newest(found.get(f"{ref}^{{}}", found[ref]), ref)
        what = f"no branch or tag “{branch}”" if branch else "nothing in it yet"
        raise Conflict(f"The repository can be read, but there is {what}.")

    async def fetch(self, newest: Newest, told: Told) -> None:
        """Bring it here, in one piece; raises `Conflict` with a sentence, `OSError`."""
        async with _locked(self.place) as lock:
            await asyncio.to_thread(_clear_leftovers, self.place)
            done = await self._fetch(newest, told, lock)
            if done.status and is_damaged(done.said):
                told.write("The copy that was here is damaged. It is made anew.")
                await asyncio.to_thread(remove_folder, self.place, seconds=ASK_SECONDS)
                done = await self._fetch(newest, told, lock)
            if done.status:
                raise await asyncio.to_thread(self._refusal, done)

    async def forget(self) -> None:
        """Remove the copy; raises `Conflict` if somebody works on it."""
        async with _locked(self.place):
            await asyncio.to_thread(remove_folder, self.place, seconds=ASK_SECONDS)

    async def _fetch(self, newest: Newest, told: Told, lock: int) -> Finished:
        await asyncio.to_thread(make_private_folders, self.place)
        begun = await self._git(["init", "--quiet", "--bare", str(self.place)], told, lock=lock)
        if begun.status:
            return begun
        inside = [f"--git-dir={self.place}", "fetch", "--progress", "--no-tags", "--force"]
        what = ["--", self._access.address.url, f"+{newest.ref}:{_OWN_REF}"]
        shallow = [*inside, "--depth=1", "--update-shallow", *what]
        done = await self._git(shallow, told, seconds=FETCH_SECONDS, lock=lock)
        if done.status and wants_whole_history(done.said):
            done = await self._git([*inside, *what], told, seconds=FETCH_SECONDS, lock=lock)
        return done

    async def _git(
        self, words: list[str], told: Told, *, seconds: float = ASK_SECONDS, lock: int | None = None
    ) -> Finished:
        access = self._access
        hidden = await asyncio.to_thread(access.hidden)
        folder = await asyncio.to_thread(_make_home, self.place.parent)
        try:
            environment = await asyncio.to_thread(access.environment, folder)
            program = Program(
                ["git", *words],
                environment,
                seconds,
                most_file=MOST_REPOSITORY,
                most_memory=MOST_MEMORY,
                held=() if lock is None else (lock,),
                folder=folder,
                problem=None if lock is None else partial(_problem_of_size, self.place),
            )
            done = await run_program(program, _Discreet(told, hidden))
        finally:
            await asyncio.to_thread(remove_folder, folder)
        return Finished(done.status, done.output, hide(done.said, hidden))

    def _refusal(self, done: Finished) -> Conflict:
        access = self._access
        return Conflict(
            explain(done.said, access.address, has_token=access.has_token, has_key=access.has_key),
            detail=done.said[-500:],
        )


class _Discreet:
    """Tells what git says without the token, which a server may send back."""

    def __init__(self, told: Told, hidden: tuple[str, ...]) -> None:
        self._told = told
        self._hidden = hidden

    def write(self, line: str) -> None:
        self._told.write(hide(line, self._hidden))

    def show(self, line: str) -> None:
        self._told.show(hide(line, self._hidden))


@asynccontextmanager
async def _locked(place: Path) -> AsyncIterator[int]:
    """Hold the copy's lock; git holds it too, and so longer than a program that was killed."""
    descriptor = await asyncio.to_thread(_open_lock, place)
    try:
        await _take_lock(descriptor)
        yield descriptor
    finally:
        os.close(descriptor)


async def _take_lock(descriptor: int) -> None:
    try:
        async with asyncio.timeout(_LOCK_SECONDS):
            while True:
                try:
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    await asyncio.sleep(_LOCK_PAUSE)
                else:
                    return
    except TimeoutError:
        raise Conflict(
            "An earlier update of this course is still under way, begun by a program that is gone "
            "now. It ends by itself; try again in some minutes."
        ) from None


def _open_lock(place: Path) -> int:
    make_private_folders(place.parent)
    return os.open(place.with_name(f".{place.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)


def _clear_leftovers(place: Path) -> None:
    """Remove what killed fetches left; start anew where there is too much or nothing whole."""
    if not place.is_dir():
        return
    if not (place / "HEAD").is_file() or _count_packs(place) > _MOST_PACKS:
        remove_folder(place, seconds=ASK_SECONDS)
        return
    for pattern in ("*.lock", "refs/**/*.lock", "objects/pack/tmp_*", "objects/??/tmp_obj_*"):
        for path in place.glob(pattern):
            path.unlink(missing_ok=True)


def _make_home(above: Path) -> Path:
    """Make a folder for one run of git, which executes a script of ours there.

    Not in the system's folder for such things, from which nothing may be executed in many a
    container. What killed runs left is removed; nothing runs as long as that.
    """
    make_private_folders(above)
    made = Path(tempfile.mkdtemp(prefix=_HOME, dir=above))
    now = made.stat().st_mtime
    for left in above.glob(f"{_HOME}*"):
        with suppress(FileNotFoundError):
            if now - left.stat().st_mtime > 2 * FETCH_SECONDS:
                remove_folder(left, seconds=ASK_SECONDS)
    return made


def _count_packs(place: Path) -> int:
    return sum(1 for _ in place.glob("objects/pack/*.pack"))


def _problem_of_size(place: Path) -> str:
    total = 0
    for path in place.glob("objects/pack/*"):
        try:
            total += path.stat().st_size
        except FileNotFoundError:
            continue
    if total <= MOST_REPOSITORY:
        return ""
    return (
        f"The repository has more than {say_bytes(MOST_REPOSITORY)}. Put large files elsewhere, or "
        "make a smaller repository for the course."
    )
