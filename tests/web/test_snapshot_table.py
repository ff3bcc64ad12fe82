"""The rows about snapshots: whoever is signed in, for their own."""

from proxy.web.api_endpoint import Caller
from proxy.web.openapi import document
from proxy.web.snapshot_table import list_snapshot_endpoints


def test_everybody_who_is_signed_in_may_ask() -> None:
    rows = list_snapshot_endpoints()
    assert {row.caller for row in rows} == {Caller.SIGNED_IN}
    assert {row.tag for row in rows if row.path.count("/") > 2} == {"snapshots"}
    assert len({row.name for row in rows}) == len(rows)


def test_they_are_documented_with_their_refusals() -> None:
    paths = document(list_snapshot_endpoints())["paths"]
    assert {"201", "401", "403", "404", "409", "413", "422"} <= set(
        paths["/api/snapshots"]["post"]["responses"]
    )
