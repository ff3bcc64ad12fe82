"""What is asked of peers that have just been started: time to the first answer, and memory.

Every measurement has a peer of its own, so that no heap has grown in an earlier one. Memory is the
private memory of all its processes; the kernel's socket buffers are not in it.
"""

import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from bench.measure import Memory, memory
from bench.missing import Failed
from bench.probe import first_answer
from bench.processes import Running
from bench.roster import Peer
from bench.site import PER_VISIT, Site
from bench.websocket import download_head, generator, websocket_head

Figures = dict[str, float]
_SETTLE_SECONDS = 0.7
_HOLD_SECONDS = 60.0
_STALLED = 50
_MEGABYTE, _KILOBYTE = 1e6, 1e3


def measure_start(peer: Peer, site: Site) -> Figures:
    """Milliseconds from the start to the first answer; memory in MB after it."""
    running = peer.start(site)
    try:
        first_answer(running.port, site)
        # Not from before `peer.start`, which may also write a store or a configuration.
        took = time.monotonic() - running.programs[0].began
        time.sleep(_SETTLE_SECONDS)
        now = memory(running.pids())
        return {
            "ms": took * 1e3,
            "resident": now.resident / _MEGABYTE,
            "proportional": now.proportional / _MEGABYTE,
        }
    finally:
        running.stop()


def measure_idle(peer: Peer, site: Site, *, most: int) -> Figures:
    """KB of an open websocket that says nothing, at 1,000 and at `most`; MB resident at the end."""
    running = _started(peer, site)
    try:
        before = _settled(running)
        figures: Figures = {}
        with ExitStack() as held:
            for visit in range(most // PER_VISIT):
                head = websocket_head(running.port, site, deflate=True, visit=visit)
                numbers = (PER_VISIT, _HOLD_SECONDS, 64)
                load = generator(
                    "websocket_load", "hold", head, running.port, site, numbers=numbers
                )
                held.enter_context(load).wait_until_ready()
                if visit == 0:
                    now = _settled(running)
                    figures["at_1000"] = (now.private - before.private) / 1000 / _KILOBYTE
                    figures["resident_1000"] = now.resident / _MEGABYTE
            if most > PER_VISIT:
                now = _settled(running)
                figures["at_5000"] = (now.private - before.private) / most / _KILOBYTE
                figures["resident"] = now.resident / _MEGABYTE
        return figures
    finally:
        running.stop()


def measure_stalled(peer: Peer, site: Site) -> Figures:
    """KB of a reader that asked for 10 MB, or for ten messages of 1 MB, and never reads."""
    return {
        "get": _held("stall", download_head, peer, site),
        "push": _held("stall-websocket", websocket_head, peer, site),
    }


def _held(kind: str, head: Callable[[int, Site], Path], peer: Peer, site: Site) -> float:
    running = _started(peer, site)
    try:
        before = _settled(running)
        request = head(running.port, site)
        numbers = (_STALLED, _HOLD_SECONDS)
        with generator(
            "slow_readers", kind, request, running.port, site, numbers=numbers
        ) as readers:
            readers.wait_until_ready()
            now = _settled(running)
        return (now.private - before.private) / _STALLED / _KILOBYTE
    finally:
        running.stop()


def _started(peer: Peer, site: Site) -> Running:
    running = peer.start(site)
    try:
        first_answer(running.port, site)
    except Failed:
        running.stop()
        raise
    return running


def _settled(running: Running) -> Memory:
    time.sleep(_SETTLE_SECONDS)
    return memory(running.pids())
