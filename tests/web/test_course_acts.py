"""What is handed to the pages keeps its secrets."""

from proxy.web.course_acts import NewCourse


def test_a_secret_is_in_no_log_of_a_new_course() -> None:
    new = NewCourse("stats", "https://git.example.org/x", token="t0p", deploy_key="k3y")
    assert "t0p" not in repr(new)
    assert "k3y" not in repr(new)
