"""Who did it, and how, as the events tell."""

from proxy.core.events import Event, EventKind
from proxy.core.lifecycle import State
from proxy.store import events
from proxy.store.events import Wanted
from proxy.web import keys
from tests.auth.people import PASSWORD
from tests.web.page_front import Pages


async def noted(pages: Pages, kind: EventKind | None = None) -> list[Event]:
    await pages.app[keys.EVENTS].write()
    found = await pages.store.read(events.find_after, Wanted(kind=kind), 0, limit=100)
    return [each.event for each in found]


def signing_in(name: str, password: str) -> dict[str, str]:
    return {"name": name, "password": password}


async def test_a_sign_in_and_its_end_are_noted(pages: Pages) -> None:
    got = await pages.ask("POST", "/sign-in", data=signing_in("ada", PASSWORD))
    pages.secrets["ada"] = got.session
    await pages.ask("POST", "/sign-out", "ada")
    began, ended = await noted(pages)
    assert (began.kind, began.user) == (EventKind.SIGNED_IN, "ada")
    assert began.about == {"address": "127.0.0.1", "way": "password"}
    assert (ended.kind, ended.user) == (EventKind.SIGNED_OUT, "ada")


async def test_a_wrong_password_is_noted_and_never_what_was_typed(pages: Pages) -> None:
    await pages.ask("POST", "/sign-in", data=signing_in("ada", "my other secret"))
    # People type their password into the field for the name.
    await pages.ask("POST", "/sign-in", data=signing_in("hunter2 hunter2", ""))
    known, unknown = await noted(pages, EventKind.SIGN_IN_FAILED)
    assert (known.user, unknown.user) == ("ada", "")
    assert "secret" not in str(known)
    assert "hunter2" not in str(unknown)


async def test_an_opening_is_noted_without_its_query(pages: Pages) -> None:
    name = pages.server_is(State.READY)
    await pages.ask("GET", f"/open/{name}/lab/tree/a.ipynb?token=x", "ada")
    (opened,) = await noted(pages)
    assert (opened.kind, opened.user, opened.server) == (EventKind.OPENED, "ada", "ada/home")
    assert opened.about == {"path": "lab/tree/a.ipynb"}


async def test_what_an_administrator_does_to_anothers_server_is_noted(pages: Pages) -> None:
    name = pages.server_is(State.READY)
    await pages.ask("POST", f"/stop/{name}", "ada")
    assert await noted(pages) == []
    pages.server_is(State.READY)
    await pages.ask("POST", f"/stop/{name}", "root")
    (stopped,) = await noted(pages)
    assert (stopped.kind, stopped.user) == (EventKind.ADMIN_SERVER_STOPPED, "root")
    assert pages.manager.records[name].reason.startswith("An administrator stopped it.")
