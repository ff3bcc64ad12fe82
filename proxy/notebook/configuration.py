"""The configuration of a Jupyter server, as plain data.

Promises: what a person's own Jupyter configuration says about who may connect, from where and on
which address is overruled (the values here are handed to the application like command-line
options, which win over files). Must not: switch off any of Jupyter's own checks. The relay passes
`Host` unchanged, so Jupyter's Origin and XSRF checks hold as they are.
"""

from pathlib import Path
from typing import Any, Final

from proxy.core.content_security import frame_ancestors
from proxy.notebook import course_kernels
from proxy.notebook.extension_files import extensions_folder
from proxy.notebook.handed_down import KEY_FILE, HandedDown

Config = dict[str, dict[str, Any]]

# What of the installation runs in each server, whatever files say. The first gives `/tree` and
# `/notebooks` (Notebook 7); the second would make notebooks of all text files: those of a course
# are converted when a version of it is made.
SERVER_EXTENSIONS: Final = {"notebook": True, "jupyterlab_jupytext": False}

# Jupyter refuses a socket together with any port but its default.
_DEFAULT_PORT = 8888
# A kernel that computes is given this long to end before it is killed, seconds.
_KERNEL_GRACE = 2.0
# Seconds between Jupyter's looks at its kernels; its own default is five minutes.
_LONGEST_CULL_INTERVAL = 60


def server_config(handed: HandedDown, folder: Path) -> Config:
    """Return traits by class name; `folder` is the server's own, below the run directory."""
    config: Config = {
        "ServerApp": _listening(handed) | _guarding(handed) | _behaving(handed),
        "SifuIdentityProvider": {"key_file": str(folder / KEY_FILE), "server": handed.server},
        "KernelManager": {"shutdown_wait_time": _KERNEL_GRACE},
        "LabApp": _showing(handed)
        | {"news_url": None, "check_for_updates_class": "jupyterlab.NeverCheckForUpdate"},
        "JupyterNotebookApp": _showing(handed),
    }
    if handed.has_kernel_sockets:
        config["KernelManager"]["transport"] = "ipc"
    if handed.kernel_idle_timeout:
        config["MappingKernelManager"] = _culling(handed.kernel_idle_timeout)
    if handed.gateway_url:
        config["GatewayClient"] = {"url": handed.gateway_url}
    else:
        course_kernels.configure(config, handed.course_environments)
    return config


def lab_overrides(handed: HandedDown) -> dict[str, dict[str, Any]]:
    """Return new defaults of JupyterLab's settings; a person may still change them."""
    saving: dict[str, Any] = (
        {"autosaveInterval": handed.autosave_interval}
        if handed.autosave_interval
        else {"autosave": False}
    )
    return {
        "@jupyterlab/docmanager-extension:plugin": saving,
        "@jupyterlab/apputils-extension:notification": {
            "fetchNews": "false",
            "checkForUpdates": False,
        },
    }


def _showing(handed: HandedDown) -> dict[str, Any]:
    """What holds for JupyterLab and for Notebook 7: settings, and our extension."""
    return {
        "app_settings_dir": f"{handed.own}/lab",
        "extra_labextensions_path": [str(extensions_folder(Path(handed.own)))],
    }


def _listening(handed: HandedDown) -> dict[str, Any]:
    return {
        "sock": handed.socket,
        "sock_mode": "0600",
        "port": _DEFAULT_PORT,
        "certfile": "",
        "keyfile": "",
        "base_url": handed.base_url,
        "allow_remote_access": True,  # the relay has checked `Host`
        "trust_xheaders": True,  # nobody but the relay reaches the socket
    }


def _guarding(handed: HandedDown) -> dict[str, Any]:
    return {
        "identity_provider_class": "proxy.notebook.identity.SifuIdentityProvider",
        "allow_unauthenticated_access": False,
        "disable_check_xsrf": False,
        "allow_origin": "",
        "allow_origin_pat": "",
        "allow_credentials": False,
        "tornado_settings": {
            "headers": {"Content-Security-Policy": frame_ancestors(handed.frame_origins)},
            "xsrf_cookie_kwargs": _xsrf_cookie(handed),
        },
    }


def _xsrf_cookie(handed: HandedDown) -> dict[str, Any]:
    """In a foreign page's frame browsers keep partitioned cookies only (CHIPS), on https only."""
    attributes: dict[str, Any] = {"path": handed.base_url}
    if handed.https:
        attributes["secure"] = True
        if handed.frame_origins:
            attributes |= {"samesite": "None", "partitioned": True}
    return attributes


def _culling(idle_timeout: int) -> dict[str, Any]:
    """Jupyter's own watch over kernels: a page that is merely open keeps none, a running cell does.

    See `MappingKernelManager` in jupyter_server/services/kernels/kernelmanager.py.
    """
    return {
        "cull_idle_timeout": idle_timeout,
        "cull_interval": max(1, min(_LONGEST_CULL_INTERVAL, idle_timeout // 4)),
        "cull_connected": True,
        "cull_busy": False,
    }


def _behaving(handed: HandedDown) -> dict[str, Any]:
    return {
        "root_dir": handed.root,
        "file_to_run": "",
        "allow_root": True,  # as whom it runs was decided by who started it
        "open_browser": False,
        "quit_button": False,  # front stops servers, and knows why they stopped
        "terminals_enabled": True,
        "jpserver_extensions": dict(SERVER_EXTENSIONS),
    }
