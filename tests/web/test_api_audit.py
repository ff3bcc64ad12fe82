"""What happened, asked for in pages and as files, by administrators alone."""

import csv
import io
import json

import pytest

from proxy.core.events import EventKind
from proxy.web import keys
from tests.web.api_front import run_front


@pytest.fixture
async def front(store, clock, tmp_path):
    async with run_front(store, clock, tmp_path) as running:
        yield running


def note(front, *users, kind=EventKind.SIGNED_IN):
    for user in users:
        front.app[keys.EVENTS].note(kind, user=user)


async def text_of(front, path):
    headers = {"Authorization": f"Bearer {front.bearers['root']}"}
    async with front.client.get(front.origin + path, headers=headers) as got:
        return got.status, (await got.read()).decode(), got


async def test_what_was_noted_this_moment_is_listed_newest_first(front):
    note(front, "ada", "bob")
    status, page, _ = await front.ask("GET", "/api/events", "root")
    assert status == 200
    assert [event["user"] for event in page["events"]] == ["bob", "ada"]
    assert page["next"] is None


async def test_pages_lead_to_the_end(front):
    note(front, *(f"u{number}" for number in range(7)))
    found, path = [], "/api/events?limit=3"
    while True:
        _, page, _ = await front.ask("GET", path, "root")
        found += [event["user"] for event in page["events"]]
        if page["next"] is None:
            break
        path = f"/api/events?limit=3&before={page['next']}"
    assert found == [f"u{number}" for number in reversed(range(7))]


async def test_filters_narrow_them_down(front):
    note(front, "ada")
    note(front, "ada", kind=EventKind.SIGNED_OUT)
    _, page, _ = await front.ask("GET", "/api/events?user=ada&kind=signed_out", "root")
    assert [event["kind"] for event in page["events"]] == ["signed_out"]
    _, page, _ = await front.ask("GET", "/api/events?since=2099-01-01", "root")
    assert page["events"] == []


@pytest.mark.parametrize(
    "query",
    [
        "kind=everything",
        "kind=",
        "since=soon",
        "since=",
        "limit=0",
        "limit=1001",
        "limit=",
        "limit=1&limit=2",
        "before=-1",
        "before=99999999999999999999",
        "user=" + "x" * 101,
        "server=%00",
    ],
)
async def test_a_wish_that_cannot_be_understood_is_named(front, query):
    status, problem, _ = await front.ask("GET", f"/api/events?{query}", "root")
    assert status == 422
    assert f"“{query.partition('=')[0]}”" in problem["detail"]


async def test_an_export_holds_everything_in_order_and_is_an_event_itself(front):
    note(front, *(f"u{number}" for number in range(1203)))
    status, text, got = await text_of(front, "/api/events.csv")
    assert status == 200
    assert got.content_type == "text/csv"
    assert 'filename="sifu-events.csv"' in got.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["user"] for row in rows[:-1]] == [f"u{number}" for number in range(1203)]
    assert rows[-1]["kind"] == "admin_events_exported"
    _, text, got = await text_of(front, "/api/events.jsonl?user=u7")
    (line,) = text.splitlines()
    assert json.loads(line)["user"] == "u7"
    assert got.content_type == "application/jsonl"


async def test_a_name_is_no_formula_in_the_csv(front):
    about = {"label": "=HYPERLINK(1)", "id": "x"}
    front.app[keys.EVENTS].note(EventKind.TOKEN_CREATED, user="=1+1", about=about)
    _, text, _ = await text_of(front, "/api/events.csv?kind=token_created")
    (row,) = csv.DictReader(io.StringIO(text))
    assert row["user"] == "'=1+1"
    assert row["about"].startswith("id: x; label: =HYPERLINK")  # not at the beginning of a cell


async def test_an_export_of_nothing_has_its_head(front):
    _, text, _ = await text_of(front, "/api/events.csv?user=nobody")
    assert text == "id,at,kind,user,server,course,about\r\n"
    assert (await text_of(front, "/api/events.jsonl?user=nobody"))[1] == ""


async def test_only_administrators_learn_what_happened(front):
    for path in ("/api/events", "/api/events.csv", "/api/events.jsonl"):
        assert (await front.ask("GET", path, "ada"))[0] == 403
