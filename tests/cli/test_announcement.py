"""What the person at the terminal reads."""

import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from proxy.cli.announcement import Announcement, announce
from proxy.servers.places import Places
from proxy.settings import Settings

LINK = "http://127.0.0.1:13410/sign-in?code=abc"


class Answering(BaseHTTPRequestHandler):
    """200 for the two addresses of health, 404 for others."""

    def do_GET(self) -> None:
        self.send_response(200 if self.path in {"/healthz", "/-/healthz"} else 404)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def port() -> Iterator[int]:
    server = HTTPServer(("127.0.0.1", 0), Answering)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


def announcing(logs: Path, *checks: tuple[str, int, str]) -> None:
    announcement = Announcement(LINK, logs, checks)
    announce(announcement, supervisord=os.getppid(), seconds=0.5)


def test_the_way_in_is_the_last_line(
    tmp_path: Path, port: int, capsys: pytest.CaptureFixture[str]
) -> None:
    announcing(tmp_path, ("127.0.0.1", port, "/healthz"), ("127.0.0.1", port, "/-/healthz"))
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Starting Sifu …"
    assert lines[-1] == LINK
    assert "once" in lines[-2]
    assert str(tmp_path) in lines[1]
    assert "Ctrl-C" in lines[1]


@pytest.mark.parametrize("path", ["/other", "/healthz"])
def test_no_link_before_both_answer(
    tmp_path: Path, port: int, capsys: pytest.CaptureFixture[str], path: str
) -> None:
    (tmp_path / "front.log").write_text("\n".join(f"line {number}" for number in range(50)))
    (tmp_path / "empty.log").touch()
    announcing(tmp_path, ("127.0.0.1", port, path), ("127.0.0.1", 1, "/-/healthz"))
    out = capsys.readouterr().out
    assert LINK not in out
    assert "line 49" in out
    assert "line 10" not in out
    assert "empty.log" not in out
    assert out.splitlines()[-1].startswith("`sifu doctor`")


def test_a_supervisord_that_ended_is_not_waited_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    announcement = Announcement(LINK, tmp_path, (("127.0.0.1", 1, "/healthz"),))
    announce(announcement, supervisord=-1, seconds=60)
    assert LINK not in capsys.readouterr().out


@pytest.mark.parametrize("bind", ["0.0.0.0", ""])
def test_everywhere_is_asked_at_home(bind: str, tmp_path: Path) -> None:
    places = Places(tmp_path, tmp_path, "python")
    checks = Announcement.of(Settings(bind=bind), places, LINK).checks
    assert checks == (("127.0.0.1", 3334, "/healthz"), ("127.0.0.1", 3335, "/-/healthz"))
