"""Scores on their way: taken from the queue, told to the platform, tried again where that failed.

Promises: at most `AT_ONCE` are under way, and one of each piece of work; a platform that hangs
takes `SEND_SECONDS` of one place. Whoever is killed in the middle leaves a score that is sent again
after `LEASE_SECONDS`, with the same time, so that a platform which has it already sees no other.
Must not: end before the front does without having put down what it holds (`drain`).
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from typing import Final

import structlog
from aiohttp import web

from proxy.auth.lti_services import ColumnWish, LtiServices
from proxy.core.clock import Clock
from proxy.core.lti_messages import ScoreReport, line_item_body, moment_after
from proxy.core.lti_platform import Platform
from proxy.core.score_retry import ServiceFault, next_try
from proxy.metrics import SCORES, Delivery
from proxy.store import grade_links, platforms, scores
from proxy.store.database import Store
from proxy.store.grade_links import GradeLink
from proxy.store.scores import Score
from proxy.tasks import cancel, spawn

AT_ONCE: Final = 4
SEND_SECONDS: Final = 60.0
LEASE_SECONDS: Final = 120.0
DELIVERY_SECONDS: Final = 5.0
_DRAIN_SECONDS: Final = 4.0
_MOST_LABEL: Final = 255
_log = structlog.get_logger()


class ScoreDelivery:
    """Empties the queue; `chance` gives numbers from 0 to 1."""

    def __init__(
        self, store: Store, services: LtiServices, clock: Clock, chance: Callable[[], float]
    ) -> None:
        self._store = store
        self._services = services
        self._clock = clock
        self._chance = chance
        self._sending: dict[int, asyncio.Task[None]] = {}
        self._is_ending = False
        self._taking = asyncio.Lock()
        # By platform: two who look for a column at once would make two.
        self._finding: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def deliver(self) -> None:
        """Send what is due; returns when nothing is, and nothing is under way."""
        while not self._is_ending:
            await self._take()
            if not self._sending:
                return
            await asyncio.wait(
                self._sending.values(),
                timeout=DELIVERY_SECONDS,
                return_when=asyncio.FIRST_COMPLETED,
            )

    async def drain(self, _: web.Application) -> None:
        """Take nothing more; wait a moment for what is under way, then leave it for later."""
        self._is_ending = True
        if self._sending:
            await asyncio.wait(self._sending.values(), timeout=_DRAIN_SECONDS)
        await cancel(*self._sending.values())

    async def _take(self) -> None:
        async with self._taking:
            room = AT_ONCE - len(self._sending)
            if room <= 0 or self._is_ending:
                return
            taken = await self._store.write(
                scores.take_due,
                self._clock(),
                most=room,
                lease=LEASE_SECONDS,
                busy=tuple(self._sending),
            )
            for score in taken:
                self._sending[score.link.id] = spawn(self._carry(score), name=f"score.{score.id}")

    async def _carry(self, score: Score) -> None:
        try:
            await self._note(score, await self._send(score))
        finally:
            del self._sending[score.link.id]

    async def _send(self, score: Score) -> ServiceFault | None:
        try:
            async with asyncio.timeout(SEND_SECONDS):
                return await self._tell(score)
        except TimeoutError:
            return ServiceFault("The learning platform did not answer in time.", is_final=False)
        except Exception as problem:
            _log.warning("score.broken", score=score.id, problem=repr(problem))
            return ServiceFault("Something went wrong here; it is tried again.", is_final=False)

    async def _tell(self, score: Score) -> ServiceFault | None:
        platform = await self._store.read(platforms.find, score.link.platform_id)
        if platform is None:
            return ServiceFault("The learning platform is not registered here any more.", True)
        line_item = score.link.line_item or await self._column(platform, score)
        if isinstance(line_item, ServiceFault):
            return line_item
        new = score.new
        report = ScoreReport(score.link.subject, new.given, new.most, new.comment, score.made)
        fault = await self._services.post_score(platform, line_item, report)
        if fault is None or not (score.attempts and fault.may_be_a_repetition):
            return fault
        later = replace(report, made=moment_after(report.made, report.made))
        return await self._services.post_score(platform, line_item, later)

    async def _column(self, platform: Platform, score: Score) -> str | ServiceFault:
        """Return the column of the score's link, which may have none yet."""
        async with self._finding[platform.id]:
            again = await self._store.read(scores.find, score.id)
            link = score.link if again is None else again.link
            if link.line_item:  # somebody else's score of the same link has found it
                return link.line_item
            found = await self._services.find_or_create_line_item(platform, _wish(link, score))
            if isinstance(found, str):
                await self._store.write(grade_links.set_line_item, link, found)
            return found

    async def _note(self, score: Score, fault: ServiceFault | None) -> None:
        now = self._clock()
        if fault is None:
            await self._store.write(scores.mark_sent, score.id, now)
            SCORES.labels(Delivery.SENT.value).inc()
            return
        until = None
        if not fault.is_final:
            until = next_try(
                score.attempts + 1, waiting_since=score.queued, now=now, jitter=self._chance()
            )
        made = moment_after(score.made, now) if fault.is_conflict else None
        await self._store.write(scores.put_off, score.id, fault.sentence, until=until, made=made)
        ended = Delivery.FAILED if until is None else Delivery.PUT_OFF
        SCORES.labels(ended.value).inc()
        _log.warning("score.not_taken", score=score.id, why=fault.detail, is_final=until is None)


def _wish(link: GradeLink, score: Score) -> ColumnWish:
    label = (link.notebook.rpartition("/")[2] or link.course)[:_MOST_LABEL]
    body = line_item_body(
        label,
        most=score.new.most,
        resource_link=link.resource_link,
        course=link.course,
        notebook=link.notebook,
    )
    return ColumnWish(link.line_items, link.resource_link, link.scopes, body)
