import ipaddress
from pathlib import Path

import pytest

from proxy.settings import (
    as_environment,
    read_settings,
)
from tests.settings.problems import problems_of

LONG = "s" * 32


@pytest.mark.parametrize("text", ["", "-1", "1.5", "0x10", "\u0661", "1e3"])
def test_a_number_is_written_in_digits(text):
    assert "whole number" in problems_of(SIFU_IDLE_TIMEOUT=text)[0]


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {
            "SIFU_WORKSPACES": "per-user",
            "SIFU_SECRET": f"{LONG},{'t' * 32}",
            "SIFU_LMS_ORIGINS": "https://a.example.org, https://b.example.org",
            "SIFU_TRUSTED_PROXIES": "10.0.0.0/8,fd00::/8",
            "SIFU_NOTEBOOK_ENVIRONMENT": "LANG,TZ",
            "SIFU_DATA": "/srv/sifu data",
            "SIFU_GATEWAY_URL": "http://gateway:8888",
        },
        # Emptied on purpose: nobody's X-Forwarded-* is believed.
        {"SIFU_TRUSTED_PROXIES": "", "SIFU_BIND": ""},
    ],
)
def test_programs_get_the_same_settings_through_the_environment(environment):
    settings = read_settings(environment)
    assert read_settings(as_environment(settings)) == settings


def test_nobody_is_trusted_where_nobody_is_named():
    assert read_settings({"SIFU_TRUSTED_PROXIES": ""}).trusted_proxies == ()
    loopback = read_settings({}).trusted_proxies
    assert ipaddress.ip_network("127.0.0.0/8") in loopback
    assert all(network.is_loopback for network in loopback)


def test_a_home_folder_is_meant_by_a_tilde(monkeypatch):
    monkeypatch.setenv("HOME", "/home/ada")
    assert read_settings({"SIFU_DATA": "~/sifu"}).data == Path("/home/ada/sifu")
