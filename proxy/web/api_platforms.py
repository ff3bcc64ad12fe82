"""Learning platforms over the control API.

Promises: only administrators see or change them (the table says so); what may be done with which is
decided in `platforms`, for pages and scripts alike.
"""

from aiohttp import web

from proxy.core.lti_platform import PlatformEntry
from proxy.web import platforms
from proxy.web.api_bodies import answer, read_body
from proxy.web.platform_schemas import CreatedInvitation, NewInvitation, NewPlatform, PlatformInfo
from proxy.web.platforms import Known
from proxy.web.schemas import Message


async def list_platforms(request: web.Request) -> web.Response:
    """Every platform, the earliest registered first."""
    return answer([_describe(each) for each in await platforms.list_known(request)])


async def register_platform(request: web.Request) -> web.Response:
    """Register one."""
    wish = await read_body(request, NewPlatform)
    added = await platforms.add(request, _entry(wish))
    location = f"/api/platforms/{added.id}"
    return answer(_describe(Known(added, 0)), status=201, headers={"Location": location})


async def show_platform(request: web.Request) -> web.Response:
    """One platform."""
    return answer(_describe(await platforms.find_known(request, request.match_info["id"])))


async def change_platform(request: web.Request) -> web.Response:
    """Say it anew, whole."""
    wish = await read_body(request, NewPlatform)
    await platforms.change(request, request.match_info["id"], _entry(wish))
    return answer(_describe(await platforms.find_known(request, request.match_info["id"])))


async def remove_platform(request: web.Request) -> web.Response:
    """Forget it; nobody launches from there any more."""
    removed = await platforms.remove(request, request.match_info["id"])
    told = f"{removed.entry.title} was removed. The accounts of its people stay."
    return answer(Message(message=told))


async def invite_platform(request: web.Request) -> web.Response:
    """Make an address at which one platform may register itself."""
    wish = await read_body(request, NewInvitation)
    url, expires = await platforms.invite(request, wish.title)
    return answer(CreatedInvitation(title=wish.title, url=url, expires=expires), status=201)


def _entry(wish: NewPlatform) -> PlatformEntry:
    return PlatformEntry(
        issuer=wish.issuer,
        client=wish.client_id,
        title=wish.title,
        authorization=wish.authorization_url,
        token=wish.token_url,
        keys=wish.keys_url,
        deployments=tuple(wish.deployments),
        audience=wish.audience,
    )


def _describe(known: Known) -> PlatformInfo:
    entry = known.platform.entry
    return PlatformInfo(
        id=known.platform.id,
        title=entry.title,
        issuer=entry.issuer,
        client_id=entry.client,
        authorization_url=entry.authorization,
        token_url=entry.token,
        keys_url=entry.keys,
        deployments=list(entry.deployments),
        audience=entry.audience,
        created=known.platform.created,
        people=known.people,
    )
