import pytest

from proxy.core.credentials import API_TOKEN_PREFIX, bearer_of, hash_secret


@pytest.mark.parametrize(
    "header",
    ["Bearer sifu_x", "bearer sifu_x", "BEARER   sifu_x", "token sifu_x", "  Bearer sifu_x  "],
)
def test_both_schemes_are_understood_in_any_case(header):
    assert bearer_of(header) == "sifu_x"


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer other", "Basic sifu_x", "sifu_x", "Bearer xsifu_x", "Bearersifu_x"],
)
def test_what_is_none_of_ours_is_left_to_others(header):
    assert bearer_of(header) is None


def test_only_the_hash_of_a_secret_is_kept():
    stored = hash_secret(API_TOKEN_PREFIX + "a")
    assert len(stored) == 64
    assert API_TOKEN_PREFIX not in stored
    assert stored != hash_secret(API_TOKEN_PREFIX + "b")
    assert stored == hash_secret(API_TOKEN_PREFIX + "a")
