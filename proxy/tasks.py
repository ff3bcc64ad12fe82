"""Background work: named, referenced, its failure logged; nothing else starts a task."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import structlog

_log = structlog.get_logger()
_running: set[asyncio.Task[Any]] = set()


def spawn(work: Coroutine[Any, Any, Any], *, name: str) -> asyncio.Task[Any]:
    """Run `work` beside the caller. An exception is logged, a cancellation is silent."""
    task = asyncio.create_task(work, name=name)
    _running.add(task)
    task.add_done_callback(_finished)
    return task


async def every(seconds: float, work: Callable[[], Awaitable[object]], *, name: str) -> None:
    """Do `work` again and again with a pause between; a failure is logged and does not end it."""
    while True:
        try:
            await work()
        except Exception as problem:
            _log.warning("task.round_failed", task=name, problem=repr(problem))
        await asyncio.sleep(seconds)


async def cancel(*tasks: asyncio.Task[Any]) -> None:
    """Cancel and wait until they are gone."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _finished(task: asyncio.Task[Any]) -> None:
    _running.discard(task)
    if not task.cancelled() and (problem := task.exception()) is not None:
        _log.error("task.failed", task=task.get_name(), exc_info=problem)
