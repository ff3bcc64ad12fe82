"""A browser's websocket, as far as it goes: prints the status and what came back.

`python websocket_echo.py PORT`, in the network of the machine.
"""

import socket
import sys

with socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=10) as connection:
    connection.sendall(
        b"GET /user/ann/home/api/kernels/1/channels HTTP/1.1\r\nHost: sifu.example.org\r\n"
        b"Connection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\nSec-WebSocket-Version: 13\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    head = b""
    while b"\r\n\r\n" not in head:
        received = connection.recv(1)
        if not received:
            break
        head += received
    connection.sendall(b"hello from the browser")
    sys.stdout.write(f"{head.split()[1].decode()} {connection.recv(100).decode()}\n")
