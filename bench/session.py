"""One run of the bench: peers are started and checked, loaded in rounds, and measured afresh."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial

from bench import fresh
from bench.load import Get, run_wrk
from bench.missing import Failed, Missing
from bench.plan import Plan
from bench.probe import check
from bench.processes import Running
from bench.progress import Progress
from bench.roster import Peer
from bench.rounds import Results, count_runs, run_rounds
from bench.site import Site

Standing = list[tuple[Peer, Running]]
# Those whose memory and start say something: one program each, and a proxy.
_FRESH_PEERS = frozenset(
    {"sifu", "nginx", "nginx-bigbuf", "haproxy", "caddy", "chp5", "chp4", "naive"}
)


def measure_all(peers: Sequence[Peer], plan: Plan, site: Site) -> Results:
    """Measure what the plan says; a peer that cannot take part is named with its reason."""
    results = Results()
    available = [peer for peer in peers if _find(peer, results)]
    steps = _fresh_steps(plan)
    fresh_peers = [peer for peer in available if peer.name in _FRESH_PEERS]
    workloads = plan.workloads()
    runs = plan.rounds * count_runs([peer.name for peer in available], workloads)
    progress = Progress(
        (2 * len(available) + runs if workloads else 0) + len(fresh_peers) * len(steps)
    )
    if workloads:
        with ExitStack() as stack:
            standing = _stand(available, site, stack, results, progress)
            run_rounds(
                standing,
                workloads,
                site,
                rounds=plan.rounds,
                seconds=plan.seconds,
                results=results,
                say=progress.say,
            )
    for peer in fresh_peers:
        if peer.name not in results.missing:
            _measure_fresh(peer, steps, site, results, progress)
    progress.end()
    return results


def _find(peer: Peer, results: Results) -> bool:
    try:
        results.versions[peer.name] = peer.version()
    except Missing as missing:
        results.missing[peer.name] = str(missing)
    return peer.name not in results.missing


def _stand(
    peers: Sequence[Peer], site: Site, stack: ExitStack, results: Results, progress: Progress
) -> Standing:
    """Start all, check each, and let each run warm before anything counts."""
    standing: Standing = []
    for peer in peers:
        progress.say(f"{peer.name}: start")
        try:
            standing.append((peer, _start(peer, site, stack)))
        except (Missing, Failed) as reason:
            results.missing[peer.name] = str(reason)
            results.versions.pop(peer.name, None)
    for peer, running in standing:
        progress.say(f"{peer.name}: warm up")
        try:
            run_wrk(Get(), running.port, site, 1)
        except Failed as failed:
            results.fail("warm-up", peer.name, str(failed))
    return standing


def _start(peer: Peer, site: Site, stack: ExitStack) -> Running:
    running = peer.start(site)
    stack.callback(running.stop)
    try:
        check(running.port, site, checks_credentials=peer.checks_credentials)
    except Failed as failed:
        raise Failed(f"{failed}{running.complaint()}") from failed
    return running


_Step = tuple[str, Callable[[Peer, Site], dict[str, float]]]


def _fresh_steps(plan: Plan) -> list[_Step]:
    steps: list[_Step] = [("start", fresh.measure_start)] * plan.starts
    steps.append(("idle", partial(fresh.measure_idle, most=plan.most_websockets)))
    steps.append(("stalled", fresh.measure_stalled))
    return [step for step in steps if plan.takes(step[0])]


def _measure_fresh(
    peer: Peer, steps: Sequence[_Step], site: Site, results: Results, progress: Progress
) -> None:
    for name, step in steps:
        progress.say(f"{peer.name}: {name}")
        try:
            results.add(name, peer.name, step(peer, site))
        except (Missing, Failed) as failed:
            results.fail(name, peer.name, str(failed))
