"""Stands in for Sifu in a container: answers on 3334 and 3335 with what arrived there.

`python stand_in.py NAME [SECONDS]`: NAME is in every answer; it is healthy after SECONDS. A
websocket handshake is answered, and what follows it is sent back as it came.
"""

import asyncio
import base64
import hashlib
import itertools
import json
import sys
import time

NAME = sys.argv[1]
HEALTHY_FROM = time.monotonic() + float(sys.argv[2] if sys.argv[2:] else 0)
connections = itertools.count(1)


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    number = next(connections)
    try:
        while head := await reader.readuntil(b"\r\n\r\n"):
            if not await answer(head, number, reader, writer):
                break
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    writer.close()


async def answer(
    head: bytes, number: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> bool:
    first, *lines = head.decode("latin-1").split("\r\n")[:-2]
    headers = [tuple(line.split(": ", 1)) if ": " in line else (line[:-1], "") for line in lines]
    known = {name.lower(): value for name, value in headers}
    if known.get("upgrade", "").lower() == "websocket" and known.get("connection") == "upgrade":
        await echo(known["sec-websocket-key"], reader, writer)
        return False
    length = await body_length(known, reader)
    path = first.split(" ")[1]
    healthy = time.monotonic() >= HEALTHY_FROM or not path.endswith("/healthz")
    told = {
        "name": NAME,
        "port": writer.get_extra_info("sockname")[1],
        "path": path,
        "headers": headers,
        "body": length,
        "connection": number,
    }
    body = json.dumps(told).encode()
    status = "200 OK" if healthy else "503 Service Unavailable"
    writer.write(f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
    await writer.drain()
    return True


async def body_length(known: dict[str, str], reader: asyncio.StreamReader) -> int:
    if known.get("transfer-encoding") == "chunked":
        total = 0
        while size := int(await reader.readline(), 16):
            await reader.readexactly(size + 2)
            total += size
        await reader.readline()
        return total
    length = int(known.get("content-length", 0))
    await reader.readexactly(length)
    return length


async def echo(key: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    seed = (key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()
    accept = base64.b64encode(hashlib.sha1(seed, usedforsecurity=False).digest()).decode()
    writer.write(
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + f"Sec-WebSocket-Accept: {accept}\r\n\r\n".encode()
    )
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()


async def main() -> None:
    for port in (3334, 3335):
        await asyncio.start_server(serve, "0.0.0.0", port)
    await asyncio.Event().wait()


asyncio.run(main())
