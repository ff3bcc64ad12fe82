"""The chain of verifiers: deny by default, first answer wins, bad is bad."""

import pytest

from proxy.auth.authenticator import Authenticator, Presented
from proxy.core.errors import Unauthenticated
from proxy.core.identity import Identity, User


def somebody(name: str) -> Identity:
    return Identity(User(1, name, name, is_admin=False, created=0.0, has_password=False))


async def knows_nobody(_: Presented) -> Identity | None:
    return None


async def knows_ada(_: Presented) -> Identity | None:
    return somebody("ada")


async def knows_bob(_: Presented) -> Identity | None:
    return somebody("bob")


async def refuses(_: Presented) -> Identity | None:
    raise Unauthenticated("This is not good any more.")


async def test_an_unwired_chain_knows_nobody() -> None:
    assert await Authenticator().authenticate(Presented()) is None


async def test_the_first_who_answers_wins() -> None:
    chain = Authenticator([knows_nobody, knows_ada, knows_bob])
    assert await chain.authenticate(Presented()) == somebody("ada")


async def test_a_bad_credential_is_not_passed_over_for_a_weaker_one() -> None:
    with pytest.raises(Unauthenticated):
        await Authenticator([refuses, knows_ada]).authenticate(Presented())


async def test_nobody_is_not_an_error() -> None:
    assert await Authenticator([knows_nobody]).authenticate(Presented()) is None
