"""Settings: declared once, read once, handed down.

Promises: this is all that others use of it. Must not: be imported by `core`.
"""

from proxy.settings.declaration import PREFIX, Network, Secret, Settings
from proxy.settings.reading import (
    INTERNAL,
    as_environment,
    effective,
    ensure_secret,
    environment_value,
    read_settings,
    replace_setting,
)

__all__ = [
    "INTERNAL",
    "PREFIX",
    "Network",
    "Secret",
    "Settings",
    "as_environment",
    "effective",
    "ensure_secret",
    "environment_value",
    "read_settings",
    "replace_setting",
]
