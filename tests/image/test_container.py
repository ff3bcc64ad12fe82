"""A container of the image does what an installation does, as strictly confined as it can be."""

import asyncio
import json
import os
import time

import pytest

from tests.image.building import Build
from tests.image.containers import STRICT, STRICT_ROOT, Container, container, volumes
from tests.image.engine import Engine
from tests.image.git_host import PrivateHost
from tests.image.traces import forms_of, processes_that_show
from tests.image.walk import FORTY_TWO, walk

pytestmark = [pytest.mark.image, pytest.mark.timeout(240)]
STOP_SECONDS = 10  # what `docker stop` waits unless told otherwise
PASSWORD = "correct horse battery"
# Leaves its grandchild behind: whoever is process 1 inherits it, and must bury it.
ORPHAN = """
import subprocess, sys
code = '''
import os, time
os.setsid()
if os.fork():
    os._exit(0)
time.sleep(0.5)
open("/notebooks/parent", "w").write(str(os.getppid()))
'''
subprocess.run([sys.executable, "-c", code])
"""
LOOK_AROUND = (
    "import json, os, site\n"
    "found = [os.getuid(), dict(os.environ), site.ENABLE_USER_SITE, os.listdir('/notebooks')]\n"
    "print(json.dumps(found))"
)


async def test_the_walk_strictly_confined_and_again_after_a_restart(
    docker: Engine, built: Build
) -> None:
    with volumes(docker) as mounted:
        with container(docker, built.name, *STRICT, *mounted) as first:
            link = await asyncio.to_thread(first.wait_for_link)
            async with first.person() as person:
                cells = (
                    FORTY_TWO,
                    LOOK_AROUND,
                    "open('/notebooks/kept.txt', 'w').write('kept')",
                    ORPHAN,
                )
                _, (printed, found, *_) = await walk(person, link, *cells)
                assert printed == "42\n"
                see_surroundings(found)
                await asyncio.to_thread(see_processes, first)
            first.execute("sifu", "user", "passwd", "admin", "--password-stdin", text=PASSWORD)
            # The volumes are not root's, nor is anything that was made as root.
            assert first.execute("find", "/data", "/notebooks", "-user", "root", user="1000") == ""
            await asyncio.to_thread(see_health, first)
            took, status = await asyncio.to_thread(first.stop)
            assert (took < STOP_SECONDS, status) == (True, 0), first.log
        with container(docker, built.name, *STRICT, *mounted) as second:
            link = await asyncio.to_thread(second.wait_for_link)
            async with second.person() as person:
                assert await person.post("/sign-in", name="admin", password=PASSWORD) == 200
                assert second.execute("cat", "/notebooks/kept.txt", user="1000") == "kept"


def see_surroundings(found: str) -> None:
    """A kernel is no root, knows none of our settings, and finds the course."""
    uid, environment, own_packages, listed = json.loads(found)
    assert uid == 1000
    # Where the module `sifu` is, and nothing that the image's own Python was told.
    assert environment.pop("PYTHONPATH").endswith("/proxy/notebook/kernels")
    assert not [name for name in environment if name.startswith(("SIFU", "PYTHON", "DEPLOYMENT"))]
    assert environment["HOME"] == "/data/home"
    assert own_packages  # `pip install` in a notebook has a place
    assert "statistics" in listed


def see_processes(running: Container) -> None:
    """supervisord is process 1, nobody is root, no orphan stays unburied, no token is shown."""
    time.sleep(1.5)
    assert running.execute("cat", "/notebooks/parent", user="1000") == "1"
    listed = [each for each in running.processes() if "glob.glob" not in each[4]]
    (first,) = (each for each in listed if each[0] == "1")
    assert "supervised_run" in first[4]
    assert {uid for _, _, uid, _, _ in listed} == {"1000"}
    assert [each for each in listed if each[3] == "Z"] == []
    assert processes_that_show(PrivateHost.TOKEN) == []
    assert not [form for form in forms_of(PrivateHost.TOKEN) if form in running.log]


def see_health(running: Container) -> None:
    running.wait_for(lambda: running.health == "healthy", "health", seconds=30)
    assert "front and relay answer" in str(running.state["Health"]["Log"])


def test_as_another_account_from_the_start(docker: Engine, built: Build) -> None:
    confined = ("--user=1000", "--cap-drop=ALL", "--read-only", "--tmpfs=/tmp")
    with container(docker, built.name, *confined) as running:
        running.wait_for_link()
        assert "admin" in running.execute("sifu", "user", "list")
        assert {uid for _, _, uid, _, _ in running.processes()} == {"1000"}


async def test_a_folder_of_mine_stays_mine(docker: Engine, built: Build, tmp_path) -> None:
    """`-v "$PWD:/notebooks"`: the account is whoever owns the folder, known by name or not."""
    mine = tmp_path / "mine"
    mine.mkdir()
    for level in (tmp_path, *tmp_path.parents[:2]):
        level.chmod(0o755)
    os.chown(mine, 4321, 4322)
    with container(docker, built.name, *STRICT, f"--volume={mine}:/notebooks") as running:
        link = await asyncio.to_thread(running.wait_for_link)
        async with running.person() as person:
            _, (printed,) = await walk(person, link, "open('/notebooks/a.txt', 'w'); print(6*7)")
        assert printed == "42\n"
    left = {path.name: path.stat().st_uid for path in mine.iterdir()}
    assert left["a.txt"] == left["statistics"] == 4321
    assert not [name for name in left if name.startswith(".") and "checkpoint" not in name]


async def test_each_person_has_an_account_of_their_own(docker: Engine, built: Build) -> None:
    """Two people in one container: their kernels are two accounts that see nothing of ours."""
    tries = (
        "import json, os\n"
        "def look(path):\n"
        "    try:\n"
        "        return os.listdir(path)\n"
        "    except OSError as refusal:\n"
        "        return type(refusal).__name__\n"
        "print(json.dumps([os.getuid(), look('/data'), look('/notebooks'), os.environ['HOME']]))"
    )
    with container(docker, built.name, *STRICT_ROOT, SIFU_WORKSPACES="per-user") as running:
        link = await asyncio.to_thread(running.wait_for_link)
        second = running.execute("sifu", "user", "add", "ann", "--link").split()[-1]
        seen = []
        for way_in in (link, second):
            async with running.person() as person:
                _, (printed,) = await walk(person, way_in, tries)
                seen.append(json.loads(printed))
        assert len({uid for uid, *_ in seen}) == len(seen)
        assert all(uid >= 100_000 for uid, *_ in seen)
        assert [closed for _, *closed, _ in seen] == [["PermissionError"] * 2] * 2
        assert [home for *_, home in seen] == ["/notebooks/admin/home", "/notebooks/ann/home"]
        took, status = await asyncio.to_thread(running.stop)
        assert (took < STOP_SECONDS, status) == (True, 0), running.log


def test_a_root_that_may_not_give_accounts_is_told_what_it_lacks(
    docker: Engine, built: Build
) -> None:
    with container(docker, built.name, *STRICT, SIFU_WORKSPACES="per-user") as running:
        assert running.wait_until_ended() == 1
        assert "lacks DAC_OVERRIDE FOWNER KILL" in running.log


def test_without_root_nobody_is_kept_apart_and_that_is_refused(
    docker: Engine, built: Build
) -> None:
    with container(docker, built.name, "--user=1000", SIFU_WORKSPACES="per-user") as running:
        assert running.wait_until_ended() == 1
        assert "SIFU_ALLOW_UNISOLATED=1" in running.log


def test_data_of_another_account_is_refused_with_what_to_do(
    docker: Engine, built: Build, tmp_path
) -> None:
    with volumes(docker) as (data, _), container(docker, built.name, data) as first:
        first.wait_for_link()
        first.stop()
        os.chown(tmp_path, 4321, 4322)
        with container(docker, built.name, data, f"--volume={tmp_path}:/notebooks") as second:
            assert second.wait_until_ended() == 1
            assert "SIFU_DATA: /data belongs to account 1000:1000" in second.log
            assert "chown -R 4321:4322" in second.log


def test_without_the_capabilities_to_leave_root(docker: Engine, built: Build) -> None:
    with container(docker, built.name, "--cap-drop=ALL") as running:
        assert running.wait_until_ended() == 1
        assert "SETUID, SETGID and CHOWN" in running.log
        assert "Traceback" not in running.log


def test_a_wrong_setting_ends_it_with_a_sentence(docker: Engine, built: Build) -> None:
    with container(docker, built.name, SIFU_RELAY_WORKERS="many") as running:
        assert running.wait_until_ended() == 1
        assert "SIFU_RELAY_WORKERS" in running.log
        assert "Traceback" not in running.log


def test_any_command_runs_as_the_account(docker: Engine, built: Build) -> None:
    done = docker.run("run", "--rm", "--network=none", built.name, "sh", "-c", "id -un; echo $HOME")
    assert done.splitlines()[-2:] == ["sifu", "/data/home"]


def test_health_and_end_follow_what_happens_inside(docker: Engine, built: Build) -> None:
    """A front that hangs is unhealthy; one that cannot run at all ends the container, badly."""
    checks = ("--health-interval=1s", "--health-retries=2", "--health-timeout=6s")
    with container(docker, built.name, *checks) as running:
        running.wait_for_link()
        running.wait_for(lambda: running.health == "healthy", "health")
        running.execute("sh", "-c", f"kill -STOP {front_of(running)}")
        running.wait_for(lambda: running.health == "unhealthy", "sickness")
        assert "front on port" in str(running.state["Health"]["Log"])
        running.execute("sh", "-c", f"kill -CONT {front_of(running)}")
        running.wait_for(lambda: running.health == "healthy", "recovery")
        # Now it cannot start again: its program is not there any more.
        look = "import proxy.front_app as it; print(it.__file__)"
        path = running.execute("python", "-c", look)
        running.execute("mv", path, f"{path}.gone")
        running.execute("sh", "-c", f"kill -KILL {front_of(running)}")
        assert running.wait_until_ended() == 1
        assert "front cannot run" in running.log or "FATAL" in running.log


def front_of(running: Container) -> str:
    (pid,) = (each[0] for each in running.processes() if "proxy.front_app" in each[4])
    return pid
