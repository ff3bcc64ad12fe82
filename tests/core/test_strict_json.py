import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.core.strict_json import NotStrict, read_object

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=5), VALUES, max_size=4))
def test_what_is_written_is_read(value):
    assert read_object(json.dumps(value).encode()) == value


@pytest.mark.parametrize(
    "text",
    [
        '{"sub": "ann", "sub": "bob"}',
        '{"a": {"aud": "x", "aud": "y"}}',
        '{"s\\u0075b": "ann", "sub": "bob"}',
        '{"exp": NaN}',
        '{"exp": Infinity}',
        '{"exp": -Infinity}',
        '{"exp": 1e999}',
        '{"exp": ' + "9" * 31 + "}",
        '{"exp": 1.' + "9" * 70 + "}",
        "[]",
        '"text"',
        "null",
        "",
        "{} {}",
        "{'a': 1}",
        '{"a": 1,}',
        "[" * 100_000,
        '{"a":' * 100_000,
    ],
)
def test_what_could_be_read_in_two_ways_is_refused(text):
    with pytest.raises(NotStrict):
        read_object(text.encode())


@pytest.mark.parametrize("data", [b"\xff{}", b'{"a": "\xc3"}', b"\xef\xbb\xbf{}", b"{}\x00"])
def test_bytes_that_are_no_text_are_refused(data):
    with pytest.raises(NotStrict):
        read_object(data)
