"""Numbers in a grid as a picture: a PNG of one pixel a cell, which a page makes as big as it likes.

Written here because a picture of 2,000 by 100 cells takes eight lines and some kilobytes, and as
shapes of an SVG megabytes. Promises: one colour, the more the less transparent, so that the page's
own paper shows through, light or dark. Rules of the format: PNG, third edition, 5 and 11 (W3C).
"""

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

# The least number of openings for each strength; nothing has none.
STEPS: Final = (1, 2, 3, 5, 10)
# Opacity of each strength, nothing first.
_OPACITIES: Final = (0, 70, 120, 165, 210, 255)
_COLOUR: Final = bytes((0x24, 0x93, 0x75))
_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_PALETTE: Final = 3
_BITS: Final = 8
# Times two as fast as the usual 6, and a tenth more bytes.
_EFFORT: Final = 4


@dataclass(frozen=True, slots=True)
class Shade:
    """What a strength stands for: from so many openings on, in words, and its opacity (0 to 1)."""

    words: str
    opacity: float


def draw_heat_map(cells: Sequence[Sequence[int]], width: int) -> bytes:
    """Return the picture; each row holds `width` cells or more, of which the first are drawn."""
    strengths = bytes(_strength(number) for number in range(STEPS[-1] + 1))
    most = STEPS[-1]
    lines = bytearray()
    for row in cells:
        lines.append(0)  # no filter
        lines += bytes([strengths[number if number < most else most] for number in row[:width]])
    head = struct.pack(">IIBBBBB", width, len(cells), _BITS, _PALETTE, 0, 0, 0)
    return b"".join(
        (
            _SIGNATURE,
            _chunk(b"IHDR", head),
            _chunk(b"PLTE", _COLOUR * len(_OPACITIES)),
            _chunk(b"tRNS", bytes(_OPACITIES)),
            _chunk(b"IDAT", zlib.compress(bytes(lines), _EFFORT)),
            _chunk(b"IEND", b""),
        )
    )


def shades() -> list[Shade]:
    """Return what the picture's colours mean, weakest first."""
    ends = (*(step - 1 for step in STEPS[1:]), None)
    return [
        Shade(_words(first, last), opacity / 255)
        for first, last, opacity in zip(STEPS, ends, _OPACITIES[1:], strict=True)
    ]


def _words(first: int, last: int | None) -> str:
    if last is None:
        return f"{first} or more"
    return str(first) if first == last else f"{first} to {last}"


def _strength(number: int) -> int:
    return sum(number >= step for step in STEPS)


def _chunk(kind: bytes, data: bytes) -> bytes:
    sum_ = zlib.crc32(data, zlib.crc32(kind))
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", sum_)
