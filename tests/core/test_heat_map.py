"""The picture is read back as a browser reads it: each pixel is its cell."""

import struct
import zlib

from hypothesis import given
from hypothesis import strategies as st

from proxy.core.heat_map import STEPS, draw_heat_map, shades

CELLS = st.integers(1, 12).flatmap(
    lambda width: st.lists(
        st.lists(st.integers(0, 40), min_size=width, max_size=width), min_size=1, max_size=9
    )
)


def read(picture):
    """Return width, height, pixels and opacities; each chunk's sum must hold."""
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    chunks, at = {}, 8
    while at < len(picture):
        (size,) = struct.unpack_from(">I", picture, at)
        kind, data = picture[at + 4 : at + 8], picture[at + 8 : at + 8 + size]
        (told,) = struct.unpack_from(">I", picture, at + 8 + size)
        assert told == zlib.crc32(kind + data)
        chunks[kind] = data
        at += size + 12
    assert list(chunks) == [b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"]
    width, height, *form = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
    assert form == [8, 3, 0, 0, 0]
    lines = zlib.decompress(chunks[b"IDAT"])
    assert len(lines) == height * (width + 1)
    rows = [lines[n * (width + 1) :][: width + 1] for n in range(height)]
    assert all(row[0] == 0 for row in rows)
    assert len(chunks[b"PLTE"]) == 3 * len(chunks[b"tRNS"])
    return width, height, [list(row[1:]) for row in rows], chunks[b"tRNS"]


@given(CELLS)
def test_a_pixel_is_as_strong_as_its_cell(cells):
    width, height, pixels, opacities = read(draw_heat_map(cells, len(cells[0])))
    assert (width, height) == (len(cells[0]), len(cells))
    for row, drawn in zip(cells, pixels, strict=True):
        assert drawn == [sum(number >= step for step in STEPS) for number in row]
    assert opacities[0] == 0
    assert list(opacities) == sorted(set(opacities))


def test_what_lies_behind_the_width_is_not_drawn():
    assert read(draw_heat_map([[1, 2, 3]], 2))[2] == [[1, 2]]


def test_the_legend_says_each_strength():
    assert [each.words for each in shades()] == ["1", "2", "3 to 4", "5 to 9", "10 or more"]
    assert shades()[-1].opacity == 1


def test_a_big_course_is_a_small_picture():
    cells = [[(row * column) % 4 for column in range(100)] for row in range(2000)]
    assert len(draw_heat_map(cells, 100)) < 60_000
