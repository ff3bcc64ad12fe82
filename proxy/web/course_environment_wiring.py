"""What the front needs for the environments of courses, put on the application."""

import os
import secrets
import sys
from collections.abc import AsyncIterator
from functools import partial

from aiohttp import web

from proxy.courses.environments import Environments
from proxy.courses.places import CoursePlaces
from proxy.courses.workshop import Workshop
from proxy.servers.places import places_of_this_run
from proxy.servers.processes import end_accounts
from proxy.settings import Settings, environment_value
from proxy.tasks import cancel, every, spawn
from proxy.web import keys
from proxy.web.environment_builds import BuildJobs, EnvironmentBuilds
from proxy.web.environment_jobs import JobsOfBuilds

SWEEP_SECONDS = 3600.0
# What an operator may say of package indexes; whoever builds can read all of it.
_INDEX_OPTIONS = (
    *("INDEX_URL", "EXTRA_INDEX_URL", "NO_INDEX", "FIND_LINKS", "TRUSTED_HOST", "CERT"),
    *("CLIENT_CERT", "CONFIG_FILE", "CONSTRAINT", "PROXY", "TIMEOUT", "RETRIES", "PREFER_BINARY"),
    *("ONLY_BINARY", "NO_BINARY"),
)
_PROXIES = ("HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "https_proxy", "http_proxy", "no_proxy")
_CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE")


def install(app: web.Application) -> None:
    """Make it of what stands there, jobs and updates of courses among it."""
    jobs = JobsOfBuilds(app[keys.COURSE_JOBS], app[keys.STORE])
    builds = attend(app, jobs, workshop_of(app[keys.SETTINGS]))
    app[keys.COURSE_UPDATES].after_update.append(builds.after_update)


def attend(app: web.Application, jobs: BuildJobs, workshop: Workshop) -> EnvironmentBuilds:
    """Clear away, build by these jobs and sweep while the application runs."""
    settings = app[keys.SETTINGS]
    environments = Environments(
        CoursePlaces(settings.data, settings.notebooks),
        app[keys.STORE],
        app[keys.CLOCK],
        workshop,
        secrets.token_hex,
    )
    builds = EnvironmentBuilds(environments, jobs, app[keys.EVENTS])
    app[keys.ENVIRONMENTS] = builds
    app.cleanup_ctx.append(partial(_attend, builds=builds))
    return builds


def workshop_of(settings: Settings) -> Workshop:
    """Say where and as whom is built: as root never as root."""
    names = (*(f"PIP_{name}" for name in _INDEX_OPTIONS), *_PROXIES, *_CERTIFICATES)
    found = {name: environment_value(name) for name in names}
    return Workshop(
        python=places_of_this_run(settings, sys.executable).python,
        uid=settings.build_uid if os.geteuid() == 0 else None,
        end_account=_end_account,
        environment={name: value for name, value in found.items() if value is not None},
    )


def _end_account(uid: int) -> None:
    end_accounts([uid])


async def _attend(app: web.Application, *, builds: EnvironmentBuilds) -> AsyncIterator[None]:
    # First of all, before the first request: what it clears away must not be a build of this front.
    opening = spawn(builds.open(), name="environments.open")
    sweeping = spawn(
        every(SWEEP_SECONDS, builds.environments.sweep, name="environments.sweep"),
        name="environments.sweep",
    )
    yield
    builds.environments.close()
    await cancel(opening, sweeping)
