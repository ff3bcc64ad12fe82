"""A restart under load: nobody is refused, because the socket outlives its processes."""

import asyncio
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

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


def test_only_groups_with_a_socket_are_held() -> None:
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
    assert isinstance(hold(supervisord), HeldSockets)
    assert WithSocket.socket_manager.held == 1
