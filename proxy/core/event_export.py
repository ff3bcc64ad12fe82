"""Events as lines of a file: CSV for spreadsheets (RFC 4180), JSON for programs (one a line).

Promises: a cell of the CSV is never a formula. Spreadsheets run what begins with `=`, `+`, `-` or
`@`, also behind a tab or a line break, and people choose their own names: such a cell gets an
apostrophe in front, which spreadsheets do not show.
"""

import csv
import io
import json
from collections.abc import Mapping
from datetime import UTC, datetime

from proxy.core.events import Event

COLUMNS = ("id", "at", "kind", "user", "server", "course", "about")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def csv_head() -> str:
    """Return the first line, which names the columns."""
    return _line(COLUMNS)


def csv_line(number: int, event: Event) -> str:
    """Return one event as a line, its facts as `name: text` separated by semicolons."""
    about = "; ".join(f"{name}: {text}" for name, text in event.about.items())
    texts = (event.kind.value, event.user, event.server, event.course, about)
    return _line((str(number), iso_time(event.at), *(defused(text) for text in texts)))


def json_line(number: int, event: Event) -> str:
    """Return one event as a JSON object and a line break."""
    return json.dumps(as_object(number, event), ensure_ascii=False, separators=(",", ":")) + "\n"


def as_object(number: int, event: Event) -> Mapping[str, object]:
    """Return what JSON holds of an event; `at` in seconds since the epoch, `time` in words."""
    return {
        "id": number,
        "at": event.at,
        "time": iso_time(event.at),
        "kind": event.kind.value,
        "user": event.user,
        "server": event.server,
        "course": event.course,
        "about": dict(event.about),
    }


def defused(cell: str) -> str:
    """Return the cell as no spreadsheet takes it for a formula."""
    return f"'{cell}" if cell.lstrip(" ").startswith(_FORMULA) else cell


def iso_time(at: float) -> str:
    """Return UTC with milliseconds (ISO 8601)."""
    moment = datetime.fromtimestamp(at, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _line(cells: tuple[str, ...]) -> str:
    page = io.StringIO()
    csv.writer(page).writerow(cells)
    return page.getvalue()
