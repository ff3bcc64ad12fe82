"""Courses in a container that is as strictly confined as it can be: added, launched, and kept."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

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
CHANGE = "import os; open(os.path.expanduser('~/lectures/week/notes.txt'), 'w').write('mine')"


@pytest.fixture
def address(private_host: PrivateHost, tmp_path: Path) -> Iterator[str]:
    """A course with packages and a folder that is shared, behind a token."""
    wheel = tmp_path / make_wheel(tmp_path, "greeting", code="WORD = 'hello'")
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
        settings = settings_of_its_own()
        with container(docker, built.name, *STRICT_ROOT, *mounted, **settings) as first:
            await asyncio.to_thread(add_course, first, address)
            async with await coming(first) as ann:
                first_look, *_ = await cells(ann, LOOK, CHANGE)
            see(first_look, "the course's")
            shown = first.execute("sifu", "course", "show", "lectures")
            await asyncio.to_thread(first.stop)
        with container(docker, built.name, *STRICT_ROOT, *mounted, **settings) as second:
            await asyncio.to_thread(second.wait_for_link)
            async with await coming(second) as ann:
                (second_look,) = await cells(ann, LOOK)
            see(second_look, "mine")
            assert first_look | {"notes": "mine"} == second_look
            assert second.execute("sifu", "course", "show", "lectures") == shown
            told = second.execute("sifu", "course", "update", "lectures")
            assert "Traceback" not in told + second.log


def settings_of_its_own() -> dict[str, str]:
    """Accounts are the machine's: a build of a neighbour's test would end ours."""
    return {"SIFU_WORKSPACES": "per-user", "SIFU_UID_RANGE": own_range()}


def add_course(running: Container, address: str) -> None:
    """Add it by its token, and have its packages installed by an account that no person has."""
    running.wait_for_link()
    running.execute("sifu", "user", "add", "ann", "--password-stdin", text=PASSWORD)
    words = ("sifu", "course", "add", "lectures", address, "--open", "--token-file", "-")
    running.execute(*words, text=PrivateHost.TOKEN)
    told = running.execute("sifu", "course", "build", "lectures")
    assert told.startswith("Python (lectures): 1 package, "), told
    assert "same account as Sifu" not in running.execute("sifu", "course", "log", "lectures")
    assert processes_that_show(PrivateHost.TOKEN) == []
    assert not [form for form in forms_of(PrivateHost.TOKEN) if form in running.log]
    assert "Traceback" not in running.log


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


def see(look: dict[str, object], notes: str) -> None:
    """It is a copy of her own, the packages are the course's, and what is shared stays as it is."""
    account = look["account"]
    assert isinstance(account, int)
    assert account >= 100_000
    assert look["owners"] == [account] * 3
    assert str(look["prefix"]).startswith("/notebooks/.courses/environments/")
    assert (look["word"], look["table"], look["notes"]) == ("hello", "1,2\n", notes)
    assert look["folder"] == "/notebooks/ann/home/lectures/week"
    assert all(str(each).endswith("Error") for each in look["refused"])  # type: ignore[attr-defined]
