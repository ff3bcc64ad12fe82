"""Which idle servers may be stopped."""

import pytest

from proxy.core.culling import KernelSeen, Seen, duration, reason_of_age, reason_to_stop

NOW = 1_800_000_000.0
HOUR = 3600


def verdict(seen: Seen, idle_timeout: int = HOUR) -> str | None:
    return reason_to_stop(seen, now=NOW, idle_timeout=idle_timeout)


def test_a_server_nobody_used_is_stopped_with_a_sentence() -> None:
    assert verdict(Seen(NOW - HOUR, ())) == (
        "Stopped after 1 hour without activity. Your files are kept."
    )


def test_a_moment_before_the_timeout_it_stays() -> None:
    assert verdict(Seen(NOW - HOUR + 1, ())) is None


def test_zero_means_never() -> None:
    assert verdict(Seen(0.0, ()), idle_timeout=0) is None


def test_a_server_that_does_not_answer_is_kept() -> None:
    assert verdict(Seen(0.0, None)) is None


def test_half_an_answer_is_none() -> None:
    assert verdict(Seen(0.0, (), None)) is None
    assert Seen(0.0, (), None).is_silent
    assert Seen(0.0, None).is_silent
    assert not Seen(0.0, ()).is_silent


def test_a_computing_kernel_protects_however_old() -> None:
    assert verdict(Seen(0.0, [KernelSeen("busy", 0.0)])) is None


def test_nobody_lives_for_ever_if_the_operator_says_so() -> None:
    assert reason_of_age(NOW - HOUR + 1, now=NOW, max_age=HOUR) is None
    assert reason_of_age(0.0, now=NOW, max_age=0) is None
    told = reason_of_age(NOW - HOUR, now=NOW, max_age=HOUR) or ""
    assert "1 hour" in told
    assert "kept" in told


# Nobody ever spoke to a kernel that says “starting” for long.
@pytest.mark.parametrize("state", ["idle", "dead", "unknown", "terminating", "starting"])
def test_a_resting_kernel_protects_as_long_as_it_was_active(state: str) -> None:
    assert verdict(Seen(0.0, [KernelSeen(state, NOW - 10)])) is None
    assert verdict(Seen(0.0, [KernelSeen(state, NOW - HOUR)])) is not None


def test_a_terminal_in_use_protects() -> None:
    assert verdict(Seen(0.0, (), [NOW - 10])) is None
    assert verdict(Seen(0.0, (), [NOW - 2 * HOUR])) is not None


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (1, "1 second"),
        (90, "90 seconds"),
        (60, "1 minute"),
        (1800, "30 minutes"),
        (3600, "1 hour"),
        (7200, "2 hours"),
        (5400, "90 minutes"),
    ],
)
def test_durations_read_well(seconds: int, text: str) -> None:
    assert duration(seconds) == text
