"""Jupyter's configuration as data."""

from dataclasses import replace
from pathlib import Path

import pytest

from proxy.notebook.configuration import lab_overrides, server_config
from tests.notebook.test_handed_down import HANDED

FOLDER = Path("/run/servers/ada.home")


def test_no_check_of_jupyters_own_is_switched_off() -> None:
    server = server_config(HANDED, FOLDER)["ServerApp"]
    assert server["disable_check_xsrf"] is False
    assert server["allow_unauthenticated_access"] is False
    assert server["allow_origin"] == server["allow_origin_pat"] == ""
    assert server["identity_provider_class"].endswith("SifuIdentityProvider")


def test_it_listens_on_its_socket_only() -> None:
    server = server_config(HANDED, FOLDER)["ServerApp"]
    assert (server["sock"], server["sock_mode"]) == ("/run/x.sock", "0600")
    assert (server["base_url"], server["root_dir"]) == ("/user/ada/home/", "/notebooks/ada/home")


@pytest.mark.parametrize("app", ["LabApp", "JupyterNotebookApp"])
def test_our_extension_is_loaded_from_the_servers_own_folder(app: str) -> None:
    shown = server_config(replace(HANDED, own="/run/own"), FOLDER)[app]
    assert shown["extra_labextensions_path"] == ["/run/own/labextensions"]
    assert shown["app_settings_dir"] == "/run/own/lab"


def test_text_files_stay_text_files() -> None:
    extensions = server_config(HANDED, FOLDER)["ServerApp"]["jpserver_extensions"]
    assert extensions == {"notebook": True, "jupyterlab_jupytext": False}


def test_the_key_is_named_not_held() -> None:
    config = server_config(HANDED, FOLDER)
    assert config["SifuIdentityProvider"] == {
        "key_file": "/run/servers/ada.home/identity.key",
        "server": "ada/home",
    }


def test_only_configured_origins_may_frame_it() -> None:
    settings = server_config(HANDED, FOLDER)["ServerApp"]["tornado_settings"]
    assert settings["headers"] == {
        "Content-Security-Policy": "frame-ancestors 'self' https://lms.example.org"
    }


@pytest.mark.parametrize(
    ("https", "origins", "attributes"),
    [
        (True, ("https://lms",), {"secure": True, "samesite": "None", "partitioned": True}),
        (True, (), {"secure": True}),
        (False, ("https://lms",), {}),
    ],
)
def test_the_xsrf_cookie_survives_in_a_frame(
    https: bool, origins: tuple[str, ...], attributes: dict[str, object]
) -> None:
    handed = replace(HANDED, https=https, frame_origins=origins)
    settings = server_config(handed, FOLDER)["ServerApp"]["tornado_settings"]
    assert settings["xsrf_cookie_kwargs"] == {"path": "/user/ada/home/"} | attributes


def test_a_gateway_is_used_only_if_there_is_one() -> None:
    assert "GatewayClient" not in server_config(HANDED, FOLDER)
    config = server_config(replace(HANDED, gateway_url="http://g:8888"), FOLDER)
    assert config["GatewayClient"] == {"url": "http://g:8888"}


def test_autosave_can_be_set_and_switched_off() -> None:
    plugin = "@jupyterlab/docmanager-extension:plugin"
    assert lab_overrides(replace(HANDED, autosave_interval=7))[plugin] == {"autosaveInterval": 7}
    assert lab_overrides(replace(HANDED, autosave_interval=0))[plugin] == {"autosave": False}


def test_no_news_are_fetched() -> None:
    notification = lab_overrides(HANDED)["@jupyterlab/apputils-extension:notification"]
    assert notification == {"fetchNews": "false", "checkForUpdates": False}


def test_idle_kernels_are_stopped_only_if_the_operator_says_so() -> None:
    assert "MappingKernelManager" not in server_config(HANDED, FOLDER)
    config = server_config(replace(HANDED, kernel_idle_timeout=3600), FOLDER)
    assert config["MappingKernelManager"] == {
        "cull_idle_timeout": 3600,
        "cull_interval": 60,
        "cull_connected": True,
        "cull_busy": False,
    }
    soon = server_config(replace(HANDED, kernel_idle_timeout=2), FOLDER)
    assert soon["MappingKernelManager"]["cull_interval"] == 1
