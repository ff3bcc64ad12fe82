"""One request to a service of a learning platform.

Promises: `PATIENCE_SECONDS` and `MOST_BYTES` for an answer, no redirect is followed, strict JSON;
plain http only where the platform itself is on this machine. What fails is a `ServiceFault` with a
public sentence. Must not: repeat anything, or log what was sent.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from aiohttp import ClientError, ClientResponse

from proxy.auth.asking import OpenClient, read_body
from proxy.core.addresses import is_secure_address
from proxy.core.lti_platform import Platform
from proxy.core.score_retry import ServiceFault, is_final
from proxy.core.strict_json import NotStrict, read_value

MOST_BYTES: Final = 1024 * 1024
PATIENCE_SECONDS: Final = 10.0
_UNAUTHORIZED: Final = 401


@dataclass(frozen=True, slots=True)
class ServiceRequest:
    """`accept` and `kind` are media types; what is not `is_answered` has an answer of any kind."""

    method: str
    address: str
    accept: str = "application/json"
    kind: str = "application/json"
    body: Any = None
    form: Mapping[str, str] | None = None
    token: str = field(default="", repr=False)
    is_answered: bool = True


@dataclass(frozen=True, slots=True)
class ServiceAnswer:
    """`value` is the JSON that came; `links` are the `Link` headers."""

    value: Any
    links: Sequence[str]


class Unauthorized(Exception):
    """The platform does not take our token (any more)."""


async def ask(
    open_client: OpenClient, platform: Platform, request: ServiceRequest
) -> ServiceAnswer | ServiceFault:
    """Ask once; raises `Unauthorized`."""
    if not _may_be_asked(platform, request.address):
        return _refused(platform, "the address that it named may not be asked", 400)
    try:
        async with (
            asyncio.timeout(PATIENCE_SECONDS),
            open_client() as client,
            client.request(
                request.method, request.address, allow_redirects=False, **_options(request)
            ) as answer,
        ):
            return await _read(platform, request, answer)
    except (ClientError, TimeoutError, OSError, NotStrict, ValueError) as problem:
        return ServiceFault(
            f"{platform.entry.title} cannot be reached now, or its answer cannot be read.",
            is_final=False,
            detail=f"platform {platform.id}: {problem!r}"[:300],
        )


async def _read(
    platform: Platform, request: ServiceRequest, answer: ClientResponse
) -> ServiceAnswer | ServiceFault:
    if answer.status == _UNAUTHORIZED and request.token:
        raise Unauthorized
    if not 200 <= answer.status < 300:
        return _refused(platform, f"it answered {answer.status}", answer.status)
    if not request.is_answered:
        return ServiceAnswer(None, ())
    body = await read_body(answer, MOST_BYTES)
    return ServiceAnswer(read_value(body), answer.headers.getall("Link", []))


def _options(request: ServiceRequest) -> dict[str, Any]:
    headers = {"Accept": request.accept, "Accept-Encoding": "identity"}
    if request.token:
        headers["Authorization"] = f"Bearer {request.token}"
    if request.form is not None:
        return {"headers": headers, "data": dict(request.form)}
    if request.body is None:
        return {"headers": headers}
    return {"headers": headers | {"Content-Type": request.kind}, "json": request.body}


def _may_be_asked(platform: Platform, address: str) -> bool:
    """Plain http passes `is_secure_address` for this machine: only a platform that is on it."""
    if not is_secure_address(address):
        return False
    is_plain = urlsplit(address).scheme == "http"
    return not is_plain or urlsplit(platform.entry.token).scheme == "http"


def _refused(platform: Platform, said: str, status: int) -> ServiceFault:
    return ServiceFault(
        f"{platform.entry.title} did not take it: {said}.",
        is_final(status),
        f"platform {platform.id}: {said}",
        status,
    )
