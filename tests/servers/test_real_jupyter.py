"""The manager with a real supervisord and real Jupyter servers and kernels."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import psutil
import pytest

from proxy.core.clock import system_clock
from proxy.core.lifecycle import State
from proxy.servers.manager import ServerManager
from proxy.servers.opening import open_manager
from proxy.settings import Settings
from proxy.store.database import Store
from proxy.store.records import ServerRecord
from tests.servers.fakes import ADA, BOB
from tests.servers.jupyter_client import XSRF, client_of
from tests.servers.supervision import Supervision, supervision

pytestmark = pytest.mark.system

STUBBORN = """
import signal, subprocess, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen(["sleep", "1000"], start_new_session=True)
print(child.pid, flush=True)
while True:
    time.sleep(1)
"""


@pytest.fixture
def supervised(monkeypatch: pytest.MonkeyPatch) -> Iterator[Supervision]:
    more = "[eventlistener:watch]\ncommand={python} -m proxy.servers.fatal_listener\n"
    more += "events=PROCESS_STATE_FATAL,SUPERVISOR_STATE_CHANGE_STOPPING\n"
    with supervision(more.format(python=sys.executable)) as made:
        monkeypatch.setenv("SIFU_RUN", str(made.places.run))
        monkeypatch.setenv("SIFU_LOG_FOLDER", str(made.places.logs))
        monkeypatch.setenv("SIFU_SECRET", "our-secret-our-secret-our-secret-1")
        made.start()
        yield made


@pytest.fixture
def settings(supervised: Supervision) -> Settings:
    return Settings(
        data=supervised.places.run,
        notebooks=supervised.places.run / "notebooks",
        autosave_interval=17,
        lms_origins=("https://lms.example.org",),
    )


@pytest.fixture
async def manager(settings: Settings, store: Store) -> AsyncIterator[ServerManager]:
    async with opened(settings, store) as made:
        yield made


def opened(settings: Settings, store: Store) -> AbstractAsyncContextManager[ServerManager]:
    return open_manager(settings, store, system_clock)


async def start(manager: ServerManager) -> ServerRecord:
    await manager.start(ADA)
    record = await manager.wait(ADA)
    assert record.state is State.READY, record.reason
    return record


async def is_alive(pid: int) -> bool:
    def look() -> bool:
        try:
            return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False

    return await asyncio.to_thread(look)


async def environment_of(pid: int) -> dict[str, str]:
    return await asyncio.to_thread(lambda: psutil.Process(pid).environ())


async def test_ten_starts_at_once_start_one_and_it_believes_the_header_alone(
    manager: ServerManager, supervised: Supervision
) -> None:
    outcomes = await asyncio.gather(*(manager.start(ADA) for _ in range(10)))
    assert [outcome.created for outcome in outcomes].count(True) == 1
    record = await manager.wait(ADA)
    processes = await asyncio.to_thread(
        lambda: psutil.Process(supervised.process.pid if supervised.process else 0).children()
    )
    assert len([child for child in processes if child.pid == record.pid]) == 1
    assert len(processes) == 2  # and the event listener

    async with client_of(record) as jupyter:
        signed, foreign = jupyter.headers, {"Origin": "https://evil.example.org"}
        assert (await jupyter.ask("GET", "api/status"))[0] == 200
        for unsigned in ({}, {"Authorization": "token "}, {"X-Sifu-Identity": "x"}):
            for path in ("api/status", "lab", "files/x", "api", "static/favicons/favicon.ico"):
                assert (await jupyter.ask("GET", path, unsigned))[0] == 403, path
        refused = [
            await jupyter.ask("POST", "api/terminals", signed),
            await jupyter.ask("POST", "api/terminals", signed | XSRF | {"X-XSRFToken": "other"}),
            await jupyter.ask("POST", "api/terminals", signed | XSRF | foreign),
            await jupyter.ask("GET", "api/contents", signed | foreign),
        ]
        assert [status for status, _ in refused] == [403, 403, 404, 404]
        assert (await jupyter.ask("POST", "api/terminals"))[0] == 200
        _, me = await jupyter.ask("GET", "api/me")
        assert me["identity"]["display_name"] == "Ada"

    async with client_of(ServerRecord(BOB, address=record.address, identity_key="x" * 43)) as other:
        assert (await other.ask("GET", "../../ada/home/api/status"))[0] in {403, 404}


async def test_jupyterlab_gets_our_defaults(manager: ServerManager) -> None:
    async with client_of(await start(manager)) as jupyter:
        url = "lab/api/settings/@jupyterlab/"
        _, saving = await jupyter.ask("GET", url + "docmanager-extension:plugin")
        assert saving["schema"]["properties"]["autosaveInterval"]["default"] == 17
        _, news = await jupyter.ask("GET", url + "apputils-extension:notification")
        assert news["schema"]["properties"]["fetchNews"]["default"] == "false"
        status, page = await jupyter.ask("GET", "lab")
        assert status == 200
        assert '"quitButton": false' in page


async def test_notebook_7_is_there_and_gets_the_same(
    manager: ServerManager, settings: Settings
) -> None:
    home = settings.notebooks / "ada/home"
    await asyncio.to_thread(home.mkdir, parents=True)
    await asyncio.to_thread((home / "kept.py").write_text, "# %%\n1\n")
    async with client_of(await start(manager)) as jupyter:
        for path in ("tree", "notebooks/a.ipynb", "doc/tree/a.ipynb", "lab/tree/a.ipynb"):
            status, page = await jupyter.ask("GET", path)
            assert status == 200, path
            assert "sifu-coming-back" in page, path
        assert (await jupyter.ask("GET", ""))[0] == 302  # on to JupyterLab
        _, file = await jupyter.ask("GET", "api/contents/kept.py")
        assert file["type"] == "file"
        url = "lab/api/settings/@jupyterlab/docmanager-extension:plugin"
        _, saving = await jupyter.ask("GET", url)
        assert saving["schema"]["properties"]["autosaveInterval"]["default"] == 17


async def test_no_secret_is_in_the_environment_of_jupyter_or_a_kernel(
    manager: ServerManager,
) -> None:
    record = await start(manager)
    async with client_of(record) as jupyter:
        kernel = await jupyter.start_kernel()
        pid = int(await jupyter.execute(kernel, "import os; print(os.getpid(), flush=True)"))
    assert record.pid is not None
    for found in (await environment_of(record.pid), await environment_of(pid)):
        assert {"PATH", "HOME"} <= set(found)
        # Where kernels report scores to; whoever asks there is known by their account.
        ours = {name for name in found if name.startswith("SIFU_")}
        assert ours <= {"NOTEBOOK_SCORES"}
        assert not [value for value in found.values() if record.identity_key in value]
        assert "our-secret" not in str(found)


async def test_a_killed_jupyter_is_failed_with_a_reason_and_its_log(
    manager: ServerManager, store: Store
) -> None:
    record = await start(manager)
    assert record.pid is not None
    os.kill(record.pid, signal.SIGKILL)
    async with asyncio.timeout(10):
        while (found := await manager.get(ADA)) and found.state is State.READY:
            await asyncio.sleep(0.1)
    assert found is not None
    assert (found.state, "killed from outside" in found.reason) == (State.FAILED, True)
    assert any("Jupyter Server" in line for line in await manager.log_tail(ADA, 50))
    assert (await start(manager)).pid != record.pid


async def test_a_killed_supervisord_costs_no_kernel(
    supervised: Supervision, settings: Settings, store: Store
) -> None:
    async with opened(settings, store) as manager:
        record = await start(manager)
        async with client_of(record) as jupyter:
            kernel = await jupyter.start_kernel()
            assert await jupyter.execute(kernel, "kept = 41; print('set', flush=True)") == "set\n"
    await asyncio.to_thread(supervised.kill)
    await asyncio.to_thread(supervised.start)

    async with opened(settings, store) as manager:
        found = await manager.get(ADA)
        assert found is not None
        assert (found.state, found.pid) == (State.READY, record.pid)
        assert not (await manager.start(ADA)).created
        async with client_of(found) as jupyter:
            assert await jupyter.execute(kernel, "print(kept + 1, flush=True)") == "42\n"
        await manager.stop(ADA)
        assert record.pid is not None
        assert not await is_alive(record.pid)


async def test_a_stop_ends_a_kernel_that_will_not_and_what_it_started(
    manager: ServerManager, supervised: Supervision
) -> None:
    record = await start(manager)
    async with client_of(record) as jupyter:
        kernel = await jupyter.start_kernel()
        kernel_pid = int(await jupyter.execute(kernel, "import os; print(os.getpid(), flush=True)"))
        child = int(await jupyter.execute(kernel, STUBBORN))
    began = time.monotonic()
    stopped = await manager.stop(ADA)
    assert stopped.state is State.STOPPED
    assert time.monotonic() - began < 20
    assert record.pid is not None
    for pid in (record.pid, kernel_pid, child):
        assert not await is_alive(pid)
    assert not await asyncio.to_thread(supervised.places.program_file(ADA).exists)


async def test_an_interrupted_start_is_finished_by_the_next_front(
    settings: Settings, store: Store
) -> None:
    async with opened(settings, store) as manager:
        await manager.start(ADA)
        await asyncio.sleep(0.4)
    async with opened(settings, store) as manager:
        async with asyncio.timeout(40):
            assert (await manager.wait(ADA)).state is State.READY


async def test_ctrl_c_leaves_no_process(
    supervised: Supervision, settings: Settings, store: Store
) -> None:
    async with opened(settings, store) as manager:
        await asyncio.gather(manager.start(ADA), manager.start(BOB))
        records = [await manager.wait(ADA), await manager.wait(BOB)]
        async with client_of(records[0]) as jupyter:
            kernel = await jupyter.start_kernel()
            child = int(await jupyter.execute(kernel, STUBBORN))
        assert supervised.process is not None
        supervised.process.send_signal(signal.SIGINT)
        assert await asyncio.to_thread(supervised.process.wait, 10) == 0
        pids = [record.pid for record in records] + [child]
        assert [pid for pid in pids if pid and await is_alive(pid)] == []
        assert [record.state for record in await manager.list_all()] == [State.READY] * 2
    run: Path = supervised.places.run
    assert await asyncio.to_thread((run / "stopping").exists)
