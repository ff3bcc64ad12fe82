"""`python -m bench`: measure Sifu's relay beside its rivals, all on loopback.

Promises: progress is told on stderr; figures go to stdout, JSON and SVG; every program that was
started is stopped, also after Ctrl-C.
"""

import argparse
import signal
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from bench.build import compile_programs
from bench.documents import as_json, update_page
from bench.missing import Missing
from bench.plan import QUICK, USUAL, Plan
from bench.plot import draw
from bench.report import as_text, figures_table, goals_table, remarks
from bench.roster import Peer, list_peers
from bench.rounds import Results
from bench.session import measure_all
from bench.site import Machine, divide_cores, open_site

_ROOT = Path(__file__).parent.parent
_KEPT = _ROOT / "build" / "bench"
_PAGE = _ROOT / "docs" / "performance.md"
_DRAWING = _ROOT / "docs" / "images" / "performance.svg"


def main(arguments: list[str]) -> int:
    """Return the exit status: 1 when nothing could be measured."""
    options = parse(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        peers, results = measure(options)
    except KeyboardInterrupt:
        sys.stderr.write("\nStopped; nothing was written.\n")
        return 130
    except Missing as missing:
        sys.stderr.write(f"Nothing can be measured: {missing}.\n")
        return 1
    machine = divide_cores()
    names = [peer.name for peer in peers if peer.name not in results.missing]
    show(results, names, machine)
    write(options, results, names, machine)
    return 0


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench", description="Measure Sifu's relay beside its rivals, on loopback."
    )
    known = ", ".join(peer.name for peer in list_peers(_KEPT))
    parser.add_argument("--peers", default="", help=f"of {known}; with commas; default: all")
    parser.add_argument("--workloads", default="", help="of docs/performance.md; default: all")
    parser.add_argument("--rounds", type=int, default=0, help=f"default: {USUAL.rounds}")
    parser.add_argument("--seconds", type=float, default=0.0, help="of each run; default: 1")
    parser.add_argument("--quick", action="store_true", help="one round, fewer rivals, 2 minutes")
    parser.add_argument("--json", type=Path, default=_KEPT / "performance.json")
    parser.add_argument("--svg", type=Path, default=_KEPT / "performance.svg")
    parser.add_argument("--update-docs", action="store_true", help="write docs/performance.md too")
    return parser.parse_args(arguments)


def measure(options: argparse.Namespace) -> tuple[list[Peer], Results]:
    """Do all of it, in a folder that is gone afterwards."""
    plan: Plan = (QUICK if options.quick else USUAL).narrowed(
        peers=options.peers,
        workloads=options.workloads,
        rounds=options.rounds,
        seconds=options.seconds,
    )
    everybody = list_peers(_KEPT)
    if unknown := plan.unknown_peers({peer.name for peer in everybody}):
        raise SystemExit(f"There is no peer {unknown}.")
    peers = [peer for peer in everybody if plan.takes_peer(peer.name)]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sifu-bench-")))
        compile_programs(_KEPT)
        site = stack.enter_context(open_site(folder, _KEPT))
        return peers, measure_all(peers, plan, site)


def show(results: Results, peers: list[str], machine: Machine) -> None:
    """Print both tables and the remarks."""
    parts = [
        as_text(figures_table(results, peers)),
        "A cell: median · how many times better Sifu is.",
        as_text(goals_table(results, has_pair=machine.has_pair)),
        "\n".join(remarks(results)),
    ]
    if machine.is_shared:
        parts.append("There is one core only: rates and latencies mean little here.")
    sys.stdout.write("\n\n".join(parts) + "\n")


def write(
    options: argparse.Namespace, results: Results, peers: list[str], machine: Machine
) -> None:
    """Write JSON and drawing, and the documentation if that was asked for."""
    options.json.write_text(as_json(results, machine))
    options.svg.write_text(draw(results))
    if options.update_docs:
        update_page(_PAGE, results, peers, machine)
        _DRAWING.write_text(draw(results))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
