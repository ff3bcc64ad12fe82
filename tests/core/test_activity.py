import pytest

from proxy.core.activity import shows_a_person


@pytest.mark.parametrize(
    ("method", "mode", "expected"),
    [
        ("GET", "cors", False),  # JupyterLab asks for kernels and sessions all the time
        ("GET", "", False),
        ("HEAD", "", False),
        ("OPTIONS", "cors", False),
        ("GET", "navigate", True),
        ("PUT", "cors", True),
        ("POST", "", True),
        ("DELETE", "cors", True),
    ],
)
def test_a_tab_talking_to_itself_is_no_activity(method: str, mode: str, expected: bool) -> None:
    assert shows_a_person(method, mode) is expected
