"""Jobs in the store: their order, their ends, and what is forgotten."""

from proxy.core.course_job import JobKind, JobState
from proxy.core.update_schedule import UpdateHistory
from proxy.store import course_jobs
from proxy.store.database import Store


async def ended(store: Store, state: JobState, at: float, course: str = "stats") -> int:
    job = await store.write(course_jobs.add, course, JobKind.UPDATE, "ada", at)
    await store.write(course_jobs.finish, job.id, state, "So it was.", at + 1)
    return job.id


async def test_a_job_from_its_begin_to_its_end(store: Store) -> None:
    job = await store.write(course_jobs.add, "stats", JobKind.BUILD, "ada", 1.0)
    assert await store.read(course_jobs.find, "stats", job.id) == job
    assert await store.read(course_jobs.find, "maths", job.id) is None
    await store.write(course_jobs.begin, job.id, 2.0)
    assert (await store.read(course_jobs.list_of, "stats"))[0].state is JobState.RUNNING
    await store.write(course_jobs.finish, job.id, JobState.FAILED, "x" * 2000, 3.0)
    found = await store.read(course_jobs.find, "stats", job.id)
    assert found is not None
    assert (found.started, found.ended, found.state) == (2.0, 3.0, JobState.FAILED)
    assert len(found.summary) == 1000


async def test_old_ones_are_forgotten_but_no_open_one(store: Store) -> None:
    first = await store.write(course_jobs.add, "stats", JobKind.BUILD, "", 0.0)
    other = await ended(store, JobState.DONE, 1.0, "maths")
    second = await ended(store, JobState.DONE, 1.0)
    for number in range(course_jobs.KEPT - 1):
        await ended(store, JobState.DONE, 2.0 + number)
    job = await store.write(course_jobs.add, "stats", JobKind.UPDATE, "", 99.0)
    assert await store.write(course_jobs.finish, job.id, JobState.DONE, "", 100.0) == [second]
    assert await store.read(course_jobs.find, "stats", first.id) is not None
    assert await store.read(course_jobs.find, "maths", other) is not None
    assert len(await store.read(course_jobs.list_of, "stats", 1000)) == course_jobs.KEPT + 1


async def test_histories_count_failures_since_the_last_success(store: Store) -> None:
    assert await store.read(course_jobs.history_of, "stats") == UpdateHistory()
    await ended(store, JobState.FAILED, 1.0)
    await ended(store, JobState.DONE, 2.0)
    assert await store.read(course_jobs.history_of, "stats") == UpdateHistory(2.0, 0)
    await ended(store, JobState.FAILED, 3.0)
    await ended(store, JobState.INTERRUPTED, 4.0)
    assert await store.read(course_jobs.history_of, "stats") == UpdateHistory(4.0, 2)
    await store.write(course_jobs.add, "stats", JobKind.BUILD, "", 5.0)
    await store.write(course_jobs.add, "stats", JobKind.UPDATE, "", 6.0)
    history = await store.read(course_jobs.history_of, "stats")
    assert history == UpdateHistory(6.0, 2, is_open=True)


async def test_the_latest_of_each_course(store: Store) -> None:
    await ended(store, JobState.DONE, 1.0)
    newest = await ended(store, JobState.FAILED, 2.0)
    other = await ended(store, JobState.DONE, 1.0, "maths")
    found = await store.read(course_jobs.latest, JobKind.UPDATE)
    assert {name: job.id for name, job in found.items()} == {"stats": newest, "maths": other}
    assert await store.read(course_jobs.latest, JobKind.BUILD) == {}


async def test_open_ones_are_interrupted_and_others_stay(store: Store) -> None:
    done = await ended(store, JobState.DONE, 1.0)
    waiting = await store.write(course_jobs.add, "stats", JobKind.UPDATE, "", 2.0)
    found = await store.write(course_jobs.interrupt_open, "Gone.", 3.0)
    assert [(job.id, job.state, job.ended) for job in found] == [
        (waiting.id, JobState.INTERRUPTED, 3.0)
    ]
    assert await store.write(course_jobs.interrupt_open, "Gone.", 4.0) == []
    kept = await store.read(course_jobs.find, "stats", done)
    assert kept is not None
    assert kept.state is JobState.DONE


async def test_what_was_interrupted_as_its_turn_came_does_not_run(store: Store) -> None:
    job = await store.write(course_jobs.add, "stats", JobKind.BUILD, "", 1.0)
    await store.write(course_jobs.interrupt_open, "Stopped.", 2.0)
    await store.write(course_jobs.begin, job.id, 3.0)
    found = await store.read(course_jobs.find, "stats", job.id)
    assert found is not None
    assert (found.state, found.ended) == (JobState.INTERRUPTED, 2.0)
