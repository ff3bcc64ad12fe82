"""`python -m proxy.notebook FOLDER` is one Jupyter server.

Promises: everything it needs is in FOLDER; it listens on a unix socket and nowhere else; its
environment is the clean one it was started with, plus what the operator chose to hand on.
"""

import json
import os
import shutil
import sys
from pathlib import Path

from jupyterlab.commands import get_app_dir
from jupyterlab.labapp import LabApp
from traitlets.config import Config

from proxy.notebook.configuration import lab_overrides, server_config
from proxy.notebook.handed_down import HandedDown, read
from proxy.notebook.partitioned_cookie import allow_partitioned


def main(folder: Path) -> None:
    handed = read(folder)
    os.environ.update(handed.environment)  # noqa: TID251 (for the kernels, which inherit it)
    write_lab_settings(folder / "lab", handed)
    runtime = folder / "runtime"
    runtime.mkdir(mode=0o700, exist_ok=True)
    allow_partitioned()
    # What a killed server left behind would read as “in use”.
    Path(handed.socket).unlink(missing_ok=True)
    server = LabApp.initialize_server(
        argv=[],
        config=Config(server_config(handed, folder)),
        runtime_dir=str(runtime),
        no_browser_open_file=True,  # a page with a way in, on the disk: not here
    )
    server.start()


def write_lab_settings(folder: Path, handed: HandedDown) -> None:
    """Make JupyterLab's settings folder: ours first, then whatever the installation has."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "overrides.d").mkdir(parents=True)
    (folder / "overrides.d" / "00-sifu.json").write_text(json.dumps(lab_overrides(handed)))
    installed = Path(get_app_dir()) / "settings"
    for path in [*installed.glob("*.json*"), *installed.glob("overrides.d/*.json*")]:
        (folder / path.relative_to(installed)).symlink_to(path)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
