import asyncio
from collections.abc import Callable
from typing import Any, cast

from proxy.relay.outbox import Outbox


class Wire:
    """Keeps what is written; refuses when it is closed, as uvloop does."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.closed = False
        self.on_write: Callable[[], None] | None = None

    def is_closing(self) -> bool:
        return self.closed

    def close(self) -> None:
        self.closed = True

    def write(self, data: bytes) -> None:
        assert not self.closed
        self.sent.append(data)
        if self.on_write is not None:
            self.on_write()


def send(outbox: Outbox, wire: Wire, data: bytes) -> None:
    outbox.send(cast(Any, wire), data)


def test_what_is_sent_in_a_round_goes_out_once_at_its_end_in_order() -> None:
    rounds: list[Callable[[], None]] = []
    outbox, first, second = Outbox(rounds.append), Wire(), Wire()
    send(outbox, first, b"1")
    send(outbox, second, b"2")
    send(outbox, first, b"3")
    assert (first.sent, second.sent, len(rounds)) == ([], [], 1)
    rounds[0]()
    assert (first.sent, second.sent) == ([b"1", b"3"], [b"2"])


def test_a_connection_that_closed_meanwhile_is_left_alone() -> None:
    outbox, gone, other = Outbox(lambda _: None), Wire(), Wire()
    send(outbox, gone, b"1")
    send(outbox, other, b"2")
    gone.closed = True
    outbox.flush()
    assert (gone.sent, other.sent) == ([], [b"2"])


def test_what_is_sent_while_others_are_sent_waits_for_the_next_round() -> None:
    rounds: list[Callable[[], None]] = []
    outbox, wire = Outbox(rounds.append), Wire()

    def answer() -> None:
        if len(wire.sent) == 1:
            send(outbox, wire, b"2")

    wire.on_write = answer
    send(outbox, wire, b"1")
    rounds.pop()()
    assert wire.sent == [b"1"]
    rounds.pop()()
    assert wire.sent == [b"1", b"2"]


async def test_a_task_that_is_woken_after_it_writes_after_it() -> None:
    loop = asyncio.get_running_loop()
    outbox, wire = Outbox(loop.call_soon), Wire()
    woken = loop.create_future()

    async def wait_and_write() -> None:
        await woken
        wire.write(b"2")

    waiting = asyncio.ensure_future(wait_and_write())
    await asyncio.sleep(0)
    send(outbox, wire, b"1")
    woken.set_result(None)
    await waiting
    assert wire.sent == [b"1", b"2"]


def test_what_ends_is_closed_after_all_that_is_sent() -> None:
    rounds: list[Callable[[], None]] = []
    outbox, ending, other = Outbox(rounds.append), Wire(), Wire()
    outbox.close(cast(Any, ending))
    send(outbox, ending, b"last")
    send(outbox, other, b"more")
    assert [ending.closed] == [False]
    for end_round in rounds:
        end_round()
    assert ending.closed
    assert not other.closed
    assert (ending.sent, other.sent) == ([b"last"], [b"more"])
