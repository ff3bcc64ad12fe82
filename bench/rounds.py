"""The order of runs: A B C, then C B A, so that a machine that grows slow is slow for all.

Promises: every figure of every run is kept; a peer that fails a workload keeps its reason instead.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median

from bench.load import Figures
from bench.missing import Disturbed, Failed
from bench.processes import Running
from bench.roster import Peer
from bench.site import Site
from bench.workloads import Workload

_TRIES = 3


@dataclass(slots=True)
class Results:
    """`runs[workload][peer][figure]` holds one number a round."""

    runs: dict[str, dict[str, dict[str, list[float]]]] = field(default_factory=dict)
    failures: dict[str, dict[str, str]] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)

    def add(self, workload: str, peer: str, figures: dict[str, float]) -> None:
        kept = self.runs.setdefault(workload, {}).setdefault(peer, {})
        for name, value in figures.items():
            kept.setdefault(name, []).append(value)

    def fail(self, workload: str, peer: str, reason: str) -> None:
        self.failures.setdefault(workload, {})[peer] = reason

    def median(self, workload: str, peer: str, figure: str) -> float | None:
        """None where it was not measured, or where one round failed."""
        if peer in self.failures.get(workload, {}):
            return None
        values = self.runs.get(workload, {}).get(peer, {}).get(figure)
        return median(values) if values else None

    def spread(self, workload: str, peer: str, figure: str) -> float:
        """(greatest - smallest) / median of the rounds."""
        values = self.runs.get(workload, {}).get(peer, {}).get(figure) or [1.0]
        return (max(values) - min(values)) / median(values)


def run_rounds(
    standing: Sequence[tuple[Peer, Running]],
    workloads: Sequence[Workload],
    site: Site,
    *,
    rounds: int,
    seconds: float,
    results: Results,
    say: Callable[[str], None],
) -> None:
    """Give every standing peer every workload that it takes, `rounds` times."""
    for number in range(rounds):
        for workload in workloads:
            for peer, running in standing if number % 2 == 0 else reversed(standing):
                if not workload.takes(peer.name):
                    continue
                say(f"{workload.title}: {peer.name}")
                try:
                    figures = _run(workload, running, site, seconds)
                    results.add(workload.name, peer.name, figures)
                except Failed as failed:
                    results.fail(workload.name, peer.name, str(failed))


def _run(workload: Workload, running: Running, site: Site, seconds: float) -> Figures:
    for _ in range(_TRIES - 1):
        try:
            return workload.run(running, site, seconds)
        except Disturbed:
            continue
    return workload.run(running, site, seconds)


def count_runs(peers: Sequence[str], workloads: Sequence[Workload]) -> int:
    """How many runs a round has."""
    return sum(workload.takes(peer) for workload in workloads for peer in peers)
