"""The same entries give the same bytes; what is unpacked is what was packed."""

import io
import stat
import zipfile

from hypothesis import given
from hypothesis import strategies as st

from proxy.deploy.bundle.archive import pack
from proxy.deploy.bundle.layout import Entry

NAMES = st.text(st.sampled_from("ab/.é"), min_size=1, max_size=8).filter(
    lambda name: not name.startswith("/") and not name.endswith("/")
)
ENTRIES = st.dictionaries(NAMES, st.binary(max_size=50), max_size=6).map(
    lambda files: [Entry(name, name, 0o644, data) for name, data in files.items()]
)


@given(ENTRIES, st.randoms(), st.none() | st.integers(-(2**40), 2**40))
def test_the_order_of_the_entries_does_not_matter(entries, random, moment):
    shuffled = list(entries)
    random.shuffle(shuffled)
    assert pack(shuffled, moment) == pack(entries, moment)


@given(ENTRIES)
def test_what_is_unpacked_is_what_was_packed(entries):
    with zipfile.ZipFile(io.BytesIO(pack(entries))) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == {
            entry.name: entry.data for entry in entries
        }
        assert archive.namelist() == sorted(entry.name for entry in entries)
        assert archive.testzip() is None


def describe(moment):
    data = pack([Entry("a.sh", "a.sh", 0o755, b"x")], moment)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.infolist()[0]


def test_unix_modes_are_kept():
    info = describe(None)
    assert info.create_system == 3
    assert info.external_attr >> 16 == stat.S_IFREG | 0o755


def test_every_file_carries_the_moment_that_was_given():
    assert describe(1_800_000_000).date_time == (2027, 1, 15, 8, 0, 0)
    assert describe(None).date_time == describe(0).date_time == (1980, 1, 1, 0, 0, 0)
    assert describe(2**60).date_time[0] == 2107
