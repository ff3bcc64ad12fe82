"""Where the figures go: JSON for programs, a part of docs/performance.md for people.

Promises: only what stands between the page's two comments is written over.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import median

from bench.documents import processor
from bench.goals import judge
from bench.report import as_markdown
from bench.rounds import Results
from bench.servers.report import GOALS, LEGEND, figures_table, goals_table, remarks

BEGIN = "<!-- begin servers: `make bench-servers` writes this -->"
END = "<!-- end servers -->"


def as_json(results: Results) -> str:
    """Every figure of every round, medians, and the goals with their verdicts."""
    judged = [judge(goal, results) for goal in GOALS]
    document = {
        "processor": processor(),
        "versions": results.versions,
        "missing": results.missing,
        "failures": results.failures,
        "medians": {
            workload: {
                rival: {figure: median(values) for figure, values in figures.items()}
                for rival, figures in rivals.items()
            }
            for workload, rivals in results.runs.items()
        },
        "rounds": results.runs,
        "goals": [
            asdict(each.goal) | {"measured": each.value, "verdict": each.verdict.value}
            for each in judged
        ],
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def update_page(page: Path, results: Results, rivals: Sequence[str]) -> None:
    """Write the tables between the page's comments; raises `ValueError` where they are not."""
    head, begin, rest = page.read_text().partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the comments around the servers' figures are missing in {page.name}")
    parts = [
        f"Measured on {processor()}.",
        as_markdown(figures_table(results, rivals)),
        LEGEND,
        as_markdown(goals_table(results)),
        "\n".join(f"- {line}" for line in remarks(results)),
    ]
    page.write_text(f"{head}{BEGIN}\n\n" + "\n\n".join(parts) + f"\n\n{END}{tail}")
