"""The control API as a table: every row becomes a route and a piece of `/api/openapi.json`.

Promises: there is no endpoint that does not stand here.
"""

from proxy.core.errors import (
    Conflict,
    Forbidden,
    NotFound,
    ServerNotRunning,
    UnprocessableInput,
    UpstreamSlow,
)
from proxy.web import api_servers, api_tokens, api_users
from proxy.web.admin_table import list_admin_endpoints
from proxy.web.api_endpoint import Caller, Endpoint, Parameter, Reply
from proxy.web.api_events import EventStreams
from proxy.web.course_people_table import list_course_people_endpoints
from proxy.web.course_table import list_course_endpoints
from proxy.web.environment_table import list_environment_endpoints
from proxy.web.health import HealthCheck, show_metrics
from proxy.web.platform_table import list_platform_endpoints
from proxy.web.schemas import (
    Access,
    CreatedToken,
    Health,
    Me,
    Message,
    NewPassword,
    NewToken,
    NewUser,
    Role,
    ServerInfo,
    ServerLog,
    StartRequest,
    TokenInfo,
    UserInfo,
)
from proxy.web.score_table import list_score_endpoints
from proxy.web.snapshot_table import list_snapshot_endpoints
from proxy.web.statistics_table import list_statistics_endpoints

_SERVER = "/api/servers/{owner}/{workspace}"
_USER = "/api/users/{name}"


def list_endpoints(health: HealthCheck, streams: EventStreams) -> tuple[Endpoint, ...]:
    """Return every row but the document's own; the arguments hold state of one application."""
    return (
        *_servers(),
        _events(streams),
        *_users(),
        *_tokens(),
        *list_admin_endpoints(),
        *list_platform_endpoints(),
        *list_score_endpoints(),
        *list_course_endpoints(),
        *list_course_people_endpoints(),
        *list_snapshot_endpoints(),
        *list_statistics_endpoints(),
        *list_environment_endpoints(),
        *_operations(health),
    )


def _servers() -> tuple[Endpoint, ...]:
    return (
        Endpoint(
            "GET",
            "/api/servers",
            api_servers.list_servers,
            "List the servers that run or failed, as far as you may see them",
            (Reply(200, "The servers", ServerInfo, many=True),),
        ),
        Endpoint(
            "POST",
            "/api/servers",
            api_servers.start_server,
            "Start a server and wait until it is ready",
            (
                Reply(201, "It was started", ServerInfo, headers=("Location",)),
                Reply(200, "It ran, or was starting, already", ServerInfo),
            ),
            body=StartRequest,
            body_optional=True,
            parameters=(
                Parameter(
                    "Prefer",
                    "header",
                    "`respond-async`: answer at once, with the state `starting`",
                    (("type", "string"),),
                ),
            ),
            problems=(Forbidden, NotFound, Conflict, ServerNotRunning, UpstreamSlow),
        ),
        Endpoint(
            "GET",
            _SERVER,
            api_servers.show_server,
            "Show a server; a failed one with its reason",
            (Reply(200, "The server", ServerInfo),),
            problems=(Forbidden, NotFound),
        ),
        Endpoint(
            "DELETE",
            _SERVER,
            api_servers.stop_server,
            "Stop a server and wait until it is gone; clears away a failed one",
            (Reply(200, "It is gone", Message),),
            problems=(Forbidden, NotFound, Conflict, UpstreamSlow),
        ),
        Endpoint(
            "GET",
            _SERVER + "/log",
            api_servers.show_log,
            "Show the last lines that a server wrote",
            (Reply(200, "The lines, oldest first", ServerLog),),
            parameters=(
                Parameter(
                    "lines",
                    "query",
                    f"How many; {api_servers.LOG_LINES} if it is not said",
                    (
                        ("type", "integer"),
                        ("minimum", 1),
                        ("maximum", api_servers.MAX_LOG_LINES),
                    ),
                ),
            ),
            problems=(Forbidden, NotFound, UnprocessableInput),
        ),
    )


def _events(streams: EventStreams) -> Endpoint:
    return Endpoint(
        "GET",
        _SERVER + "/events",
        streams.show_events,
        "Follow a start or stop as server-sent events",
        (
            Reply(
                200,
                'Each event is `data: {"state", "message", "percent", "log"}`; the stream ends '
                "after the last step",
                media_type="text/event-stream",
            ),
        ),
        problems=(Forbidden, NotFound),
    )


def _users() -> tuple[Endpoint, ...]:
    return (
        Endpoint(
            "GET",
            "/api/me",
            api_users.show_me,
            "Show who you are",
            (Reply(200, "You, and the kind of credential you showed", Me),),
        ),
        Endpoint(
            "GET",
            "/api/users",
            api_users.list_users,
            "List the accounts",
            (Reply(200, "The accounts, by name", UserInfo, many=True),),
            Caller.ADMIN,
        ),
        Endpoint(
            "POST",
            "/api/users",
            api_users.create_user,
            "Create an account; a token cannot create an administrator",
            (Reply(201, "It was created", UserInfo, headers=("Location",)),),
            Caller.ADMIN,
            body=NewUser,
            problems=(Conflict,),
        ),
        Endpoint(
            "GET",
            _USER,
            api_users.show_user,
            "Show an account",
            (Reply(200, "The account", UserInfo),),
            Caller.ADMIN,
            problems=(NotFound,),
        ),
        Endpoint(
            "DELETE",
            _USER,
            api_users.remove_user,
            "Remove an account with its sessions and tokens, and stop its servers; files stay",
            (Reply(200, "It was removed", Message),),
            Caller.ADMIN,
            problems=(NotFound, Conflict),
        ),
        Endpoint(
            "PUT",
            _USER + "/password",
            api_users.set_password,
            "Replace a password and end its owner's sessions; a token cannot for an administrator",
            (Reply(200, "It was replaced", Message),),
            Caller.ADMIN,
            body=NewPassword,
            problems=(NotFound,),
        ),
        Endpoint(
            "PUT",
            _USER + "/role",
            api_users.set_role,
            "Make somebody an administrator, or one no more; a token cannot make one",
            (Reply(200, "The account", UserInfo),),
            Caller.ADMIN,
            body=Role,
            problems=(NotFound, Conflict),
        ),
        Endpoint(
            "PUT",
            _USER + "/disabled",
            api_users.set_access,
            "Disable an account: sessions and tokens end, servers stop; or enable it again",
            (Reply(200, "It was done", Message),),
            Caller.ADMIN,
            body=Access,
            problems=(NotFound, Conflict),
        ),
        Endpoint(
            "DELETE",
            _USER + "/sessions",
            api_users.end_sessions,
            "Sign somebody out everywhere",
            (Reply(200, "They are signed out", Message),),
            Caller.ADMIN,
            problems=(NotFound,),
        ),
    )


def _tokens() -> tuple[Endpoint, ...]:
    return (
        Endpoint(
            "GET",
            "/api/tokens",
            api_tokens.list_tokens,
            "List your tokens; an administrator sees everybody's",
            (Reply(200, "The tokens, without their secrets", TokenInfo, many=True),),
        ),
        Endpoint(
            "POST",
            "/api/tokens",
            api_tokens.create_token,
            "Create a token for yourself, as a signed-in browser; it is shown this once",
            (Reply(201, "The token with its secret", CreatedToken),),
            body=NewToken,
            problems=(Forbidden, Conflict),
        ),
        Endpoint(
            "DELETE",
            "/api/tokens/{id}",
            api_tokens.revoke_token,
            "Revoke a token; an administrator may revoke anybody's",
            (Reply(200, "It is not valid any more", Message),),
            problems=(NotFound,),
        ),
    )


def _operations(health: HealthCheck) -> tuple[Endpoint, ...]:
    return (
        Endpoint(
            "GET",
            "/healthz",
            health.show_health,
            "Say whether front, relay and store work",
            (Reply(200, "They do", Health), Reply(503, "One of them does not", Health)),
            Caller.ANYBODY,
        ),
        Endpoint(
            "GET",
            "/metrics",
            show_metrics,
            "Show the metrics in the text format of Prometheus",
            (Reply(200, "The metrics of all processes", media_type="text/plain"),),
            Caller.ADMIN,
        ),
    )
