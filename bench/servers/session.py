"""One run: everybody is started and stands side by side, and is measured in turns.

Promises: the order is A B C, then C B A; the first round of each kind is thrown away; a rival that
cannot be had is named with its reason, one that fails something has no figure for it.
"""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial

from bench.missing import Failed, Missing
from bench.progress import Progress
from bench.rounds import Results
from bench.servers.client import WALK, do, do_until_done
from bench.servers.house import PEOPLE, House, Rival
from bench.servers.shares import measure_parts, share_out

ONE, ALL, MEMORY = "one", "all", "memory"
_SETTLE_SECONDS = 1.0
_MEMORY_SETTLE_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Plan:
    """How often each thing is measured; one more round of each is not counted."""

    single_starts: int = 5
    crowds: int = 2
    people: tuple[str, ...] = PEOPLE


Standing = list[tuple[Rival, House]]


def measure_all(rivals: Sequence[Rival], plan: Plan) -> Results:
    """Measure what the plan says, and stop everything."""
    results = Results()
    available = [rival for rival in rivals if _find(rival, results)]
    whole = sum(rival.is_whole for rival in available)
    crowds = [each.takes_crowd(number) for each in available for number in range(plan.crowds + 1)]
    progress = Progress(len(available) + (plan.single_starts + 1) * whole + sum(crowds))
    with ExitStack() as stack:
        standing = _stand(available, stack, results, progress)
        for number in range(plan.single_starts + 1):
            for rival, house in _in_turn(standing, number):
                if rival.is_whole:
                    progress.say(f"one start: {rival.name}")
                    run = partial(start_one, house, plan.people[0])
                    _measure(ONE, rival, results, run, counts=number > 0)
        for number in range(plan.crowds + 1):
            for rival, house in _in_turn(standing, number):
                if rival.takes_crowd(number):
                    progress.say(f"{len(plan.people)} at once: {rival.name}")
                    _measure_crowd(rival, house, plan.people, results, counts=number > 0)
    progress.end()
    return results


def start_one(house: House, person: str) -> dict[str, float]:
    """Seconds from the wish to the first answer of the server, through the proxy; then stop it."""
    try:
        return {"seconds": _start(house, person)}
    finally:
        do_until_done(house.end(person))
        time.sleep(_SETTLE_SECONDS)


def start_crowd(house: House, people: Sequence[str]) -> dict[str, float]:
    """Seconds until all have had an answer of their servers, and until half of them had."""
    with ThreadPoolExecutor(len(people)) as threads:
        began = time.monotonic()
        ends = sorted(
            threads.map(lambda person: _start(house, person) and time.monotonic(), people)
        )
    return {"seconds": ends[-1] - began, "half": ends[len(ends) // 2 - 1] - began}


def measure_memory(house: House, people: Sequence[str]) -> dict[str, float]:
    """Megabytes of proportional memory of servers that were all used alike."""
    for person in people:
        for path in WALK:
            do(house.page(person, path))
    time.sleep(_MEMORY_SETTLE_SECONDS)
    return share_out(measure_parts(house.mother, house.part_of), len(people)).figures()


def _measure_crowd(
    rival: Rival, house: House, people: Sequence[str], results: Results, *, counts: bool
) -> None:
    try:
        _measure(ALL, rival, results, partial(start_crowd, house, people), counts=counts)
        if counts and rival.is_whole and rival.name not in results.failures.get(ALL, {}):
            _measure(MEMORY, rival, results, partial(measure_memory, house, people), counts=True)
    finally:
        with ThreadPoolExecutor(len(people)) as threads:
            list(threads.map(lambda person: do_until_done(house.end(person)), people))
        time.sleep(_SETTLE_SECONDS)


def _start(house: House, person: str) -> float:
    """Return the seconds that it took."""
    began = time.monotonic()
    do(house.begin(person))
    do_until_done(house.status(person))
    return time.monotonic() - began


def _measure(
    workload: str,
    rival: Rival,
    results: Results,
    run: Callable[[], dict[str, float]],
    *,
    counts: bool,
) -> None:
    try:
        figures = run()
    except Failed as failed:
        results.fail(workload, rival.name, str(failed))
        return
    if counts:
        results.add(workload, rival.name, figures)


def _find(rival: Rival, results: Results) -> bool:
    try:
        results.versions[rival.name] = rival.version()
    except Missing as missing:
        results.missing[rival.name] = str(missing)
    return rival.name not in results.missing


def _stand(
    rivals: Sequence[Rival], stack: ExitStack, results: Results, progress: Progress
) -> Standing:
    standing: Standing = []
    for rival in rivals:
        progress.say(f"start: {rival.name}")
        try:
            house = rival.start()
        except Missing as missing:
            results.missing[rival.name] = str(missing)
            results.versions.pop(rival.name, None)
            continue
        stack.callback(house.stop)
        standing.append((rival, house))
    return standing


def _in_turn(standing: Standing, number: int) -> Standing:
    return standing if number % 2 == 0 else standing[::-1]
