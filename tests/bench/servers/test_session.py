"""Rounds go there and back, the first is thrown away, and everything is stopped."""

import json
import os
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from bench.missing import Missing
from bench.servers import session
from bench.servers.client import Call
from bench.servers.house import House, Rival
from bench.servers.session import ALL, MEMORY, ONE, Plan, measure_all
from bench.servers.shares import Part

PLAN = Plan(single_starts=2, crowds=1, people=("ada", "bob"))


class Hall(ThreadingHTTPServer):
    """Answers like an installation, and remembers who wanted what."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Clerk)
        self.seen: list[str] = []
        self.bodies: list[object] = []
        self.refuses = False


class Clerk(BaseHTTPRequestHandler):
    def _answer(self) -> None:
        hall = self.server
        assert isinstance(hall, Hall)
        length = int(self.headers.get("Content-Length", 0))
        if length:
            hall.bodies.append(json.loads(self.rfile.read(length)))
        hall.seen.append(f"{self.command} {self.path}")
        self.send_response(503 if hall.refuses and self.command == "POST" else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_POST = do_DELETE = _answer  # noqa: N815 (their names there)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (its name there)
        pass


@pytest.fixture
def hall(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hall]:
    for name in ("_SETTLE_SECONDS", "_MEMORY_SETTLE_SECONDS"):
        monkeypatch.setattr(session, name, 0.0)
    made = Hall()
    thread = threading.Thread(target=made.serve_forever, args=(0.01,))
    thread.start()
    yield made
    made.shutdown()
    thread.join()
    made.server_close()


def rival(name: str, hall: Hall, stopped: list[str]) -> Rival:
    port = hall.server_address[1]
    house = House(
        mother=os.getpid(),
        begin=lambda person: Call("POST", port, f"/{name}/{person}", "t", body={"who": person}),
        end=lambda person: Call("DELETE", port, f"/{name}/{person}", "t"),
        page=lambda person, path: Call("GET", port, f"/{name}/{person}/{path}", "t"),
        part_of=lambda command: Part.SERVER,
        stop=lambda: stopped.append(name),
    )
    return Rival(name, "", lambda: "1", lambda: house)


def test_who_was_first_in_one_round_is_last_in_the_next(hall: Hall):
    stopped: list[str] = []
    measure_all([rival("a", hall, stopped), rival("b", hall, stopped)], PLAN)
    singles = [line.split("/")[1] for line in hall.seen if line.startswith("POST")][:6]
    assert singles == ["a", "b", "b", "a", "a", "b"]
    assert sorted(stopped) == ["a", "b"]


def test_the_first_round_does_not_count(hall: Hall):
    results = measure_all([rival("a", hall, [])], PLAN)
    counted = {kind: len(results.runs[kind]["a"]["seconds"]) for kind in (ONE, ALL)}
    assert counted == {ONE: 2, ALL: 1}
    assert len(results.runs[MEMORY]["a"]["per_server"]) == 1


def test_who_is_there_for_information_has_one_round_of_twenty(hall: Hall):
    results = measure_all([replace(rival("a", hall, []), is_brief=True)], replace(PLAN, crowds=3))
    assert hall.seen.count("POST /a/bob") == 1
    assert len(results.runs[ALL]["a"]["seconds"]) == 1


def test_every_server_that_was_started_is_ended(hall: Hall):
    measure_all([rival("a", hall, [])], PLAN)
    for person in PLAN.people:
        started = hall.seen.count(f"POST /a/{person}")
        assert started == hall.seen.count(f"DELETE /a/{person}") > 0


def test_a_start_that_is_refused_fails_with_what_was_said(hall: Hall):
    hall.refuses = True
    results = measure_all([rival("a", hall, [])], PLAN)
    assert "503" in results.failures[ONE]["a"]
    assert not results.runs


def test_who_cannot_be_had_is_named_and_the_others_are_measured(hall: Hall):
    def version() -> str:
        raise Missing("pip is not there")

    lost = Rival("lost", "", version, lambda: pytest.fail("it was started"))
    results = measure_all([lost, rival("a", hall, [])], PLAN)
    assert results.missing == {"lost": "pip is not there"}
    assert set(results.runs[ALL]) == {"a"}
