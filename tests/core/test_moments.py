"""How long ago, in words."""

import pytest

from proxy.core.moments import say_ago


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "just now"),  # clocks of two machines differ
        (0, "just now"),
        (59.9, "just now"),
        (60, "1 minute ago"),
        (3599, "59 minutes ago"),
        (3600, "1 hour ago"),
        (86399, "23 hours ago"),
        (86400, "1 day ago"),
        (30 * 86400, "30 days ago"),
    ],
)
def test_words_for_a_span(seconds: float, words: str) -> None:
    assert say_ago(1e9 - seconds, 1e9) == words
