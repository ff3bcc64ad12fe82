import asyncio
from pathlib import Path

import pytest

from proxy.auth.joining import join
from proxy.core.allow_rules import AllowRules, People
from proxy.core.errors import Forbidden
from proxy.core.id_token import Profile
from proxy.store import users
from proxy.store.database import Store
from tests.auth.people import add_user
from tests.conftest import FakeClock

EVERYBODY = AllowRules(everybody=True)
BY_GROUP = AllowRules(everybody=True, admins=People(groups=frozenset({"staff"})))


def person(subject="7", name="ann", email="", groups=()):
    return Profile("https://id.example.org", subject, name, email, bool(email), frozenset(groups))


async def test_who_is_let_in_has_one_account_however_often_they_come(
    store: Store, clock: FakeClock
) -> None:
    found = await asyncio.gather(
        *(join(store, "school", person(), EVERYBODY, clock) for _ in range(8))
    )
    assert len({user.id for user in found}) == 1
    assert found[0].name == "ann"
    assert not found[0].is_admin


async def test_a_folder_that_is_there_is_nobodys_who_is_called_like_it(
    store: Store, clock: FakeClock, tmp_path: Path
) -> None:
    (tmp_path / "ann" / "home").mkdir(parents=True)
    (tmp_path / "bob").symlink_to(tmp_path / "nowhere")
    for name in ("ann", "bob", "eve"):
        joined = await join(store, "school", person(name, name), EVERYBODY, clock, homes=tmp_path)
        assert joined.slug == {"eve": "eve"}.get(name, f"{name}-2")


async def test_who_was_removed_leaves_nothing_to_others_of_that_name(
    store: Store, clock: FakeClock, tmp_path: Path
) -> None:
    ann = await join(store, "school", person(), EVERYBODY, clock, homes=tmp_path)
    (tmp_path / ann.slug).mkdir()
    await store.write(users.remove, ann, clock())
    other = await join(store, "school", person("8"), EVERYBODY, clock, homes=tmp_path)
    again = await join(store, "school", person(), EVERYBODY, clock, homes=tmp_path)
    assert (other.slug, again.slug) == ("ann-2", "ann")


async def test_the_address_of_somebody_else_opens_no_account(
    store: Store, clock: FakeClock
) -> None:
    ann = await add_user(store, "ann@example.org", is_admin=True)
    stranger = person("8", "", "ann@example.org")
    joined = await join(store, "school", stranger, EVERYBODY, clock)
    assert joined.id != ann.id
    assert joined.name == "ann"
    assert not joined.is_admin


async def test_who_is_not_let_in_any_more_is_refused(store: Store, clock: FakeClock) -> None:
    await join(store, "school", person(), EVERYBODY, clock)
    with pytest.raises(Forbidden, match="does not let that account in"):
        await join(store, "school", person(), AllowRules(), clock)
    with pytest.raises(Forbidden):
        await join(store, "school", person("9"), AllowRules(), clock)
    assert len(await store.read(users.list_all)) == 1


async def test_who_is_disabled_here_stays_out(store: Store, clock: FakeClock) -> None:
    user = await join(store, "school", person(), EVERYBODY, clock)
    await store.write(users.disable, user, clock())
    with pytest.raises(Forbidden, match="disabled"):
        await join(store, "school", person(), EVERYBODY, clock)


async def test_the_role_follows_the_group_where_there_is_a_rule(
    store: Store, clock: FakeClock
) -> None:
    await add_user(store, "root", is_admin=True)
    assert (await join(store, "school", person(groups=["staff"]), BY_GROUP, clock)).is_admin
    assert not (await join(store, "school", person(), BY_GROUP, clock)).is_admin


async def test_the_last_administrator_stays_one(store: Store, clock: FakeClock) -> None:
    assert (await join(store, "school", person(groups=["staff"]), BY_GROUP, clock)).is_admin
    assert (await join(store, "school", person(), BY_GROUP, clock)).is_admin


async def test_without_a_rule_the_role_that_was_given_here_stays(
    store: Store, clock: FakeClock
) -> None:
    user = await join(store, "school", person(), EVERYBODY, clock)
    await store.write(users.set_admin, user, is_admin=True)
    assert (await join(store, "school", person(), EVERYBODY, clock)).is_admin
