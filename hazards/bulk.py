"""Large things through a relay, and what it holds meanwhile.

    python -m hazards.bulk --gib 2 --stalled-gib 10 --readers 100 --idle-minutes 10

Each check prints what it measured and holds a bound: content arrives unchanged, and the relay's
memory does not follow the size of what passes, nor of what cannot pass.
"""

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from hazards.bulk_transfers import Transfers
from hazards.findings import say
from hazards.installation import Installation, folder, running_program, running_relay
from hazards.memory import MIB, forget_peak, measure
from hazards.stalled_peers import StalledPeers

GIB = 2**30
# What the relay may hold besides what it held before, at its peak.
TRANSFER_GROWTH = 16 * MIB
# A message is copied by nobody in the relay; buffers of sockets and of Python are.
MESSAGE_GROWTH = 16 * MIB
READER_GROWTH = 512 * 1024
SAMPLE_SECONDS = 0.25


@dataclass(frozen=True, slots=True)
class Check:
    """`run` returns what is to be said about it and raises `AssertionError`; `bound` is bytes."""

    name: str
    run: Callable[[], Awaitable[str]]
    bound: int


async def watch(check: Check, relay: int) -> str:
    """Run one check; return what was wrong, or nothing."""
    forget_peak(relay)
    before = measure(relay)
    most_pss = before.pss
    running = asyncio.ensure_future(check.run())  # noqa: TID251 (awaited below)
    while not running.done():
        await asyncio.wait({running}, timeout=SAMPLE_SECONDS)
        most_pss = max(most_pss, measure(relay).pss)
    after = measure(relay)
    growth = after.peak - before.rss
    said = running.exception() or running.result()
    say(
        f"{check.name}: {said}\n    resident {before.rss / MIB:.1f} MiB, at its peak "
        f"{after.peak / MIB:.1f}, afterwards {after.rss / MIB:.1f}; "
        f"pss {before.pss / MIB:.1f}, at most {most_pss / MIB:.1f}"
    )
    if running.exception() is not None:
        return f"{check.name}: {said!r}"
    if growth > check.bound:
        return f"{check.name}: the relay grew by {growth / MIB:.1f} MiB"
    return ""


def _checks(chosen: argparse.Namespace, installation: Installation) -> list[Check]:
    size, readers = int(chosen.gib * GIB), chosen.readers
    transfers, stalled = Transfers(installation), StalledPeers(installation)
    checks = [
        Check("upload", lambda: transfers.upload(size), TRANSFER_GROWTH),
        Check("upload in chunks", lambda: transfers.upload_chunked(size // 4), TRANSFER_GROWTH),
        Check("download", lambda: transfers.download("bytes", size), TRANSFER_GROWTH),
        Check("download in chunks", lambda: transfers.download("chunked", size), TRANSFER_GROWTH),
        Check("message", lambda: transfers.message(chosen.message_mib * MIB), MESSAGE_GROWTH),
        Check(
            "stalled upload",
            lambda: stalled.upload(int(chosen.stalled_gib * GIB)),
            TRANSFER_GROWTH,
        ),
        Check("stalled readers", lambda: stalled.read_nothing(readers), readers * READER_GROWTH),
        Check("stalled message", lambda: stalled.message(chosen.message_mib * MIB), MESSAGE_GROWTH),
    ]
    if chosen.idle_minutes:
        seconds = chosen.idle_minutes * 60
        checks.append(Check("idle websocket", lambda: transfers.idle(seconds), TRANSFER_GROWTH))
    return checks


async def run(chosen: argparse.Namespace) -> bool:
    """Run all checks; return whether all held."""
    with folder() as at:
        address = Path(at, "jupyter.sock")
        with (
            running_program("hazards.upstream_program", str(address), ready=address),
            running_relay(at, address) as installation,
        ):
            found = [
                wrong
                for check in _checks(chosen, installation)
                if chosen.only in check.name and (wrong := await watch(check, installation.relay))
            ]
            if text := installation.log.read_text():
                found.append(f"the relay logged: {text[:500]}")
    for wrong in found:
        say(f"FOUND {wrong}")
    return not found


def main() -> None:
    """`python -m hazards.bulk`."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--gib", type=float, default=2.0, help="of each upload and download")
    parser.add_argument("--stalled-gib", type=float, default=10.0)
    parser.add_argument("--message-mib", type=int, default=64)
    parser.add_argument(
        "--readers", type=int, default=100, help="that ask for 10 MB and never read"
    )
    parser.add_argument("--idle-minutes", type=float, default=0.0)
    parser.add_argument("--only", default="", help="checks whose name holds this")
    sys.exit(0 if asyncio.run(run(parser.parse_args())) else 1)


if __name__ == "__main__":
    main()
