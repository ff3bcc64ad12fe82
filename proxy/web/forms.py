"""What a form of ours sends: few short fields.

Promises: at most `_MAX_BYTES` in at most `_SECONDS`, url-encoded and nothing else: a multipart body
would be written to a temporary file.
"""

import asyncio
from urllib.parse import parse_qsl

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from proxy.core.errors import BadRequest, PayloadTooLarge, UnsupportedMediaType

_MAX_BYTES = 16 * 1024
_MAX_FIELDS = 16
_SECONDS = 10
_KIND = "application/x-www-form-urlencoded"


async def read_form(request: web.Request) -> dict[str, str]:
    """Return the fields, the last of each name.

    Raises `UnsupportedMediaType`, `PayloadTooLarge` or `BadRequest`.
    """
    return dict(await read_pairs(request))


async def read_pairs(
    request: web.Request, *, most_bytes: int = _MAX_BYTES, most_fields: int = _MAX_FIELDS
) -> list[tuple[str, str]]:
    """Return the fields as they came, also a name that is there twice; raises as `read_form`."""
    if not request.can_read_body:
        return []
    if request.content_type != _KIND:
        raise UnsupportedMediaType(f"Send the form as {_KIND}.")
    try:
        async with asyncio.timeout(_SECONDS):
            raw = await request.content.read(most_bytes + 1)
            while not request.content.at_eof() and len(raw) <= most_bytes:
                raw += await request.content.read(most_bytes + 1 - len(raw))
    except TimeoutError:
        raise BadRequest("The form did not arrive in time. Please send it again.") from None
    except (HttpProcessingError, web.RequestPayloadError):
        raise BadRequest("The form arrived damaged. Please send it again.") from None
    if len(raw) > most_bytes:
        raise PayloadTooLarge("That form is too large.")
    try:
        return parse_qsl(
            raw.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=most_fields,
        )
    except ValueError:  # also what cannot be decoded
        raise BadRequest("The form cannot be read. Please go back and try again.") from None
