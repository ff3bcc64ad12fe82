"""The entry point as another account than root; as root it is tried in containers."""

import os

import pytest
from sifu_image.entry import main

from tests.image.stranger import Outcome, as_stranger, open_to_strangers


@pytest.fixture
def folders(tmp_path):
    """Both folders, for an account that is not root."""
    found = {name: tmp_path / name for name in ("data", "notebooks")}
    for folder in found.values():
        folder.mkdir()
        open_to_strangers(folder)
    return found


def enter(folders, *command: str) -> Outcome:
    def call() -> None:
        os.environ.update({f"SIFU_{name.upper()}": str(path) for name, path in folders.items()})
        os.environ["PATH"] = "/usr/bin:/bin"
        main(list(command))

    return as_stranger(call)


def test_it_becomes_the_command_with_a_home_on_the_volume(folders):
    done = enter(folders, "sh", "-c", 'echo "$HOME"')
    assert done == Outcome(0, f"{folders['data']}/home\n", "")


def test_a_folder_that_cannot_be_written_is_one_sentence(folders):
    folders["notebooks"].chmod(0o500)
    done = enter(folders, "true")
    assert done.status == 1
    assert done.err.startswith("SIFU_NOTEBOOKS: ")
    assert len(done.err.splitlines()) == 1


def test_an_unknown_command_is_told(folders):
    done = enter(folders, "no-such-program")
    assert done.status == 127
    assert "no-such-program: No such file or directory. Try: sifu up" in done.err
