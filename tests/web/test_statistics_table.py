from proxy.web.api_endpoint import Caller
from proxy.web.openapi import document
from proxy.web.statistics_table import list_statistics_endpoints


def test_it_is_documented_with_its_days_and_refusals() -> None:
    (row,) = list_statistics_endpoints()
    assert row.caller is Caller.SIGNED_IN
    got = document((row,))["paths"]["/api/courses/{course}/statistics"]["get"]
    assert {"200", "401", "403", "404", "422"} <= set(got["responses"])
    assert [each["name"] for each in got["parameters"]] == ["course", "from", "until"]
