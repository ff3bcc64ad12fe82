"""Whoever was helped reads by whom and when, for a week."""

from proxy.core.events import EventKind, make_event
from proxy.core.identity import ServerName
from proxy.store import events, sessions
from proxy.store.database import Store
from proxy.store.help_given import LATELY, help_given
from tests.auth.people import add_user

ADAS = ServerName("ada", "home")


async def test_help_is_told_with_names_and_what_goes_on_now(store: Store) -> None:
    bob = await add_user(store, "Bob", password=None)
    happened = [
        make_event(
            EventKind.WORKSPACE_HELPED, at, user=who, server=server, course="stats",
            about={"whom": "ada"},
        )
        for at, who, server in (
            (1.0, bob.slug, "ada/home"), (LATELY + 5, "gone", "ada/home"),
            (LATELY + 6, bob.slug, "ada/home"), (LATELY + 7, bob.slug, "eve/home"),
        )
    ]  # fmt: skip
    await store.write(events.add_all, happened)
    now = LATELY + 10
    found = await store.read(help_given, ADAS, now)
    assert [(each.who, each.course, each.is_now) for each in found] == [
        (bob.name, "stats", False),
        ("gone", "stats", False),
    ]
    await store.write(
        sessions.open_session,
        session_id="s",
        secret_hash="h",
        user_id=bob.id,
        now=now,
        expires=now + 5,
        helping="ada/home",
    )
    assert (await store.read(help_given, ADAS, now))[0].is_now
    assert not (await store.read(help_given, ADAS, now + 5))[0].is_now
