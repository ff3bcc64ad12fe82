"""API tokens: revoked, over, foreign, and two at once."""

import pytest
from sqlalchemy import Connection, update

from proxy.auth.authenticator import Presented
from proxy.auth.bearer import TOUCH_EACH, ApiTokens
from proxy.core.credentials import hash_secret
from proxy.core.errors import Unauthenticated
from proxy.store import api_tokens
from proxy.store.database import Store
from proxy.store.tables import users
from tests.auth.people import add_user
from tests.conftest import FakeClock

SECRET = "sifu_" + "s" * 43


@pytest.fixture
async def tokens(store: Store, clock: FakeClock) -> ApiTokens:
    user = await add_user(store, "ada")
    await store.write(
        api_tokens.create,
        token_id="t1",
        secret_hash=hash_secret(SECRET),
        user_id=user.id,
        label="test",
        now=clock(),
        expires=clock() + 1000,
    )
    return ApiTokens(store, clock=clock)


def shown(*values: str) -> Presented:
    return Presented(authorizations=values)


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "token", "Token"])
async def test_both_ways_to_say_it_are_understood(tokens: ApiTokens, scheme: str) -> None:
    identity = await tokens.verify(shown(f"{scheme} {SECRET}"))
    assert identity is not None
    assert (identity.user.name, identity.token_id, identity.session_id) == ("ada", "t1", None)


@pytest.mark.parametrize("value", ["", "Basic YTpi", "Bearer eyJhbGciOi", f"Digest {SECRET}"])
async def test_credentials_of_others_are_nobodys(tokens: ApiTokens, value: str) -> None:
    assert await tokens.verify(shown(value)) is None


async def test_an_unknown_token_is_refused(tokens: ApiTokens) -> None:
    with pytest.raises(Unauthenticated):
        await tokens.verify(shown("Bearer sifu_guess"))


async def test_a_token_that_is_over_is_refused(tokens: ApiTokens, clock: FakeClock) -> None:
    clock.advance(1000)
    with pytest.raises(Unauthenticated):
        await tokens.verify(shown(f"Bearer {SECRET}"))


async def test_a_revoked_token_is_refused(
    tokens: ApiTokens, store: Store, clock: FakeClock
) -> None:
    assert await store.write(api_tokens.revoke, "t1", clock())
    with pytest.raises(Unauthenticated):
        await tokens.verify(shown(f"Bearer {SECRET}"))


async def test_two_authorizations_are_refused(tokens: ApiTokens) -> None:
    with pytest.raises(Unauthenticated):
        await tokens.verify(shown(f"Bearer {SECRET}", "Basic YTpi"))


async def test_last_used_is_written_once_a_minute(
    tokens: ApiTokens, store: Store, clock: FakeClock
) -> None:
    async def last_used() -> float | None:
        (token,) = await store.read(api_tokens.list_all)
        return token.last_used

    await tokens.verify(shown(f"Bearer {SECRET}"))
    first = await last_used()
    assert first == clock()
    clock.advance(TOUCH_EACH - 1)
    await tokens.verify(shown(f"Bearer {SECRET}"))
    assert await last_used() == first
    clock.advance(1)
    await tokens.verify(shown(f"Bearer {SECRET}"))
    assert await last_used() == clock()


async def test_a_token_of_a_disabled_account_is_refused(tokens: ApiTokens, store: Store) -> None:
    (token,) = await store.read(api_tokens.list_all)
    await store.write(_close_alone, token.user.id)
    with pytest.raises(Unauthenticated):
        await tokens.verify(shown(f"Bearer {SECRET}"))


def _close_alone(connection: Connection, user_id: int) -> None:
    """Disable the account and leave the token as it is."""
    closed = update(users).where(users.c.id == user_id).values(disabled=True)
    connection.execute(closed)
