"""Secrets of courses: ours alone, whole, and of the right kind."""

import os
from pathlib import Path

import pytest

from proxy.core.errors import UnprocessableInput
from proxy.courses.secret_files import (
    checked_key,
    checked_token,
    has_secret,
    read_secret,
    remove_secret,
    write_secret,
)

KEY = "-----BEGIN OPENSSH PRIVATE KEY-----\r\nabc\r\n-----END OPENSSH PRIVATE KEY-----"


def test_they_are_readable_by_us_alone_under_any_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        write_secret(tmp_path / "a/b", "token", "one")
        write_secret(tmp_path / "a/b", "token", "two")
    finally:
        os.umask(before)
    assert read_secret(tmp_path / "a/b", "token") == "two"
    assert [path.name for path in (tmp_path / "a/b").iterdir()] == ["token"]
    for path, mode in (("a", 0o700), ("a/b", 0o700), ("a/b/token", 0o600)):
        assert (tmp_path / path).stat().st_mode & 0o777 == mode


def test_one_that_is_not_there(tmp_path: Path) -> None:
    assert read_secret(tmp_path, "token") == ""
    assert not has_secret(tmp_path, "token")
    remove_secret(tmp_path, "token")
    write_secret(tmp_path, "token", "x")
    assert has_secret(tmp_path, "token")
    remove_secret(tmp_path, "token")
    assert not has_secret(tmp_path, "token")


def test_tokens_and_keys_are_told_from_other_texts() -> None:
    assert checked_token(" abc\n") == "abc"
    assert checked_key(KEY).endswith("PRIVATE KEY-----\n")
    assert "\r" not in checked_key(KEY)
    for text in ("", " ", "a b", "a\nb", "ü", "x" * 5000):
        with pytest.raises(UnprocessableInput):
            checked_token(text)
    for text in ("", "abc", KEY + "x", "ssh-ed25519 AAAA", KEY[:20] + "x" * 20_000 + KEY[20:]):
        with pytest.raises(UnprocessableInput):
            checked_key(text)
