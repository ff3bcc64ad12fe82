import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sifu_image.health import ask, main


@contextmanager
def answering(answer: bytes) -> Iterator[int]:
    """Serve one answer to whoever asks; yield the port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(1024)
                    connection.sendall(answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
    thread.join()


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def test_both_must_answer(capsys):
    with (
        answering(b"HTTP/1.1 200 OK\r\n\r\n") as well,
        answering(b"HTTP/1.1 503 No\r\n\r\n") as ill,
    ):
        ports = {"SIFU_FRONT_PORT": str(well), "SIFU_NOTEBOOK_PORT": str(well)}
        assert main(ports) == 0
        assert capsys.readouterr().out == "front and relay answer"
        assert main(ports | {"SIFU_NOTEBOOK_PORT": str(ill)}) == 1
        assert capsys.readouterr().out == f"relay on port {ill}: answers 503"


def test_who_does_not_listen_is_named(capsys):
    ports = {"SIFU_FRONT_PORT": str(closed_port()), "SIFU_NOTEBOOK_PORT": str(closed_port())}
    assert main(ports | {"SIFU_BIND": "0.0.0.0"}) == 1
    said = capsys.readouterr().out
    assert "front on port" in said
    assert "relay on port" in said
    assert "refused" in said


def test_nonsense_is_not_well():
    with answering(b"") as port:
        assert ask("127.0.0.1", port, "/") == "answers nothing"


def test_a_hung_program_is_not_waited_for_long(monkeypatch):
    monkeypatch.setattr("sifu_image.health._SECONDS", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        assert ask("127.0.0.1", silent.getsockname()[1], "/") == "timed out"
