"""What administrators do with learning platforms, whether a page or a script asks for it.

Promises: each act is an event. A token registers platforms as it makes accounts; but it makes no
invitation, which could be used after the token has ended, and does nothing to a platform by which
an administrator signs in: whoever says what its keys are could sign in as them. Must not: show an
invitation a second time.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from aiohttp import web
from sqlalchemy import Connection

from proxy.core.credentials import SECRET_BYTES, hash_secret
from proxy.core.errors import Forbidden, NotFound, UnprocessableInput
from proxy.core.events import EventKind
from proxy.core.lti_platform import Platform, PlatformEntry, problems_of
from proxy.core.lti_tool_description import ToolAddresses
from proxy.store import platform_invitations, platform_people
from proxy.store import platforms as platform_rows
from proxy.store.platform_invitations import Invitation
from proxy.web.access import require_admin
from proxy.web.audit import note_act
from proxy.web.keys import CLOCK, RANDOM, SETTINGS, STORE

INVITATION_SECONDS = 24 * 3600.0
_MOST_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Known:
    """A platform, and how many people came by it."""

    platform: Platform
    people: int


def own_addresses(request: web.Request) -> ToolAddresses:
    """Return what is to be pasted into a platform."""
    return ToolAddresses(request.app[SETTINGS].front_origin)


async def list_known(request: web.Request) -> Sequence[Known]:
    """Return every platform, the earliest first."""
    return await request.app[STORE].read(_list_known)


async def find_known(request: web.Request, number: str) -> Known:
    """Return the platform of this number; raises `NotFound`."""
    for known in await list_known(request):
        if known.platform.id == _number(number):
            return known
    raise NotFound("There is no platform of that number.")


async def add(request: web.Request, entry: PlatformEntry) -> Platform:
    """Register it; raises `UnprocessableInput`, `Conflict`, `Forbidden`."""
    entry = _checked(entry)
    added = await request.app[STORE].write(
        _add, entry, request.app[CLOCK](), is_token=_is_token(request)
    )
    _note(request, EventKind.ADMIN_PLATFORM_ADDED, entry)
    return added


async def change(request: web.Request, number: str, entry: PlatformEntry) -> None:
    """Say it anew; raises `NotFound`, and what `add` raises."""
    entry = _checked(entry)
    await request.app[STORE].write(_change, _number(number), entry, is_token=_is_token(request))
    _note(request, EventKind.ADMIN_PLATFORM_CHANGED, entry)


async def remove(request: web.Request, number: str) -> Platform:
    """Forget it, with its memberships and scores; its people's accounts stay."""
    removed = await request.app[STORE].write(_remove, _number(number), is_token=_is_token(request))
    _note(request, EventKind.ADMIN_PLATFORM_REMOVED, removed.entry)
    return removed


async def invite(request: web.Request, title: str) -> tuple[str, float]:
    """Return an address at which one platform may register itself, and until when.

    Raises `UnprocessableInput`, `Conflict`, `Forbidden`.
    """
    if _is_token(request):
        raise Forbidden(
            "A token cannot make invitations: one could be used after the token has ended. Do it "
            "with the cookie of a signed-in browser."
        )
    title, now = title.strip(), request.app[CLOCK]()
    if not 0 < len(title) <= 128 or not title.isprintable():
        raise UnprocessableInput("The title is missing, or longer than 128 characters.")
    code = request.app[RANDOM](SECRET_BYTES)
    invitation = Invitation(hash_secret(code), title, now + INVITATION_SECONDS)
    await request.app[STORE].write(platform_invitations.add, invitation, now)
    note_act(request, EventKind.ADMIN_PLATFORM_INVITED, platform=title)
    return own_addresses(request).invitation(code), invitation.expires


def _checked(entry: PlatformEntry) -> PlatformEntry:
    """Deployments once each; raises `UnprocessableInput`."""
    entry = replace(entry, deployments=tuple(dict.fromkeys(entry.deployments)))
    if problems := list(problems_of(entry)):
        raise UnprocessableInput(" ".join(problems))
    return entry


def _is_token(request: web.Request) -> bool:
    return require_admin(request).token_id is not None


def _number(text: str) -> int:
    is_number = text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS
    return int(text) if is_number else 0


def _note(request: web.Request, kind: EventKind, entry: PlatformEntry) -> None:
    note_act(request, kind, platform=entry.title, issuer=entry.issuer)


def _list_known(connection: Connection) -> list[Known]:
    people = platform_people.count_people(connection)
    return [Known(each, people.get(each.id, 0)) for each in platform_rows.list_all(connection)]


def _add(connection: Connection, entry: PlatformEntry, now: float, *, is_token: bool) -> Platform:
    _keep_off_administrators(connection, entry, is_token=is_token)
    return platform_rows.add(connection, entry, now)


def _change(connection: Connection, number: int, entry: PlatformEntry, *, is_token: bool) -> None:
    known = _found(connection, number)
    for each in (known.entry, entry):
        _keep_off_administrators(connection, each, is_token=is_token)
    platform_rows.replace(connection, number, entry)


def _remove(connection: Connection, number: int, *, is_token: bool) -> Platform:
    known = _found(connection, number)
    _keep_off_administrators(connection, known.entry, is_token=is_token)
    platform_rows.remove(connection, number)
    return known


def _found(connection: Connection, number: int) -> Platform:
    known = platform_rows.find(connection, number)
    if known is None:
        raise NotFound("There is no platform of that number.")
    return known


def _keep_off_administrators(
    connection: Connection, entry: PlatformEntry, *, is_token: bool
) -> None:
    """Raise `Forbidden` if a token asks and an administrator signs in by this client."""
    if is_token and platform_people.has_administrator(connection, entry):
        raise Forbidden(
            "An administrator signs in by this platform, so a token cannot change it. Do it with "
            "the cookie of a signed-in browser."
        )
