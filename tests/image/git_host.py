"""A git host on loopback: the real `git http-backend` behind a small server that wants a token."""

import base64
import os
import secrets
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

_AS_SOMEBODY = ("-c", "user.name=Test", "-c", "user.email=test@example.org")


def git(folder: Path, *arguments: str) -> str:
    """Run git as the tests do, untouched by the machine's settings."""
    environment = {"PATH": os.environ["PATH"], "GIT_CONFIG_GLOBAL": "/dev/null"}
    environment |= {"GIT_CONFIG_NOSYSTEM": "1", "HOME": str(folder)}
    done = subprocess.run(
        ["git", *_AS_SOMEBODY, *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


@dataclass
class Request:
    path: str
    authorization: str | None


@dataclass
class GitHost:
    """Serves the bare repositories in `folder`. `token` empty: to everybody."""

    folder: Path
    token: str = ""
    redirect_to: str = ""
    requests: list[Request] = field(default_factory=list)
    when_authorized: Callable[[], None] = lambda: None
    port: int = 0

    @classmethod
    @contextmanager
    def running(cls, folder: Path, **options: str) -> Iterator[Self]:
        folder.mkdir(parents=True, exist_ok=True)
        host = cls(folder, **options)  # type: ignore[arg-type]
        server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"host": host}))
        host.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield host
        finally:
            server.shutdown()
            server.server_close()
            thread.join()

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def url(self, name: str) -> str:
        return f"{self.origin}/{name}.git"

    def add(self, name: str, files: Mapping[str, str | bytes], branch: str = "main") -> str:
        """Make a repository, or a further branch of it; return the new commit."""
        bare = self.folder / f"{name}.git"
        work = self.folder / f"{name}-{branch}"
        work.mkdir()
        git(work, "init", "--quiet", f"--initial-branch={branch}")
        for path, content in files.items():
            (work / path).parent.mkdir(parents=True, exist_ok=True)
            (work / path).write_bytes(content.encode() if isinstance(content, str) else content)
        git(work, "add", "--all")
        git(work, "commit", "--quiet", "--message=First")
        if not bare.exists():
            git(self.folder, "init", "--quiet", "--bare", f"--initial-branch={branch}", bare.name)
        git(work, "push", "--quiet", str(bare), branch)
        return git(work, "rev-parse", "HEAD")

    @property
    def seen_authorization(self) -> set[str]:
        return {each.authorization for each in self.requests if each.authorization}

    def accepts(self, authorization: str | None) -> bool:
        if not self.token:
            return True
        if authorization is None or not authorization.startswith("Basic "):
            return False
        pair = base64.b64decode(authorization.removeprefix("Basic ")).decode()
        return pair.partition(":")[2] == self.token


class PrivateHost(GitHost):
    """One with a course, `grades`, and a Python package, `our-grader`."""

    # Another one in each run: the tests of a neighbour on this machine show theirs.
    TOKEN = f"tok-{secrets.token_hex(8)}-never-to-be-seen+/="

    @classmethod
    @contextmanager
    def running(cls, folder: Path, **options: str) -> Iterator[Self]:
        with super().running(folder, token=cls.TOKEN, **options) as host:
            host.add(
                "grades",
                {"README.md": "top\n", "week 1/first.md": "from the course\n"},
                branch="autumn",
            )
            project = '[project]\nname = "our-grader"\nversion = "1.4"\n'
            backend = (
                '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
            )
            host.add(
                "grader",
                {
                    "python/pyproject.toml": backend + project,
                    "python/our_grader/__init__.py": 'MARK = "excellent"\n',
                },
            )
            host.requests.clear()
            yield host


class _Handler(BaseHTTPRequestHandler):
    host: GitHost
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _serve(self) -> None:
        authorization = self.headers["Authorization"]
        self.host.requests.append(Request(self.path, authorization))
        length = int(self.headers["Content-Length"] or 0)
        body = self.rfile.read(length) if length else self._read_chunks()
        if self.host.redirect_to:
            self._answer(302, {"Location": self.host.redirect_to + self.path}, b"")
        elif not self.host.accepts(authorization):
            # As a careless server does: what it was told comes back.
            said = f"not you: {authorization}".encode()
            self._answer(401, {"WWW-Authenticate": 'Basic realm="git"'}, said)
        else:
            if authorization:
                self.host.when_authorized()
            self._run_backend(body)

    def _read_chunks(self) -> bytes:
        body = b""
        while self.headers["Transfer-Encoding"] == "chunked":
            size = int(self.rfile.readline(), 16)
            body += self.rfile.read(size)
            self.rfile.readline()
            if not size:
                break
        return body

    def _run_backend(self, body: bytes) -> None:
        parts = urlsplit(self.path)
        environment = {
            "PATH": os.environ["PATH"],
            "GIT_PROJECT_ROOT": str(self.host.folder),
            "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_CONFIG_COUNT": "2",
            "GIT_CONFIG_KEY_0": "safe.directory",
            "GIT_CONFIG_VALUE_0": "*",
            "GIT_CONFIG_KEY_1": "uploadpack.allowReachableSHA1InWant",
            "GIT_CONFIG_VALUE_1": "true",
            "REQUEST_METHOD": self.command,
            "PATH_INFO": parts.path,
            "QUERY_STRING": parts.query,
            "CONTENT_TYPE": self.headers["Content-Type"] or "",
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_CONTENT_ENCODING": self.headers["Content-Encoding"] or "",
            "GIT_PROTOCOL": self.headers["Git-Protocol"] or "",
        }
        done = subprocess.run(
            ["git", "http-backend"],
            input=body,
            env=environment,
            capture_output=True,
            check=True,
        )
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        fields = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
        self._answer(int(fields.pop("Status", "200").split()[0]), fields, content)

    def _answer(self, status: int, fields: dict[str, str], content: bytes) -> None:
        self.send_response(status)
        for name, value in fields.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
