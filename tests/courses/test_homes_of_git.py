"""The folder in which git runs once: where it may execute something, and gone afterwards.

Of `repositories`: the folder for temporary files may be one from which nothing may be executed, as
it is in a container whose own files cannot be written.
"""

import os
import tempfile
from pathlib import Path

import pytest

from proxy.core.course_job import JobState
from proxy.courses import repositories
from proxy.courses.changes import Wish
from tests.courses.updated import Updated
from tests.courses.upstream import GitService, Upstream

SECRET = "token-that-nobody-may-see"


def homes(updated: Updated) -> list[Path]:
    return sorted(updated.places.repository("stats").parent.glob(".git-*"))


async def test_a_token_is_told_where_nothing_temporary_may_be_executed(
    updated: Updated, service: GitService, upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/nonexistent")
    service.token = SECRET
    await updated.changes.change("stats", Wish(token=SECRET))
    job = await updated.update()
    assert job.state is JobState.DONE, await updated.log(job)
    assert homes(updated) == []


async def test_what_killed_runs_left_goes_and_what_runs_stays(
    updated: Updated, upstream: Upstream
) -> None:
    assert (await updated.update()).state is JobState.DONE
    above = updated.places.repository("stats").parent
    left, running = above / ".git-left", above / ".git-running"
    for each in (left, running):
        each.mkdir()
        (each / "askpass").write_text("")
    ago = running.stat().st_mtime - 2 * repositories.FETCH_SECONDS - 60
    os.utime(left, (ago, ago))
    upstream.commit({"a.txt": "new"})
    assert (await updated.update()).state is JobState.DONE
    assert homes(updated) == [running]
