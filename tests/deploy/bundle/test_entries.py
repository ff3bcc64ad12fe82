"""A checkout on Windows gives the same bundle as one on Linux."""

from hypothesis import given
from hypothesis import strategies as st

from proxy.deploy.bundle.entries import make_entries
from proxy.deploy.bundle.layout import BundleChoices
from tests.deploy.checkout import FILES

DEFAULT = BundleChoices()
BYTES = {path: text.encode() for path, text in FILES.items()}


def test_line_ends_of_texts_are_unix_s():
    windows = {path: data.replace(b"\n", b"\r\n") for path, data in BYTES.items()}
    assert make_entries(windows, DEFAULT) == make_entries(BYTES, DEFAULT)


def test_pictures_are_left_as_they_are():
    (entry,) = make_entries({"proxy/web/static/icon.png": b"\x89PNG\r\n"}, DEFAULT)
    assert entry.data == b"\x89PNG\r\n"


def test_programs_can_be_executed_and_nothing_else():
    modes = {entry.name: entry.mode for entry in make_entries(BYTES, DEFAULT)}
    programs = {name for name, mode in modes.items() if mode == 0o755}
    assert programs == {name for name in modes if name.endswith(".sh")} | {"docker/sifu"}
    assert set(modes.values()) == {0o644, 0o755}


def test_a_program_without_an_ending_is_one_by_its_first_line():
    (entry,) = make_entries({"docker/sifu_image/a.py": b"#!/usr/bin/env python3\n"}, DEFAULT)
    assert entry.mode == 0o755


@given(st.permutations(sorted(BYTES)))
def test_the_order_of_the_files_does_not_matter(order):
    shuffled = {path: BYTES[path] for path in order}
    assert make_entries(shuffled, DEFAULT) == make_entries(BYTES, DEFAULT)
