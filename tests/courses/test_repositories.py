"""The copy of a repository: bounds, secrets, and what kills and damage leave."""

import asyncio
import fcntl
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from proxy.core.course_job import JobState
from proxy.courses import repositories
from proxy.courses.changes import Wish
from proxy.courses.places import CoursePlaces
from proxy.courses.secret_files import TOKEN
from tests.courses.updated import Updated
from tests.courses.upstream import GitService, Upstream, git, running_service

SECRET = "token-that-nobody-may-see"
_UPDATE = """
import asyncio, sys
from pathlib import Path
from proxy.store.database import Store
from tests.conftest import FakeClock
from tests.courses.updated import running_updates

async def main():
    store = Store(sys.argv[1])
    async with running_updates(store, FakeClock(), Path(sys.argv[2])) as here:
        print("begun", flush=True)
        await here.updates.run("stats", "")
    store.close()

asyncio.run(main())
"""


@contextmanager
def updating_elsewhere(updated: Updated, folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Update the course in a process of its own; in the end it is killed."""
    url = f"sqlite:///{folder / 'sifu.db'}"
    process = subprocess.Popen(
        [sys.executable, "-c", _UPDATE, url, str(folder)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        try:
            yield process
        finally:
            process.kill()


async def until(condition: Callable[[], object], seconds: float = 30) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.001)


async def test_a_token_opens_it_and_stands_nowhere(
    updated: Updated, service: GitService, upstream: Upstream, tmp_path: Path
) -> None:
    service.token = SECRET
    assert "hand over a token" in (await updated.update()).summary
    await updated.changes.change("stats", Wish(token="another"))
    assert "The token was not accepted" in (await updated.update()).summary
    await updated.changes.change("stats", Wish(token=f" {SECRET}\n"))
    seen: list[str] = []
    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.002):
            for process in psutil.process_iter():
                try:
                    if process.uids().real == os.getuid():
                        seen.extend([*process.cmdline(), *process.environ().values()])
                except (psutil.Error, OSError):
                    continue

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        job = await updated.update()
    finally:
        done.set()
        watcher.join()
    assert job.state is JobState.DONE, job
    assert any("fetch" in word for word in seen), "git was not seen at all"
    assert not [word for word in seen if SECRET in word]
    kept = updated.places.secrets("stats") / TOKEN
    holding = [
        path
        for path in tmp_path.rglob("*")
        if path.is_file() and path != kept and SECRET.encode() in path.read_bytes()
    ]
    assert holding == []
    assert (kept.stat().st_mode & 0o777, kept.parent.stat().st_mode & 0o777) == (0o600, 0o700)


async def test_a_server_that_says_the_token_back_is_not_repeated(
    updated: Updated, service: GitService, upstream: Upstream
) -> None:
    service.token = SECRET
    await updated.changes.change("stats", Wish(token=SECRET))
    service.said = f"Hello {SECRET}, go away"
    job = await updated.update()
    assert SECRET not in job.summary + await updated.log(job)
    assert (await updated.course()).problem == job.summary


async def test_a_server_that_sends_elsewhere_is_not_followed(
    updated: Updated, service: GitService, upstream: Upstream, tmp_path: Path
) -> None:
    await updated.changes.change("stats", Wish(token=SECRET))
    with running_service(tmp_path / "upstream") as other:
        service.redirect = other.origin
        assert "has moved" in (await updated.update()).summary
        assert other.asked == []


async def test_a_server_that_says_nothing_is_given_up(
    updated: Updated, service: GitService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repositories, "ASK_SECONDS", 0.5)
    service.pause = threading.Event()
    try:
        job = await updated.update()
    finally:
        service.pause.set()
    assert job.summary == "git took more than 0 seconds."
    assert not [each for each in psutil.Process().children(recursive=True) if _is_git(each)]


def _is_git(process: psutil.Process) -> bool:
    return process.status() != psutil.STATUS_ZOMBIE and "git-remote" in " ".join(process.cmdline())


async def test_a_repository_that_is_too_large_is_refused_while_it_comes(
    updated: Updated, upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    await updated.update()
    served = await updated.served()
    monkeypatch.setattr(repositories, "MOST_REPOSITORY", 50_000)
    upstream.commit({"noise.bin": os.urandom(3_000_000)})
    job = await updated.update()
    assert job.state is JobState.FAILED
    assert "larger than it may be" in job.summary or "more than" in job.summary
    assert await updated.served() == served


async def test_a_few_bytes_that_become_gigabytes_are_refused(
    updated: Updated, upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    """git unpacks whatever is no file in memory: a commit's own text, a list of files."""
    await updated.update()
    served = await updated.served()
    monkeypatch.setattr(repositories, "MOST_MEMORY", 160_000_000)
    git(upstream.folder, "config", "core.compression", "1")
    message = b"tree " + git(upstream.folder, "rev-parse", "HEAD^{tree}").encode()
    message += b"\nauthor a <a> 1 +0000\ncommitter a <a> 1 +0000\n\n" + bytes(200_000_000)
    bomb = git(upstream.folder, "hash-object", "-t", "commit", "-w", "--stdin", text=message)
    git(upstream.folder, "update-ref", "refs/heads/main", bomb)
    job = await updated.update()
    assert job.state is JobState.FAILED
    assert "cannot unpack in the memory" in job.summary
    assert await updated.served() == served


async def test_a_damaged_copy_is_made_anew(updated: Updated, upstream: Upstream) -> None:
    await updated.update()
    place = updated.places.repository("stats")
    for path in place.rglob("*.pack"):
        path.chmod(0o600)
        path.write_bytes(b"PACK" + b"\0" * 40)
    for name in ("HEAD.lock", "packed-refs.lock", "shallow.lock"):
        (place / name).touch()
    commit = upstream.commit({"new.ipynb": "{}"})
    job = await updated.update()
    assert job.state is JobState.DONE, await updated.log(job)
    assert (await updated.course()).version.startswith(commit)
    # The version is gone, the commit seems to be there, its content is not.
    for version in updated.places.versions("stats").iterdir():
        subprocess.run(["rm", "-r", str(version)], check=True)
    for path in place.rglob("*.pack"):
        path.chmod(0o600)
        content = bytearray(path.read_bytes())
        content[-60:-25] = b"\0" * 35
        path.write_bytes(content)
    job = await updated.update()
    assert job.state is JobState.DONE, await updated.log(job)
    assert "new.ipynb" in await updated.served()


async def test_killed_while_it_fetches_leaves_the_old_and_the_next_goes_on(
    updated: Updated, service: GitService, upstream: Upstream, tmp_path: Path
) -> None:
    await updated.update()
    served = await updated.served()
    commit = upstream.commit({"large.bin": os.urandom(4_000_000), "new.ipynb": "{}"})
    service.pause = threading.Event()
    asked = len(service.asked)
    with updating_elsewhere(updated, tmp_path):
        await until(lambda: len(service.asked) > asked)
    service.pause.set()
    assert await updated.served() == served
    job = await updated.update()
    assert job.state is JobState.DONE, await updated.log(job)
    assert (await updated.course()).version.startswith(commit)


def _unfinished(versions: Path, number: int) -> bool:
    """Is a version being made, with so many files in it already?"""
    found = [path for path in versions.iterdir() if path.name.startswith(".sifu-unfinished")]
    return any(sum(1 for _ in path.rglob("*.ipynb")) >= number for path in found)


MOMENTS: dict[str, Callable[[CoursePlaces], object]] = {
    "locked": lambda places: places.repository("stats").with_name(".stats.lock").exists(),
    "fetched": lambda places: len(list(places.repository("stats").glob("objects/pack/*"))) > 3,
    "begun": lambda places: _unfinished(places.versions("stats"), 0),
    "half": lambda places: _unfinished(places.versions("stats"), 40),
    "written": lambda places: _unfinished(places.versions("stats"), 101),
    "renamed": lambda places: len(list(places.versions("stats").glob("[!.]*"))) > 1,
}


@pytest.mark.parametrize("moment", MOMENTS)
async def test_killed_at_any_moment_leaves_the_old_or_the_new(
    updated: Updated, upstream: Upstream, tmp_path: Path, moment: str
) -> None:
    await updated.update()
    old = await updated.served()
    files: dict[str, str | bytes | None] = {f"week{n}/{n}.ipynb": f"{n}\n" for n in range(100)}
    commit = upstream.commit(files | {"week1/means.ipynb": "new\n"})
    new = set(files) | set(old)
    with updating_elsewhere(updated, tmp_path):
        await until(lambda: MOMENTS[moment](updated.places))
    for version in updated.places.versions("stats").glob("[!.]*"):
        paths = [path for path in version.rglob("*") if path.is_file()]
        assert {path.relative_to(version).as_posix() for path in paths} in (set(old), new)
    assert set(await updated.served()) in (set(old), new)
    job = await updated.update()
    assert job.state is JobState.DONE, await updated.log(job)
    assert (await updated.course()).version.startswith(commit)
    left = [path.name for path in updated.places.versions("stats").iterdir()]
    assert not [name for name in left if name.startswith(".")]


async def test_a_git_that_outlives_its_program_keeps_the_next_waiting(
    updated: Updated, upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    await updated.update()
    upstream.commit({"new.ipynb": "{}"})
    monkeypatch.setattr(repositories, "_LOCK_SECONDS", 0.3)
    place = updated.places.repository("stats")
    lock = os.open(place.with_name(".stats.lock"), os.O_RDWR)
    fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        assert "still under way" in (await updated.update()).summary
    finally:
        os.close(lock)
    assert (await updated.update()).state is JobState.DONE


async def test_many_updates_leave_few_packs(updated: Updated, upstream: Upstream) -> None:
    for number in range(5):
        upstream.commit({"a.bin": os.urandom(20_000), "n.txt": str(number)})
        assert (await updated.update()).state is JobState.DONE
    place = updated.places.repository("stats")
    assert git(place, "rev-list", "--all", "--count") == "1", "without its history"


async def test_a_deploy_key_goes_to_ssh_by_its_path(
    updated: Updated, upstream: Upstream, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program in ssh's place, which does what ssh would: run the command on the other side."""
    folder = tmp_path / "bin dir"
    folder.mkdir()
    notes = tmp_path / "notes"
    program = folder / "ssh"
    program.write_text(
        f'#!/bin/sh\nprintf "%s\\n" "$@" > "{notes}"\n'
        'for last; do :; done\neval "exec $(printf %s "$last" | '
        f'sed "s#\'/#\'{tmp_path}/#")"\n'
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    key = "-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n-----END OPENSSH PRIVATE KEY-----\n"
    url = "ssh://git@git.example.org:2222/upstream/stats"
    await updated.add("keyed", url, deploy_key=key)
    job = await updated.update("keyed")
    assert job.state is JobState.DONE, await updated.log(job)
    words = notes.read_text().splitlines()
    kept = updated.places.secrets("keyed") / "deploy-key"
    assert f'IdentityFile="{kept}"' in words
    assert "StrictHostKeyChecking=accept-new" in words
    assert f'UserKnownHostsFile="{kept.with_name("known_hosts")}"' in words
    assert "BEGIN" not in notes.read_text()
    assert kept.read_text() == key
    assert kept.stat().st_mode & 0o777 == 0o600
