"""What handlers write down of what people did.

Promises: an event names who asked, by their slug, and how if it was not in a browser; what the
command line asked for over the API names nobody, for it is whoever has the machine. Must not: hold
a secret, or wait.
"""

from aiohttp import web

from proxy.auth.attempts import network_of
from proxy.core.buckets import Rate
from proxy.core.credentials import COMMAND_LINE_TOKEN
from proxy.core.events import EventKind
from proxy.core.identity import SHARED, Identity, ServerName, User
from proxy.web.access import require_identity
from proxy.web.keys import CLIENT_ADDRESS, CLOCK, EVENTS, REFUSALS_NOTED

# Of one address: a class that is refused at once is told in full, a flood is not.
REFUSAL_RATE = Rate(burst=200, seconds_each=30.0)
# What somebody reads whose server was stopped so.
BY_ADMIN = "An administrator stopped it. Your files are kept."


def note_sign_in(request: web.Request, user: User, way: str) -> None:
    """Somebody signed in, by `password`, `link`, or by way of another service."""
    about = {"way": way, "address": request[CLIENT_ADDRESS]}
    request.app[EVENTS].note(EventKind.SIGNED_IN, user=user.slug, about=about)


def note_failed_sign_in(request: web.Request, user: User | None, way: str) -> None:
    """Somebody did not; the name they typed is worth noting only if it is somebody's."""
    about = {"way": way, "address": request[CLIENT_ADDRESS]}
    slug = "" if user is None else user.slug
    request.app[EVENTS].note(EventKind.SIGN_IN_FAILED, user=slug, about=about)


def note_refused_sign_in(request: web.Request, way: str, reason: str) -> None:
    """Another service's word for somebody was not accepted; `reason` is one word of ours.

    Anybody can be refused as often as they like, so what one address adds to the events is bounded.
    """
    now, network = request.app[CLOCK](), network_of(request[CLIENT_ADDRESS])
    noted = request.app[REFUSALS_NOTED]
    if noted.wait_for(network, now):
        return
    noted.take(network, now)
    about = {"way": way, "reason": reason, "address": request[CLIENT_ADDRESS]}
    request.app[EVENTS].note(EventKind.SIGN_IN_FAILED, about=about)


def note_act(
    request: web.Request,
    kind: EventKind,
    *,
    server: ServerName | None = None,
    course: str = "",
    **facts: str,
) -> None:
    """Whoever asks did that; `facts` as in `core.events.FACTS`."""
    slug, way = who_acts(request)
    request.app[EVENTS].note(
        kind,
        user=slug,
        server="" if server is None else str(server),
        course=course,
        about=facts | ({"by": way} if way else {}),
    )


def who_acts(request: web.Request) -> tuple[str, str]:
    """Return the slug of whoever asks (the command line has none), and how if not in a browser."""
    identity = require_identity(request)
    way = way_of(identity)
    return "" if way == "command line" else identity.user.slug, way


def note_if_others(request: web.Request, kind: EventKind, name: ServerName) -> bool:
    """Write it down if an administrator did it to another person's server; tell whether."""
    identity = require_identity(request)
    # Who helps starts what they were let into; that they help is an event of its own.
    is_others = name not in {SHARED, identity.helping} and name.owner != identity.user.slug
    if is_others:
        note_act(request, kind, server=name)
    return is_others


def way_of(identity: Identity) -> str:
    """Return how somebody asks if not in a browser; empty: in one."""
    if identity.token_id is None:
        return ""
    return "command line" if identity.token_id.startswith(COMMAND_LINE_TOKEN) else "token"
