"""The rows about people of courses: nobody without a sign-in, and every refusal is documented."""

from proxy.web.api_endpoint import Caller
from proxy.web.course_people_table import list_course_people_endpoints
from proxy.web.openapi import document


def test_they_are_for_who_is_signed_in_and_documented() -> None:
    rows = list_course_people_endpoints()
    assert {row.caller for row in rows} == {Caller.SIGNED_IN}
    paths = document(rows)["paths"]
    changed = paths["/api/courses/{course}/people/{name}"]
    assert {"200", "401", "403", "404", "422"} <= set(changed["put"]["responses"])
    assert {"200", "401", "403", "404"} <= set(changed["delete"]["responses"])
