"""Courses for whoever is launched: into the workspace that is theirs."""

import asyncio
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Semaphore

import pytest
from jupyter_server.services.contents.filemanager import FileContentsManager

from proxy.core.course import Course, Outline
from proxy.core.errors import NotFound, ServerNotRunning
from proxy.core.identity import SHARED, SLUG, ServerName
from proxy.core.policy import Workspaces
from proxy.courses import files as course_files
from proxy.courses.files import CourseFiles
from proxy.courses.places import SHARED_FOLDER, CoursePlaces
from proxy.courses.shelf import CourseShelf
from proxy.courses.source import Sources
from proxy.servers.workspaces import WorkspaceFolders
from proxy.settings import Settings
from proxy.store import courses
from proxy.store.database import Store
from tests.auth.people import add_user
from tests.conftest import FakeClock
from tests.courses.copies import AT

ANN = ServerName("ann", "home")


def settings(folder: Path, workspaces: Workspaces) -> Settings:
    source = folder / "data/courses/stats"
    source.mkdir(parents=True)
    (source / "a.ipynb").write_text("original")
    return Settings(data=folder / "data", notebooks=folder / "notebooks", workspaces=workspaces)


def course_files_of(made: Settings, store: Store) -> CourseFiles:
    places = CoursePlaces(made.data, made.notebooks)
    sources = Sources(CourseShelf(places, store))
    return CourseFiles(places, sources.find, WorkspaceFolders(made, store).open, FakeClock(AT))


async def test_into_ones_own_home(store: Store, tmp_path: Path) -> None:
    await add_user(store, "ann")
    files = course_files_of(settings(tmp_path, Workspaces.PER_USER), store)
    await asyncio.gather(*(files.hand_out(ANN, "stats", "a") for _ in range(5)))
    assert (tmp_path / "notebooks/ann/home/stats/a.ipynb").read_text() == "original"


async def test_into_the_workspace_that_all_share(store: Store, tmp_path: Path) -> None:
    files = course_files_of(settings(tmp_path, Workspaces.SHARED), store)
    await files.hand_out(SHARED, "stats", "")
    assert (tmp_path / "notebooks/stats/a.ipynb").read_text() == "original"


async def test_a_course_that_is_not_here_is_no_error(store: Store, tmp_path: Path) -> None:
    files = course_files_of(settings(tmp_path, Workspaces.SHARED), store)
    await files.hand_out(SHARED, "physics", "a")
    await files.hand_out(SHARED, "", "")
    await files.hand_out(SHARED, "😀" * 100, "a")
    assert not (tmp_path / "notebooks").exists()


class Gate:
    """Each copy of a file says that it began, and waits until it may go on."""

    def __init__(self) -> None:
        self.began, self.may_go_on, self.copies = Semaphore(0), Event(), 0

    async def wait(self) -> None:
        assert await asyncio.to_thread(self.began.acquire, timeout=5)


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    made, copy = Gate(), shutil.copyfileobj

    def slow(*arguments: object) -> None:
        made.copies += 1
        made.began.release()
        made.may_go_on.wait(10)
        copy(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(shutil, "copyfileobj", slow)
    yield made
    made.may_go_on.set()


async def test_a_copy_goes_on_when_its_request_is_gone(
    store: Store, tmp_path: Path, gate: Gate
) -> None:
    files = course_files_of(settings(tmp_path, Workspaces.SHARED), store)
    first = asyncio.ensure_future(files.hand_out(SHARED, "stats", "a"))
    await gate.wait()
    first.cancel()
    again = [asyncio.ensure_future(files.hand_out(SHARED, "stats", text)) for text in ("a", "")]
    await asyncio.wait(again, timeout=0.2)
    assert not any(task.done() for task in again)
    gate.may_go_on.set()
    await asyncio.gather(*again)
    assert gate.copies == 1
    assert [path.name for path in (tmp_path / "notebooks").iterdir()] == ["stats"]
    assert (tmp_path / "notebooks/stats/a.ipynb").read_text() == "original"


async def test_many_copies_leave_threads_for_everything_else(
    store: Store, tmp_path: Path, gate: Gate
) -> None:
    files = course_files_of(settings(tmp_path, Workspaces.PER_USER), store)
    people = [f"ann-{number}" for number in range(40)]
    for name in people:
        await add_user(store, name)
    work = [
        asyncio.ensure_future(files.hand_out(ServerName(n, "home"), "stats", "")) for n in people
    ]
    await asyncio.sleep(1)
    try:
        async with asyncio.timeout(2):
            await asyncio.to_thread(os.getpid)
    finally:
        gate.may_go_on.set()
    await asyncio.gather(*work)
    assert len(list((tmp_path / "notebooks").glob("*/home/stats/a.ipynb"))) == 40


async def test_who_waits_long_is_told_and_the_copy_goes_on(
    store: Store, tmp_path: Path, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = course_files_of(settings(tmp_path, Workspaces.SHARED), store)
    monkeypatch.setattr(course_files, "PATIENCE", 0.05, raising=False)
    for _ in range(2):
        with pytest.raises(ServerNotRunning, match="still being copied"):
            await files.hand_out(SHARED, "stats", "")
    monkeypatch.setattr(course_files, "PATIENCE", 10)
    gate.may_go_on.set()
    await files.hand_out(SHARED, "stats", "")
    assert gate.copies == 1


async def test_a_file_where_the_workspace_should_be_is_told(store: Store, tmp_path: Path) -> None:
    files = course_files_of(settings(tmp_path, Workspaces.SHARED), store)
    (tmp_path / "notebooks").touch()
    for _ in range(2):
        with pytest.raises(ServerNotRunning, match="Move it away"):
            await files.hand_out(SHARED, "stats", "a")


async def test_a_home_that_is_a_link_is_told(store: Store, tmp_path: Path) -> None:
    await add_user(store, "ann")
    files = course_files_of(settings(tmp_path, Workspaces.PER_USER), store)
    await files.hand_out(ANN, "stats", "")
    shutil.rmtree(tmp_path / "notebooks/ann/home")
    (tmp_path / "notebooks/ann/home").symlink_to("/etc")
    with pytest.raises(ServerNotRunning, match="Move it away"):
        await files.hand_out(ANN, "stats", "a")


async def test_the_operator_may_have_made_the_shared_folder_a_link(
    store: Store, tmp_path: Path
) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "notebooks").symlink_to("disk")
    files = course_files_of(settings(tmp_path, Workspaces.SHARED), store)
    await files.hand_out(SHARED, "stats", "")
    assert (tmp_path / "disk/stats/a.ipynb").exists()


async def test_a_big_course_follows_while_one_works(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(course_files, "FIRST_SECONDS", 0.0)
    monkeypatch.setattr(course_files, "SLICE_SECONDS", 0.0)
    made = settings(tmp_path, Workspaces.SHARED)
    for number in range(30):
        folder = made.data / f"courses/stats/w{number:02}"
        folder.mkdir()
        (folder / "b.ipynb").write_text(str(number))
    files = course_files_of(made, store)
    first = await files.hand_out(SHARED, "stats", "w20/b")
    assert not first.is_whole
    assert (tmp_path / "notebooks/stats/w20/b.ipynb").read_text() == "20"
    # Who comes meanwhile shares the work, and what they want goes before the rest.
    second = await files.hand_out(SHARED, "stats", "w29/b")
    assert (tmp_path / "notebooks/stats/w29/b.ipynb").read_text() == "29"
    assert second.added >= first.added
    async with asyncio.timeout(10):
        while not (await files.hand_out(SHARED, "stats", "")).is_whole:
            await asyncio.sleep(0.01)
    assert len(list((tmp_path / "notebooks/stats").rglob("*.ipynb"))) == 31


async def test_what_a_course_shares_is_linked(store: Store, tmp_path: Path) -> None:
    await add_user(store, "ann")
    made = settings(tmp_path, Workspaces.PER_USER)
    version = made.data / "course-versions/stats/v1"
    (version / "data").mkdir(parents=True)
    (version / "data/a.csv").write_text("1")
    (version / "a.ipynb").write_text("served")
    outline = Outline(static=("data",))
    await store.write(courses.add, Course("stats", "", 0.0, version="v1", outline=outline))
    delivery = await course_files_of(made, store).hand_out(ANN, "stats", "a")
    assert delivery.is_whole
    copy = tmp_path / "notebooks/ann/home/stats"
    assert (copy / "data").is_symlink()
    assert (copy / "data/a.csv").read_text() == "1"
    # Nobody's home: what counts, culls and gives accounts passes over it.
    assert not SLUG.fullmatch(SHARED_FOLDER)


async def test_jupyter_shows_what_is_behind_the_link(store: Store, tmp_path: Path) -> None:
    await test_what_a_course_shares_is_linked(store, tmp_path)
    home = tmp_path / "notebooks/ann/home"

    def look() -> tuple[list[str], str]:
        manager = FileContentsManager(root_dir=str(home))
        listed = manager.get("stats/data", type="directory")["content"]
        return [each["name"] for each in listed], manager.get("stats/data/a.csv")["content"]

    assert await asyncio.to_thread(look) == (["a.csv"], "1")


async def test_a_reset_waits_for_nobody_else_and_comes_from_what_is_served(
    store: Store, tmp_path: Path
) -> None:
    files = course_files_of(settings(tmp_path, Workspaces.SHARED), store)
    await files.hand_out(SHARED, "stats", "a")
    (tmp_path / "notebooks/stats/a.ipynb").write_text("mine")
    name = await files.reset(SHARED, "stats", "a.ipynb")
    assert (tmp_path / "notebooks/stats" / name).read_text() == "mine"
    moved = await files.reset(SHARED, "stats", "")
    assert (tmp_path / "notebooks" / moved / name).read_text() == "mine"
    assert (tmp_path / "notebooks/stats/a.ipynb").read_text() == "original"
    assert await files.clear(SHARED, "stats")
    with pytest.raises(NotFound):
        await files.reset(SHARED, "physics", "a.ipynb")


@pytest.mark.skipif(os.geteuid() != 0, reason="gives files to another account: needs root")
async def test_everything_in_a_home_is_its_accounts(store: Store, tmp_path: Path) -> None:
    await add_user(store, "ann")
    made = settings(tmp_path, Workspaces.PER_USER)
    files = course_files_of(made, store)
    home = tmp_path / "notebooks/ann/home"
    await files.hand_out(ANN, "stats", "a")
    (home / "stats/a.ipynb").write_text("mine")
    (made.data / "courses/stats/a.ipynb").write_text("second")
    (made.data / "courses/stats/w").mkdir()
    (made.data / "courses/stats/w/b.ipynb").write_text("b")
    await files.hand_out(ANN, "stats", "a")
    await files.reset(ANN, "stats", "a.ipynb")
    uid = home.stat().st_uid
    assert uid != 0
    assert {each.lstat().st_uid for each in home.rglob("*")} == {uid}
    assert len(list(home.rglob("*.ipynb"))) == 4
