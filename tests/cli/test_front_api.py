"""The front that runs, asked by a command: a real one, in a thread of its own."""

import socket
from dataclasses import replace
from io import BytesIO
from threading import Thread

import pytest

from proxy.cli.front_api import _Token, front_of, open_front
from proxy.cli.installation import Installation
from proxy.core.credentials import hash_secret
from proxy.core.errors import Conflict, ServerNotRunning
from proxy.store import api_tokens, users


def test_a_front_that_does_not_run_is_told_with_what_to_do(installed, settings):
    with (
        front_of(Installation(settings, installed)) as front,
        pytest.raises(ServerNotRunning) as no,
    ):
        front.ask("GET", "/api/overview")
    assert "`sifu up`" in no.value.public


def test_the_token_of_a_command_is_gone_afterwards(installed, settings):
    with front_of(Installation(settings, installed)):
        (token,) = installed.read_now(api_tokens.list_all)
        assert token.id.startswith("cli-")
        assert token.user.name == "ann"
        assert token.expires is not None
    assert installed.read_now(api_tokens.list_all) == []


def test_a_command_that_takes_long_gets_another_token_in_time(installed):
    """An update is followed for as long as it takes; its token is good for a minute."""
    now = 1000.0
    token = _Token(installed, clock=lambda: now)
    first = token.secret()
    now += 20
    assert token.secret() == first
    now += 20
    second = token.secret()
    assert second != first
    (kept,) = installed.read_now(api_tokens.list_all)
    assert kept.expires == now + 60
    found = installed.read_now(api_tokens.find_by_secret, hash_secret(second))
    assert found is not None
    assert found.id == kept.id
    token.remove()
    token.remove()
    assert installed.read_now(api_tokens.list_all) == []


def test_without_an_administrator_who_may_sign_in_there_is_no_door(installed, settings):
    ann = installed.read_now(users.find, "ann")
    installed.write_now(users.disable, ann, 1.0)
    here = Installation(settings, installed)
    with pytest.raises(Conflict, match="There is no administrator"), front_of(here):
        pass


def test_it_opens_the_installation_of_the_settings(installed, environment, monkeypatch):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with open_front() as front:
        assert front.settings.front_port == 13700


@pytest.mark.parametrize("is_whole", [True, False])
def test_bytes_are_saved_whole_or_it_is_said(installed, settings, is_whole):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        there = replace(settings, front_port=listener.getsockname()[1])

        def answer() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                end = b"0\r\n\r\n" if is_whole else b""
                head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                connection.sendall(head + b"3\r\nzip\r\n" + end)

        thread = Thread(target=answer)
        thread.start()
        target = BytesIO()
        with front_of(Installation(there, installed)) as front:
            if is_whole:
                assert front.save("/x", target) == 3
                assert target.getvalue() == b"zip"
            else:
                with pytest.raises(ServerNotRunning, match="broke off"):
                    front.save("/x", target)
        thread.join()
