"""How much is measured: all of it, or what the goals need."""

from dataclasses import dataclass, replace

from bench.workloads import WORKLOADS, Workload

_FRESH = frozenset({"start", "idle", "stalled"})
_KNOWN = _FRESH | {workload.name for workload in WORKLOADS}


@dataclass(frozen=True, slots=True)
class Plan:
    """`peers` and `names` of workloads: none named means all."""

    rounds: int
    seconds: float
    starts: int
    most_websockets: int
    peers: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()

    def takes_peer(self, name: str) -> bool:
        return not self.peers or name in self.peers

    def takes(self, workload: str) -> bool:
        return not self.names or workload in self.names

    def workloads(self) -> tuple[Workload, ...]:
        return tuple(each for each in WORKLOADS if self.takes(each.name))

    def unknown_peers(self, names: set[str]) -> str:
        """Those that were asked for and are not among these names, with commas."""
        return ", ".join(sorted(self.peers - names))

    def narrowed(self, *, peers: str, workloads: str, rounds: int, seconds: float) -> "Plan":
        """The plan with what was asked for on the command line; nothing or 0 changes nothing."""
        asked, names = _listed(peers), _listed(workloads)
        if unknown := names - _KNOWN:
            raise SystemExit(f"There is no workload {', '.join(sorted(unknown))}.")
        return replace(
            self,
            peers=asked or self.peers,
            names=names or self.names,
            rounds=rounds or self.rounds,
            seconds=seconds or self.seconds,
        )


def _listed(text: str) -> frozenset[str]:
    return frozenset(part.strip() for part in text.split(",") if part.strip())


USUAL = Plan(rounds=3, seconds=1.0, starts=3, most_websockets=5000)
QUICK = Plan(
    rounds=1,
    seconds=1.0,
    starts=1,
    most_websockets=5000,
    peers=frozenset(
        {
            "direct",
            "sifu",
            "sifu-2",
            "nginx",
            "nginx-bigbuf",
            "nginx-auth",
            "nginx-auth-cache",
            "chp5",
            "chp4",
        }
    ),
)
