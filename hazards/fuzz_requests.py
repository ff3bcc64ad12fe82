"""Fuzz of the relay's request side: hostile bytes over real sockets, and what came up of them.

    python -m hazards.fuzz_requests --inputs 100000 --seed 1

Holds, for every connection: what the server received is a subsequence of the requests that a
second, strict reader finds in what was sent, byte for byte in target and body; each carries one
identity of the relay's making; and as many answers came down, each the sender's own, in order.
"""

import argparse
import asyncio
import re
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from random import Random
from time import monotonic

from hazards.findings import Findings, say
from hazards.installation import Installation, folder, running_relay
from hazards.request_cases import RequestCase, RequestMaker, fill, load_case
from hazards.request_recorder import MARK, Recorder, listen
from hazards.request_reference import Request, Requests, read_requests

LANES = 24
# A relay that is waited for in vain has refused; what looks wrong is tried again with patience.
QUIET_SECONDS = 0.1
PATIENT_SECONDS = 0.6
# So long the relay may take for everything that one connection asks.
ANSWER_SECONDS = 5.0
_MARKS = re.compile(MARK + rb"([a-z0-9]+)/(\d+)\r\n")


class Lane:
    """One account: its requests come one connection after the other."""

    def __init__(self, number: int, installation: Installation, recorder: Recorder) -> None:
        self._name = installation.users[number]
        self._cookie = installation.cookies[number]
        self._installation = installation
        self._recorder = recorder

    async def check(self, case: RequestCase, quiet: float) -> str:
        """Send a case; return what is wrong with what came of it, or an empty text."""
        filled = fill(case, self._installation.host, self._cookie)
        arrived = self._recorder.arrived.setdefault(self._name, [])
        arrived.clear()
        sent = read_requests(b"".join(filled.pieces))
        answers, was_reset = await self._send(filled, sent, quiet)
        if wrong := _judge_arrived(case, sent, arrived):
            return wrong
        marks = [(self._name.encode(), b"%d" % (number + 1)) for number in range(len(arrived))]
        got = _MARKS.findall(answers)
        # A reset may overtake answers that were on their way.
        if got == marks or (was_reset and got == marks[: len(got)]):
            return ""
        return "answers are missing, foreign, or out of order"

    async def _send(self, case: RequestCase, sent: Requests, quiet: float) -> tuple[bytes, bool]:
        """Return what came back, and whether the connection was reset."""
        answers, was_reset = b"", True
        reader, writer = await asyncio.open_connection("127.0.0.1", self._installation.port)
        with suppress(ConnectionError):
            for piece in case.pieces:
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(0)
            until = monotonic() + ANSWER_SECONDS
            pause = ANSWER_SECONDS if case.is_plain else quiet
            while monotonic() < until:
                is_all = not sent.trouble and len(_MARKS.findall(answers)) == len(sent.whole)
                try:
                    async with asyncio.timeout(0.002 if is_all else pause):
                        data = await reader.read(65_536)
                except TimeoutError:
                    break
                if not data:
                    break
                answers += data
            was_reset = False
        writer.close()
        return answers, was_reset


def _judge_arrived(case: RequestCase, sent: Requests, arrived: list[Request]) -> str:
    wanted = iter(sent.whole)
    for request in arrived:
        if not any(_is_same(request, other) for other in wanted):
            return f"a request arrived that nobody sent; {sent.trouble or 'all was well-formed'}"
    if case.is_plain and len(arrived) != len(sent.whole):
        return "a good request did not arrive"
    return ""


def _is_same(arrived: Request, sent: Request) -> bool:
    return (arrived.method, arrived.target, arrived.body) == (sent.method, sent.target, sent.body)


class _Run:
    """Lanes take cases until there are no more."""

    def __init__(self, recorder: Recorder) -> None:
        self.findings = Findings("hazards.fuzz_requests")
        self.done = 0
        self._recorder = recorder
        self._once: Counter[str] = Counter()
        self._began = monotonic()

    async def drive(self, lane: Lane, cases: Iterator[RequestCase]) -> None:
        for case in cases:
            wrong = await lane.check(case, QUIET_SECONDS)
            # Another lane may have sent it, but whoever did, it should not have come up.
            for smuggled in self._recorder.take_smuggled():
                self.findings.add(smuggled, case)
            if wrong:
                await asyncio.sleep(PATIENT_SECONDS)
                again = await lane.check(case, PATIENT_SECONDS)
                if again:
                    self.findings.add(again, case)
                else:
                    self._once[wrong] += 1
            self.done += 1
            if self.done % 10_000 == 0:
                rate = self.done / (monotonic() - self._began)
                say(f"{self.done:>10,} inputs, {rate:,.0f} a second")

    def report(self) -> None:
        for wrong, number in self._once.most_common():
            say(f"{number:>9,}  once, and not when it was tried again: {wrong}")
        say(f"{self.done:,} inputs over {LANES} accounts")
        say(self.findings.table() or "Nothing went up that was not asked for.")


async def fuzz(cases: Iterator[RequestCase]) -> bool:
    """Run these inputs; return whether nothing was found."""
    recorder = Recorder()
    run = _Run(recorder)
    with folder() as at:
        server = await listen(str(at / "jupyter.sock"), recorder.connect)
        starting = running_relay(at, at / "jupyter.sock", accounts=LANES, passes=LANES)
        installation = await asyncio.to_thread(starting.__enter__)
        recorder.identity_key = installation.identity_key
        try:
            lanes = [Lane(number, installation, recorder) for number in range(LANES)]
            await asyncio.gather(*(run.drive(lane, cases) for lane in lanes))
        finally:
            server.close()
            await asyncio.to_thread(starting.__exit__, None, None, None)
        logged = await asyncio.to_thread(installation.log.read_text)
    run.report()
    if logged:
        say(f"FOUND the relay logged: {logged[:3000]}")
    return not run.findings and not logged


def main() -> None:
    """`python -m hazards.fuzz_requests`."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--inputs", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--replay", type=Path, help="run one case of build/fuzz/ again")
    chosen = parser.parse_args()
    maker = RequestMaker(Random(chosen.seed))  # noqa: S311 (nothing secret)
    cases: Iterator[RequestCase] = (maker.make() for _ in range(chosen.inputs))
    if chosen.replay:
        cases = iter([load_case(chosen.replay)])
    sys.exit(0 if asyncio.run(fuzz(cases)) else 1)


if __name__ == "__main__":
    main()
