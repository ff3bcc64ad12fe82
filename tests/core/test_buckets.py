"""Rate limits as arithmetic."""

from hypothesis import given
from hypothesis import strategies as st

from proxy.core.buckets import Buckets, Rate

RATE = Rate(burst=3, seconds_each=10.0)


def emptied(now: float = 0.0) -> Buckets:
    buckets = Buckets(RATE)
    for _ in range(RATE.burst):
        assert buckets.wait_for("k", now) == 0.0
        buckets.take("k", now)
    return buckets


def test_after_the_burst_one_waits() -> None:
    assert emptied().wait_for("k", 0.0) == 10.0
    assert emptied().wait_for("k", 4.0) == 6.0
    assert emptied().wait_for("k", 10.0) == 0.0


def test_asking_takes_nothing() -> None:
    buckets = Buckets(RATE)
    for _ in range(10):
        assert buckets.wait_for("k", 0.0) == 0.0
    assert len(buckets) == 0


def test_keys_do_not_share_a_bucket() -> None:
    assert emptied().wait_for("other", 0.0) == 0.0


def test_rest_never_saves_up_more_than_the_burst() -> None:
    buckets = emptied()
    for _ in range(RATE.burst):
        buckets.take("k", 1e9)
    assert buckets.wait_for("k", 1e9) == 10.0


def test_a_clock_that_goes_back_gives_nothing() -> None:
    assert emptied(now=1000.0).wait_for("k", 0.0) == 10.0


def test_a_success_clears_the_account() -> None:
    buckets = emptied()
    buckets.clear("k")
    assert buckets.wait_for("k", 0.0) == 0.0


def test_a_try_given_back_is_one_try() -> None:
    buckets = emptied()
    buckets.give_back("k", 0.0)
    assert buckets.wait_for("k", 0.0) == 0.0
    buckets.take("k", 0.0)
    assert buckets.wait_for("k", 0.0) == 10.0


def test_giving_back_never_fills_beyond_the_burst() -> None:
    buckets = Buckets(RATE)
    buckets.take("k", 0.0)
    for _ in range(9):
        buckets.give_back("k", 0.0)
    buckets.give_back("nobody", 0.0)
    for _ in range(RATE.burst):
        buckets.take("k", 0.0)
    assert buckets.wait_for("k", 0.0) == 10.0
    assert len(buckets) == 1


def test_a_flood_of_keys_is_bounded_and_spares_the_guilty() -> None:
    buckets = Buckets(RATE, capacity=100)
    for _ in range(RATE.burst):
        buckets.take("guilty", 0.0)
    for number in range(1000):
        buckets.take(f"k{number}", 0.0)
        assert len(buckets) <= 100
    assert buckets.wait_for("guilty", 0.0) > 0


@given(st.lists(st.floats(0, 100), max_size=30))
def test_never_more_than_burst_plus_time(gaps: list[float]) -> None:
    buckets, now, taken = Buckets(RATE), 0.0, 0
    for gap in gaps:
        now += gap
        if buckets.wait_for("k", now) == 0.0:
            buckets.take("k", now)
            taken += 1
    assert taken <= RATE.burst + now / RATE.seconds_each + 1e-6
