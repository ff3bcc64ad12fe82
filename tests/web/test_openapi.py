import asyncio
import json
import re
import sys
from pathlib import Path

import pytest

from proxy.web.api_endpoint import Caller
from proxy.web.api_events import EventStreams
from proxy.web.api_table import list_endpoints
from proxy.web.health import HealthCheck
from proxy.web.openapi import document, render, with_document, write_copy
from tests.web.api_front import run_front

ROOT = Path(__file__).parents[2]
ROWS = with_document(list_endpoints(HealthCheck(), EventStreams()))
DOCUMENT = document(ROWS)


def operations():
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def test_the_committed_copy_is_the_one_that_is_served(tmp_path):
    write_copy(tmp_path / "openapi.json")
    fresh = (tmp_path / "openapi.json").read_text()
    committed = (ROOT / "docs" / "openapi.json").read_text()
    assert committed == fresh, "run: python -m proxy.web.openapi"


def test_every_operation_has_a_name_of_its_own():
    names = [operation["operationId"] for _, _, operation in operations()]
    assert len(names) == len(set(names)) == len(ROWS)


def test_every_reference_leads_somewhere():
    text = render(ROWS)
    for name in re.findall(r'"#/components/schemas/(\w+)"', text):
        assert name in DOCUMENT["components"]["schemas"]
    assert "$defs" not in text


def test_everything_needs_a_credential_and_says_so_but_for_the_health():
    for row in ROWS:
        operation = DOCUMENT["paths"][row.path][row.method.lower()]
        if row.caller is Caller.ANYBODY:
            assert row.path == "/healthz"
            assert operation["security"] == []
        elif row.caller is Caller.KERNEL:
            assert operation["security"] == []
            assert "401" in operation["responses"]
        else:
            assert operation["security"] == [{"token": []}, {"session": []}]
            assert "401" in operation["responses"]


def test_every_refusal_is_documented_as_a_problem():
    for path, method, operation in operations():
        for status, reply in operation["responses"].items():
            if int(status) >= 400 and path != "/healthz":
                assert list(reply["content"]) == ["application/problem+json"], (path, method)


def test_every_body_documents_its_refusals():
    for path, method, operation in operations():
        if "requestBody" in operation:
            assert {"400", "413", "415", "422"} <= set(operation["responses"]), (path, method)


def test_every_route_of_the_api_stands_in_the_table(store, clock, tmp_path):
    async def collect():
        async with run_front(store, clock, tmp_path) as front:
            return {
                (route.method, route.resource.canonical)
                for route in front.app.router.routes()
                if route.resource is not None and route.method != "HEAD"
            }

    mine = {
        (method, path)
        for method, path in asyncio.run(collect())
        if path.startswith(("/api", "/healthz", "/metrics"))
    }
    assert mine == {(row.method, row.path) for row in ROWS}


@pytest.mark.timeout(120)
async def test_the_live_api_keeps_what_the_document_says(store, clock, tmp_path):
    """Schemathesis against a real socket: bodies, statuses, headers, authentication."""
    async with run_front(store, clock, tmp_path) as front:
        await front.ask("POST", "/api/servers", "ada")
        served = (await front.ask("GET", "/api/openapi.json", "root"))[1]
        assert served == DOCUMENT
        # Without the stream, which has no end, and the health, whose relay does not run here.
        del served["paths"]["/api/servers/{owner}/{workspace}/events"]
        del served["paths"]["/healthz"]
        # A token and no cookie: else the guard against foreign pages answers, and nothing else.
        del served["components"]["securitySchemes"]["session"]
        for methods in served["paths"].values():
            for operation in methods.values():
                operation["security"] = [{"token": []}]
        # What addresses, names and paths may be, and how many days a month has, no pattern can say.
        loose = (
            "POST /api/users",
            "POST /api/platforms",
            "POST /api/courses",
            "PATCH /api/courses/{course}",
            "POST /api/snapshots",
            *(f"GET /api/events{form}" for form in ("", ".csv", ".jsonl")),
        )
        (tmp_path / "schemathesis.toml").write_text(
            "".join(
                f'[[operations]]\ninclude-name = "{name}"\n'
                "checks.positive_data_acceptance.enabled = false\n"
                for name in loose
            )
        )
        schema = tmp_path / "openapi.json"
        schema.write_text(json.dumps(served))
        run = await asyncio.create_subprocess_exec(
            str(Path(sys.executable).with_name("schemathesis")),
            "run",
            str(schema),
            f"--url={front.origin}",
            f"--header=Authorization: Bearer {front.bearers['root']}",
            "--max-examples=10",
            "--seed=1",
            "--no-shrink",
            "--suppress-health-check=all",
            cwd=tmp_path,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        output, _ = await run.communicate()
        made = (await front.ask("GET", "/api/users", "root"))[1]
    assert run.returncode == 0, output.decode()
    assert len(made) > 3, "nothing got past the door, so nothing was checked"
