"""If one of these fails after an upgrade of aiohttp, its modules ask each other for more."""

import subprocess
import sys

from aiohttp import web

from proxy.relay import aiohttp_parts

AFTERWARDS = """
import sys, importlib.metadata
from proxy.relay import aiohttp_parts
assert "aiohttp.client" not in sys.modules
import aiohttp
assert aiohttp.__version__ == importlib.metadata.version("aiohttp")
assert aiohttp.ClientSession.__module__ == "aiohttp.client"
from aiohttp import web
assert web.Application and web.BaseRequest is aiohttp_parts.BaseRequest
assert aiohttp.StreamReader is aiohttp_parts.StreamReader
"""


def test_the_parts_are_those_that_everybody_gets() -> None:
    for name in ("BaseRequest", "RequestPayloadError", "Response", "Server", "StreamResponse"):
        assert getattr(aiohttp_parts, name) is getattr(web, name)


def test_who_wants_all_of_aiohttp_afterwards_gets_it() -> None:
    subprocess.run([sys.executable, "-c", AFTERWARDS], check=True, timeout=60)
