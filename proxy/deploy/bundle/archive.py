"""Entries → the bytes of a zip that are the same wherever they are made.

Pure. https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
"""

import io
import stat
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime

from proxy.deploy.bundle.layout import Entry

_UNIX = 3
# A zip counts its years from 1980 to 2107.
_FIRST = datetime(1980, 1, 1, tzinfo=UTC)
_LAST = datetime(2107, 12, 31, 23, 59, 58, tzinfo=UTC)


def pack(entries: Sequence[Entry], moment: int | None = None) -> bytes:
    """Return the zip of the entries, in order of their names.

    `moment`: seconds since the epoch that every file carries (SOURCE_DATE_EPOCH,
    https://reproducible-builds.org/specs/source-date-epoch/); None: 1980.
    """
    archive = io.BytesIO()
    # Stored as they are: how deflate's output looks depends on the zlib of the machine.
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as bundle:
        for entry in sorted(entries, key=lambda entry: entry.name):
            bundle.writestr(_describe(entry, moment), entry.data)
    return archive.getvalue()


def _describe(entry: Entry, moment: int | None) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(entry.name, _date(moment))
    info.create_system = _UNIX
    info.external_attr = (stat.S_IFREG | entry.mode) << 16
    return info


def _date(moment: int | None) -> tuple[int, int, int, int, int, int]:
    when = _FIRST
    if moment is not None:
        bounded = min(max(moment, int(_FIRST.timestamp())), int(_LAST.timestamp()))
        when = datetime.fromtimestamp(bounded, UTC)
    return when.year, when.month, when.day, when.hour, when.minute, when.second
