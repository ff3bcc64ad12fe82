"""Waiting for the first answer."""

import asyncio

from proxy.servers.readiness import await_answer
from proxy.servers.spawner import Alive, Gone

ALIVE = Alive(1, "/x", "key")


class Server:
    """Answers from the n-th question on; may be gone from the m-th look on."""

    def __init__(
        self, *, answers_after: int = 10**6, gone_after: int = 10**6, why: str = ""
    ) -> None:
        self.asked = 0
        self.looked_at = 0
        self._answers_after = answers_after
        self._gone_after = gone_after
        self._why = why

    async def answers(self) -> bool:
        self.asked += 1
        return self.asked > self._answers_after

    async def poll(self) -> Alive | Gone:
        self.looked_at += 1
        return Gone(self._why) if self.looked_at > self._gone_after else ALIVE

    async def wait(self, seconds: float) -> str | None:
        return await await_answer(self.answers, self.poll, seconds=seconds, random=lambda: 0.0)


async def test_it_ends_with_the_first_answer() -> None:
    server = Server(answers_after=2)
    assert await server.wait(5) is None
    assert server.asked == 3


async def test_it_ends_when_the_process_does() -> None:
    assert await Server(gone_after=1, why="exit code 3").wait(5) == "exit code 3"
    assert await Server(gone_after=0).wait(5) == "Jupyter ended before it answered."


async def test_it_gives_up_in_time_and_names_the_setting() -> None:
    reason = await Server().wait(0.3)
    assert reason is not None
    assert "within 0.3 seconds" in reason
    assert "SIFU_START_TIMEOUT" in reason


async def test_an_answer_that_hangs_is_given_up_too() -> None:
    async def hang() -> bool:
        await asyncio.sleep(60)
        return True

    reason = await await_answer(hang, Server().poll, seconds=0.2, random=lambda: 0.0)
    assert reason is not None


async def test_it_does_not_hammer() -> None:
    server = Server()
    await server.wait(1.0)
    assert server.asked < 15
