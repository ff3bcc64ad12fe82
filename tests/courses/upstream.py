"""A real repository with real history, and a real git service on loopback that hands it out."""

import base64
import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

_WHO = {
    "GIT_AUTHOR_NAME": "ann",
    "GIT_AUTHOR_EMAIL": "ann@example.org",
    "GIT_COMMITTER_NAME": "ann",
    "GIT_COMMITTER_EMAIL": "ann@example.org",
}
_OURS = {
    "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
    "HOME": "/nonexistent",
}


def git(folder: Path, *words: str, text: bytes | None = None) -> str:
    done = subprocess.run(
        ["git", "-c", "init.defaultBranch=main", "-C", str(folder), *words],
        env=_OURS | _WHO,
        input=text,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode().strip()


@dataclass
class Upstream:
    """A repository that teachers push to; `folder` is its work tree."""

    folder: Path

    @classmethod
    def make(cls, folder: Path) -> "Upstream":
        folder.mkdir(parents=True)
        git(folder, "init", "--quiet")
        git(folder, "config", "uploadpack.allowAnySHA1InWant", "true")
        return cls(folder)

    def commit(self, files: dict[str, str | bytes | None], message: str = "More") -> str:
        """Write (None: delete) files, commit them, return the commit."""
        for name, content in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if content is None:
                path.unlink()
            else:
                path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return self.commit_all(message)

    def commit_all(self, message: str = "More") -> str:
        git(self.folder, "add", "--all")
        git(self.folder, "commit", "--quiet", "--allow-empty", "-m", message)
        return git(self.folder, "rev-parse", "HEAD")

    def commit_tree(self, lines: list[tuple[str, str, str, bytes]]) -> str:
        """Commit exactly this tree (mode, type, key, name), however odd its names are."""
        listed = b"".join(
            f"{mode} {kind} {key}\t".encode() + name + b"\0" for mode, kind, key, name in lines
        )
        tree = git(self.folder, "mktree", "-z", "--missing", text=listed)
        commit = git(self.folder, "commit-tree", tree, "-m", "odd")
        git(self.folder, "update-ref", "refs/heads/main", commit)
        return commit

    def blob(self, content: bytes) -> str:
        return git(self.folder, "hash-object", "-w", "--stdin", text=content)


@dataclass
class GitService:
    """Hands out every repository below `root`, if need be only to who knows `token`."""

    root: Path
    token: str = ""
    origin: str = ""
    asked: list[tuple[str, str]] = field(default_factory=list)
    # Sends everybody somewhere else; says that to whoever shows a token; sleeps before it answers.
    redirect: str = ""
    said: str = ""
    pause: threading.Event | None = None

    def url(self, upstream: Upstream) -> str:
        return f"{self.origin}/{upstream.folder.relative_to(self.root)}.git"

    def allows(self, authorization: str) -> bool:
        if not self.token:
            return True
        scheme, _, pair = authorization.partition(" ")
        return scheme == "Basic" and base64.b64decode(pair).decode().endswith(f":{self.token}")


@contextmanager
def running_service(root: Path, *, token: str = "") -> Iterator[GitService]:
    service = GitService(root, token)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            _answer(self, service, b"")

        def do_POST(self) -> None:
            if self.headers.get("Transfer-Encoding") == "chunked":
                body = b""
                while size := int(self.rfile.readline(), 16):
                    body += self.rfile.read(size)
                    self.rfile.readline()
                self.rfile.readline()
            else:
                body = self.rfile.read(int(self.headers["Content-Length"]))
            _answer(self, service, body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    service.origin = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _answer(handler: BaseHTTPRequestHandler, service: GitService, body: bytes) -> None:
    authorization = handler.headers.get("Authorization", "")
    service.asked.append((handler.path, authorization))
    if service.pause is not None:
        service.pause.wait(30)
    if service.redirect:
        _send(handler, 302, {"Location": service.redirect + handler.path}, b"")
    elif service.said and authorization:
        content = f"{service.said} {authorization}\n".encode()
        _send(handler, 403, {"Content-Type": "text/plain"}, content)
    elif not service.allows(authorization):
        _send(handler, 401, {"WWW-Authenticate": 'Basic realm="git"'}, b"")
    else:
        _serve(handler, service, body)


def _send(
    handler: BaseHTTPRequestHandler, status: int, fields: dict[str, str], content: bytes
) -> None:
    handler.send_response(status)
    for name, value in fields.items():
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(content)))
    handler.end_headers()
    handler.wfile.write(content)


def _serve(handler: BaseHTTPRequestHandler, service: GitService, body: bytes) -> None:
    parts = urlsplit(handler.path)
    done = subprocess.run(
        ["git", "-c", "safe.directory=*", "http-backend"],
        env=_OURS
        | {
            "GIT_PROJECT_ROOT": str(service.root),
            "GIT_HTTP_EXPORT_ALL": "1",
            "REQUEST_METHOD": handler.command,
            "PATH_INFO": parts.path.replace(".git/", "/.git/", 1),
            "QUERY_STRING": parts.query,
            "CONTENT_TYPE": handler.headers.get("Content-Type", ""),
            "HTTP_CONTENT_ENCODING": handler.headers.get("Content-Encoding", ""),
            "HTTP_GIT_PROTOCOL": handler.headers.get("Git-Protocol", ""),
            "GIT_PROTOCOL": handler.headers.get("Git-Protocol", ""),
            "CONTENT_LENGTH": str(len(body)),
        },
        input=body,
        capture_output=True,
        check=False,
    )
    head, _, content = done.stdout.partition(b"\r\n\r\n")
    fields = dict(line.decode().split(": ", 1) for line in head.split(b"\r\n") if line)
    status = int(fields.pop("Status", "200").split()[0])
    _send(handler, status, fields, content)
