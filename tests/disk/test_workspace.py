"""A word for a folder and its account."""

from pathlib import Path

from proxy.disk.workspace import Workspace


def test_a_workspace_is_a_folder_and_an_account() -> None:
    assert Workspace(Path("/notebooks"), None).uid is None
