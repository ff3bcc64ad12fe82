"""A teacher chooses notebooks for their course page (LTI Deep Linking 2.0).

    (a launch)           our page, with what was asked sealed in its form
    POST /lti/choose     the choice; answered by a form that goes to the platform by itself

Promises: only a teacher chooses; what was asked cannot be changed on the way; the answer goes to
the address that the platform named in its signed request, and the page's policy lets its form go
nowhere else. Works without cookies. Must not: check whether a notebook that was typed exists.
"""

from urllib.parse import urlsplit

from aiohttp import web

from proxy.core.errors import BadRequest, Forbidden, NotFound
from proxy.core.hosts import is_origin
from proxy.core.identity import User
from proxy.core.link_choice import (
    MOST_CHOSEN,
    MOST_SEALED,
    ChoiceAsked,
    read_choices,
    seal_ask,
    unseal_ask,
)
from proxy.core.lti_launch import Launch
from proxy.core.lti_messages import LinkChoice, deep_linking_claims
from proxy.core.lti_platform import Platform
from proxy.core.lti_roles import CourseRole, role_of
from proxy.core.sealing import InvalidToken
from proxy.store import platforms
from proxy.web.forms import read_pairs
from proxy.web.headers import security_headers
from proxy.web.keys import CLOCK, COURSE_SHELF, LTI_KEYS, RANDOM, SETTINGS, STORE
from proxy.web.render import render_page

_LAUNCH = "/lti/launch"
_NONCE_BYTES = 16
_MOST_BYTES = 2 * MOST_SEALED
# What is asked, the choices, and the fields beside them.
_MOST_FIELDS = 10 + 2 * MOST_CHOSEN
_STUDENT = "Only a teacher of the course can choose what its page links to."
_TOO_LATE = (
    "This page was open for too long. Go back to your course, and choose the notebook there again."
)


async def show_choice(
    request: web.Request, platform: Platform, launch: Launch, user: User
) -> web.Response:
    """Answer a deep-linking launch with the page on which one chooses."""
    if role_of(launch.roles) is not CourseRole.TEACHER:
        raise Forbidden(_STUDENT, detail="not_a_teacher")
    if launch.deep_linking is None or not _origin_of(launch.deep_linking.return_url):
        raise BadRequest("This launch does not ask for links, or not as it should.")
    wanted = launch.deep_linking
    asked = ChoiceAsked(
        platform_id=platform.id,
        deployment=launch.deployment,
        return_url=wanted.return_url,
        data=wanted.data,
        takes_many=wanted.takes_many,
        user_id=user.id,
    )
    sealed = seal_ask(request.app[SETTINGS].secrets, asked, request.app[CLOCK]())
    return await _page(request, platform, asked, sealed)


async def take_choice(request: web.Request) -> web.Response:
    """Send the choice to the platform, by the teacher's browser."""
    fields = await read_pairs(request, most_bytes=_MOST_BYTES, most_fields=_MOST_FIELDS)
    form = dict(fields)
    secrets, now = request.app[SETTINGS].secrets, request.app[CLOCK]()
    sealed = form.get("asked", "")
    try:
        asked = unseal_ask(secrets, sealed, now)
    except InvalidToken as problem:
        raise Forbidden(_TOO_LATE, detail=f"choice: {problem}") from problem
    platform = await request.app[STORE].read(platforms.find, asked.platform_id)
    if platform is None:
        raise NotFound("This learning platform is not registered here any more.")
    choices = read_choices(fields, takes_many=asked.takes_many)
    if isinstance(choices, str):
        return await _page(request, platform, asked, sealed, told=choices, form=form, fields=fields)
    return await _send(request, platform, asked, choices)


def routes() -> list[web.RouteDef]:
    """The routes of this module."""
    return [web.post("/lti/choose", take_choice)]


async def _page(
    request: web.Request,
    platform: Platform,
    asked: ChoiceAsked,
    sealed: str,
    *,
    told: str = "",
    form: dict[str, str] | None = None,
    fields: list[tuple[str, str]] | None = None,
) -> web.Response:
    catalog = await request.app[COURSE_SHELF].catalog()
    values = {
        "platform": platform.entry.title,
        "catalog": catalog,
        "takes_many": asked.takes_many,
        "asked": sealed,
        "told": told,
        "form": form or {},
        "chosen": {text for name, text in fields or () if name == "chosen"},
    }
    return render_page(request, "lti_choose.html", values, status=422 if told else 200)


async def _send(
    request: web.Request, platform: Platform, asked: ChoiceAsked, choices: list[LinkChoice]
) -> web.Response:
    settings = request.app[SETTINGS]
    claims = deep_linking_claims(
        choices,
        issuer=platform.entry.issuer,
        client=platform.entry.client,
        deployment=asked.deployment,
        data=asked.data,
        launch_url=settings.front_origin + _LAUNCH,
        nonce=request.app[RANDOM](_NONCE_BYTES),
        now=request.app[CLOCK](),
    )
    token = await request.app[LTI_KEYS].sign(claims)
    values = {"address": asked.return_url, "token": token, "platform": platform.entry.title}
    page = render_page(request, "lti_return.html", values)
    page.headers.update(
        security_headers(
            request.path,
            notebook_origin=settings.notebook_origin_for("*"),
            framers=settings.lms_origins,
            form_target=_origin_of(asked.return_url),
        )
    )
    return page


def _origin_of(address: str) -> str:
    """Return the origin, which is to stand in a policy; empty if it cannot."""
    parts = urlsplit(address)
    origin = f"{parts.scheme}://{parts.netloc.lower()}"
    return origin if is_origin(origin) else ""
