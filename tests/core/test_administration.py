"""Somebody who may administrate is always left."""

from proxy.core.administration import problem_of_losing
from proxy.core.identity import User


def person(number: int, *, admin: bool, disabled: bool = False) -> User:
    return User(number, f"p{number}", f"p{number}", admin, 0.0, True, disabled)


def test_the_last_administrator_stays() -> None:
    root = person(1, admin=True)
    everybody = [root, person(2, admin=False)]
    assert "last administrator" in str(problem_of_losing(everybody, root))


def test_one_who_may_not_sign_in_is_no_second_administrator() -> None:
    root = person(1, admin=True)
    assert problem_of_losing([root, person(2, admin=True, disabled=True)], root)
    assert problem_of_losing([root, person(2, admin=True)], root) is None


def test_whoever_is_none_can_always_go() -> None:
    root = person(1, admin=True)
    for other in (person(2, admin=False), person(3, admin=True, disabled=True)):
        assert problem_of_losing([root, other], other) is None
