"""What happened, over the control API: a page of it, or all of it as a file.

Promises: newest first, a page at a time; an export is streamed, oldest first, from a few hundred
rows in memory, and ends when its reader sleeps. Each export is itself an event.
"""

import asyncio
from collections.abc import Callable
from typing import Final

from aiohttp import web
from multidict import MultiMapping

from proxy.core.errors import UnprocessableInput
from proxy.core.event_export import as_object, csv_head, csv_line, json_line
from proxy.core.events import Event, EventKind
from proxy.core.moments import read_time
from proxy.store import events
from proxy.store.events import StoredEvent, Wanted
from proxy.web.admin_schemas import EventInfo, EventPage
from proxy.web.api_bodies import answer
from proxy.web.audit import note_act
from proxy.web.keys import EVENTS, STORE

PAGE = 100
MAX_PAGE = 1000
MAX_NUMBER: Final = 2**31 - 1
_MAX_TEXT: Final = 100
_BATCH: Final = 500
_WRITE_SECONDS: Final = 60


async def list_events(request: web.Request) -> web.Response:
    """One page, newest first; `before` is the `next` of the page before."""
    await request.app[EVENTS].write()  # what was noted just now belongs to it
    limit = number_of(request.query, "limit", most=MAX_PAGE) or PAGE
    before = number_of(request.query, "before", most=MAX_NUMBER)
    wanted = wanted_of(request.query)
    found = await request.app[STORE].read(events.find, wanted, before=before, limit=limit)
    is_full = len(found) == limit
    page = EventPage(
        events=[_describe(each) for each in found], next=found[-1].number if is_full else None
    )
    return answer(page)


async def export_csv(request: web.Request) -> web.StreamResponse:
    """Everything that is wanted, as CSV with a head."""
    return await _export(request, "csv", "text/csv", csv_head(), csv_line)


async def export_json(request: web.Request) -> web.StreamResponse:
    """Everything that is wanted, one JSON object a line."""
    return await _export(request, "jsonl", "application/jsonl", "", json_line)


def wanted_of(query: MultiMapping[str]) -> Wanted:
    """Read the filters of a query; raises `UnprocessableInput`."""
    kind = _text(query, "kind")
    if kind is not None and kind not in {each.value for each in EventKind}:
        raise UnprocessableInput("“kind”: There is no such kind of event.")
    return Wanted(
        kind=None if kind is None else EventKind(kind),
        user=_text(query, "user") or "",
        server=_text(query, "server") or "",
        since=_time(query, "since"),
        until=_time(query, "until"),
    )


def number_of(query: MultiMapping[str], name: str, *, most: int) -> int | None:
    """Read a whole number from 1 to `most`; raises `UnprocessableInput`."""
    if (text := _text(query, name)) is None:
        return None
    is_number = text.isascii() and text.isdigit() and len(text) <= len(str(most))
    if not is_number or not 1 <= int(text) <= most:
        raise UnprocessableInput(f"“{name}”: This is a number from 1 to {most}.")
    return int(text)


async def _export(
    request: web.Request,
    form: str,
    media_type: str,
    head: str,
    line: Callable[[int, Event], str],
) -> web.StreamResponse:
    wanted = wanted_of(request.query)
    note_act(request, EventKind.ADMIN_EVENTS_EXPORTED, format=form)
    await request.app[EVENTS].write()
    store = request.app[STORE]
    batch = await store.read(events.find_after, wanted, 0, limit=_BATCH)
    response = web.StreamResponse()
    response.content_type = media_type
    response.charset = "utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="sifu-events.{form}"'
    await response.prepare(request)
    text = head
    while batch or text:
        text += "".join(line(each.number, each.event) for each in batch)
        async with asyncio.timeout(_WRITE_SECONDS):
            await response.write(text.encode())
        text = ""
        if batch:
            batch = await store.read(events.find_after, wanted, batch[-1].number, limit=_BATCH)
    return response


def _describe(each: StoredEvent) -> EventInfo:
    return EventInfo.model_validate(as_object(each.number, each.event))


def _text(query: MultiMapping[str], name: str) -> str | None:
    values = query.getall(name, [])
    if len(values) > 1 or any(len(value) > _MAX_TEXT or "\0" in value for value in values):
        raise UnprocessableInput(f"“{name}”: Give it once, {_MAX_TEXT} characters at most.")
    return values[0] if values else None


def _time(query: MultiMapping[str], name: str) -> float | None:
    if (text := _text(query, name)) is None:
        return None
    if (at := read_time(text)) is None:
        raise UnprocessableInput(f"“{name}”: Write a time like 2027-01-31 or 2027-01-31T18:00Z.")
    return at
