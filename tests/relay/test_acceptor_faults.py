"""What a crowd, a full disk, or a machine that started anew does to the sharing of connections."""

import asyncio
import socket
import subprocess
import sys
from pathlib import Path
from typing import cast

from proxy.relay.acceptor import Acceptor
from proxy.relay.siblings import SLOTS, Siblings

# Says that it has no connection, and is then stopped, or waits.
_SAY = """
import sys
from pathlib import Path
from proxy.relay.siblings import Siblings
siblings = Siblings(Path(sys.argv[1]))
siblings.tell(0, float(sys.argv[2]))
print(siblings._slot, flush=True)
sys.stdin.read()
"""


def say(path: Path, now: float) -> subprocess.Popen[bytes]:
    """Start a process that has said at `now` that it has no connection."""
    command = [sys.executable, "-c", _SAY, str(path), str(now)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline()
    return process


def test_what_was_said_before_the_machine_started_anew_is_not_believed(tmp_path: Path) -> None:
    """The file outlives the clock that it is about."""
    siblings = Siblings(tmp_path / "relays")
    process = say(tmp_path / "relays", 1e6)
    siblings.look(100.0)
    assert siblings.least() is None
    siblings.look(1e6)
    assert siblings.least() == 0
    process.communicate(b"")


def test_the_file_has_its_room_before_anybody_writes_to_it(tmp_path: Path) -> None:
    """On a full disk a write into a hole would be the end of the process (SIGBUS)."""
    Siblings(tmp_path / "relays")
    found = (tmp_path / "relays").stat()
    assert found.st_size >= SLOTS * 16
    assert found.st_blocks > 0


class Absent:
    """A sibling that says it has nothing, and takes nothing."""

    def tell(self, count: int, now: float) -> None: ...
    def look(self, now: float) -> None: ...
    def leave(self) -> None: ...
    def least(self) -> int:
        return 0


async def test_a_crowd_does_not_wait_in_file_for_a_sibling_that_hangs() -> None:
    listener = socket.create_server(("127.0.0.1", 0), backlog=4096)
    listener.setblocking(False)
    taken: list[asyncio.Protocol] = []

    def make() -> asyncio.Protocol:
        taken.append(asyncio.Protocol())
        return taken[-1]

    siblings = cast(Siblings, Absent())
    acceptor = Acceptor(listener, make, lambda: len(taken), siblings)
    await acceptor.open()
    crowd = [socket.create_connection(listener.getsockname()) for _ in range(200)]
    loop = asyncio.get_running_loop()
    began = loop.time()
    async with asyncio.timeout(5):
        while len(taken) < len(crowd):
            await asyncio.sleep(0.002)
    took = loop.time() - began
    acceptor.close()
    for each in (*crowd, listener):
        each.close()
    assert took < 0.2
