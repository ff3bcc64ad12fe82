"""Websocket conformance through the relay: no case of Autobahn's may end worse than directly.

    python -m hazards.conformance          # some 250 cases, half a minute
    python -m hazards.conformance --all    # speed and compression too, some minutes

The same tornado server is asked directly and through a relay.
"""

import argparse
import asyncio
import socket
import sys
from collections import Counter

from hazards.autobahn import Ends, Unavailable, install, rank, run_suite
from hazards.findings import say
from hazards.handshake_shim import HandshakeShim
from hazards.installation import PREFIX, folder, running_program, running_relay

LONG_CASES = ["9.*", "12.*", "13.*"]
_GROUPS = {
    "1": "framing", "2": "pings and pongs", "3": "reserved bits", "4": "opcodes",
    "5": "fragmentation", "6": "UTF-8", "7": "closing", "9": "limits and speed", "10": "other",
    "12": "compression, default parameters", "13": "compression, chosen parameters",
}  # fmt: skip


def worse_cases(direct: Ends, relayed: Ends) -> list[str]:
    """Return the cases that ended worse through the relay, with both ends."""
    return [
        f"{case}: {direct[case]} directly, {relayed.get(case)} through the relay"
        for case in sorted(direct)
        if any(
            through > straight
            for through, straight in zip(
                rank(relayed.get(case, ("MISSING", "MISSING"))), rank(direct[case]), strict=True
            )
        )
    ]


def table(direct: Ends, relayed: Ends) -> str:
    """One row for each group of cases, in Markdown: how many ended how."""
    lines = ["| cases | number | directly | through the relay |", "|---|---|---|---|"]
    groups = sorted({case.partition(".")[0] for case in direct}, key=int)
    for group in groups:
        name = _GROUPS.get(group, "")
        cases = [case for case in direct if case.startswith(f"{group}.")]
        ends = [_count([ends[case] for case in cases]) for ends in (direct, relayed)]
        lines.append(f"| {group} {name} | {len(cases)} | {ends[0]} | {ends[1]} |")
    ends = [_count(list(ends.values())) for ends in (direct, relayed)]
    lines.append(f"| all | {len(direct)} | {ends[0]} | {ends[1]} |")
    return "\n".join(lines)


def _count(ends: list[tuple[str, str]]) -> str:
    found = Counter(message for message, _ in ends)
    closes = sum(rank(end)[1] > 0 for end in ends)
    text = ", ".join(f"{number} {name}" for name, number in found.most_common())
    return f"{text}; {closes} bad closes" if closes else text


async def compare(*, everything: bool, python: str | None) -> bool:
    """Run; return whether no case ended worse through the relay."""
    program = await asyncio.to_thread(install, python)
    with folder() as at, socket.create_server(("127.0.0.1", 0)) as taken:
        address, port = at / "jupyter.sock", taken.getsockname()[1]
        taken.close()
        echo = running_program("hazards.websocket_echo", str(port), str(address), ready=address)
        with echo, running_relay(at, address) as installation:
            shim = HandshakeShim(installation.port, installation.headers())
            async with await shim.start():
                targets = {
                    "direct": f"ws://127.0.0.1:{port}{PREFIX}echo",
                    "relayed": f"ws://127.0.0.1:{shim.port}{PREFIX}echo",
                }
                excluded = [] if everything else LONG_CASES
                ends = await asyncio.to_thread(run_suite, program, targets, excluded)
    direct, relayed = ends["direct"], ends["relayed"]
    worse = worse_cases(direct, relayed)
    say(table(direct, relayed))
    for case in worse:
        say(f"FOUND {case}")
    say(f"{len(worse)} cases ended worse through the relay.")
    return not worse


def main() -> None:
    """`python -m hazards.conformance`."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--all", action="store_true", help="the slow cases too")
    parser.add_argument("--python", help="a Python 2.7 for Autobahn")
    chosen = parser.parse_args()
    try:
        sys.exit(0 if asyncio.run(compare(everything=chosen.all, python=chosen.python)) else 1)
    except Unavailable as why:
        sys.exit(str(why))


if __name__ == "__main__":
    main()
