"""The rows about packages of courses: nobody without an account, every refusal documented."""

from proxy.web.api_endpoint import Caller
from proxy.web.environment_table import list_environment_endpoints
from proxy.web.openapi import document


def test_all_need_somebody_who_is_signed_in() -> None:
    rows = list_environment_endpoints()
    assert {row.caller for row in rows} == {Caller.SIGNED_IN}
    assert len({row.name for row in rows}) == len(rows)


def test_they_are_documented_with_their_refusals() -> None:
    for path, methods in document(list_environment_endpoints())["paths"].items():
        for described in methods.values():
            if isinstance(described, dict) and "responses" in described:
                assert {"401", "403", "404", "409"} <= set(described["responses"]), path
