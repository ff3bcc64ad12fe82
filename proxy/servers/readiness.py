"""Waits until a server answers, no longer than it may take.

Promises: None as soon as it answered, else the reason as a sentence. Ends early when the process
is gone. Pauses grow and are jittered, so that ten starts at once do not ask in step.
"""

import asyncio
from collections.abc import Awaitable, Callable

from proxy.servers.spawner import Alive, Gone

_FIRST_PAUSE = 0.1
_LONGEST_PAUSE = 1.0


async def await_answer(
    answers: Callable[[], Awaitable[bool]],
    poll: Callable[[], Awaitable[Alive | Gone]],
    *,
    seconds: float,
    random: Callable[[], float],
    gateway_url: str = "",
) -> str | None:
    """`random` gives numbers in [0, 1); `seconds` is `SIFU_START_TIMEOUT`.

    A Jupyter that was given a gateway answers 503 until that one answers.
    """
    pause = _FIRST_PAUSE
    try:
        async with asyncio.timeout(seconds):
            while not await answers():
                if isinstance(status := await poll(), Gone):
                    return status.reason or "Jupyter ended before it answered."
                await asyncio.sleep(pause * (0.5 + random()))
                pause = min(pause * 1.5, _LONGEST_PAUSE)
    except TimeoutError:
        if gateway_url:
            return (
                f"Jupyter was not ready within {seconds:g} seconds. It waits for the gateway "
                f"{gateway_url}: see that it runs and can be reached from here, then try again."
            )
        return (
            f"Jupyter did not answer within {seconds:g} seconds. Try again; if the machine is "
            "slow, the operator can raise SIFU_START_TIMEOUT."
        )
    return None
