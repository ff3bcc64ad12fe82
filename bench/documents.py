"""Where the figures go: JSON for programs, docs/performance.md and its drawing for people.

Promises: only what stands between the page's two comments is written over.
"""

import json
import platform
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import median

from bench.goals import judge, list_goals
from bench.report import LEGEND, as_markdown, figures_table, goals_table, remarks
from bench.rounds import Results
from bench.site import Machine

_BEGIN, _END = "<!-- begin figures: `make bench` writes this -->", "<!-- end figures -->"


def as_json(results: Results, machine: Machine) -> str:
    """Every figure of every round, medians, and the goals with their verdicts."""
    judged = [judge(goal, results) for goal in list_goals(has_pair=machine.has_pair)]
    medians = {
        workload: {
            peer: {figure: median(values) for figure, values in figures.items()}
            for peer, figures in peers.items()
        }
        for workload, peers in results.runs.items()
    }
    document = {
        "processor": processor(),
        "congestion_control": congestion_control(),
        "versions": results.versions,
        "missing": results.missing,
        "failures": results.failures,
        "medians": medians,
        "rounds": results.runs,
        "goals": [
            asdict(each.goal) | {"measured": each.value, "verdict": each.verdict.value}
            for each in judged
        ],
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def update_page(page: Path, results: Results, peers: Sequence[str], machine: Machine) -> None:
    """Write the tables between the page's comments."""
    head, begin, rest = page.read_text().partition(_BEGIN)
    _, end, tail = rest.partition(_END)
    if not begin or not end:
        raise ValueError(f"the comments around the figures are missing in {page.name}")
    shared = " (proxy and load shared one core)" if machine.is_shared else ""
    parts = [
        f"Measured on {processor()}{shared}, TCP with {congestion_control()}.",
        as_markdown(figures_table(results, peers)),
        LEGEND,
        as_markdown(goals_table(results, has_pair=machine.has_pair)),
        "\n".join(f"- {line}" for line in remarks(results)),
    ]
    page.write_text(f"{head}{_BEGIN}\n\n" + "\n\n".join(parts) + f"\n\n{_END}{tail}")


def processor() -> str:
    """The processor's model, which says nothing about whose machine it is."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.machine()
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{models[0]}, {len(models)} cores" if models else platform.machine()


def congestion_control() -> str:
    """How this machine's TCP decides how fast to send: one that paces makes long bodies dear."""
    try:
        return Path("/proc/sys/net/ipv4/tcp_congestion_control").read_text().strip()
    except OSError:
        return "an unknown congestion control"
