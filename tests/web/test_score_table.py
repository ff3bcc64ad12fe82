"""The rows about scores: a kernel reports without a credential, and nobody else does."""

from proxy.web.api_endpoint import Caller
from proxy.web.openapi import document
from proxy.web.score_table import list_score_endpoints


def test_only_a_report_is_a_kernels() -> None:
    rows = list_score_endpoints()
    kernels = [(row.method, row.path) for row in rows if row.caller is Caller.KERNEL]
    assert kernels == [("POST", "/api/scores")]
    assert {row.caller for row in rows} == {Caller.KERNEL, Caller.SIGNED_IN}
    assert len({row.name for row in rows}) == len(rows)


def test_they_are_documented_with_their_refusals() -> None:
    paths = document(list_score_endpoints())["paths"]
    report = paths["/api/scores"]["post"]
    assert {"202", "401", "403", "404", "422", "429"} <= set(report["responses"])
    (parameter,) = paths["/api/courses/{course}/grades"]["post"]["parameters"]
    assert parameter["schema"]["maxLength"] == 100
