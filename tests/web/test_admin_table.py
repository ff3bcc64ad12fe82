"""The rows about the whole stand in the table, and name their filters."""

from proxy.core.events import EventKind
from proxy.web.admin_table import list_admin_endpoints
from proxy.web.api_endpoint import Caller

ROWS = {(row.method, row.path): row for row in list_admin_endpoints()}


def test_everything_is_for_administrators_but_reading_the_message() -> None:
    others = {key for key, row in ROWS.items() if row.caller is not Caller.ADMIN}
    assert others == {("GET", "/api/notice")}


def test_the_list_and_the_exports_take_the_same_filters() -> None:
    of_list = [each.name for each in ROWS["GET", "/api/events"].parameters]
    of_export = [each.name for each in ROWS["GET", "/api/events.csv"].parameters]
    assert of_list == [*of_export, "limit", "before"]
    (kind,) = [each for each in ROWS["GET", "/api/events"].parameters if each.name == "kind"]
    assert dict(kind.schema)["enum"] == [each.value for each in EventKind]
