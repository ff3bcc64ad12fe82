"""What the observatory looks at: the manager's servers, and the folders of the settings."""

from proxy.core.clock import Clock
from proxy.servers.manager import ServerManager
from proxy.settings import Settings
from proxy.store.database import Store
from proxy.web.observatory import Observatory


def watch_over(
    manager: ServerManager, store: Store, settings: Settings, clock: Clock
) -> Observatory:
    """Make the observatory of an installation."""
    return Observatory(
        store,
        clock,
        list_servers=manager.list_all,
        usage_of=manager.usage,
        folders=(settings.notebooks, settings.data),
    )
