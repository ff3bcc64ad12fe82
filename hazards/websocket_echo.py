"""A tornado echo, as Jupyter's websockets are tornado's.

    python -m hazards.websocket_echo PORT SOCKET

The same program answers on a port, for a client that asks directly, and on a unix socket, for a
relay. It compresses where a client offers it, so that compression crosses the relay too.
"""

import asyncio
import sys

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_unix_socket
from tornado.web import Application
from tornado.websocket import WebSocketHandler

MAX_MESSAGE = 64 * 2**20


class Echo(WebSocketHandler):  # type: ignore[misc]
    """Sends back what comes."""

    def check_origin(self, origin: str) -> bool:
        return True

    def get_compression_options(self) -> dict[str, object]:
        return {}

    async def on_message(self, message: str | bytes) -> None:
        await self.write_message(message, binary=isinstance(message, bytes))


async def serve(port: int, path: str) -> None:
    application = Application([(r".*", Echo)], websocket_max_message_size=MAX_MESSAGE)
    application.listen(port, "127.0.0.1")
    HTTPServer(application).add_socket(bind_unix_socket(path))
    await asyncio.Event().wait()


def main() -> None:
    asyncio.run(serve(int(sys.argv[1]), sys.argv[2]))


if __name__ == "__main__":
    main()
