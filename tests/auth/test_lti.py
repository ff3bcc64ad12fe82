"""Tokens of platforms: the order of the checks, and the keys that are kept."""

import pytest

from proxy.auth.lti import MOST_KEY_SETS, ExpectedLaunch, LaunchVerifier, join_launch
from proxy.core.errors import Forbidden, UpstreamBroken
from proxy.core.lti_launch import Launch, MessageType
from proxy.core.lti_platform import Platform, PlatformEntry, provider_of
from proxy.store import identities, users
from proxy.store.database import Store
from proxy.store.identities import Subject
from tests.auth.issuers import client, new_key, published, running_issuer, signed
from tests.conftest import FakeClock
from tests.core.launches import CLIENT, ISSUER, NONCE, TARGET, good_claims

KEY = new_key()


def platform(keys: str, issuer: str = ISSUER) -> Platform:
    entry = PlatformEntry(
        issuer=issuer,
        client=CLIENT,
        title="Courses",
        authorization=f"{ISSUER}/auth",
        token=f"{ISSUER}/token",
        keys=keys,
        deployments=("1",),
    )
    return Platform(1, entry, 0.0)


async def verified(verifier: LaunchVerifier, token: str, keys: str) -> Launch:
    return await verifier.verify(token, ExpectedLaunch(platform(keys), NONCE, TARGET))


async def test_a_launch_is_read_from_a_signed_token(clock: FakeClock) -> None:
    async with running_issuer(published(KEY, "k1")) as issuer:
        verifier = LaunchVerifier(client, clock)
        token = signed(KEY, "k1", good_claims(clock()))
        launch = await verified(verifier, token, issuer.address)
        assert (launch.issuer, launch.client, launch.subject) == (ISSUER, CLIENT, "person-1")
        await verified(verifier, token, issuer.address)
        assert issuer.asked == 1


async def test_the_first_check_that_fails_is_what_is_said(clock: FakeClock) -> None:
    async with running_issuer(published(KEY, "k1")) as issuer:
        verifier = LaunchVerifier(client, clock)
        claims = good_claims(clock()) | {"nonce": "another", "exp": 0}
        tokens = {
            "not_compact": "x",
            "key": signed(KEY, "k9", claims),
            "signature": signed(new_key(), "k1", claims),
            "expired": signed(KEY, "k1", claims),
        }
        for word, token in tokens.items():
            with pytest.raises(Forbidden) as refusal:
                await verified(verifier, token, issuer.address)
            assert refusal.value.detail == word


async def test_without_the_platforms_keys_nothing_is_believed(clock: FakeClock) -> None:
    token = signed(KEY, "k1", good_claims(clock()))
    with pytest.raises(UpstreamBroken):
        await verified(LaunchVerifier(client, clock), token, "http://127.0.0.1:9/keys")


async def test_a_platforms_keys_are_no_other_platforms(clock: FakeClock) -> None:
    other = new_key()
    async with (
        running_issuer(published(KEY, "k1")) as one,
        running_issuer(published(other, "k1")) as two,
    ):
        verifier = LaunchVerifier(client, clock)
        await verified(verifier, signed(KEY, "k1", good_claims(clock())), one.address)
        with pytest.raises(Forbidden):
            await verified(verifier, signed(KEY, "k1", good_claims(clock())), two.address)


async def test_a_platform_that_moved_its_keys_is_asked_there(clock: FakeClock) -> None:
    async with running_issuer(published(KEY, "k1")) as old, running_issuer() as new:
        verifier, token = LaunchVerifier(client, clock), signed(KEY, "k1", good_claims(clock()))
        await verified(verifier, token, old.address)
        with pytest.raises(Forbidden):
            await verified(verifier, token, new.address)


async def test_few_key_sets_are_kept(clock: FakeClock) -> None:
    verifier = LaunchVerifier(client, clock)
    for number in range(MOST_KEY_SETS + 20):
        verifier._key_set(f"https://lms{number}.example/keys")
    assert len(verifier._key_sets) == MOST_KEY_SETS
    kept = verifier._key_set("https://lms219.example/keys")
    assert verifier._key_set("https://lms219.example/keys") is kept


def launch_of(subject: str, name: str = "Ann Lee", issuer: str = ISSUER) -> Launch:
    return Launch(
        message=MessageType.RESOURCE,
        issuer=issuer,
        client=CLIENT,
        deployment="1",
        subject=subject,
        roles=frozenset(),
        target=TARGET,
        name=name,
        email="root@example.org",
    )


async def test_people_are_told_apart_by_issuer_client_and_subject(
    store: Store, clock: FakeClock
) -> None:
    first = await join_launch(store, launch_of("1"), clock)
    assert await join_launch(store, launch_of("1", name="Renamed"), clock) == first
    assert (await join_launch(store, launch_of("2"), clock)).id != first.id
    elsewhere = await join_launch(store, launch_of("1", issuer="https://b.example"), clock)
    assert elsewhere.id != first.id
    assert not first.is_admin


async def test_an_account_that_was_made_administrator_here_stays_one(
    store: Store, clock: FakeClock
) -> None:
    user = await join_launch(store, launch_of("1"), clock)
    await store.write(lambda c: users.set_admin(c, user, is_admin=True))
    assert (await join_launch(store, launch_of("1"), clock)).is_admin


async def test_a_disabled_account_stays_out(store: Store, clock: FakeClock) -> None:
    user = await join_launch(store, launch_of("1"), clock)
    await store.write(users.disable, user, clock())
    with pytest.raises(Forbidden) as refusal:
        await join_launch(store, launch_of("1"), clock)
    assert refusal.value.detail == "disabled"


async def test_who_has_no_name_gets_one(store: Store, clock: FakeClock) -> None:
    assert (await join_launch(store, launch_of("abc-1", name=""), clock)).name


async def test_who_launches_is_kept_under_the_provider_of_the_client(
    store: Store, clock: FakeClock
) -> None:
    launch = launch_of("1")
    user = await join_launch(store, launch, clock)
    who = Subject(provider_of(launch.client), launch.issuer, launch.subject)
    assert await store.read(identities.find, who) == user


def test_every_client_is_a_provider_of_its_own() -> None:
    assert provider_of("a") != provider_of("b")
    assert len(provider_of("a" * 255)) == len("lti:") + 32
