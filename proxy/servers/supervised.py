"""The spawner that makes each server a program of supervisord.

Promises: what `spawner.Spawner` does. supervisord's program may be the server itself, or a stub
whose server the fork server made; which process the server is stands in its record. A server whose
supervisord was killed lives on as an orphan; it is found by that record, and its kernels never
notice. Where owners have accounts, nothing of an owner's is left running when their last server has
stopped. Must not: restart a server by itself, or put a secret on a command line.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from itertools import count
from typing import Any

import psutil

from proxy.core.clock import Clock
from proxy.core.errors import ServerNotRunning
from proxy.core.identity import ServerName
from proxy.notebook import process_record
from proxy.notebook.stub import UNKNOWN_STATUS
from proxy.servers import processes
from proxy.servers.accounts import Accounts
from proxy.servers.jupyter_api import JupyterApi
from proxy.servers.places import Places
from proxy.servers.program_file import STOP_SECONDS
from proxy.servers.server_files import (
    delete_files,
    names_with_files,
    read_account,
    read_identity_key,
    write_files,
)
from proxy.servers.spawner import Alive, Gone, ServerSpec
from proxy.servers.supervisor_rpc import Fault, ProcessState, SupervisorRpc

# Jupyter gives its kernels two seconds; supervisord's own SIGKILL comes after STOP_SECONDS.
_POLITE_SECONDS = 5.0
_FORCED_SECONDS = STOP_SECONDS + 4.0
_PAUSE = 0.1
# From supervisord's fork to the record: some hundredths of a second, on a machine that is idle.
_BIRTH_SECONDS = 20.0
_BIRTH_PAUSE = 0.02
# A start that was given up may still be carried out by supervisord after the first look.
_ROUNDS = 2
_LIVING = frozenset({ProcessState.STARTING, ProcessState.RUNNING, ProcessState.STOPPING})


class SupervisedSpawner:
    """Starts servers as programs of this run's supervisord; `environment` is their clean one.

    Without `accounts` all run as our own; `forks` where a fork server may be listening.
    """

    def __init__(
        self,
        places: Places,
        rpc: SupervisorRpc,
        clock: Clock,
        environment: Mapping[str, str],
        *,
        accounts: Accounts | None = None,
        forks: bool = False,
    ) -> None:
        self._places = places
        self._rpc = rpc
        self._clock = clock
        self._environment = environment
        self._accounts = accounts
        self._forks = forks
        # supervisord has one configuration: reading it and adding a group must not interleave.
        self._configuring = asyncio.Lock()

    async def start(self, spec: ServerSpec) -> Alive:
        if isinstance(alive := await self.poll(spec.name), Alive):
            return alive
        await self._write_files(spec)
        await self._configure(spec.name)
        await self._rpc.call_expecting(
            [Fault.ALREADY_STARTED, Fault.SPAWN_ERROR],
            "supervisor.startProcess",
            spec.name.program,
            False,
        )
        status = await self._await_birth(spec.name)
        if isinstance(status, Gone):
            raise ServerNotRunning(status.reason or "Jupyter ended as soon as it was started.")
        return status

    async def poll(self, name: ServerName) -> Alive | Gone:
        info = await self._ask(name)
        if (pid := await self._recorded(name)) is not None or (pid := _living(info)) is not None:
            return await self._alive(name, pid)
        return Gone("" if info is None else _why_it_ended(info))

    async def stop(self, name: ServerName) -> None:
        """Politely, then with SIGTERM, then with SIGKILL, each with a limit; then clean up."""
        for _ in range(_ROUNDS):
            status = await self.poll(name)
            if isinstance(status, Alive):
                await self._end(name, status)
            if await _until(lambda: self._removed(name), _FORCED_SECONDS):
                break
        await self._end_leftovers(name)
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
        answer = await self._rpc.call_expecting(
            [Fault.NOT_RUNNING, Fault.BAD_NAME], "supervisor.stopProcess", name.program, False
        )
        if isinstance(answer, Fault):  # an orphan, which no supervisord knows
            await asyncio.to_thread(processes.terminate, process)
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

    async def _write_files(self, spec: ServerSpec) -> None:
        account = None if self._accounts is None else await self._accounts.give(spec.name)
        is_alone = await self._end_leftovers(spec.name)
        try:
            await asyncio.to_thread(
                write_files,
                self._places,
                spec,
                self._environment,
                account,
                forks=self._forks,
                is_alone=is_alone,
            )
        except OSError as problem:
            raise ServerNotRunning(
                "The server's files cannot be written: is the disk full or read-only?",
                detail=str(problem),
            ) from problem

    async def _await_birth(self, name: ServerName) -> Alive | Gone:
        """Wait until the program that supervisord started is the server, or has ended."""

        async def is_settled() -> bool:
            return bool(await self._recorded(name)) or not _living(await self._ask(name))

        await _until(is_settled, _BIRTH_SECONDS, _BIRTH_PAUSE)
        return await self.poll(name)

    async def _end_leftovers(self, name: ServerName) -> bool:
        """End what the owner still runs although no server of theirs does; False if one does."""
        if self._accounts is None:
            return False
        account = await self._accounts.find(name)
        # Somebody may have been removed just now: their account still stands at the files.
        uid = account.uid if account else await asyncio.to_thread(read_account, self._places, name)
        if uid is None or await asyncio.to_thread(self._has_live_server, name.owner):
            return False
        await asyncio.to_thread(processes.end_accounts, [uid])
        return True

    def _has_live_server(self, owner: str) -> bool:
        names = [name for name in names_with_files(self._places) if name.owner == owner]
        return any(self._look_up(name) is not None for name in names)

    def _look_up(self, name: ServerName) -> int | None:
        """Return the server's process, whoever its parent is."""
        pid = process_record.find(str(self._places.record_file(name)))
        return None if pid is None or processes.live(pid) is None else pid

    async def _ask(self, name: ServerName) -> dict[str, Any] | None:
        """Return what supervisord knows of it, if anything."""
        info = await self._rpc.call_expecting(
            [Fault.BAD_NAME], "supervisor.getProcessInfo", name.program
        )
        return info if isinstance(info, dict) else None

    async def _recorded(self, name: ServerName) -> int | None:
        return await asyncio.to_thread(self._look_up, name)


def _living(info: dict[str, Any] | None) -> int | None:
    """Return the process that supervisord has for it, if it has one."""
    return int(info["pid"]) or None if info and info["state"] in _LIVING else None


def _why_it_ended(info: dict[str, Any]) -> str:
    if info["state"] in {ProcessState.BACKOFF, ProcessState.FATAL}:
        return "Jupyter could not be started; the operator finds the reason in the log."
    if info["state"] != ProcessState.EXITED:
        return ""
    if info["exitstatus"] == UNKNOWN_STATUS:
        return "Jupyter ended, and what it ended with is not known."
    if info["exitstatus"] < 0:  # supervisord does not say by which signal
        return "Jupyter was killed from outside; the machine may have run out of memory."
    return f"Jupyter ended by itself with exit code {info['exitstatus']}."


async def _until_gone(process: psutil.Process, seconds: float) -> None:
    async def gone() -> bool:
        return not await asyncio.to_thread(processes.is_live, process)

    await _until(gone, seconds)


async def _until(
    done: Callable[[], Awaitable[bool]], seconds: float, pause: float = _PAUSE
) -> bool:
    """Ask again and again; False if time was over before."""
    try:
        async with asyncio.timeout(seconds):
            for _ in count():
                if await done():
                    break
                await asyncio.sleep(pause)
    except TimeoutError:
        return False
    return True
