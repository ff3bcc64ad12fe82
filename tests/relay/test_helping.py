"""A helper's pass opens exactly one server, and nothing once the help has ended."""

import asyncio
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from proxy.core.clock import system_clock
from proxy.core.identity import SHARED, ServerName, User
from proxy.core.lifecycle import State
from proxy.core.policy import Workspaces
from proxy.core.tokens import Pass, mint_pass, read_identity
from proxy.relay_app import RelayProgram
from proxy.settings import Secret, Settings
from proxy.store import servers, sessions, users
from proxy.store.database import Store
from proxy.store.records import ServerRecord
from proxy.store.relay_store import RelayStore
from tests.relay.conftest import KEY, SECRET, Running, Upstream, header_of, status_of
from tests.relay.test_fast_lane import connect
from tests.relay.test_websockets import echo, handshake, head_of, new_key

ADAS, BOBS, EVES = (ServerName(name, "home") for name in ("ada", "bob", "eve"))


@dataclass
class Helped(Running):
    """`bob` helps at `ada/home` in session `help`, which began after his session `own`."""

    def pass_for(self, server: ServerName, *, session: str = "help", helper: bool = True) -> str:
        grant = Pass(session, "bob", server, self.until, helper)
        return f"sifu-pass={mint_pass([SECRET], grant)}"


@pytest.fixture
async def helped(
    store: Store, relay_store: RelayStore, upstream: Upstream
) -> AsyncIterator["Helped"]:
    now = system_clock()
    people: dict[str, User] = {}
    for name in ("ada", "bob", "eve"):
        people[name] = await store.write(
            users.add, name, is_admin=name == "bob", password_hash=None, now=now
        )
        record = ServerRecord(
            ServerName(name, "home"), State.READY, address=upstream.path, identity_key=KEY
        )
        await store.write(servers.put, record, now)
    for session, helping in (("own", ""), ("help", "ada/home")):
        await store.write(
            sessions.open_session,
            session_id=session,
            secret_hash=session,
            user_id=people["bob"].id,
            now=now,
            expires=now + 600,
            helping=helping,
        )
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setblocking(False)
    port = listener.getsockname()[1]
    settings = Settings(
        notebook_port=port,
        secret=Secret(SECRET),
        workspaces=Workspaces.PER_USER,
        notebooks=Path("/nowhere"),
    )
    program = RelayProgram(settings, relay_store, system_clock)
    drain = asyncio.Event()
    serving = asyncio.ensure_future(program.serve(listener, drain))
    await asyncio.sleep(0.05)
    yield Helped(port, program, store, upstream, people["bob"], drain, server=ADAS)
    drain.set()
    program.context.live.cut_all()
    await asyncio.wait_for(serving, 10)
    listener.close()


async def ask(helped: Helped, server: ServerName, cookie: str, headers: str = "") -> bytes:
    return await helped.ask(f"{server.prefix}lab", cookie=cookie, headers=headers)


async def test_the_helped_server_opens_and_learns_the_helpers_name(helped: Helped) -> None:
    answer = await ask(helped, ADAS, helped.pass_for(ADAS))
    assert status_of(answer) == 200
    token = header_of(helped.upstream.heads[0], "X-Sifu-Identity") or ""
    assert read_identity(KEY, token, "ada/home", system_clock()).user == "bob"
    assert header_of(answer, "Cross-Origin-Opener-Policy") == "same-origin"


@pytest.mark.parametrize("server", [BOBS, EVES, SHARED])
@pytest.mark.parametrize("helper", [True, False])
async def test_no_other_server_opens_in_that_session(
    helped: Helped, server: ServerName, helper: bool
) -> None:
    """Whatever front might sign: the session's row has the last word."""
    answer = await ask(helped, server, helped.pass_for(server, helper=helper))
    assert status_of(answer) in {401, 403}
    assert helped.upstream.heads == []


async def test_a_pass_that_does_not_say_so_opens_nothing_of_somebody_elses(
    helped: Helped,
) -> None:
    for session in ("help", "own"):
        cookie = helped.pass_for(ADAS, session=session, helper=False)
        assert status_of(await ask(helped, ADAS, cookie)) in {401, 403}
    assert status_of(await ask(helped, ADAS, helped.pass_for(ADAS, session="own"))) == 401
    assert helped.upstream.heads == []
    own = helped.pass_for(BOBS, session="own", helper=False)
    assert status_of(await ask(helped, BOBS, own)) == 200


async def test_what_the_helped_server_says_of_openers_does_not_count(helped: Helped) -> None:
    helped.upstream.answer = (
        b"HTTP/1.1 200 OK\r\nCross-Origin-Opener-Policy: unsafe-none\r\nContent-Length: 2\r\n\r\nok"
    )
    answer = await ask(helped, ADAS, helped.pass_for(ADAS))
    assert answer.lower().count(b"cross-origin-opener-policy") == 1
    assert header_of(answer, "Cross-Origin-Opener-Policy") == "same-origin"


async def test_a_helpers_browser_is_given_no_service_worker(helped: Helped) -> None:
    headers = "Service-Worker: script\r\nSec-Fetch-Dest: serviceworker\r\n"
    assert status_of(await ask(helped, ADAS, helped.pass_for(ADAS), headers)) == 403
    assert helped.upstream.heads == []
    own = helped.pass_for(BOBS, session="own", helper=False)
    assert status_of(await ask(helped, BOBS, own, headers)) == 200


async def test_when_help_stops_websockets_are_cut_and_the_pass_is_worth_nothing(
    helped: Helped,
) -> None:
    cookie = helped.pass_for(ADAS)
    helped.upstream.script = echo
    request = handshake(helped, new_key()).replace(helped.cookie().encode(), cookie.encode())
    async with connect(helped) as streams:
        assert status_of(await head_of(streams, request)) == 101
        streams[1].write(b"hello")
        assert await streams[0].readexactly(7) == b"<hello>"
        await helped.store.write(sessions.end, "help", system_clock())
        async with asyncio.timeout(2.5):  # the feed, by itself
            assert await streams[0].read(100) == b""
    helped.upstream.script = None
    reached = len(helped.upstream.heads)
    assert status_of(await ask(helped, ADAS, cookie)) == 401
    assert len(helped.upstream.heads) == reached


async def test_the_fast_lane_forgets_a_helper_too(helped: Helped) -> None:
    cookie = helped.pass_for(ADAS)
    request = helped.request(f"{ADAS.prefix}lab", cookie=cookie, close=False)
    async with connect(helped) as (reader, writer):
        for _ in range(3):
            writer.write(request)
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)
            assert status_of(head) == 200
            assert header_of(head, "Cross-Origin-Opener-Policy") == "same-origin"
            await reader.readexactly(2)
        await helped.store.write(sessions.end, "help", system_clock())
        await asyncio.sleep(2)
        writer.write(request)
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)
        assert status_of(head) == 401
    assert len(helped.upstream.heads) == 3
