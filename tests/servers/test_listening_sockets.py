"""A restart under load: nobody is refused, because the socket outlives its processes."""

import asyncio
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from supervisor import events

from proxy.servers.listening_sockets import HeldSockets, hold
from proxy.servers.supervisor_rpc import SupervisorRpc
from tests.servers.supervision import supervision

PORT = 13401
_PROGRAM = """
import signal, socket, sys
listener = socket.socket(fileno=0)
stopping = []
signal.signal(signal.SIGTERM, lambda *_: stopping.append(1))
listener.settimeout(0.05)
while not stopping:
    try:
        connection, _ = listener.accept()
    except TimeoutError:
        continue
    with connection:
        connection.sendall(b"x")
"""
_SECTIONS = """
[rpcinterface:sockets]
supervisor.rpcinterface_factory=proxy.servers.listening_sockets:hold

[fcgi-program:front]
socket=tcp://127.0.0.1:{port}
command={python} {script}
startsecs=0
"""


@pytest.mark.system
async def test_a_restart_of_the_only_process_refuses_nobody(tmp_path: Path) -> None:
    script = tmp_path / "program.py"
    script.write_text(_PROGRAM)
    more = _SECTIONS.format(port=PORT, python=sys.executable, script=script)
    counts = {"x": 0, "": 0}
    ended = asyncio.Event()

    async def load() -> None:
        while not ended.is_set():
            reader, writer = await asyncio.open_connection("127.0.0.1", PORT)
            counts[(await reader.read(1)).decode()] += 1
            writer.close()

    with supervision(more) as supervised:
        await asyncio.to_thread(supervised.start)
        rpc = SupervisorRpc(supervised.places.supervisor_socket)
        async with asyncio.TaskGroup() as group:
            for _ in range(4):
                group.create_task(load())
            for _ in range(3):
                served = counts["x"]
                while counts["x"] == served:  # it runs: a signal before that may be lost
                    await asyncio.sleep(0.05)
                await rpc.call("supervisor.stopProcess", "front")
                await asyncio.sleep(0.2)
                await rpc.call("supervisor.startProcess", "front")
            ended.set()
    assert counts["x"] > 20
    assert counts[""] == 0


def answers() -> bool:
    """Does a program serve? A signal that comes before is lost."""
    try:
        with socket.create_connection(("127.0.0.1", PORT), timeout=10) as connection:
            return connection.recv(1) == b"x"
    except OSError:
        return False


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.system
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_the_terminal_stays_silent_when_everything_ends(
    tmp_path: Path, ending: signal.Signals
) -> None:
    script, terminal = tmp_path / "program.py", tmp_path / "terminal"
    script.write_text(_PROGRAM)
    with supervision(_SECTIONS.format(port=PORT, python=sys.executable, script=script)) as running:
        running.start(output=terminal)
        assert running.process is not None
        wait_for(answers)
        running.process.send_signal(ending)
        assert running.process.wait(20) == 0
        log = (running.places.run / "supervisord.log").read_text()
    assert terminal.read_text() == ""
    assert "Closing socket" in log.splitlines()[-1]


@pytest.mark.system
def test_a_reloaded_supervisord_listens_again(tmp_path: Path) -> None:
    script, terminal = tmp_path / "program.py", tmp_path / "terminal"
    script.write_text(_PROGRAM)
    with supervision(_SECTIONS.format(port=PORT, python=sys.executable, script=script)) as running:
        running.start(output=terminal)
        assert running.process is not None
        wait_for(answers)
        log = running.places.run / "supervisord.log"
        running.process.send_signal(signal.SIGHUP)
        wait_for(lambda: log.read_text().count("supervisord started") == 2)
        wait_for(answers)
        running.process.send_signal(signal.SIGINT)
        assert running.process.wait(20) == 0
    assert terminal.read_text() == ""


@pytest.fixture
def _no_subscribers() -> Iterator[None]:
    yield
    events.clear()


@pytest.mark.usefixtures("_no_subscribers")
def test_only_groups_with_a_socket_are_held_until_the_end() -> None:
    class Manager:
        held = 0

        def get_socket(self) -> object:
            self.held += 1
            return object()

    class Group:
        pass

    class WithSocket(Group):
        socket_manager = Manager()

    supervisord = SimpleNamespace(process_groups={"server": Group(), "front": WithSocket()})
    held = hold(supervisord)
    assert isinstance(held, HeldSockets)
    assert WithSocket.socket_manager.held == len(held._references) == 1
    events.notify(events.SupervisorStoppingEvent())
    assert held._references == []
