"""What people are told when a course cannot be copied."""

import errno
import os

import pytest

from proxy.courses.refusal import refusal_of


@pytest.mark.parametrize("number", sorted(errno.errorcode))
def test_every_error_says_what_to_do_and_shows_no_path(number: int) -> None:
    refusal = refusal_of(OSError(number, os.strerror(number), "/a/path"), "/a/home")
    assert refusal.status == 503
    assert "sk whoever runs this Sifu." in refusal.public
    assert "/a/" not in refusal.public
    assert "/a/home" in refusal.detail


def test_an_error_without_a_number_has_a_sentence() -> None:
    assert "Try again" in refusal_of(TimeoutError(), "ann/home").public
