"""Builds among other jobs of a course."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from proxy.core.course_job import JobKind, JobState
from proxy.core.errors import Conflict
from proxy.courses.jobs import Jobs
from proxy.courses.places import CoursePlaces
from proxy.store.database import Store
from proxy.web.environment_builds import Told
from proxy.web.environment_jobs import JobsOfBuilds
from tests.conftest import FakeClock


@pytest.fixture
async def jobs(store: Store, clock: FakeClock, tmp_path: Path) -> AsyncIterator[Jobs]:
    made = Jobs(store, CoursePlaces(tmp_path, tmp_path / "notebooks"), clock)
    yield made
    await made.stop()


@pytest.fixture
def builds(jobs: Jobs, store: Store) -> JobsOfBuilds:
    return JobsOfBuilds(jobs, store)


async def nothing(log: Told) -> str:
    return "Fetched."


async def ended(builds: JobsOfBuilds) -> None:
    async with asyncio.timeout(20):
        while (job := await builds.latest("stats")) is None or job.is_open:
            await asyncio.sleep(0.01)


async def test_the_latest_build_is_shown_whatever_came_after(
    jobs: Jobs, builds: JobsOfBuilds
) -> None:
    async def work(log: Told) -> str:
        log.write("one")
        for number in range(40_000):
            log.write(f"{number} {'x' * 20}")
        raise Conflict("No room.")

    assert await builds.latest("stats") is None
    assert await builds.log("stats") == ()
    await builds.begin("stats", "bob", work)
    await ended(builds)
    await jobs.run("stats", JobKind.UPDATE, "", nothing)
    job = await builds.latest("stats")
    assert job is not None
    assert (job.is_open, job.is_done, job.by, job.summary) == (False, False, "bob", "No room.")
    lines = await builds.log("stats")
    assert len(lines) > 9_000
    assert lines[-1] == "No room."


async def test_a_build_keeps_no_update_waiting(jobs: Jobs, builds: JobsOfBuilds) -> None:
    gate = asyncio.Event()
    running = []

    async def work(log: Told) -> str:
        running.append(log)
        await gate.wait()
        return "Built."

    for course in ("stats", "other", "third"):
        await builds.begin(course, "", work)
    async with asyncio.timeout(20):
        updated = await asyncio.gather(
            *(jobs.run(course, JobKind.UPDATE, "", nothing) for course in ("stats", "other", "x"))
        )
    assert {job.state for job in updated} == {JobState.DONE}
    assert len(running) == 1
    assert await builds.unfinished() == ["other", "stats", "third"]
    gate.set()
    await ended(builds)


async def test_what_was_interrupted_is_not_finished(jobs: Jobs, builds: JobsOfBuilds) -> None:
    async def work(log: Told) -> str:
        await asyncio.sleep(600)
        return ""

    await builds.begin("stats", "", work)
    await asyncio.sleep(0.1)
    await jobs.stop()
    assert await builds.unfinished() == ["stats"]
    await builds.begin("stats", "", nothing)
    await ended(builds)
    assert await builds.unfinished() == []
