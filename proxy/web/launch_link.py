"""Signed links of portals: `/launch?jwt=…`, and the address that older portals have in their pages.

    GET /launch?jwt=…    once, within five minutes
    GET /ipythonExercice/{course}/{notebook}/{student}?exp=…&sig=…    within the hour
    GET /notebookLazyCopy/…    the same

Promises: whoever opens such a link with a good signature is signed in as whom it names, in a
session of their own, and is asked first if somebody else is signed in; without a signature the
second kind opens the notebook of who is signed in already, and nobody else's. Must not: believe a
`Referer`, or use up a link for what looks ahead.
"""

from typing import Final

from aiohttp import web

from proxy.auth.signed_launches import find_signer, join_student, read_signed_link
from proxy.core.errors import BadRequest, Forbidden, SifuError
from proxy.core.identity import User
from proxy.core.portal_link import PortalTarget, read_target
from proxy.store import portal_members
from proxy.web.access import require_identity
from proxy.web.following import answer_nobody, is_followed
from proxy.web.framing import is_framed
from proxy.web.keys import CLOCK, HOSTS, IDENTITY, PROVIDERS, SETTINGS, STORE
from proxy.web.launch_destination import destination_of
from proxy.web.lti_arrived import way_by_arrived
from proxy.web.problems import see_other
from proxy.web.refusing import refused_sign_in
from proxy.web.session_opening import launch_session

_PREFIXES: Final = ("/ipythonExercice/", "/notebookLazyCopy/")
_MOST_SIGNATURE: Final = 128
_WAY: Final = "portal"


async def follow_launch_link(request: web.Request) -> web.Response:
    """Verify `/launch?jwt=…`, and go to the notebook."""
    if not is_followed(request):
        return answer_nobody()
    tokens = request.query.getall("jwt", [])
    if len(tokens) != 1:
        raise BadRequest("This link is not complete. Go back to the page it is on, and try again.")
    store, clock = request.app[STORE], request.app[CLOCK]
    try:
        portal, launch = await read_signed_link(
            tokens[0],
            request.app[PROVIDERS].portals,
            origin=request.app[HOSTS].origin,
            store=store,
            clock=clock,
        )
        user = await join_student(
            store, portal, launch.subject, launch.name, clock, homes=request.app[SETTINGS].notebooks
        )
    except SifuError as refusal:
        raise refused_sign_in(request, _WAY, refusal) from refusal
    name = portal.consumer.name
    await store.write(portal_members.remember, name, user.id, launch.course, launch.role, clock())
    return await _arrive(request, user, PortalTarget(launch.course, launch.notebook, ""), name)


async def follow_portal_link(request: web.Request) -> web.Response:
    """Verify an address of the older kind, and go to the notebook."""
    path, _, _ = request.raw_path.partition("?")
    prefix = next(each for each in _PREFIXES if path.startswith(each))
    target = read_target(path.removeprefix(prefix))
    if target is None:
        raise BadRequest(
            "This address names no notebook. It should end in course/notebook/student."
        )
    if "sig" not in request.query and "exp" not in request.query:
        user = require_identity(request).user
        if not is_followed(request):
            return answer_nobody()
        return see_other(await destination_of(request, user, target.course, target.notebook))
    if not is_followed(request):
        return answer_nobody()
    store, clock = request.app[STORE], request.app[CLOCK]
    try:
        signature, until = _single(request, "sig"), _single(request, "exp")
        portals = tuple(request.app[PROVIDERS].portals.values())
        portal = find_signer(target, until, signature, portals, clock())
        user = await join_student(
            store, portal, target.student, "", clock, homes=request.app[SETTINGS].notebooks
        )
    except SifuError as refusal:
        raise refused_sign_in(request, _WAY, refusal) from refusal
    name = portal.consumer.name
    await store.write(portal_members.remember_student, name, user.id, target.course, clock())
    return await _arrive(request, user, target, name)


def routes() -> list[web.RouteDef]:
    """The routes of this module."""
    return [
        web.get("/launch", follow_launch_link),
        *(web.get(prefix + "{target:.*}", follow_portal_link) for prefix in _PREFIXES),
    ]


def _single(request: web.Request, name: str) -> str:
    values = request.query.getall(name, [])
    if len(values) != 1 or len(values[0]) > _MOST_SIGNATURE:
        raise Forbidden(
            "This link is not complete. Go back to the page it is on, and try again.",
            detail="signature",
        )
    return values[0]


async def _arrive(
    request: web.Request, user: User, target: PortalTarget, portal: str
) -> web.Response:
    destination = await destination_of(request, user, target.course, target.notebook)
    former = request[IDENTITY]
    if former is not None and former.user.id != user.id:
        # Whoever is here is asked: a link may be anybody's, and be followed by accident.
        return see_other(way_by_arrived(request, user, destination), Referrer_Policy="no-referrer")
    if is_framed(request):
        # Whether the browser keeps our cookie there is found out on the way.
        destination = way_by_arrived(request, user, destination)
    return await launch_session(request, user, destination, f"{_WAY}:{portal}")
