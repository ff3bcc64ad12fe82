import pytest
from sqlalchemy import Connection, func, select

from proxy.core.slugs import make_slug
from proxy.store import identities, users
from proxy.store.database import Store
from proxy.store.identities import Subject
from proxy.store.tables import identities as table

ANN = Subject("school", "https://id.example.org", "248289")


def add(store, who=ANN, name="ann"):
    return store.write_now(identities.find_or_add, who, name, is_admin=False, now=1.0)


def add_beside(store, folders, who, name="ann"):
    return store.write_now(
        identities.find_or_add, who, name, is_admin=False, now=1.0, has_files=folders.__contains__
    ).slug


def number(connection: Connection) -> int:
    return connection.execute(select(func.count()).select_from(table)).scalar_one()


def test_the_same_subject_is_the_same_account_whatever_it_is_called(store: Store):
    first = add(store)
    assert add(store, name="another name") == first
    assert store.read_now(identities.find, ANN) == first
    assert not first.has_password


@pytest.mark.parametrize(
    "other",
    [
        Subject("another", ANN.issuer, ANN.subject),
        Subject(ANN.provider, ANN.issuer + "/", ANN.subject),
        Subject(ANN.provider, ANN.issuer, ANN.subject + "0"),
        Subject(ANN.provider, ANN.issuer.upper(), ANN.subject),
    ],
)
def test_whoever_differs_in_anything_is_somebody_else(store: Store, other: Subject):
    ann = add(store)
    assert store.read_now(identities.find, other) is None
    assert add(store, other).id != ann.id


def test_a_name_that_somebody_has_is_not_taken_over(store: Store):
    local = store.write_now(users.add, "ann", is_admin=True, password_hash=None, now=0.0)
    joined = [add(store, Subject("school", "i", str(n))) for n in range(3)]
    assert [user.name for user in joined] == ["ann-2", "ann-3", "ann-4"]
    assert len({user.slug for user in (local, *joined)}) == 4
    assert not any(user.is_admin for user in joined)


@pytest.mark.parametrize(
    ("wished", "name"),
    [
        ("Ann Lee", "Ann Lee"),
        ("  ann ", "ann"),
        ("A\u0301nn", "\u00c1nn"),
        ("", "248289"),
        ("..", "248289"),
        ("an\u202en", "248289"),
        ("x" * 200, "x" * 120),
        ("100%_", "100%_"),
    ],
)
def test_a_name_becomes_one_of_ours(store: Store, wished: str, name: str):
    assert add(store, name=wished).name == name


def test_neither_name_nor_subject_need_be_a_name(store: Store):
    assert add(store, Subject("school", "i", ".."), "").name == "user"
    assert add(store, Subject("school", "i", "."), "").name == "user-2"


def test_who_goes_takes_their_identities_along(store: Store):
    store.write_now(users.remove, add(store), 2.0)
    assert store.read_now(number) == 0
    assert store.read_now(identities.find, ANN) is None


def test_the_files_of_somebody_who_went_become_nobodys_who_is_called_so(store: Store):
    local = store.write_now(users.add, "ann", is_admin=False, password_hash=None, now=0.0)
    store.write_now(users.remove, local, 2.0)
    assert add(store, Subject("school", "i", "1")).slug == "ann-2"
    bob = add(store, Subject("school", "i", "2"), "bob")
    store.write_now(users.remove, bob, 2.0)
    assert add(store, Subject("school", "i", "3"), "bob").slug == "bob-2"
    assert add(store, Subject("another", "i", "2"), "bob").slug == "bob-3"


def test_who_comes_back_has_their_slug_again(store: Store):
    add(store, Subject("school", "i", "1"))
    gone = add(store)
    store.write_now(users.remove, gone, 2.0)
    assert add_beside(store, {"ann", "ann-2"}, ANN) == gone.slug == "ann-2"


def test_who_comes_back_when_the_name_was_given_away_has_another(store: Store):
    store.write_now(users.remove, add(store), 2.0)
    other = store.write_now(users.add, "ann", is_admin=False, password_hash=None, now=3.0)
    assert other.slug == "ann"  # an administrator may decide so
    store.write_now(users.remove, other, 4.0)
    assert add(store).slug == "ann-2"


def test_a_folder_that_is_there_is_nobodys_who_is_called_so(store: Store):
    folders = {"ann", "ann-3", make_slug("Ann Lee")}
    assert add_beside(store, folders, ANN) == "ann-2"
    assert add_beside(store, folders, Subject("school", "i", "1")) == "ann-4"
    lee = add_beside(store, folders, Subject("school", "i", "2"), "Ann Lee")
    assert lee == make_slug("Ann Lee-2")


def test_one_new_person_twice_at_once_is_one_account(store: Store, monkeypatch):
    """Where transactions run side by side, one does not see what the other is about to add."""
    first = add(store)
    looks = [None]
    real = identities.find
    monkeypatch.setattr(identities, "find", lambda *given: looks.pop() if looks else real(*given))
    monkeypatch.setattr(identities, "_is_free", lambda *_: True)
    assert add(store) == first
    assert not looks


def test_two_people_of_one_name_at_once_are_two(store: Store, monkeypatch):
    add(store)
    real, blind = identities._is_free, [True]
    monkeypatch.setattr(
        identities, "_is_free", lambda *given: blind.pop() if blind else real(*given)
    )
    assert add(store, Subject("school", "i", "1")).name == "ann-2"
