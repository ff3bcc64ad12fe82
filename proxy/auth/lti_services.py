"""What a learning platform does for us: a column in its book, a score in it, the list of members.

Promises: every failure is a `ServiceFault` with a public sentence; a token that is not taken is
asked for once anew; lists have at most `MOST_PAGES` pages and `MOST_MEMBERS` members, all within
`PATIENCE_SECONDS`, and a page leads on only to its own origin. Must not: decide when to try again
(`score_retry`).
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from proxy.auth.asking import OpenClient
from proxy.auth.lti_requests import ServiceAnswer, ServiceRequest, Unauthorized, ask
from proxy.auth.platform_tokens import PlatformTokens
from proxy.core.lti_answers import (
    LineItem,
    Member,
    next_page,
    read_line_item,
    read_line_items,
    read_members,
)
from proxy.core.lti_arrival import SCORE_SCOPE
from proxy.core.lti_messages import (
    LINE_ITEM_SCOPE,
    LINE_ITEMS_SCOPE,
    MEMBERS_SCOPE,
    ScoreReport,
    score_body,
    scores_address,
    with_query,
)
from proxy.core.lti_platform import Platform
from proxy.core.score_retry import ServiceFault

MOST_PAGES: Final = 50
MOST_MEMBERS: Final = 10_000
PATIENCE_SECONDS: Final = 30.0
_FORBIDDEN: Final = 403
_LINE_ITEM: Final = "application/vnd.ims.lis.v2.lineitem+json"
_LINE_ITEMS: Final = "application/vnd.ims.lis.v2.lineitemcontainer+json"
_SCORE: Final = "application/vnd.ims.lis.v1.score+json"
_MEMBERS: Final = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"


@dataclass(frozen=True, slots=True)
class ColumnWish:
    """The column of a link: where columns are listed, and what to make if there is none."""

    line_items: str
    resource_link: str
    scopes: frozenset[str]
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Roster:
    """The members of a course; `is_whole` is False if there were more than we read."""

    members: Sequence[Member]
    is_whole: bool


class LtiServices:
    """The services of all platforms."""

    def __init__(self, tokens: PlatformTokens, open_client: OpenClient) -> None:
        self._tokens = tokens
        self._open_client = open_client

    async def find_or_create_line_item(
        self, platform: Platform, wish: ColumnWish
    ) -> str | ServiceFault:
        """Return the address of the column of a link, made now if there is none."""
        may_create = LINE_ITEM_SCOPE in wish.scopes
        if not wish.line_items or not (may_create or LINE_ITEMS_SCOPE in wish.scopes):
            return ServiceFault(_NO_COLUMN.format(platform.entry.title), is_final=True)
        scopes = [LINE_ITEM_SCOPE if may_create else LINE_ITEMS_SCOPE]
        found = await self._find_line_item(platform, wish, scopes)
        if found is not None:
            return found
        if not may_create:
            return ServiceFault(_NO_COLUMN.format(platform.entry.title), is_final=True)
        asked = ServiceRequest("POST", wish.line_items, _LINE_ITEM, _LINE_ITEM, wish.body)
        answer = await self._ask(platform, asked, scopes)
        if isinstance(answer, ServiceFault):
            return answer
        made = read_line_item(answer.value, wish.line_items)
        return _unreadable(platform, "no column") if made is None else made.address

    async def post_score(
        self, platform: Platform, line_item: str, report: ScoreReport
    ) -> ServiceFault | None:
        """Tell a score; None if the platform took it."""
        asked = ServiceRequest(
            "POST",
            scores_address(line_item),
            kind=_SCORE,
            body=score_body(report),
            is_answered=False,
        )
        answer = await self._ask(platform, asked, [SCORE_SCOPE])
        return answer if isinstance(answer, ServiceFault) else None

    async def list_members(self, platform: Platform, address: str) -> Roster | ServiceFault:
        """Return who is in a course, by the address that a launch named."""
        found: dict[str, Member] = {}

        def take(page: Any) -> bool | None:
            members = read_members(page)
            if members is None:
                return None
            found.update((member.subject, member) for member in members)
            return len(found) > MOST_MEMBERS

        first = with_query(address, {"limit": str(MOST_MEMBERS // MOST_PAGES)})
        is_whole = await self._walk(platform, first, _MEMBERS, [MEMBERS_SCOPE], take)
        if isinstance(is_whole, ServiceFault):
            return is_whole
        return Roster(list(found.values())[:MOST_MEMBERS], is_whole)

    async def _find_line_item(
        self, platform: Platform, wish: ColumnWish, scopes: Sequence[str]
    ) -> str | ServiceFault | None:
        found: list[str] = []

        def take(page: Any) -> bool | None:
            listed = read_line_items(page, wish.line_items)
            if listed is None:
                return None
            found.extend(_of_link(listed, wish.resource_link))
            return bool(found)

        first = with_query(wish.line_items, {"resource_link_id": wish.resource_link})
        fault = await self._walk(platform, first, _LINE_ITEMS, scopes, take)
        if isinstance(fault, ServiceFault):
            return fault
        return found[0] if found else None

    async def _walk(
        self,
        platform: Platform,
        address: str,
        accept: str,
        scopes: Sequence[str],
        take: Callable[[Any], bool | None],
    ) -> bool | ServiceFault:
        """Hand page after page to `take`, which says whether it has enough, or None: unreadable.

        Return whether there was nothing more.
        """
        seen = {address}
        loop = asyncio.get_running_loop()
        until = loop.time() + PATIENCE_SECONDS
        for _ in range(MOST_PAGES):
            answer = await self._ask(platform, ServiceRequest("GET", address, accept), scopes)
            if isinstance(answer, ServiceFault):
                return answer
            has_enough = take(answer.value)
            following = next_page(answer.links, address)
            if has_enough is None or following is None or following in seen:
                return _unreadable(platform, "no such list, or its next page is elsewhere")
            if has_enough or not following:
                return not following
            if loop.time() > until:
                return _unreadable(platform, "too slow, page by page")
            seen.add(following)
            address = following
        return False

    async def _ask(
        self, platform: Platform, request: ServiceRequest, scopes: Iterable[str]
    ) -> ServiceAnswer | ServiceFault:
        """Ask with a token; if it is not taken, once more with a fresh one.

        Open edX says 403, not 401, to a token that it does not know (any more).
        """
        named = list(scopes)
        for is_last in (False, True):
            token = await self._tokens.get(platform, named)
            if isinstance(token, ServiceFault):
                return token
            try:
                answer = await ask(self._open_client, platform, replace(request, token=token))
            except Unauthorized:
                self._tokens.forget(platform, token)
                continue
            is_unknown = isinstance(answer, ServiceFault) and answer.status == _FORBIDDEN
            if is_last or not is_unknown:
                return answer
            self._tokens.forget(platform, token)
        return ServiceFault(
            f"{platform.entry.title} does not take the access token that it gave us.",
            is_final=False,
            detail=f"platform {platform.id}: 401 twice",
        )


_NO_COLUMN: Final = (
    "{} names no column for this link, and does not let us make one. Make the link a graded one "
    "there, then open the notebook from the course page again."
)


def _of_link(listed: Sequence[LineItem], resource_link: str) -> list[str]:
    """Platforms that do not know the filter list every column."""
    return [each.address for each in listed if each.resource_link == resource_link]


def _unreadable(platform: Platform, detail: str) -> ServiceFault:
    return ServiceFault(
        f"What {platform.entry.title} answered cannot be read.",
        is_final=False,
        detail=f"platform {platform.id}: {detail}",
    )
