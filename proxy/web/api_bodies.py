"""JSON in, JSON out: the edge of every API handler.

Promises: at most 64 KiB are read, in at most 10 seconds; a refusal names the key that is wrong as
the client wrote it. Must not: repeat a value that was sent, which may be a password.
"""

import asyncio
from collections.abc import Sequence
from typing import TypeVar

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from pydantic import ValidationError

from proxy.core.errors import (
    BadRequest,
    PayloadTooLarge,
    UnprocessableInput,
    UnsupportedMediaType,
)
from proxy.web.schemas import Answer, Body

MAX_BODY_BYTES = 64 * 1024
_BODY_SECONDS = 10
_SHOWN_PROBLEMS = 5
_JSON = "application/json"
B = TypeVar("B", bound=Body)


async def read_body(request: web.Request, model: type[B]) -> B:
    """Return the body as `model`.

    Raises `UnsupportedMediaType`, `PayloadTooLarge`, `BadRequest` (not JSON) or
    `UnprocessableInput` (JSON, but not this).
    """
    raw = await _read_bytes(request)
    if request.content_type != _JSON:
        raise UnsupportedMediaType(f"Send the body as {_JSON}.")
    return _parse(raw, model)


async def read_optional_body(request: web.Request, model: type[B]) -> B:
    """The same, but nothing at all counts as `{}`."""
    return await read_body(request, model) if request.can_read_body else _parse(b"{}", model)


def answer(
    body: Answer | Sequence[Answer], *, status: int = 200, headers: dict[str, str] | None = None
) -> web.Response:
    """Make a response of one answer or a list of them."""
    if isinstance(body, Answer):
        text = body.model_dump_json()
    else:
        text = f"[{','.join(item.model_dump_json() for item in body)}]"
    return web.Response(text=text, status=status, headers=headers, content_type=_JSON)


async def _read_bytes(request: web.Request) -> bytes:
    raw = bytearray()
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            while chunk := await request.content.readany():
                raw += chunk
                if len(raw) > MAX_BODY_BYTES:
                    raise PayloadTooLarge(f"A body may have {MAX_BODY_BYTES} bytes at most.")
    except TimeoutError as problem:
        raise BadRequest("The body did not arrive in time. Please send it again.") from problem
    except (HttpProcessingError, web.RequestPayloadError) as problem:
        raise BadRequest("The body is damaged. Please send it again.") from problem
    return bytes(raw)


def _parse(raw: bytes, model: type[B]) -> B:
    try:
        return model.model_validate_json(raw)
    except ValidationError as problem:
        # Without the input and its context: neither belongs into an answer or a log.
        errors = problem.errors(include_url=False, include_context=False, include_input=False)
        if errors[0]["type"] == "json_invalid":
            raise BadRequest("The body is not JSON.") from None
        shown = [_sentence(error["loc"], error["msg"]) for error in errors[:_SHOWN_PROBLEMS]]
        raise UnprocessableInput(" ".join(shown)) from None


def _sentence(location: tuple[int | str, ...], message: str) -> str:
    where = f"“{str(location[0])[:64]}”" if location else "The body"
    return f"{where}: {message.removeprefix('Value error, ').rstrip('.')}."
