"""The spawner that makes each server a program of supervisord.

Promises: what `spawner.Spawner` does. A server whose supervisord was killed lives on as an orphan;
it is found by its command line and adopted, and its kernels never notice. Must not: restart a
server by itself, or put a secret on a command line.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from itertools import count
from typing import Any

import psutil

from proxy.core.clock import Clock
from proxy.core.errors import ServerNotRunning
from proxy.core.identity import ServerName
from proxy.servers import processes
from proxy.servers.jupyter_api import JupyterApi
from proxy.servers.places import Places
from proxy.servers.program_file import STOP_SECONDS
from proxy.servers.server_files import delete_files, read_identity_key, write_files
from proxy.servers.spawner import Alive, Gone, ServerSpec
from proxy.servers.supervisor_rpc import Fault, ProcessState, SupervisorRpc

# Jupyter gives its kernels two seconds; supervisord's own SIGKILL comes after STOP_SECONDS.
_POLITE_SECONDS = 5.0
_FORCED_SECONDS = STOP_SECONDS + 4.0
_PAUSE = 0.1
# A start that was given up may still be carried out by supervisord after the first look.
_ROUNDS = 2
_LIVING = frozenset({ProcessState.STARTING, ProcessState.RUNNING, ProcessState.STOPPING})


class SupervisedSpawner:
    """Starts servers as programs of this run's supervisord; `environment` is their clean one."""

    def __init__(
        self, places: Places, rpc: SupervisorRpc, clock: Clock, environment: Mapping[str, str]
    ) -> None:
        self._places = places
        self._rpc = rpc
        self._clock = clock
        self._environment = environment
        self._adopted: dict[ServerName, psutil.Process] = {}
        # supervisord has one configuration: reading it and adding a group must not interleave.
        self._configuring = asyncio.Lock()

    async def start(self, spec: ServerSpec) -> Alive:
        if isinstance(alive := await self.poll(spec.name), Alive):
            return alive
        try:
            await asyncio.to_thread(write_files, self._places, spec, self._environment)
        except OSError as problem:
            raise ServerNotRunning(
                "The server's files cannot be written: is the disk full or read-only?",
                detail=str(problem),
            ) from problem
        await self._configure(spec.name)
        await self._rpc.call_expecting(
            [Fault.ALREADY_STARTED, Fault.SPAWN_ERROR],
            "supervisor.startProcess",
            spec.name.program,
            False,
        )
        status = await self.poll(spec.name)
        if isinstance(status, Gone):
            raise ServerNotRunning(status.reason or "Jupyter ended as soon as it was started.")
        return status

    async def poll(self, name: ServerName) -> Alive | Gone:
        info = await self._rpc.call_expecting(
            [Fault.BAD_NAME], "supervisor.getProcessInfo", name.program
        )
        if isinstance(info, dict) and info["state"] in _LIVING and info["pid"]:
            self._adopted.pop(name, None)
            return await self._alive(name, int(info["pid"]))
        orphan = await self._find_orphan(name)
        if orphan is not None:
            return await self._alive(name, orphan.pid)
        return Gone(_why_it_ended(info) if isinstance(info, dict) else "")

    async def stop(self, name: ServerName) -> None:
        """Politely, then with SIGTERM, then with SIGKILL, each with a limit; then clean up."""
        for _ in range(_ROUNDS):
            status = await self.poll(name)
            if isinstance(status, Alive):
                await self._end(name, status)
            self._adopted.pop(name, None)
            if await _until(lambda: self._removed(name), _FORCED_SECONDS):
                break
        await asyncio.to_thread(delete_files, self._places, name)

    async def _end(self, name: ServerName, alive: Alive) -> None:
        process = await asyncio.to_thread(processes.live, alive.pid)
        if process is None:
            return
        # Kernels have sessions of their own: once their parent is gone nothing leads to them.
        started = await asyncio.to_thread(processes.descendants, process)
        api = JupyterApi(name, alive.address, alive.identity_key, self._clock)
        if await api.shutdown():
            await _until_gone(process, _POLITE_SECONDS)
        started += await asyncio.to_thread(processes.descendants, process)
        if name in self._adopted:
            await asyncio.to_thread(processes.terminate, process)
        else:
            await self._rpc.call_expecting(
                [Fault.NOT_RUNNING, Fault.BAD_NAME], "supervisor.stopProcess", name.program, False
            )
        await _until_gone(process, _FORCED_SECONDS)
        await asyncio.to_thread(processes.kill, [process, *started])

    async def _alive(self, name: ServerName, pid: int) -> Alive:
        key = await asyncio.to_thread(read_identity_key, self._places, name)
        return Alive(pid, str(self._places.server_socket(name)), key)

    async def _configure(self, name: ServerName) -> None:
        async with self._configuring:
            await self._removed(name)
            await self._rpc.call("supervisor.reloadConfig")
            await self._rpc.call_expecting(
                [Fault.ALREADY_ADDED], "supervisor.addProcessGroup", name.program
            )

    async def _removed(self, name: ServerName) -> bool:
        answer = await self._rpc.call_expecting(
            [Fault.BAD_NAME, Fault.STILL_RUNNING], "supervisor.removeProcessGroup", name.program
        )
        return answer is not Fault.STILL_RUNNING

    async def _find_orphan(self, name: ServerName) -> psutil.Process | None:
        known = self._adopted.pop(name, None)
        if known is None or not await asyncio.to_thread(processes.is_live, known):
            folder = self._places.server_folder(name)
            known = await asyncio.to_thread(processes.find_notebook, folder)
        if known is not None:
            self._adopted[name] = known
        return known


def _why_it_ended(info: dict[str, Any]) -> str:
    if info["state"] in {ProcessState.BACKOFF, ProcessState.FATAL}:
        return "Jupyter could not be started; the operator finds the reason in the log."
    if info["state"] != ProcessState.EXITED:
        return ""
    if info["exitstatus"] < 0:  # supervisord does not say by which signal
        return "Jupyter was killed from outside; the machine may have run out of memory."
    return f"Jupyter ended by itself with exit code {info['exitstatus']}."


async def _until_gone(process: psutil.Process, seconds: float) -> None:
    async def gone() -> bool:
        return not await asyncio.to_thread(processes.is_live, process)

    await _until(gone, seconds)


async def _until(done: Callable[[], Awaitable[bool]], seconds: float) -> bool:
    """Ask again and again; False if time was over before."""
    try:
        async with asyncio.timeout(seconds):
            for _ in count():
                if await done():
                    break
                await asyncio.sleep(_PAUSE)
    except TimeoutError:
        return False
    return True
