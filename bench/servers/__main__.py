"""`python -m bench.servers`: measure starts and memory of people's servers beside JupyterHub.

Promises: progress is told on stderr; figures go to stdout and JSON; every program that was started
is stopped, also after Ctrl-C.
"""

import argparse
import signal
import sys
from pathlib import Path

from bench.report import as_text
from bench.rounds import Results
from bench.servers.documents import as_json, update_page
from bench.servers.report import LEGEND, figures_table, goals_table, remarks
from bench.servers.rivals import list_rivals
from bench.servers.session import Plan, measure_all

_ROOT = Path(__file__).parents[2]
_KEPT = _ROOT / "build" / "bench"
_PAGE = _ROOT / "docs" / "performance.md"


def main(arguments: list[str]) -> int:
    """Return the exit status: 1 when nothing could be measured."""
    options = parse(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    _KEPT.mkdir(parents=True, exist_ok=True)
    known = list_rivals(_KEPT)
    wanted = set(filter(None, options.rivals.split(","))) or {rival.name for rival in known}
    if unknown := wanted - {rival.name for rival in known}:
        raise SystemExit(f"There is no rival {', '.join(sorted(unknown))}.")
    plan = Plan(single_starts=options.starts, crowds=options.crowds)
    try:
        results = measure_all([rival for rival in known if rival.name in wanted], plan)
    except KeyboardInterrupt:
        sys.stderr.write("\nStopped; nothing was written.\n")
        return 130
    whats = [f"{rival.name}: {rival.what}" for rival in known if rival.name in results.versions]
    show(results, whats)
    options.json.write_text(as_json(results))
    if options.update_docs:
        update_page(_PAGE, results, list(results.versions))
    return 0 if results.runs else 1


def parse(arguments: list[str]) -> argparse.Namespace:
    names = ", ".join(rival.name for rival in list_rivals(_KEPT))
    usual = Plan()
    parser = argparse.ArgumentParser(
        prog="python -m bench.servers",
        description="Measure starts and memory of people's servers beside JupyterHub.",
    )
    parser.add_argument("--rivals", default="", help=f"of {names}; with commas; default: all")
    parser.add_argument(
        "--starts", type=int, default=usual.single_starts, help=f"default: {usual.single_starts}"
    )
    parser.add_argument(
        "--crowds", type=int, default=usual.crowds, help=f"twenty at once; default: {usual.crowds}"
    )
    parser.add_argument("--json", type=Path, default=_KEPT / "servers.json")
    parser.add_argument("--update-docs", action="store_true", help="write docs/performance.md too")
    return parser.parse_args(arguments)


def show(results: Results, whats: list[str]) -> None:
    """Print both tables and the remarks."""
    parts = [
        as_text(figures_table(results, list(results.versions))),
        LEGEND,
        as_text(goals_table(results)),
        "\n".join([*remarks(results), *whats]),
    ]
    sys.stdout.write("\n\n".join(parts) + "\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
