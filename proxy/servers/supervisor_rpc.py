"""supervisord's XML-RPC over its unix socket, without blocking.

Promises: an answer, a `SupervisorFault` (its own code, see http://supervisord.org/api.html), or a
`SupervisorSilent`, within `CALL_SECONDS`. Must not: decide anything.
"""

import asyncio
from collections.abc import Sequence
from enum import IntEnum
from pathlib import Path
from typing import Any
from xml.parsers.expat import ExpatError
from xmlrpc import client as xmlrpc

from aiohttp import ClientError, ClientSession, UnixConnector

from proxy.core.errors import ServerNotRunning

CALL_SECONDS = 10


class Fault(IntEnum):
    """The fault codes that are told apart here (supervisor.xmlrpc.Faults)."""

    BAD_NAME = 10
    SPAWN_ERROR = 50
    ALREADY_STARTED = 60
    NOT_RUNNING = 70
    ALREADY_ADDED = 90
    STILL_RUNNING = 91


class ProcessState(IntEnum):
    """States of a supervised process (supervisor.states.ProcessStates)."""

    STOPPED = 0
    STARTING = 10
    RUNNING = 20
    BACKOFF = 30
    STOPPING = 40
    EXITED = 100
    FATAL = 200
    UNKNOWN = 1000


class SupervisorFault(ServerNotRunning):
    """supervisord refused; `code` is one of its fault codes."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(
            "supervisord refused to do that; the operator finds the reason in the log.",
            detail=f"{code} {text}",
        )
        self.code = code


class SupervisorSilent(ServerNotRunning):
    """supervisord did not answer in time, or not in its language."""


class SupervisorRpc:
    """One connection per call: supervisord closes it anyway, and calls are rare."""

    def __init__(self, socket: Path, *, seconds: float = CALL_SECONDS) -> None:
        self._socket = str(socket)
        self._seconds = seconds

    async def call(self, method: str, *args: Any) -> Any:
        """Call e.g. `supervisor.getState`; raises `SupervisorFault`, `SupervisorSilent`."""
        body = xmlrpc.dumps(args, methodname=method).encode()
        try:
            answer = await self._post(body)
            values, _ = xmlrpc.loads(answer)
        except xmlrpc.Fault as fault:
            raise SupervisorFault(fault.faultCode, fault.faultString) from None
        except (ClientError, OSError, TimeoutError, ExpatError, xmlrpc.ResponseError) as problem:
            raise SupervisorSilent(
                "supervisord does not answer. Try again in a moment.",
                detail=f"{method}: {problem!r}",
            ) from problem
        return values[0]

    async def call_expecting(self, expected: Sequence[Fault], method: str, *args: Any) -> Any:
        """Call; a fault that is expected comes back as its `Fault` instead of being raised."""
        try:
            return await self.call(method, *args)
        except SupervisorFault as fault:
            if fault.code in expected:
                return Fault(fault.code)
            raise

    async def _post(self, body: bytes) -> bytes:
        async with (
            asyncio.timeout(self._seconds),
            ClientSession(connector=UnixConnector(path=self._socket)) as session,
            session.post(
                "http://supervisor/RPC2", data=body, headers={"Content-Type": "text/xml"}
            ) as response,
        ):
            response.raise_for_status()
            return await response.read()
