"""What happened, from the command line, while Sifu does not run."""

import csv
import io
import json

import pytest

from proxy.core.events import Event, EventKind
from proxy.store import events


@pytest.fixture
def filled(installed):
    happened = [
        Event(1_800_000_000.0, EventKind.SIGNED_IN, "=ann", about={"way": "link"}),
        Event(1_800_000_100.0, EventKind.SERVER_STOPPED, "bob", "bob/home"),
    ]
    installed.write_now(events.add_all, happened)
    return installed


def test_the_list_is_in_the_order_of_time(filled, sifu):
    result = sifu("event", "list", "--since", "2027-01-01")
    assert [line.split()[1] for line in result.stdout.splitlines()] == [
        "WHAT",
        "signed_in",
        "server_stopped",
    ]


def test_filters_narrow_it_down(filled, sifu):
    result = sifu("event", "list", "--kind", "server_stopped", "--user", "bob")
    assert len(result.stdout.splitlines()) == 2
    nothing = sifu("event", "list", "--server", "nobody/home")
    assert (nothing.stdout, nothing.stderr) == ("", "Nothing of that kind happened.\n")


def test_an_export_is_complete_and_no_cell_is_a_formula(filled, sifu):
    result = sifu("event", "export", "--since", "2027-01-01", "--until", "2027-02-01")
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert [row["user"] for row in rows] == ["'=ann", "bob"]
    lines = sifu("event", "export", "--format", "jsonl", "--user", "bob").stdout.splitlines()
    assert [json.loads(line)["server"] for line in lines] == ["bob/home"]
    exported = sifu("event", "list", "--kind", "admin_events_exported").stdout
    assert "by: command line" in exported


def test_an_export_overwrites_nothing(filled, sifu, tmp_path):
    path = tmp_path / "events.csv"
    assert sifu("event", "export", "--output", str(path)).exit_code == 0
    before = path.read_text()
    assert before.startswith("id,at,kind")
    assert sifu("event", "export", "--output", str(path)).exit_code == 1
    assert path.read_text() == before


def test_a_time_that_is_none_is_a_sentence(sifu):
    result = sifu("event", "list", "--since", "soon")
    assert result.exit_code == 1
    assert result.stderr.startswith("--since: write a time like")
