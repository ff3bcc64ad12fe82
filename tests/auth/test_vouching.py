"""The chain: the first that recognises its headers decides."""

import pytest

from proxy.auth.vouching import NamedVoucher, Vouching
from proxy.core.allow_rules import AllowRules
from proxy.core.errors import Forbidden
from proxy.core.id_token import Profile
from proxy.core.vouching import Arriving

REQUEST = Arriving({}, "10.0.0.1")


class Says:
    """A voucher that says one thing."""

    def __init__(self, answer: Profile | Forbidden | None) -> None:
        self.answer = answer

    async def verify(self, arriving: Arriving) -> Profile | None:
        if isinstance(self.answer, Forbidden):
            raise self.answer
        return self.answer


def chain(*answers: Profile | Forbidden | None) -> Vouching:
    return Vouching(
        [NamedVoucher(f"v{n}", AllowRules(), Says(each)) for n, each in enumerate(answers)]
    )


async def test_an_empty_chain_vouches_for_nobody() -> None:
    assert await chain().verify(REQUEST) is None
    assert not chain()


async def test_the_first_that_answers_wins() -> None:
    found = await chain(None, Profile("i", "ann"), Profile("i", "bob")).verify(REQUEST)
    assert found is not None
    assert (found.provider, found.profile.subject) == ("v1", "ann")


async def test_a_bad_one_is_not_passed_over_in_favour_of_the_next() -> None:
    with pytest.raises(Forbidden):
        await chain(Forbidden("no"), Profile("i", "ann")).verify(REQUEST)
