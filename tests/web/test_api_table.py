from proxy.web.api_endpoint import Caller
from proxy.web.api_events import EventStreams
from proxy.web.api_table import list_endpoints
from proxy.web.health import HealthCheck

ROWS = list_endpoints(HealthCheck(), EventStreams())


def test_no_address_is_given_twice():
    addresses = [(row.method, row.path) for row in ROWS]
    assert len(addresses) == len(set(addresses))


def test_the_contract_is_offered():
    offered = {f"{row.method} {row.path}" for row in ROWS}
    assert offered >= {
        "GET /api/servers",
        "POST /api/servers",
        "GET /api/servers/{owner}/{workspace}",
        "DELETE /api/servers/{owner}/{workspace}",
        "GET /api/servers/{owner}/{workspace}/events",
        "GET /healthz",
        "GET /metrics",
    }


ADMINS = (
    "/api/users",
    "/api/platform",
    "/api/overview",
    "/api/events",
    "/api/maintenance",
    "/metrics",
)


def test_what_is_everybodys_is_for_administrators_and_only_the_health_for_anybody():
    for row in ROWS:
        is_admins = row.path.startswith(ADMINS) or row.path == "/api/servers/stop-idle"
        is_admins = is_admins or (row.method, row.path) == ("DELETE", "/api/courses/{course}")
        if is_admins or (row.path == "/api/notice" and row.method != "GET"):
            assert row.caller is Caller.ADMIN
        elif row.path == "/healthz":
            assert row.caller is Caller.ANYBODY
        elif (row.method, row.path) == ("POST", "/api/scores"):
            assert row.caller is Caller.KERNEL
        else:
            assert row.caller is Caller.SIGNED_IN


def test_what_only_looks_changes_nothing_by_its_method():
    assert {row.method for row in ROWS if row.body is not None} <= {"POST", "PUT", "PATCH"}
    assert all(row.summary and row.replies for row in ROWS)
