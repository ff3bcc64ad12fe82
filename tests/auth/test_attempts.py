"""Guessing: per account, per address, and what a success gives back."""

import pytest

from proxy.auth.attempts import PER_ACCOUNT, PER_ADDRESS, PER_PAIR, Attempts
from proxy.core.errors import TooManyAttempts
from tests.conftest import FakeClock


@pytest.fixture
def attempts(clock: FakeClock) -> Attempts:
    return Attempts(clock)


def is_limited(attempts: Attempts, address: str, account: str | None = None) -> bool:
    try:
        attempts.count(address, account)
    except TooManyAttempts:
        return True
    return False


def test_an_account_is_guessed_at_slowly_from_one_address(
    attempts: Attempts, clock: FakeClock
) -> None:
    for _ in range(PER_PAIR.burst):
        attempts.count("203.0.113.1", "ada")
    with pytest.raises(TooManyAttempts) as refusal:
        attempts.count("203.0.113.1", "ada")
    assert refusal.value.retry_after == pytest.approx(PER_PAIR.seconds_each)
    assert not is_limited(attempts, "203.0.113.1", "bob")
    clock.advance(PER_PAIR.seconds_each)
    assert not is_limited(attempts, "203.0.113.1", "ada")
    assert is_limited(attempts, "203.0.113.1", "ada")


def test_wrong_tries_of_a_stranger_do_not_lock_the_owner_out(attempts: Attempts) -> None:
    while not is_limited(attempts, "203.0.113.1", "ada"):
        pass
    for _ in range(PER_PAIR.burst):
        attempts.count("198.51.100.1", "ada")


def test_an_account_is_guessed_at_slowly_from_everywhere(
    attempts: Attempts, clock: FakeClock
) -> None:
    crowd = [f"2001:db8:{number:x}::1" for number in range(10_000)]
    guesses = sum(not is_limited(attempts, address, "ada") for address in crowd)
    assert guesses == PER_ACCOUNT.burst
    assert not is_limited(attempts, "198.51.100.1", "bob")
    clock.advance(3600)
    guesses = sum(not is_limited(attempts, address, "ada") for address in crowd)
    assert guesses == PER_ACCOUNT.burst
    clock.advance(PER_ACCOUNT.seconds_each)
    assert not is_limited(attempts, "198.51.100.1", "ada")
    assert is_limited(attempts, "198.51.100.2", "ada")


def test_an_owner_who_signs_in_gives_a_crowd_nothing(attempts: Attempts) -> None:
    crowd = (f"203.0.113.{number}" for number in range(256))
    guesses = 0
    for address in crowd:
        guesses += not is_limited(attempts, address, "ada")
        if not is_limited(attempts, "198.51.100.1", "ada"):
            attempts.succeeded("198.51.100.1", "ada")
    assert guesses == PER_ACCOUNT.burst


def test_an_address_tries_many_accounts_slowly(attempts: Attempts, clock: FakeClock) -> None:
    for number in range(PER_ADDRESS.burst):
        attempts.count("203.0.113.1", f"user{number}")
    assert is_limited(attempts, "203.0.113.1", "another")
    assert not is_limited(attempts, "203.0.113.2", "another")
    clock.advance(PER_ADDRESS.seconds_each)
    assert not is_limited(attempts, "203.0.113.1", "another")


def test_a_refused_attempt_costs_nothing(attempts: Attempts, clock: FakeClock) -> None:
    for _ in range(PER_PAIR.burst):
        attempts.count("203.0.113.1", "ada")
    for _ in range(100):
        assert is_limited(attempts, "203.0.113.1", "ada")
    clock.advance(PER_PAIR.seconds_each)
    assert not is_limited(attempts, "203.0.113.1", "ada")


def test_ipv6_neighbours_share_a_count(attempts: Attempts) -> None:
    for number in range(PER_ADDRESS.burst):
        attempts.count(f"2001:db8:1:2::{number:x}", f"user{number}")
    assert is_limited(attempts, "2001:db8:1:2:ffff::1", "another")
    assert not is_limited(attempts, "2001:db8:1:3::1", "another")


def test_a_whole_class_signs_in_behind_one_address(attempts: Attempts) -> None:
    for number in range(10 * PER_ADDRESS.burst):
        attempts.count("203.0.113.1", f"student{number}")
        attempts.succeeded("203.0.113.1", f"student{number}")


def test_an_account_of_ones_own_does_not_reset_the_address(attempts: Attempts) -> None:
    refused = 0
    for number in range(3 * PER_ADDRESS.burst):
        refused += is_limited(attempts, "203.0.113.1", f"victim{number}")
        if not is_limited(attempts, "203.0.113.1", "own"):
            attempts.succeeded("203.0.113.1", "own")
    assert refused >= 2 * PER_ADDRESS.burst - 1


def test_a_success_forgives_the_accounts_typos(attempts: Attempts) -> None:
    for _ in range(PER_PAIR.burst):
        attempts.count("203.0.113.1", "ada")
    attempts.succeeded("203.0.113.1", "ada")
    assert not is_limited(attempts, "203.0.113.1", "ada")


def test_a_link_counts_for_its_address_alone(attempts: Attempts) -> None:
    for _ in range(PER_ADDRESS.burst):
        attempts.count("203.0.113.1")
    assert is_limited(attempts, "203.0.113.1")
    assert not is_limited(attempts, "local")


def test_endless_names_do_not_fill_the_memory(attempts: Attempts) -> None:
    attempts.count("203.0.113.1", "x" * 1_000_000)
    attempts.count("203.0.113.1", "x" * 1_000_001)
