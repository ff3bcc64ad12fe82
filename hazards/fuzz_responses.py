"""Fuzz of the relay's response side: hostile bytes into a real `UpstreamConnection`.

    python -m hazards.fuzz_responses --inputs 10000000 --seed 1 --processes 2

An input is one stream of bytes with one way to end. It is delivered whole and, when it was cut,
in its pieces too; both are judged, and a whole response must be the same for the browser either
way. Seed and batch give the same cases again; what was found is kept in build/fuzz/.
"""

import argparse
import sys
import time
from multiprocessing import get_context
from multiprocessing.queues import Queue
from pathlib import Path
from queue import Empty
from random import Random

from hazards.findings import Findings, say
from hazards.http_reference import State, read_response
from hazards.memory import private_bytes
from hazards.response_case import Case, load_case
from hazards.response_mutations import CaseMaker
from hazards.response_oracle import judge
from hazards.response_rig import Delivery, deliver

BATCH = 2_000
# An input takes 0.1 ms; the largest ones a few.
SLOW_SECONDS = 0.25
HANG_SECONDS = 60.0
MAX_GROWTH = 8 * 2**20
Report = tuple[int, int, list[tuple[str, Case]], int]


def check(case: Case) -> str:
    """Return what is wrong with the relay for this case, or an empty text."""
    stream = case.stream
    sent = read_response(stream, case.method, offered=case.offers)
    whole = (stream,) if stream else ()
    began = time.process_time()
    first = deliver(case, whole)
    wrong = judge(case, sent, whole, first)
    if not wrong and len(case.pieces) > 1:
        second = deliver(case, case.pieces)
        wrong = judge(case, sent, case.pieces, second)
        if not wrong and case.leaves < 0:
            wrong = _compare(sent.state, first, second)
    if not wrong and time.process_time() - began > SLOW_SECONDS:
        wrong = f"took more than {SLOW_SECONDS} s"
    return wrong


def _compare(state: State, first: Delivery, second: Delivery) -> str:
    """What is well-formed reaches the browser alike, however it was cut."""
    if state in {State.WHOLE, State.OPEN, State.SWITCHED} and first.browser != second.browser:
        return "the same response gives other bytes in other pieces"
    return ""


def run_batch(seed: int, batch: int, size: int) -> list[tuple[str, Case]]:
    """Check `size` cases; return those that failed, with the reason."""
    maker = CaseMaker(Random(seed * 1_000_003 + batch))  # noqa: S311 (nothing secret)
    cases = (maker.make() for _ in range(size))
    return [(wrong, case) for case in cases if (wrong := check(case))]


def _work(seed: int, batches: range, size: int, reports: "Queue[Report]") -> None:
    for batch in batches:
        failed = run_batch(seed, batch, size)
        reports.put((batch, size, failed[:50], private_bytes("self")))


class _Run:
    """Collects what the processes report."""

    def __init__(self, inputs: int, processes: int) -> None:
        self.findings = Findings("hazards.fuzz_responses")
        self.done = 0
        self._inputs = inputs
        self._memory: dict[int, list[int]] = {number: [] for number in range(processes)}
        self._began = self._said = time.monotonic()

    def take(self, report: Report) -> None:
        batch, size, failed, memory = report
        self.done += size
        self._memory[batch % len(self._memory)].append(memory)
        for wrong, case in failed:
            self.findings.add(wrong, case)
        if time.monotonic() - self._said > 10 or self.done >= self._inputs:
            self._said = time.monotonic()
            rate = self.done / (self._said - self._began)
            say(f"{self.done:>12,} of {self._inputs:,} inputs, {rate:,.0f} a second")

    def growth(self) -> int:
        """How much the process that grew most grew after its first tenth, in bytes."""
        series = [memory for memory in self._memory.values() if memory]
        return max(max(memory) - max(memory[: len(memory) // 10 + 1]) for memory in series)


def fuzz(inputs: int, seed: int, processes: int) -> bool:
    """Run; return whether nothing was found."""
    context = get_context("fork")
    reports: Queue[Report] = context.Queue(maxsize=100)
    size = min(BATCH, max(1, inputs // processes))
    batches = -(-inputs // size)
    workers = [
        context.Process(
            target=_work,
            args=(seed, range(number, batches, processes), size, reports),
            daemon=True,
        )
        for number in range(processes)
    ]
    run = _Run(inputs, processes)
    for worker in workers:
        worker.start()
    try:
        for _ in range(batches):
            run.take(reports.get(timeout=HANG_SECONDS))
    except Empty:
        say(f"FOUND a hang or a crash: no batch came back within {HANG_SECONDS:.0f} s")
        return False
    finally:
        for worker in workers:
            worker.terminate()
    say(f"{run.done:,} inputs, seed {seed}; memory grew by {run.growth() / 2**20:.1f} MiB")
    say(run.findings.table() or "Nothing crashed, hung, or passed a byte too many.")
    return not run.findings and run.growth() <= MAX_GROWTH


def replay(path: Path) -> bool:
    """Run one kept case; return whether it holds now."""
    case = load_case(path)
    say(f"{case.method} {case.rest!r} {case.ending.value}; the upstream sends")
    for piece in case.pieces:
        say(f"  {piece[:400]!r}")
    wrong = check(case)
    for pieces in {(case.stream,), case.pieces}:
        told = deliver(case, pieces)
        say(f"in {len(pieces)} piece(s): {told.outcome or 'open'}, released {told.released}")
        say(f"  the browser got {told.browser[:800]!r}")
    say(wrong or "nothing is wrong")
    return not wrong


def main() -> None:
    """`python -m hazards.fuzz_responses`."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--inputs", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--replay", type=Path, help="run one case of build/fuzz/ again")
    chosen = parser.parse_args()
    if chosen.replay:
        sys.exit(0 if replay(chosen.replay) else 1)
    sys.exit(0 if fuzz(chosen.inputs, chosen.seed, chosen.processes) else 1)


if __name__ == "__main__":
    main()
