"""`python -m proxy.notebook FOLDER` is one Jupyter server.

Promises: everything it needs is in FOLDER; it listens on a unix socket and nowhere else; its
environment is the clean one it was started with, plus what the operator chose to hand on. Who runs
it and what it may was decided before (`enter`, `forked`).
"""

import json
import os
import shutil
import sys
from pathlib import Path

from jupyterlab.commands import get_app_dir, get_user_settings_dir, get_workspaces_dir
from jupyterlab.labapp import LabApp
from traitlets.config import Config

from proxy.notebook.configuration import lab_overrides, server_config
from proxy.notebook.extension_files import write_extension
from proxy.notebook.handed_down import HandedDown, read
from proxy.notebook.kernel_modules import with_modules
from proxy.notebook.language_servers import node_roots
from proxy.notebook.partitioned_cookie import allow_partitioned
from proxy.notebook.server_app import SifuServerApp


def main(folder: Path) -> None:
    handed = read(folder)
    # For the kernels, which inherit it.
    os.environ.update(with_modules(handed.environment))  # noqa: TID251
    own = Path(handed.own)
    write_lab_settings(own / "lab", handed)
    write_extension(own)
    allow_partitioned()
    config = Config(server_config(handed, folder))
    # These depend on HOME, and JupyterLab asks for it when it is imported: somebody else's, in a
    # process that was forked.
    for shown in (config.LabApp, config.JupyterNotebookApp):
        shown.user_settings_dir = get_user_settings_dir()
        shown.workspaces_dir = get_workspaces_dir()
    config.LanguageServerManager.node_roots = node_roots(Path.cwd())
    LabApp.serverapp_class = SifuServerApp
    server = LabApp.initialize_server(
        argv=[],
        config=config,
        runtime_dir=str(own),
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
