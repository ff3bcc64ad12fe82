"""What the relay uses of aiohttp, from the modules where it stands.

`import aiohttp` loads its client with the certificates for it, and `aiohttp.web` its routing and
its files, which no relay uses: 5 MB and 80 ms of each process. Every module of the relay imports
from here, so that none of them loads the rest.
"""

from proxy.imports import defer_init

defer_init("aiohttp")

from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.http_parser import HttpRequestParser, HttpRequestParserPy, RawRequestMessage
from aiohttp.http_writer import HttpVersion10, HttpVersion11
from aiohttp.streams import EMPTY_PAYLOAD, StreamReader
from aiohttp.web_protocol import RequestHandler, RequestPayloadError
from aiohttp.web_request import BaseRequest
from aiohttp.web_response import Response, StreamResponse
from aiohttp.web_server import Server

__all__ = [
    "EMPTY_PAYLOAD",
    "BaseRequest",
    "HttpProcessingError",
    "HttpRequestParser",
    "HttpRequestParserPy",
    "HttpVersion10",
    "HttpVersion11",
    "RawRequestMessage",
    "RequestHandler",
    "RequestPayloadError",
    "Response",
    "Server",
    "StreamReader",
    "StreamResponse",
]
