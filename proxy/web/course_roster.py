"""Who is in a course, as its learning platform says, kept for a minute.

Promises: a page that is looked at again and again asks the platform once a minute; at most `MOST`
lists are kept; a platform that does not answer gives a sentence, never an error. Must not: keep a
list that could not be read.
"""

import asyncio
from dataclasses import dataclass
from typing import Final

import structlog

from proxy.auth.lti_services import LtiServices, Roster
from proxy.core.clock import Clock
from proxy.core.lti_platform import Platform
from proxy.core.score_retry import ServiceFault

MOST: Final = 50
FRESH_SECONDS: Final = 60.0
PATIENCE_SECONDS: Final = 15.0
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Kept:
    roster: Roster
    at: float


class Rosters:
    """The lists that were looked at lately."""

    def __init__(self, services: LtiServices, clock: Clock) -> None:
        self._services = services
        self._clock = clock
        self._kept: dict[tuple[int, str], _Kept] = {}

    async def look(self, platform: Platform, address: str) -> Roster | str:
        """Return the members that this address lists, or why they are not known, in a sentence."""
        key = platform.id, address
        kept = self._kept.get(key)
        if kept is not None and self._clock() - kept.at < FRESH_SECONDS:
            return kept.roster
        found = await self._ask(platform, address)
        if isinstance(found, ServiceFault):
            _log.warning("roster.not_read", why=found.detail)
            return found.sentence
        self._kept.pop(key, None)
        if len(self._kept) >= MOST:
            del self._kept[next(iter(self._kept))]
        self._kept[key] = _Kept(found, self._clock())
        return found

    async def _ask(self, platform: Platform, address: str) -> Roster | ServiceFault:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                return await self._services.list_members(platform, address)
        except TimeoutError:
            return ServiceFault(
                f"{platform.entry.title} did not list its members in time.", is_final=False
            )
