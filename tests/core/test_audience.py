import pytest

from proxy.core.audience import wants_page


@pytest.mark.parametrize(
    ("method", "accept", "mode", "expected"),
    [
        ("GET", "text/html,*/*", "navigate", True),
        ("GET", "text/html,*/*", "nested-navigate", True),
        ("GET", "text/html", "cors", False),
        ("GET", "text/html", "no-cors", False),
        ("GET", "text/html", "", True),
        ("HEAD", "text/html", "", True),
        ("GET", "*/*", "", False),
        ("GET", "application/json", "", False),
        ("POST", "text/html", "navigate", False),
    ],
)
def test_only_who_shows_pages_is_led_to_one(
    method: str, accept: str, mode: str, expected: bool
) -> None:
    assert wants_page(method, accept=accept, fetch_mode=mode) is expected
