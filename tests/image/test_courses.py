"""Courses in a container that is as strictly confined as it can be: added, launched, and kept."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import AbstractContextManager

import pytest

from tests.courses.environments import OFFLINE, make_wheel
from tests.image.building import Build
from tests.image.containers import STRICT_ROOT, Container, container, volumes
from tests.image.engine import Engine
from tests.image.git_host import PrivateHost
from tests.image.traces import forms_of, processes_that_show
from tests.system.isolated import own_range
from tests.system.person import Person

pytestmark = [pytest.mark.image, pytest.mark.timeout(240)]
PASSWORD = "correct horse battery"
NOTEBOOK = json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
LOOK = """
import json, os, sys, greeting
def owner(path):
    return os.lstat(path).st_uid
def write(path):
    try:
        open(path, "a").close()
    except OSError as refusal:
        return type(refusal).__name__
top = os.path.expanduser("~/lectures")
print(json.dumps({
    "account": os.getuid(),
    "word": greeting.WORD,
    "prefix": sys.prefix,
    "folder": os.getcwd(),
    "owners": [owner(top), owner(f"{top}/week"), owner(f"{top}/week/means.ipynb")],
    "table": open(f"{top}/data/table.csv").read(),
    "refused": [write(f"{top}/data/table.csv"), write(greeting.__file__)],
    "notes": open(f"{top}/week/notes.txt").read(),
}))
"""
OF_IMAGE = """
import json, os
path = os.path.expanduser("~/statistics/first.md")
print(json.dumps({"text": open(path).read(), "owner": os.stat(path).st_uid}))
"""
CHANGE = "import os; open(os.path.expanduser('~/lectures/week/notes.txt'), 'w').write('mine')"


@pytest.fixture(scope="module")
def address(private_host: PrivateHost, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A course with packages and a folder that is shared, behind a token."""
    folder = tmp_path_factory.mktemp("wheels")
    wheel = folder / make_wheel(folder, "greeting", code="WORD = 'hello'")
    private_host.add(
        "lectures",
        {
            "sifu.toml": 'title = "Lectures"\nstatic = ["data"]\n',
            "requirements.txt": f"{OFFLINE}greeting\n",
            f"wheels/{wheel.name}": wheel.read_bytes(),
            "week/means.ipynb": NOTEBOOK,
            "week/notes.txt": "the course's",
            "data/table.csv": "1,2\n",
        },
    )
    yield private_host.url("lectures")
    private_host.requests.clear()


async def test_a_private_course_from_adding_it_to_a_kernel_and_after_a_restart(
    docker: Engine, built: Build, address: str
) -> None:
    with volumes(docker) as mounted:
        accounts = own_range()  # a build of a neighbour's tests would end ours
        with strict(docker, built, mounted, accounts) as first:
            link = await asyncio.to_thread(add_course, first, address)
            async with await coming(first) as ann:
                first_look, *_ = await cells(ann, LOOK, CHANGE)
            see(first_look, "the course's", accounts)
            await see_course_of_image(first, link)
            shown = first.execute("sifu", "course", "show", "lectures")
            await asyncio.to_thread(first.stop)
        with strict(docker, built, mounted, accounts) as second:
            await asyncio.to_thread(second.wait_for_link)
            async with await coming(second) as ann:
                assert await ann.post("/courses/statistics/open/") == 200
                second_look, came = await cells(ann, LOOK, OF_IMAGE)
            see(second_look, "mine", accounts)
            assert first_look | {"notes": "mine"} == second_look
            assert came == {"text": "from the course\n", "owner": first_look["account"]}
            assert second.execute("sifu", "course", "show", "lectures") == shown
            assert "Traceback" not in second.log


async def test_where_all_are_one_account_a_course_works_and_says_what_a_build_may(
    docker: Engine, built: Build, address: str
) -> None:
    confined = ("--user=1000", "--cap-drop=ALL", "--read-only", "--tmpfs=/tmp")
    with container(docker, built.name, *confined) as running:
        link = await asyncio.to_thread(running.wait_for_link)
        await asyncio.to_thread(add, running, address)
        assert "the build runs as the same account as Sifu" in log_of_build(running)
        async with running.person() as admin:
            assert (await admin.visit(link))[0] == 200
            assert await admin.post("/courses/lectures/open/week/means") == 200
            code = "import greeting, json; print(json.dumps({'word': greeting.WORD}))"
            assert await cells(admin, code) == [{"word": "hello"}]
        assert "Traceback" not in running.log


def strict(
    docker: Engine, built: Build, mounted: tuple[str, str], accounts: str
) -> AbstractContextManager[Container]:
    """A container in which each person has an account."""
    chosen = {"SIFU_WORKSPACES": "per-user", "SIFU_UID_RANGE": accounts}
    return container(docker, built.name, *STRICT_ROOT, *mounted, command=(), **chosen)


def add_course(running: Container, address: str) -> str:
    """Add it, and have its packages installed by an account that no person has.

    Returns the link by which the administrator comes in.
    """
    link = running.wait_for_link()
    running.execute("sifu", "user", "add", "ann", "--password-stdin", text=PASSWORD)
    add(running, address)
    assert "same account as Sifu" not in log_of_build(running)
    assert processes_that_show(PrivateHost.TOKEN) == []
    assert not [form for form in forms_of(PrivateHost.TOKEN) if form in running.log]
    assert "Traceback" not in running.log
    return link


def add(running: Container, address: str) -> None:
    """Add the course by its token, and wait for its packages."""
    words = ("sifu", "course", "add", "lectures", address, "--open", "--token-file", "-")
    running.execute(*words, text=PrivateHost.TOKEN)
    told = running.execute("sifu", "course", "build", "lectures")
    assert told.startswith("Python (lectures): 1 package, "), told


def log_of_build(running: Container) -> str:
    """Return what the build said that an update of the course began: its second job."""
    return running.execute("sifu", "course", "log", "lectures", "--job", "2")


async def see_course_of_image(running: Container, link: str) -> None:
    """It is on the administrator's list, who lists a student for it."""
    async with running.person() as admin:
        assert (await admin.visit(link))[0] == 200
        status, _, text = await admin.visit(f"{running.front}/courses")
        assert status == 200
        assert 'href="/courses/statistics"' in text
        assert text.count("came with the image") == 1
    await asyncio.to_thread(running.execute, "sifu", "course", "student", "statistics", "ann")


async def coming(running: Container) -> Person:
    """Ann, who has just opened a notebook of the course."""
    ann = running.person()
    assert await ann.post("/sign-in", name="ann", password=PASSWORD) == 200
    assert await ann.post("/courses/lectures/open/week/means") == 200
    return ann


async def cells(ann: Person, *codes: str) -> list[dict[str, object]]:
    """Run them in a kernel of the course's notebook; return what they printed."""
    info = await ann.start_server()
    await ann.open_server(info["base_url"])
    async with ann.kernel(info["base_url"], "lectures/week/means.ipynb") as kernel:
        printed = [await kernel.run(code) for code in codes]
    return [json.loads(each) if each else {} for each in printed]


def see(look: dict[str, object], notes: str, accounts: str) -> None:
    """It is a copy of her own, the packages are the course's, and what is shared stays as it is."""
    account = look["account"]
    assert isinstance(account, int)
    first, last = map(int, accounts.split("-"))
    assert first <= account < last
    assert look["owners"] == [account] * 3
    assert str(look["prefix"]).startswith("/notebooks/.courses/environments/")
    assert (look["word"], look["table"], look["notes"]) == ("hello", "1,2\n", notes)
    assert look["folder"] == "/notebooks/ann/home/lectures/week"
    assert all(str(each).endswith("Error") for each in look["refused"])  # type: ignore[attr-defined]
