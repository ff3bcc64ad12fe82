"""The listening socket that a server is given."""

import os
import socket
import stat
from pathlib import Path

from proxy.notebook.own_socket import open_listener


def test_it_listens_for_us_alone_and_replaces_what_was_there(short_path: Path) -> None:
    path = short_path / "sock"
    path.touch()
    with open_listener(str(path), None), socket.socket(socket.AF_UNIX) as asking:
        asking.connect(str(path))  # waits in the backlog: nobody accepts yet
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_accounts_group_may_connect(short_path: Path) -> None:
    path = short_path / "sock"
    with open_listener(str(path), os.getgid()):
        assert stat.S_IMODE(path.stat().st_mode) == 0o660
