"""A learning platform launches: `POST /lti/launch` with a signed token, into a notebook.

Promises: the checks in this order, each with its own word: the state, sealed by us, of some login
of a platform that is still registered; the browser that began it, by its cookie or by what the
platform's storage kept for it; the token (`auth.lti`); the place that it names; and only then its
one use. Two launches of one page take nothing from each other. Must not: send a browser anywhere
but to a path of ours.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from proxy.auth.lti import ExpectedLaunch, join_launch
from proxy.core.errors import Forbidden
from proxy.core.identity import User
from proxy.core.lti_arrival import Arrival, LinkPlace, place_of
from proxy.core.lti_launch import Launch, MessageType
from proxy.core.lti_login import origin_of
from proxy.core.lti_platform import Platform
from proxy.core.lti_refusals import ArrivalFault, sentence_of
from proxy.core.lti_roles import is_preview, role_of
from proxy.core.origin import is_notebooks_page, is_own_page
from proxy.core.redirects import HOME, safe_next
from proxy.core.sign_in_flow import Flow, nonce_of
from proxy.store import arrivals, platforms
from proxy.web import flows
from proxy.web.forms import read_pairs
from proxy.web.keys import CLOCK, HOSTS, LAUNCH_VERIFIER, SETTINGS, STORE
from proxy.web.launch_destination import destination_of
from proxy.web.lti_arrived import way_by_arrived
from proxy.web.lti_choosing import show_choice
from proxy.web.lti_login import LAUNCH, WAY, launch_address
from proxy.web.lti_refusing import REFUSALS, note_unseen_frame, refused_launch
from proxy.web.problems import see_other
from proxy.web.render import render_page
from proxy.web.session_opening import launch_session

# A token of the length that is read, its state, and what platforms add.
_MOST_BYTES: Final = 48 * 1024
_MOST_FIELDS: Final = 32
# What a platform answers to `prompt=none` if it would have to ask (OpenID Connect Core 3.1.2.6).
_WOULD_ASK: Final = frozenset(
    {"login_required", "interaction_required", "account_selection_required", "consent_required"}
)


@dataclass(frozen=True, slots=True)
class LaunchForm:
    """The fields as they came, a name possibly several times."""

    pairs: Sequence[tuple[str, str]]

    def all_of(self, name: str) -> list[str]:
        """Return the values of this name."""
        return [text for each, text in self.pairs if each == name]

    def one_of(self, name: str) -> str:
        """Return the one value, empty if there is none; raises `Forbidden` for several."""
        found = self.all_of(name)
        if len(found) > 1:
            raise _refusal(ArrivalFault.FORM)
        return found[0] if found else ""


@dataclass(frozen=True, slots=True)
class Verified:
    """A launch that was found good, and where its link leads."""

    flow: Flow
    platform: Platform
    launch: Launch
    place: LinkPlace


async def launch_notebook(request: web.Request) -> web.Response:
    """Verify the launch, and go on with it."""
    try:
        form = LaunchForm(
            await read_pairs(request, most_bytes=_MOST_BYTES, most_fields=_MOST_FIELDS)
        )
        found = await _verify(request, form)
        return found if isinstance(found, web.Response) else await _go_on(request, found)
    except REFUSALS as refusal:
        return refused_launch(request, refusal)


def routes() -> list[web.RouteDef]:
    """The routes of this module."""
    return [web.post(LAUNCH, launch_notebook)]


async def _verify(request: web.Request, form: LaunchForm) -> Verified | web.Response:
    """Return the launch, or the page that asks the platform's storage for the browser's secret."""
    if (said_no := form.all_of("error")) and not form.all_of("id_token"):
        is_asking = said_no[0] in _WOULD_ASK
        raise _refusal(ArrivalFault.SIGNED_OUT_THERE if is_asking else ArrivalFault.REFUSED_THERE)
    flow = flows.read_flow(request, form.all_of("state"), WAY)
    platform = await _platform(request, flow)
    secret = flows.secret_of(request, flow, told=_told_secret(request, form, flow))
    token = form.one_of("id_token")
    if not secret:
        if flow.storage and token and not form.all_of("secret"):
            return _ask_storage(request, form, flow, platform)
        raise _refusal(ArrivalFault.BROWSER)
    if not token:
        raise _refusal(ArrivalFault.FORM)
    expected = ExpectedLaunch(platform, nonce_of(secret, flow.id), launch_address(request))
    launch = await request.app[LAUNCH_VERIFIER].verify(token, expected)
    place = place_of(launch.parameters) if launch.message is MessageType.RESOURCE else LinkPlace()
    if place is None:
        raise _refusal(ArrivalFault.PLACE)
    return Verified(flow, platform, launch, place)


def _told_secret(request: web.Request, form: LaunchForm, flow: Flow) -> str:
    """Return what the platform's storage told our own page; raises `Forbidden` for others' word."""
    site, origin = (request.headers.get(name) for name in ("Sec-Fetch-Site", "Origin"))
    if is_notebooks_page(site, origin, request.app[SETTINGS].notebook_origin):
        raise _refusal(ArrivalFault.BROWSER)
    told = form.one_of("secret")
    if told and not (flow.storage and is_own_page(site, origin, request.app[HOSTS].origins)):
        raise _refusal(ArrivalFault.BROWSER)
    return told


async def _platform(request: web.Request, flow: Flow) -> Platform:
    number = flow.provider.removeprefix(WAY)
    store = request.app[STORE]
    platform = await store.read(platforms.find, int(number)) if number.isdecimal() else None
    if platform is None:
        raise _refusal(ArrivalFault.REMOVED)
    return platform


async def _go_on(request: web.Request, found: Verified) -> web.Response:
    await flows.use_up(request, found.flow)
    note_unseen_frame(request, found.platform, found.flow.page)
    user = await join_launch(
        request.app[STORE], found.launch, request.app[CLOCK], homes=request.app[SETTINGS].notebooks
    )
    if found.launch.message is MessageType.DEEP_LINKING:
        answer = await show_choice(request, found.platform, found.launch, user)
    else:
        way_on = await _remember(request, found, user)
        if request.headers.get("Sec-Fetch-Dest") == "document":
            # A window of our own: its session begins, or goes on, where its cookies are seen.
            way = way_by_arrived(request, user, way_on, found.flow)
            return see_other(way, Referrer_Policy="no-referrer")
        way = way_by_arrived(request, user, way_on)
        answer = await launch_session(request, user, way, "lti")
    flows.clear_cookie(request, found.flow, answer)
    return answer


async def _remember(request: web.Request, found: Verified, user: User) -> str:
    """Write down who came by which course page, and return where the link leads."""
    place, roles = found.place, found.launch.roles
    if not place.course:
        return HOME
    arrival = Arrival(
        user_id=user.id,
        platform_id=found.platform.id,
        launch=found.launch,
        course=place.course,
        notebook=place.notebook,
        role=role_of(roles),
        is_preview=is_preview(roles),
    )
    await request.app[STORE].write(arrivals.remember, arrival, request.app[CLOCK]())
    return safe_next(await destination_of(request, user, place.course, place.notebook))


def _ask_storage(
    request: web.Request, form: LaunchForm, flow: Flow, platform: Platform
) -> web.Response:
    values = {
        "frame": flow.storage,
        "origin": origin_of(platform.entry.authorization),
        "id": flow.id,
        "token": form.one_of("id_token"),
        "state": form.one_of("state"),
    }
    return render_page(request, "lti_recall.html", values)


def _refusal(fault: ArrivalFault) -> Forbidden:
    return Forbidden(sentence_of(fault.value), detail=fault.value)
