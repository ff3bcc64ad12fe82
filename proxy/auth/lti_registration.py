"""Registering ourselves at a platform that was invited to ask for it: two requests.

Promises: `PATIENCE_SECONDS` and `MOST_BYTES` for each answer, no redirects; the platform's token
goes to the platform and into no log, nor does the query of an address, which may hold it; what the
platform said when it refused is told, cut to one line. Must not: know invitations, or the store.
"""

import asyncio
import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from aiohttp import ClientError

from proxy.auth.asking import OpenClient, read_body
from proxy.core.errors import UnprocessableInput, UpstreamBroken
from proxy.core.lti_registration import (
    PlatformDescription,
    Registered,
    may_ask,
    read_platform,
    read_registered,
    words_of,
)
from proxy.core.lti_tool_description import ToolAddresses, registration_request
from proxy.core.strict_json import NotStrict, read_object

MOST_BYTES: Final = 256 * 1024
PATIENCE_SECONDS: Final = 10.0
_GOOD: Final = (200, 201)


class PlatformRegistrar:
    """Asks platforms; `own` are our addresses."""

    def __init__(self, open_client: OpenClient, own: ToolAddresses) -> None:
        self._open_client = open_client
        self._own = own

    async def describe(self, address: str, token: str) -> PlatformDescription:
        """Return what the platform says of itself.

        Raises `UpstreamBroken` if it cannot be reached, `UnprocessableInput` if it is not believed.
        """
        if not may_ask(address, self._own.origin):
            raise UnprocessableInput(
                "The platform's address cannot be used: it has to begin with https://."
            )
        document = await self._ask("GET", address, token)
        platform = read_platform(document, address, self._own.origin)
        if isinstance(platform, str):
            raise UnprocessableInput(f"The platform cannot be registered. {platform}")
        return platform

    async def register(self, platform: PlatformDescription, token: str) -> Registered:
        """Return whom the platform made of us; raises `UpstreamBroken`."""
        request = registration_request(self._own, platform.placements)
        answer = await self._ask("POST", platform.registration, token, request)
        registered = read_registered(answer)
        if isinstance(registered, str):
            raise UpstreamBroken(f"The platform registered nothing. {registered}")
        return registered

    async def _ask(
        self, method: str, address: str, token: str, body: Mapping[str, Any] | None = None
    ) -> Mapping[str, Any]:
        headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        if body is not None:
            headers["Content-Type"] = "application/json"
        data = None if body is None else json.dumps(body).encode()
        host = urlsplit(address).hostname or ""
        try:
            async with (
                asyncio.timeout(PATIENCE_SECONDS),
                self._open_client() as client,
                client.request(
                    method, address, allow_redirects=False, headers=headers, data=data
                ) as answer,
            ):
                read = await read_body(answer, MOST_BYTES)
        except (ClientError, TimeoutError, OSError, ValueError) as problem:
            # Not its text: it may quote the address.
            raise UpstreamBroken(
                f"The platform at {host} cannot be reached from here, or answers too slowly or too "
                "much. Nothing was registered; try again.",
                detail=f"{method} {host}: {type(problem).__name__}",
            ) from None
        if answer.status not in _GOOD:
            words = words_of(read)
            raise UpstreamBroken(
                f"The platform at {host} refused, with status {answer.status}"
                + (f", and said: “{words}”" if words else "."),
                detail=f"{method} {host}: status {answer.status}",
            )
        try:
            return read_object(read)
        except NotStrict as problem:
            raise UpstreamBroken(
                f"The platform at {host} gave an answer that is no JSON object.",
                detail=f"{method} {host}: {problem}",
            ) from None
