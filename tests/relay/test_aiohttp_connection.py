"""aiohttp's private parts, which must be where they were.

If one of these fails after an upgrade of aiohttp, `relay/aiohttp_connection.py` must be read again
next to aiohttp's `web_protocol.py` before anything else.
"""

import inspect

import aiohttp
from aiohttp import web
from aiohttp.base_protocol import BaseProtocol
from aiohttp.web_protocol import RequestHandler

from proxy.relay import aiohttp_connection


def test_the_c_parser_is_there() -> None:
    assert aiohttp_connection.has_c_parser()


def test_aiohttp_private_parts_are_where_they_were() -> None:
    assert aiohttp.__version__.startswith("3.14."), (
        "read relay/aiohttp_connection.py against this version"
    )
    for slot in (
        "_message_tail",
        "_messages",
        "_waiter",
        "_request_count",
        "_request_in_progress",
        "_next_keepalive_close_time",
        "_manager",
    ):
        assert slot in RequestHandler.__slots__
    assert "_upgraded" in BaseProtocol.__slots__
    assert "self._connections" in inspect.getsource(web.Server)
    source = inspect.getsource(RequestHandler.finish_response)
    assert "resp.prepare" in source
    assert "write_eof" in source
    assert "handler_cancellation" in inspect.signature(web.Server.__init__).parameters
