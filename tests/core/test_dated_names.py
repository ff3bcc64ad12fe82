"""Names beside a file: readable, of the same kind, and never too long."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.core.dated_names import COPY, NEW_VERSION, dated_name, is_dated

AT = 1_795_824_000.0  # 2026-11-28


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("means.ipynb", "means (new version 2026-11-28).ipynb"),
        ("a.tar.gz", "a.tar (new version 2026-11-28).gz"),
        (".hidden", ".hidden (new version 2026-11-28)"),
        ("Makefile", "Makefile (new version 2026-11-28)"),
        ("a.", "a. (new version 2026-11-28)"),
        ("what. A sentence with a full stop", None),
    ],
)
def test_the_suffix_stays(name: str, expected: str | None) -> None:
    found = dated_name(name, NEW_VERSION, AT)
    assert found == (expected or f"{name} (new version 2026-11-28)")
    assert is_dated(found, name, NEW_VERSION)


def test_each_number_is_another_name() -> None:
    assert dated_name("a.py", COPY, AT, 2) == "a (my copy 2026-11-28 2).py"
    names = {dated_name("ü" * 124 + ".ipynb", COPY, AT, number) for number in range(1, 50)}
    assert len(names) == 49


@given(st.text(min_size=1, max_size=255), st.integers(1, 10_000))
def test_no_name_is_too_long(name: str, number: int) -> None:
    name = name.encode("utf-8", "replace").decode().replace("/", "-")
    name = name.encode()[:255].decode("utf-8", "surrogateescape")
    found = dated_name(name, NEW_VERSION, AT, number)
    assert len(found.encode("utf-8", "surrogateescape")) <= 255
    assert is_dated(found, name, NEW_VERSION)


def test_others_names_are_not_taken_for_ours() -> None:
    for other in (
        "means.ipynb",
        "means (my copy 2026-11-28).ipynb",
        "b (new version 2026-11-28).ipynb",
    ):
        assert not is_dated(other, "means.ipynb", NEW_VERSION)
