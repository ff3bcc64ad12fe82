"""Sessions: fixation, expiry, tossed cookies, and an end that is an end."""

import pytest

from proxy.auth.authenticator import Presented
from proxy.auth.sessions import IDLE, LIFETIME, TOUCH_EACH, OpenedSession, Sessions
from proxy.core.cookies import CookieStyle
from proxy.core.credentials import hash_secret
from proxy.core.errors import Unauthenticated
from proxy.store import sessions as table
from proxy.store import users
from proxy.store.database import Store
from tests import feed
from tests.auth.people import CountedRandom, add_user
from tests.conftest import FakeClock


@pytest.fixture
def sessions(store: Store, clock: FakeClock) -> Sessions:
    return Sessions(store, CookieStyle(secure=False), clock=clock, random=CountedRandom())


async def opened(sessions: Sessions, store: Store) -> OpenedSession:
    return await sessions.open(await add_user(store, "ada"))


def shown(session: OpenedSession) -> Presented:
    return Presented(cookies=(f"other=1; sifu={session.secret}",))


async def test_a_session_is_recognised(sessions: Sessions, store: Store) -> None:
    session = await opened(sessions, store)
    identity = await sessions.verify(shown(session))
    assert identity is not None
    assert (identity.user.name, identity.session_id) == ("ada", session.id)


async def test_no_cookie_is_nobody(sessions: Sessions) -> None:
    assert await sessions.verify(Presented()) is None
    assert await sessions.verify(Presented(cookies=("sifu-pass=x",))) is None


async def test_a_tossed_second_cookie_counts_for_nothing(sessions: Sessions, store: Store) -> None:
    session = await opened(sessions, store)
    twice = Presented(cookies=(f"sifu={session.secret}", "sifu=tossed"))
    assert await sessions.verify(twice) is None


@pytest.mark.parametrize(
    "secret", ["", "guess", "x" * 100_000, "\u00e9", "\udcff", "'; DROP TABLE users"]
)
async def test_garbage_is_refused(sessions: Sessions, secret: str) -> None:
    with pytest.raises(Unauthenticated):
        await sessions.verify(Presented(cookies=(f"sifu={secret}",)))


async def test_every_sign_in_gets_a_new_secret(sessions: Sessions, store: Store) -> None:
    user = await add_user(store, "ada")
    first, second = await sessions.open(user), await sessions.open(user)
    assert first.secret != second.secret
    assert first.id != second.id


async def test_the_secret_is_not_stored_nor_shown(sessions: Sessions, store: Store) -> None:
    session = await opened(sessions, store)
    assert session.secret not in repr(session)
    found = await store.read(table.find_by_secret, hash_secret(session.secret))
    assert found is not None
    assert session.secret not in repr(found)
    assert await store.read(table.find_by_secret, session.secret) is None


async def test_an_idle_session_is_over(sessions: Sessions, store: Store, clock: FakeClock) -> None:
    session = await opened(sessions, store)
    clock.advance(IDLE)
    with pytest.raises(Unauthenticated):
        await sessions.verify(shown(session))


async def test_use_keeps_it_but_not_beyond_its_lifetime(
    sessions: Sessions, store: Store, clock: FakeClock
) -> None:
    session = await opened(sessions, store)
    for _ in range(int(LIFETIME // (IDLE / 2)) - 1):
        clock.advance(IDLE / 2)
        assert await sessions.verify(shown(session)) is not None
    clock.advance(IDLE / 2)
    with pytest.raises(Unauthenticated):
        await sessions.verify(shown(session))


async def test_last_seen_is_written_once_a_minute(
    sessions: Sessions, store: Store, clock: FakeClock
) -> None:
    session = await opened(sessions, store)
    begun = clock()

    async def last_seen() -> float:
        found = await store.read(table.get, session.id)
        assert found is not None
        return found.last_seen

    clock.advance(TOUCH_EACH - 1)
    await sessions.verify(shown(session))
    assert await last_seen() == begun
    clock.advance(1)
    await sessions.verify(shown(session))
    assert await last_seen() == clock()


async def test_an_end_is_told_to_the_relays_and_is_final(sessions: Sessions, store: Store) -> None:
    session = await opened(sessions, store)
    before = await store.read(feed.latest)
    await sessions.end(session.id)
    await sessions.end(session.id)
    with pytest.raises(Unauthenticated):
        await sessions.verify(shown(session))
    told = await store.read(feed.since, before)
    assert [(change.kind, change.key) for change in told] == [("session", session.id)]


async def test_the_expiry_is_the_absolute_one(
    sessions: Sessions, store: Store, clock: FakeClock
) -> None:
    session = await opened(sessions, store)
    assert await sessions.expiry(session.id) == clock() + LIFETIME
    with pytest.raises(Unauthenticated):
        await sessions.expiry("unknown")


async def test_the_cookie_holds_the_secret_alone(sessions: Sessions, store: Store) -> None:
    session = await opened(sessions, store)
    name_value, *attributes = sessions.cookie(session).split("; ")
    assert name_value == f"sifu={session.secret}"
    assert {"Path=/", "HttpOnly", "SameSite=Lax"} <= set(attributes)
    assert "Max-Age=0" in sessions.clearing_cookie()


async def test_on_https_the_cookie_is_bound_to_the_host(store: Store, clock: FakeClock) -> None:
    secure = Sessions(store, CookieStyle(secure=True), clock=clock, random=CountedRandom())
    session = await secure.open(await add_user(store, "ada"))
    assert secure.cookie(session).startswith("__Host-sifu=")
    assert "Secure" in secure.cookie(session)
    assert "Partitioned" in secure.cookie(session, framed=True)
    assert await secure.verify(Presented(cookies=(f"sifu={session.secret}",))) is None


async def test_a_session_of_a_disabled_account_is_refused(
    sessions: Sessions, store: Store, clock: FakeClock
) -> None:
    person = await add_user(store, "ada")
    await store.write(users.disable, person, clock())
    late = await sessions.open(person)  # opened in the same moment
    with pytest.raises(Unauthenticated):
        await sessions.verify(shown(late))
    await store.write(users.enable, person)
    assert await sessions.verify(shown(late)) is not None
