"""When a /tmp of one's own is not even tried; that it works is tried in tests/system."""

import os
from pathlib import Path

from proxy.notebook.private_tmp import make_private_tmp


def test_what_is_needed_is_never_hidden() -> None:
    assert not make_private_tmp("/var/lib/x", os.getuid(), ["/tmp/notebooks"])
    assert not make_private_tmp("/var/lib/x", os.getuid(), ["/var/tmp/python/bin"])


def test_without_a_folder_nothing_changes(tmp_path: Path) -> None:
    assert not make_private_tmp("", os.getuid(), [])
