"""What stands for Jupyter in the long checks: `python -m hazards.upstream_program SOCKET`.

Below the server's prefix: `bytes/N` and `chunked/N` send N bytes of the pattern, `digest` tells
what it was sent, `stall` takes a head and then nothing more, `echo` is a websocket, and everything
else gets a kilobyte such as Jupyter's API sends.
"""

import asyncio
import hashlib
import sys

from aiohttp import WSMsgType, web

from hazards.installation import PREFIX
from hazards.pattern import blocks

_SMALL = b'{"name": "a.ipynb", "content": "' + b"x" * 990 + b'"}'
_HEADERS = {
    "Content-Type": "application/json",
    "Server": "TornadoServer/6.6.1",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "frame-ancestors 'self'; report-uri /api/security/csp-report",
    "Etag": '"5d41402abc4b2a76b9719d911017c592"',
}


async def answer(request: web.BaseRequest) -> web.StreamResponse:
    """Choose by the first word of the path below the prefix."""
    word, _, rest = request.path.removeprefix(PREFIX).partition("/")
    if word == "echo":
        return await _echo(request)
    if word == "stall":
        await asyncio.sleep(86_400)
    if word == "digest":
        return await _digest(request)
    if word in {"bytes", "chunked"}:
        return await _send(request, int(rest), chunked=word == "chunked")
    await request.read()  # tornado has the whole body before it answers
    return web.Response(body=_SMALL, headers=_HEADERS)


async def _send(request: web.BaseRequest, size: int, *, chunked: bool) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "application/octet-stream"})
    if chunked:
        response.enable_chunked_encoding()
    else:
        response.content_length = size
    await response.prepare(request)
    for block in blocks(size):
        await response.write(block)
    await response.write_eof()
    return response


async def _digest(request: web.BaseRequest) -> web.Response:
    total, size = hashlib.sha256(), 0
    async for data in request.content.iter_any():
        total.update(data)
        size += len(data)
    return web.Response(text=f"{size} {total.hexdigest()}")


async def _echo(request: web.BaseRequest) -> web.WebSocketResponse:
    socket = web.WebSocketResponse(max_msg_size=0, compress=False)
    await socket.prepare(request)
    async for message in socket:
        if message.type is WSMsgType.BINARY:
            await socket.send_bytes(message.data)
        elif message.type is WSMsgType.TEXT:
            await socket.send_str(message.data)
    return socket


async def serve(path: str) -> None:
    """Listen on a unix socket until the process is ended."""
    server = web.Server(answer, access_log=None, keepalive_timeout=3600)
    runner = web.ServerRunner(server)
    await runner.setup()
    await web.UnixSite(runner, path, backlog=4096).start()
    await asyncio.Event().wait()


def main() -> None:
    asyncio.run(serve(sys.argv[1]))


if __name__ == "__main__":
    main()
