"""The installation as a whole over the control API: at a glance, message to all, maintenance."""

import asyncio

from aiohttp import web

from proxy.core.history import KEPT_SECONDS
from proxy.core.lifecycle import State
from proxy.core.overview import count_states
from proxy.servers.maintenance import Closed
from proxy.web import installation
from proxy.web.access import require_identity
from proxy.web.admin_schemas import (
    DiskInfo,
    MaintenanceInfo,
    NewMaintenance,
    NewNotice,
    NoticeInfo,
    Overview,
    SampleInfo,
    StoppedServers,
    WaitingServer,
)
from proxy.web.api_bodies import answer, read_body
from proxy.web.keys import MAINTENANCE, NOTICES, OBSERVATORY
from proxy.web.machine import versions
from proxy.web.observatory import Observatory, Watched


async def show_overview(request: web.Request) -> web.Response:
    """How it is, and how it was during the last day."""
    observatory = request.app[OBSERVATORY]
    view = await observatory.look()
    machine = view.machine
    counts = count_states(each.record for each in view.servers)
    return answer(
        Overview(
            states={state.value: number for state, number in counts.items()},
            queue=[_waiting(each) for each in view.servers if each.record.state is State.QUEUED],
            servers_memory=view.memory,
            memory_total=machine.memory_total,
            memory_free=machine.memory_free,
            cpu=machine.cpu,
            cores=machine.cores,
            disks=[DiskInfo(path=d.path, total=d.total, free=d.free) for d in machine.disks],
            versions=dict(await asyncio.to_thread(versions)),
            maintenance=request.app[MAINTENANCE].closed is not None,
            isolated=installation.is_isolated(request.app),
            history=_samples(observatory, view.at),
        )
    )


async def stop_idle_servers(request: web.Request) -> web.Response:
    """Stop every server in which nothing happens; answers when they are gone."""
    stopped = await installation.stop_idle(request)
    return answer(StoppedServers(stopped=stopped))


async def show_notice(request: web.Request) -> web.Response:
    """What everybody is told."""
    require_identity(request)
    return answer(_notice(request))


async def set_notice(request: web.Request) -> web.Response:
    """Tell everybody something."""
    wish = await read_body(request, NewNotice)
    await installation.change_notice(request, wish.message)
    return answer(_notice(request))


async def clear_notice(request: web.Request) -> web.Response:
    """Tell everybody nothing any more."""
    await installation.change_notice(request, "")
    return answer(_notice(request))


async def show_maintenance(request: web.Request) -> web.Response:
    """Are servers started?"""
    return answer(_maintenance(await request.app[MAINTENANCE].look()))


async def set_maintenance(request: web.Request) -> web.Response:
    """Start no servers from now on, or start them again."""
    wish = await read_body(request, NewMaintenance)
    closed: Closed | None = None
    if wish.on:
        closed = await installation.begin_maintenance(
            request, message=wish.message, drain=wish.drain_seconds
        )
    else:
        await installation.end_maintenance(request)
    return answer(_maintenance(closed))


def _notice(request: web.Request) -> NoticeInfo:
    notice = request.app[NOTICES].current
    return NoticeInfo(
        message="" if notice is None else notice.message,
        since=None if notice is None else notice.since,
        maintenance=request.app[MAINTENANCE].closed is not None,
    )


def _maintenance(closed: Closed | None) -> MaintenanceInfo:
    return MaintenanceInfo(
        on=closed is not None,
        since=None if closed is None else closed.since,
        message="" if closed is None else closed.message,
        stop_all_at=None if closed is None else closed.stop_all_at,
    )


def _waiting(each: Watched) -> WaitingServer:
    return WaitingServer(
        owner=each.name.owner, workspace=each.name.workspace, place=each.place or 0
    )


def _samples(observatory: Observatory, now: float) -> list[SampleInfo]:
    return [
        SampleInfo(
            at=sample.at,
            running=sample.running,
            waiting=sample.waiting,
            memory=sample.memory,
            requests=sample.requests,
        )
        for sample in observatory.history.since(now - KEPT_SECONDS)
    ]
