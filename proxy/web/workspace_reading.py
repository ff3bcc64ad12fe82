"""Reads what is in somebody's workspace, for pages that show it.

Promises: nothing is made or changed there, not even the workspace; nothing blocks the loop; an
error of the disk is a sentence. Who may read it is the caller's question.
"""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aiohttp import web

from proxy.core.errors import Conflict, NotFound, PayloadTooLarge, UnprocessableInput
from proxy.core.file_kinds import FileKind, kind_of
from proxy.core.identity import SHARED, ServerName
from proxy.core.sizes import say_bytes
from proxy.courses.looking import Listing, OpenFile, look, look_at_file
from proxy.courses.rendering import MOST_NOTEBOOK_BYTES
from proxy.servers.places import root_of
from proxy.web.keys import SETTINGS

_NO_NOTEBOOK: Final = (
    "There is no such notebook in your workspace. Save it, and share it from the place where it is "
    "now."
)
_CLOSED: Final = "This folder or file cannot be read. Ask whoever runs this Sifu."


@dataclass(frozen=True, slots=True)
class SavedNotebook:
    """As it was on the disk; `saved` in seconds since the epoch."""

    content: bytes
    saved: float


async def find(request: web.Request, server: ServerName, path: str) -> Listing | OpenFile | None:
    """Return what is at a path of the workspace; raises `Conflict` where it cannot be read."""
    try:
        return await asyncio.to_thread(_look, _root(request, server), path, server == SHARED)
    except OSError as problem:
        raise Conflict(_CLOSED, detail=f"{server}: {problem}") from problem


async def when_saved(request: web.Request, server: ServerName, path: str) -> float:
    """Return when a notebook was saved; raises `NotFound` or `UnprocessableInput`."""
    return (await _read(request, server, path, 0)).saved


async def read_notebook(request: web.Request, server: ServerName, path: str) -> SavedNotebook:
    """Return a notebook; raises `NotFound`, `PayloadTooLarge` or `UnprocessableInput`."""
    found = await _read(request, server, path, MOST_NOTEBOOK_BYTES)
    if len(found.content) > MOST_NOTEBOOK_BYTES:
        most = say_bytes(MOST_NOTEBOOK_BYTES)
        raise PayloadTooLarge(
            f"A notebook may have {most} to be shown as a page. Clear the outputs that nobody "
            "needs, save it, and try again."
        )
    return found


async def _read(request: web.Request, server: ServerName, path: str, most: int) -> SavedNotebook:
    if kind_of(path) is not FileKind.NOTEBOOK:
        raise UnprocessableInput("Only notebooks can be shared: files that end in .ipynb.")
    try:
        found = await asyncio.to_thread(
            _read_file, _root(request, server), path, server == SHARED, most
        )
    except OSError as problem:
        raise Conflict(_CLOSED, detail=f"{server}: {problem}") from problem
    if found is None:
        raise NotFound(_NO_NOTEBOOK)
    return found


def _root(request: web.Request, server: ServerName) -> Path:
    return root_of(request.app[SETTINGS], server, shared=SHARED)


def _look(root: Path, path: str, is_shared: bool) -> Listing | OpenFile | None:
    return look(_real(root, is_shared), path, is_shared=is_shared)


def _read_file(root: Path, path: str, is_shared: bool, most: int) -> SavedNotebook | None:
    found = look_at_file(_real(root, is_shared), path, is_shared=is_shared)
    if found is None:
        return None
    with found.file:
        return SavedNotebook(found.read(most), found.modified)


def _real(root: Path, is_shared: bool) -> Path:
    """The folder that all share is the operator's, who may have made it a link."""
    return root.resolve() if is_shared else root
