"""Jobs: one at a time for a course, few over all, each with an end."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from proxy.core.course_job import JobKind, JobState
from proxy.core.errors import Conflict, TooManyAttempts
from proxy.courses import jobs as course_jobs
from proxy.courses.job_log import JobLog
from proxy.courses.jobs import Jobs, Work
from proxy.courses.places import CoursePlaces
from proxy.store import course_jobs as stored
from proxy.store.database import Store
from tests.conftest import FakeClock


@pytest.fixture
async def jobs(store: Store, clock: FakeClock, tmp_path: Path) -> AsyncIterator[Jobs]:
    made = Jobs(store, CoursePlaces(tmp_path, tmp_path), clock)
    yield made
    await made.stop()


class Gate:
    """Work that waits until it may end, and counts how many work at the same time."""

    def __init__(self) -> None:
        self.may_end = asyncio.Event()
        self.now: list[str] = []
        self.most = 0

    def work(self, name: str) -> Work:
        async def wait(_log: JobLog) -> str:
            assert name not in self.now
            self.now.append(name)
            self.most = max(self.most, len(self.now))
            await self.may_end.wait()
            self.now.remove(name)
            return "Done."

        return wait


async def test_a_job_has_a_log_and_a_sentence(jobs: Jobs, clock: FakeClock) -> None:
    async def work(log: JobLog) -> str:
        log.write("Working.")
        log.show("50%")
        assert jobs.progress(job) == "50%"
        clock.advance(5)
        return "It is done."

    job = await jobs.begin("stats", JobKind.BUILD, "ada", work)
    assert (job.state, job.by) == (JobState.WAITING, "ada")
    done = await jobs.wait(job)
    assert (done.state, done.summary) == (JobState.DONE, "It is done.")
    assert (await jobs.read_log(job)).lines == ("Working.", "It is done.")
    found = await jobs.find("stats", job.id)
    assert found is not None
    assert (found.state, found.ended) == (JobState.DONE, clock())
    assert jobs.progress(job) == ""
    assert await jobs.wait(job) == found


async def test_a_refusal_is_told_and_a_fault_is_not_repeated(jobs: Jobs) -> None:
    async def refuse(_log: JobLog) -> str:
        raise Conflict("It cannot be.", detail="secret")

    async def fail(_log: JobLog) -> str:
        raise ValueError("a secret of ours")

    refused = await jobs.run("stats", JobKind.BUILD, "", refuse)
    assert (refused.state, refused.summary) == (JobState.FAILED, "It cannot be.")
    failed = await jobs.run("stats", JobKind.BUILD, "", fail)
    assert failed.state is JobState.FAILED
    assert "secret" not in failed.summary
    assert "secret" not in str(await jobs.read_log(failed))


async def test_one_at_a_time_for_a_course_and_two_over_all(jobs: Jobs) -> None:
    gate = Gate()
    begun = [
        await jobs.begin(course, kind, "", gate.work(course))
        for course in ("a", "b", "c")
        for kind in (JobKind.UPDATE, JobKind.EXPORT)
    ]
    await asyncio.sleep(0.1)
    gate.may_end.set()
    for job in begun:
        assert (await jobs.wait(job)).state is JobState.DONE
    assert gate.most == 2


async def test_builds_go_on_one_at_a_time_beside_everything_else(jobs: Jobs) -> None:
    long, short = Gate(), Gate()
    short.may_end.set()
    builds = [
        await jobs.begin(course, JobKind.BUILD, "", long.work(course)) for course in ("a", "b", "c")
    ]
    async with asyncio.timeout(20):
        for course in ("a", "b", "c"):
            done = await jobs.run(course, JobKind.UPDATE, "", short.work(course))
            assert done.state is JobState.DONE
    long.may_end.set()
    for job in builds:
        assert (await jobs.wait(job)).state is JobState.DONE
    assert long.most == 1


async def test_who_wishes_for_one_that_waits_gets_that_one(jobs: Jobs) -> None:
    gate = Gate()
    first = await jobs.begin("a", JobKind.UPDATE, "", gate.work("a"))
    while not gate.now:
        await asyncio.sleep(0.01)
    others = [await jobs.begin("a", JobKind.UPDATE, "", gate.work("a")) for _ in range(5)]
    assert len({job.id for job in others}) == 1
    assert others[0].id != first.id
    assert (await jobs.begin("a", JobKind.BUILD, "", gate.work("a"))).id not in {
        first.id,
        others[0].id,
    }
    gate.may_end.set()


async def test_there_are_never_very_many(jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(course_jobs, "MOST_OPEN", 3)
    gate = Gate()
    for number in range(3):
        await jobs.begin(f"c{number}", JobKind.UPDATE, "", gate.work(f"c{number}"))
    with pytest.raises(TooManyAttempts):
        await jobs.begin("more", JobKind.UPDATE, "", gate.work("more"))
    gate.may_end.set()


async def test_an_end_interrupts_what_runs_and_what_waits(jobs: Jobs) -> None:
    gate = Gate()
    running = await jobs.begin("a", JobKind.UPDATE, "", gate.work("a"))
    waiting = await jobs.begin("a", JobKind.BUILD, "", gate.work("a"))
    while not gate.now:
        await asyncio.sleep(0.01)
    await jobs.stop()
    for job in (running, waiting):
        found = await jobs.find("a", job.id)
        assert found is not None
        assert found.state is JobState.INTERRUPTED


async def test_what_died_with_another_program_is_marked(jobs: Jobs, store: Store) -> None:
    job = await store.write(stored.add, "a", JobKind.UPDATE, "", 1.0)
    (marked,) = await jobs.mark_interrupted()
    assert (marked.id, marked.state) == (job.id, JobState.INTERRUPTED)
    assert [each.id for each in await jobs.list_of("a")] == [job.id]


async def test_logs_go_with_their_jobs(
    jobs: Jobs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored, "KEPT", 2)

    async def work(_log: JobLog) -> str:
        return "Done."

    made = [await jobs.run("a", JobKind.UPDATE, "", work) for _ in range(4)]
    kept = {path.name for path in (tmp_path / "course-logs/a").iterdir()}
    assert kept == {f"{job.id}.log" for job in made[2:]}


async def test_who_waits_and_goes_away_does_not_end_it(jobs: Jobs) -> None:
    gate = Gate()
    waiting = asyncio.ensure_future(jobs.run("a", JobKind.UPDATE, "", gate.work("a")))
    while not gate.now:
        await asyncio.sleep(0.01)
    waiting.cancel()
    gate.may_end.set()
    (job,) = await jobs.list_of("a")
    assert (await jobs.wait(job)).state is JobState.DONE
