"""Credentials are believed once they were verified, and no longer than they hold."""

import pytest

from proxy.core.cookies import CookieStyle
from proxy.core.credentials import hash_secret
from proxy.core.identity import SHARED
from proxy.core.tokens import Pass, mint_pass
from proxy.relay.visitors import Visitors
from proxy.store import api_tokens, sessions, users
from proxy.store.database import Store
from proxy.store.relay_store import RelayStore
from tests.conftest import FakeClock

OLD, NEW = "o" * 40, "n" * 40
TOKEN = "sifu_" + "t" * 40


@pytest.fixture
async def visitors(store: Store, relay_store: RelayStore, clock: FakeClock) -> Visitors:
    user = await store.write(users.add, "ada", is_admin=False, password_hash=None, now=clock())
    await store.write(
        sessions.open_session,
        session_id="s1",
        secret_hash="h",
        user_id=user.id,
        now=clock(),
        expires=clock() + 1000,
    )
    await store.write(
        api_tokens.create,
        token_id="t1",
        secret_hash=hash_secret(TOKEN),
        user_id=user.id,
        label="x",
        now=clock(),
        expires=clock() + 50,
    )
    return Visitors(relay_store, clock, [NEW, OLD], CookieStyle(secure=True))


def cookie(
    clock: FakeClock, *, secret: str = NEW, user: str = "ada", life: float = 500
) -> list[tuple[bytes, bytes]]:
    token = mint_pass([secret], Pass("s1", user, SHARED, clock() + life))
    return [(b"Cookie", f"a=1; __Secure-sifu-pass={token}".encode())]


async def test_secrets_rotate(visitors: Visitors, clock: FakeClock) -> None:
    assert await visitors.find(cookie(clock)) is not None
    assert await visitors.find(cookie(clock, secret=OLD)) is not None
    assert await visitors.find(cookie(clock, secret="x" * 40)) is None


async def test_a_remembered_pass_still_expires(visitors: Visitors, clock: FakeClock) -> None:
    headers = cookie(clock)
    assert await visitors.find(headers) is not None
    clock.advance(501)
    assert await visitors.find(headers) is None


async def test_a_pass_ends_with_its_session_at_the_latest(
    visitors: Visitors, clock: FakeClock
) -> None:
    headers = cookie(clock, life=5000)
    assert await visitors.find(headers) is not None
    clock.advance(1001)
    assert await visitors.find(headers) is None


async def test_a_pass_of_another_user_than_the_sessions_is_refused(
    visitors: Visitors, clock: FakeClock
) -> None:
    assert await visitors.find(cookie(clock, user="eve")) is None


async def test_a_token_expires_and_is_not_taken_from_a_cookie(
    visitors: Visitors, clock: FakeClock
) -> None:
    headers = [(b"authorization", f"Bearer {TOKEN}".encode())]
    visitor = await visitors.find(headers)
    assert visitor is not None
    assert visitor.by_token
    assert await visitors.find([(b"Cookie", f"__Secure-sifu-pass={TOKEN}".encode())]) is None
    clock.advance(51)
    assert await visitors.find(headers) is None


async def test_what_the_feed_ends_is_asked_for_again(
    visitors: Visitors, clock: FakeClock, store: Store
) -> None:
    headers = cookie(clock)
    assert await visitors.find(headers) is not None
    await store.write(sessions.end, "s1", clock())
    assert await visitors.find(headers) is not None  # the feed has not spoken yet
    visitors.forget("session s1")
    assert await visitors.find(headers) is None


async def test_a_removed_user_takes_all_credentials_along(
    visitors: Visitors, clock: FakeClock
) -> None:
    await visitors.find(cookie(clock))
    await visitors.find([(b"Authorization", f"token {TOKEN}".encode())])
    assert visitors.forget_user("eve") == []
    assert visitors.forget_user("ada") == ["session s1", "token t1"]
