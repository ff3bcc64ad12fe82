"""The rows of the endpoint table that are about the installation as a whole."""

from proxy.core.errors import UnprocessableInput
from proxy.core.events import EventKind
from proxy.core.moments import TIME
from proxy.web import api_audit, api_installation
from proxy.web.admin_schemas import (
    EventPage,
    MaintenanceInfo,
    NewMaintenance,
    NewNotice,
    NoticeInfo,
    Overview,
    StoppedServers,
)
from proxy.web.api_endpoint import Caller, Endpoint, Parameter, Reply

_TEXT = (("type", "string"), ("maxLength", 100), ("pattern", r"^[^\u0000]*$"))
_TIME = (("type", "string"), ("maxLength", 100), ("pattern", f"^({TIME})$"))
_FILTERS = (
    Parameter(
        "kind",
        "query",
        "Of this kind alone",
        (("type", "string"), ("enum", [kind.value for kind in EventKind])),
    ),
    Parameter("user", "query", "Of the user with this slug", _TEXT),
    Parameter("server", "query", "Of this server, as `owner/workspace`", _TEXT),
    Parameter("since", "query", "From this time on (ISO 8601, or seconds since the epoch)", _TIME),
    Parameter("until", "query", "Before this time", _TIME),
)
_PAGING = (
    Parameter(
        "limit",
        "query",
        f"How many; {api_audit.PAGE} if it is not said",
        (("type", "integer"), ("minimum", 1), ("maximum", api_audit.MAX_PAGE)),
    ),
    Parameter(
        "before",
        "query",
        "The `next` of the page before",
        (("type", "integer"), ("minimum", 1), ("maximum", api_audit.MAX_NUMBER)),
    ),
)


def list_admin_endpoints() -> tuple[Endpoint, ...]:
    """Return the rows."""
    return (*_installation(), *_notice(), *_maintenance(), *_events())


def _installation() -> tuple[Endpoint, ...]:
    return (
        Endpoint(
            "GET",
            "/api/overview",
            api_installation.show_overview,
            "Show the installation at a glance: servers, queue, machine, versions, the last day",
            (Reply(200, "How it is", Overview),),
            Caller.ADMIN,
        ),
        Endpoint(
            "POST",
            "/api/servers/stop-idle",
            api_installation.stop_idle_servers,
            "Stop every server in which nothing happens, whoever's it is",
            (Reply(200, "How many were stopped", StoppedServers),),
            Caller.ADMIN,
        ),
    )


def _notice() -> tuple[Endpoint, ...]:
    path = "/api/notice"
    return (
        Endpoint(
            "GET",
            path,
            api_installation.show_notice,
            "Show the message to all, and whether there is maintenance",
            (Reply(200, "The message, empty if there is none", NoticeInfo),),
        ),
        Endpoint(
            "PUT",
            path,
            api_installation.set_notice,
            "Show a message on every page",
            (Reply(200, "It is shown", NoticeInfo),),
            Caller.ADMIN,
            body=NewNotice,
        ),
        Endpoint(
            "DELETE",
            path,
            api_installation.clear_notice,
            "Take the message to all away",
            (Reply(200, "It is gone", NoticeInfo),),
            Caller.ADMIN,
        ),
    )


def _maintenance() -> tuple[Endpoint, ...]:
    path = "/api/maintenance"
    return (
        Endpoint(
            "GET",
            path,
            api_installation.show_maintenance,
            "Show whether servers are started",
            (Reply(200, "The switch", MaintenanceInfo),),
            Caller.ADMIN,
        ),
        Endpoint(
            "PUT",
            path,
            api_installation.set_maintenance,
            "Begin the maintenance, in which no servers are started; or end it",
            (Reply(200, "The switch", MaintenanceInfo),),
            Caller.ADMIN,
            body=NewMaintenance,
        ),
    )


def _events() -> tuple[Endpoint, ...]:
    about = "oldest first, all that are wanted"
    return (
        Endpoint(
            "GET",
            "/api/events",
            api_audit.list_events,
            "List what happened, newest first, a page at a time",
            (Reply(200, "A page of it", EventPage),),
            Caller.ADMIN,
            parameters=_FILTERS + _PAGING,
            problems=(UnprocessableInput,),
        ),
        Endpoint(
            "GET",
            "/api/events.csv",
            api_audit.export_csv,
            "Export what happened as CSV; no cell is a formula",
            (Reply(200, f"A line each, {about}", media_type="text/csv"),),
            Caller.ADMIN,
            parameters=_FILTERS,
            problems=(UnprocessableInput,),
        ),
        Endpoint(
            "GET",
            "/api/events.jsonl",
            api_audit.export_json,
            "Export what happened as JSON, an object a line",
            (Reply(200, f"A line each, {about}", media_type="application/jsonl"),),
            Caller.ADMIN,
            parameters=_FILTERS,
            problems=(UnprocessableInput,),
        ),
    )
