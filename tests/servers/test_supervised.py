"""The spawner over a real supervisord and real Jupyter."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from proxy.core.clock import system_clock
from proxy.core.errors import ServerNotRunning
from proxy.servers import processes
from proxy.servers.jupyter_api import JupyterApi
from proxy.servers.places import Places
from proxy.servers.readiness import await_answer
from proxy.servers.spawner import Alive, Gone, ServerSpec
from proxy.servers.supervised import SupervisedSpawner
from proxy.servers.supervisor_rpc import SupervisorRpc
from tests.servers.fakes import ADA, BOB, KEY
from tests.servers.spawner_contract import check_contract
from tests.servers.supervision import Supervision, supervision

pytestmark = pytest.mark.system


FORK_SERVER = """
[program:fork-server]
command={python} -I -m proxy.notebook.fork_server {run}/fork.sock
startretries=1000
"""


@pytest.fixture(params=[False, True], ids=["by-exec", "forked"])
def supervised(request: pytest.FixtureRequest) -> Iterator[Supervision]:
    with supervision() as made:
        if request.param:
            add_fork_server(made)
        made.start()
        if request.param:
            await_socket(made.places.fork_socket)
        yield made


def add_fork_server(made: Supervision) -> None:
    text = FORK_SERVER.format(python=sys.executable, run=made.places.run)
    (made.places.programs / "fork-server.conf").write_text(text)


def await_socket(path: Path) -> None:
    deadline = time.monotonic() + 60
    while not path.exists():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def spawner_over(places: Places) -> SupervisedSpawner:
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(places.run / "people's home; 100%")}
    return SupervisedSpawner(
        places,
        SupervisorRpc(places.supervisor_socket),
        system_clock,
        environment,
        forks=(places.programs / "fork-server.conf").exists(),
    )


def spec_in(places: Places) -> ServerSpec:
    return ServerSpec(ADA, places.run / "notebooks", KEY, environment={"HANDED_ON": "yes"})


async def ready(spawner: SupervisedSpawner, alive: Alive) -> JupyterApi:
    api = JupyterApi(ADA, alive.address, alive.identity_key, system_clock)
    reason = await await_answer(
        api.answers, lambda: spawner.poll(ADA), seconds=40, random=lambda: 0.5
    )
    assert reason is None
    return api


async def test_it_keeps_the_contract(supervised: Supervision) -> None:
    places = supervised.places
    await check_contract(lambda: spawner_over(places), spec_in(places))
    assert not places.program_file(ADA).exists()
    assert not places.server_folder(ADA).exists()


async def test_a_server_that_ends_by_itself_is_gone_with_its_exit_code(
    supervised: Supervision,
) -> None:
    places = supervised.places
    spawner = spawner_over(places)
    alive = await spawner.start(spec_in(places))
    await ready(spawner, alive)
    await JupyterApi(ADA, alive.address, KEY, system_clock).shutdown()
    assert await gone(spawner) == Gone("Jupyter ended by itself with exit code 0.")


async def test_a_killed_server_is_gone_with_a_guess(supervised: Supervision) -> None:
    places = supervised.places
    spawner = spawner_over(places)
    alive = await spawner.start(spec_in(places))
    os.kill(alive.pid, signal.SIGKILL)
    assert "killed from outside" in (await gone(spawner)).reason


async def test_what_cannot_be_started_is_refused_in_words(supervised: Supervision) -> None:
    places = supervised.places
    places.server_logs.parent.joinpath("servers").rmdir()
    places.logs.joinpath("servers").write_text("in the way")
    with pytest.raises(ServerNotRunning):
        await spawner_over(places).start(spec_in(places))


async def test_an_orphan_is_adopted_with_its_kernel_and_stopped_with_it(
    supervised: Supervision,
) -> None:
    places = supervised.places
    spawner = spawner_over(places)
    alive = await spawner.start(spec_in(places))
    await ready(spawner, alive)
    child = await asyncio.to_thread(psutil.Process, alive.pid)
    supervised.kill()
    supervised.start()

    other = spawner_over(places)
    assert await other.poll(ADA) == alive
    assert await other.start(spec_in(places)) == alive
    assert await other.poll(BOB) == Gone()

    await other.stop(ADA)
    assert not await asyncio.to_thread(processes.is_live, child)
    assert await other.poll(ADA) == Gone()


async def test_a_stopped_process_that_hears_nothing_is_killed(supervised: Supervision) -> None:
    places = supervised.places
    spawner = spawner_over(places)
    alive = await spawner.start(spec_in(places))
    os.kill(alive.pid, signal.SIGSTOP)
    async with asyncio.timeout(30):
        await spawner.stop(ADA)
    assert not psutil.pid_exists(alive.pid)


async def test_another_run_is_not_touched(supervised: Supervision, short_path: Path) -> None:
    spawner = spawner_over(supervised.places)
    alive = await spawner.start(spec_in(supervised.places))
    elsewhere = Places(run=short_path, logs=short_path, python=supervised.places.python)
    look = asyncio.to_thread
    assert await look(processes.find_notebooks, elsewhere.servers) == []
    found = await look(processes.find_notebooks, supervised.places.servers)
    assert [process.pid for process in found] == [alive.pid]


async def gone(spawner: SupervisedSpawner) -> Gone:
    async with asyncio.timeout(10):
        while isinstance(status := await spawner.poll(ADA), Alive):
            await asyncio.sleep(0.1)
    return status
