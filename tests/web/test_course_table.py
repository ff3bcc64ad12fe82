"""The rows about courses: only who is signed in, and only an administrator removes one."""

from proxy.web.api_endpoint import Caller
from proxy.web.course_table import list_course_endpoints

ROWS = list_course_endpoints()


def test_only_a_removal_is_an_administrators() -> None:
    for row in ROWS:
        assert row.caller is (Caller.ADMIN if row.method == "DELETE" else Caller.SIGNED_IN)


def test_what_takes_long_answers_with_a_job() -> None:
    queued = {row.name for row in ROWS if row.replies[0].status == 202}
    assert queued == {"add_course", "update_course", "export_course", "remove_course"}


def test_all_are_of_one_group() -> None:
    assert {row.tag for row in ROWS if row.path.count("/") > 2} == {"courses"}
