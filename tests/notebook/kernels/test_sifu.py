"""What a notebook says, and what it is told."""

import json
import math
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from proxy.notebook.kernels import sifu


@dataclass
class Front:
    """Takes scores; `answer` is the status and the body."""

    address: str = ""
    answer: tuple[int, bytes] = (202, b'{"message": "The score is on its way."}')
    taken: list[tuple[str, str, dict[str, object]]] = field(default_factory=list)


@pytest.fixture
def front(monkeypatch: pytest.MonkeyPatch) -> Iterator[Front]:
    front = Front()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            front.taken.append((self.path, self.headers["Host"], body))
            status, text = front.answer
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: object) -> None:
            return

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        front.address = f"127.0.0.1:{server.server_port}"
        monkeypatch.setenv("NOTEBOOK_SCORES", f"{front.address} sifu.example.org")
        monkeypatch.setenv("JPY_SESSION_NAME", "/home/ada/stats/week 1/means.ipynb")
        # As a laptop behind a company's proxy has it: nobody is asked but the front.
        monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
        yield front
        server.shutdown()


def test_a_score_names_its_notebook_and_the_site(
    front: Front, capsys: pytest.CaptureFixture[str]
) -> None:
    sifu.score(8, 10, "Good")
    assert front.taken == [
        (
            "/api/scores",
            "sifu.example.org",
            {
                "notebook": "/home/ada/stats/week 1/means.ipynb",
                "given": 8.0,
                "most": 10.0,
                "comment": "Good",
            },
        )
    ]
    assert capsys.readouterr().out == "The score is on its way.\n"


def test_one_is_the_best_if_nothing_is_said(front: Front) -> None:
    sifu.score(0.8)
    assert front.taken[0][2] | {"notebook": ""} == {
        "notebook": "",
        "given": 0.8,
        "most": 1.0,
        "comment": "",
    }


def test_a_refusal_is_told(front: Front) -> None:
    front.answer = (404, b'{"detail": "This notebook was not opened from a graded link."}')
    with pytest.raises(sifu.ScoreRefused, match="not opened from a graded link"):
        sifu.score(1)


@pytest.mark.parametrize("body", [b"", b"no JSON", b"[]", b'{"detail": 7}', b"\xff"])
def test_an_odd_answer_is_a_refusal(front: Front, body: bytes) -> None:
    front.answer = (500, body)
    with pytest.raises(sifu.ScoreRefused):
        sifu.score(1)


@pytest.mark.parametrize("value", [math.nan, math.inf, "-inf"])
def test_what_is_no_number_is_not_even_sent(front: Front, value: float) -> None:
    with pytest.raises(sifu.ScoreRefused):
        sifu.score(value)
    assert front.taken == []


def test_elsewhere_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    with pytest.raises(sifu.ScoreRefused, match="does not know which notebook"):
        sifu.score(1)
    monkeypatch.setenv("JPY_SESSION_NAME", "/a.ipynb")
    with pytest.raises(sifu.ScoreRefused, match="does not run on a Sifu"):
        sifu.score(1)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    monkeypatch.setenv("NOTEBOOK_SCORES", f"127.0.0.1:{port} sifu.example.org")
    with pytest.raises(sifu.ScoreRefused, match="cannot be reached"):
        sifu.score(1)
