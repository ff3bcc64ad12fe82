"""The installation that a command works on: its settings, and its store without a server between.

Promises: the schema is up to date before the first question. Works while Sifu runs and while it
does not.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from proxy.settings import Settings, ensure_secret, read_settings
from proxy.store.database import Store, migrate


@dataclass(frozen=True, slots=True)
class Installation:
    """Settings and store, both ready for use."""

    settings: Settings
    store: Store


@contextmanager
def open_installation() -> Iterator[Installation]:
    """Read the settings and open the store; raises `InvalidSettings`, `StoreUnavailable`."""
    settings = ensure_secret(read_settings())
    store = Store(settings.store_url)
    try:
        migrate(store)
        yield Installation(settings, store)
    finally:
        store.close()
