"""Which environments count, and which may go."""

import asyncio
from functools import partial
from pathlib import Path

from proxy.core.course import Course
from proxy.courses.environment_folders import VENV, Environment, EnvironmentFolders
from proxy.courses.environment_stock import KEPT_SECONDS, EnvironmentStock
from proxy.courses.places import CoursePlaces
from proxy.store import course_environments, courses
from proxy.store.course_environments import UsedEnvironment
from proxy.store.database import Store


async def put(
    folders: EnvironmentFolders, name: str, runs_on: str, *, is_broken: bool = False
) -> None:
    await asyncio.to_thread(partial(_put, folders, name, runs_on, is_broken=is_broken))


def _put(folders: EnvironmentFolders, name: str, runs_on: str, *, is_broken: bool) -> None:
    folder = folders.make(name)
    if not is_broken:
        (folder / VENV / "bin").mkdir(parents=True)
        (folder / VENV / "bin/python").touch()
    folders.complete(Environment(name, f"digest of {name}", runs_on, 1, 1, 1.0))


async def test_only_what_would_start_here_counts(tmp_path: Path, store: Store) -> None:
    folders = EnvironmentFolders(CoursePlaces(tmp_path, tmp_path / "n"), is_shared=False)
    stock = EnvironmentStock(folders, store, "/python")
    await put(folders, "good", stock.runs_on)
    await put(folders, "other", "another Python")
    await put(folders, "broken", stock.runs_on, is_broken=True)
    await asyncio.to_thread(folders.make, "half")
    assert await stock.usable() == {"good"}
    for name in ("good", "other"):
        await store.write(courses.add, Course(f"course-{name}", "x", 1.0))
        used = UsedEnvironment(f"course-{name}", name, f"digest of {name}", "v", 1.0)
        await store.write(course_environments.use, used, 1.0)
    assert await stock.outdated() == ["course-other"]
    found = await stock.find_built("digest of good")
    assert found is not None
    assert found.name == "good"
    assert await stock.find_built("digest of other") is None


async def test_one_of_a_course_that_is_gone_goes_after_its_time(
    tmp_path: Path, store: Store
) -> None:
    folders = EnvironmentFolders(CoursePlaces(tmp_path, tmp_path / "n"), is_shared=False)
    stock = EnvironmentStock(folders, store, "/python")
    await put(folders, "gone", stock.runs_on)
    await stock.sweep(2.0)
    assert await asyncio.to_thread(folders.list_names) == ["gone"]
    await stock.sweep(2.0 + KEPT_SECONDS)
    assert await asyncio.to_thread(folders.list_names) == []
