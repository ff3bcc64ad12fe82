"""The rows of the endpoint table that are about learning platforms."""

from proxy.core.errors import Conflict, NotFound
from proxy.web import api_platforms
from proxy.web.api_endpoint import Caller, Endpoint, Reply
from proxy.web.platform_schemas import CreatedInvitation, NewInvitation, NewPlatform, PlatformInfo
from proxy.web.schemas import Message

_ALL = "/api/platforms"
_ONE = "/api/platforms/{id}"


def list_platform_endpoints() -> tuple[Endpoint, ...]:
    """Return the rows; an invitation is no platform yet, so its address is not below theirs."""
    return (*_together(), *_single())


def _together() -> tuple[Endpoint, ...]:
    return (
        Endpoint(
            "GET",
            _ALL,
            api_platforms.list_platforms,
            "List the learning platforms whose links open notebooks here",
            (Reply(200, "The platforms, the earliest registered first", PlatformInfo, many=True),),
            Caller.ADMIN,
        ),
        Endpoint(
            "POST",
            _ALL,
            api_platforms.register_platform,
            "Register a learning platform; a token cannot, if an administrator signs in by it",
            (Reply(201, "It was registered", PlatformInfo, headers=("Location",)),),
            Caller.ADMIN,
            body=NewPlatform,
            problems=(Conflict,),
        ),
        Endpoint(
            "POST",
            "/api/platform-invitations",
            api_platforms.invite_platform,
            "Let one platform register itself within a day, as a signed-in browser; a token cannot",
            (Reply(201, "The address for it, shown this once", CreatedInvitation),),
            Caller.ADMIN,
            body=NewInvitation,
            problems=(Conflict,),
        ),
    )


def _single() -> tuple[Endpoint, ...]:
    return (
        Endpoint(
            "GET",
            _ONE,
            api_platforms.show_platform,
            "Show a platform",
            (Reply(200, "The platform", PlatformInfo),),
            Caller.ADMIN,
            problems=(NotFound,),
        ),
        Endpoint(
            "PUT",
            _ONE,
            api_platforms.change_platform,
            "Say anew what a platform is; a token cannot, if an administrator signs in by it",
            (Reply(200, "The platform", PlatformInfo),),
            Caller.ADMIN,
            body=NewPlatform,
            problems=(NotFound, Conflict),
        ),
        Endpoint(
            "DELETE",
            _ONE,
            api_platforms.remove_platform,
            "Remove a platform with its memberships and scores; its people's accounts stay",
            (Reply(200, "It was removed", Message),),
            Caller.ADMIN,
            problems=(NotFound,),
        ),
    )
