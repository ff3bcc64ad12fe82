import asyncio
import gc
import weakref

import pytest
from structlog.testing import capture_logs

from proxy.tasks import cancel, every, spawn


async def test_a_task_that_nobody_holds_is_not_lost():
    done = asyncio.Event()

    async def work():
        await asyncio.sleep(0.05)
        done.set()

    reference = weakref.ref(spawn(work(), name="work"))
    gc.collect()
    assert reference() is not None
    async with asyncio.timeout(2):
        await done.wait()


async def test_a_failure_is_logged_with_the_name_of_the_task():
    async def fail():
        raise RuntimeError("broken")

    with capture_logs() as logs:
        task = spawn(fail(), name="the-task")
        with pytest.raises(RuntimeError):
            await task
        await asyncio.sleep(0)
    assert [(line["event"], line["task"]) for line in logs] == [("task.failed", "the-task")]
    assert isinstance(logs[0]["exc_info"], RuntimeError)


async def test_a_cancelled_task_is_gone_when_cancel_returns_and_says_nothing():
    cleaned = []

    async def work():
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0.01)
            cleaned.append(True)

    with capture_logs() as logs:
        tasks = [spawn(work(), name=f"work {number}") for number in range(3)]
        await asyncio.sleep(0)
        await cancel(*tasks)
    assert all(task.cancelled() for task in tasks)
    assert cleaned == [True] * 3
    assert logs == []


async def test_cancelling_what_has_ended_or_failed_is_no_error():
    async def end():
        return 1

    async def fail():
        raise RuntimeError("broken")

    with capture_logs():
        tasks = [spawn(end(), name="end"), spawn(fail(), name="fail")]
        await asyncio.sleep(0.01)
        await cancel(*tasks)
    await cancel()


async def test_a_round_that_fails_does_not_end_the_rounds():
    rounds = []

    async def work():
        rounds.append(1)
        if len(rounds) == 2:
            raise RuntimeError("broken")

    with capture_logs() as logs:
        task = spawn(every(0.001, work, name="rounds"), name="rounds")
        async with asyncio.timeout(2):
            while len(rounds) < 4:
                await asyncio.sleep(0.001)
        await cancel(task)
    assert [(line["event"], line["task"]) for line in logs] == [("task.round_failed", "rounds")]


async def test_rounds_wait_for_each_other():
    running: list[int] = []

    async def work():
        assert running == []
        running.append(1)
        await asyncio.sleep(0.01)
        running.clear()

    with capture_logs() as logs:
        task = spawn(every(0.0, work, name="rounds"), name="rounds")
        await asyncio.sleep(0.05)
        await cancel(task)
    assert logs == []
