"""The observatory of an installation looks at its manager."""

from proxy.core.lifecycle import State
from proxy.core.limits import Usage
from proxy.web import keys
from tests.web.page_front import Pages


async def test_the_managers_servers_are_what_is_seen(pages: Pages) -> None:
    name = pages.server_is(State.READY)
    pages.manager.used[name] = Usage(77, 1.0, 1, pages.clock())
    view = await pages.app[keys.OBSERVATORY].look()
    assert [(each.name, each.used.memory) for each in view.servers] == [(name, 77)]
    assert view.machine.disks
