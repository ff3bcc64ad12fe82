"""Every key under which something stands on an aiohttp application or request.

Typed, so that mypy sees through `app[...]` and `request[...]`.
"""

import asyncio
from typing import TYPE_CHECKING

from aiohttp import web

from proxy.auth.asking import OpenClient
from proxy.auth.attempts import Attempts
from proxy.auth.authenticator import Authenticator
from proxy.auth.lti import LaunchVerifier
from proxy.auth.lti_keys import LtiKeys
from proxy.auth.passwords import Passwords
from proxy.auth.providers import ReadyProviders
from proxy.auth.sessions import Sessions
from proxy.core.buckets import Buckets
from proxy.core.clock import Clock
from proxy.core.cookies import CookieStyle
from proxy.core.credentials import RandomText
from proxy.core.errors import Unauthenticated
from proxy.core.hosts import OwnHosts
from proxy.core.identity import Identity
from proxy.courses.changes import CourseChanges
from proxy.courses.files import CourseFiles
from proxy.courses.jobs import Jobs
from proxy.courses.rendering import Renderer
from proxy.courses.shelf import CourseShelf
from proxy.courses.snapshots import Snapshots
from proxy.courses.updating import CourseUpdates
from proxy.servers.maintenance import Maintenance
from proxy.servers.manager import ServerManager
from proxy.settings import Settings
from proxy.store.database import Store
from proxy.store.event_log import EventLog
from proxy.web.course_counts import CourseCounts
from proxy.web.course_roster import Rosters
from proxy.web.course_use import CourseUse
from proxy.web.environment_builds import EnvironmentBuilds
from proxy.web.local_peers import LocalPeers
from proxy.web.notices import Notices
from proxy.web.observatory import Observatory
from proxy.web.score_delivery import ScoreDelivery

if TYPE_CHECKING:
    from proxy.web.live import LivePages  # which needs the keys itself

SETTINGS = web.AppKey("settings", Settings)
STORE = web.AppKey("store", Store)
CLOCK: web.AppKey[Clock] = web.AppKey("clock")
MANAGER = web.AppKey("manager", ServerManager)
COURSE_FILES = web.AppKey("course_files", CourseFiles)
# Courses that come from repositories (`course_wiring`).
COURSE_SHELF = web.AppKey("course_shelf", CourseShelf)
COURSE_JOBS = web.AppKey("course_jobs", Jobs)
COURSE_CHANGES = web.AppKey("course_changes", CourseChanges)
COURSE_UPDATES = web.AppKey("course_updates", CourseUpdates)
HOOK_RATES = web.AppKey("hook_rates", Buckets)  # by address
HOOK_BODIES = web.AppKey("hook_bodies", asyncio.Semaphore)
# Notebooks as pages (`snapshot_wiring`).
RENDERER = web.AppKey("renderer", Renderer)
SNAPSHOTS = web.AppKey("snapshots", Snapshots)
LOOKS_NOTED = web.AppKey("looks_noted", Buckets)  # by teacher, student and path
ENVIRONMENTS = web.AppKey("environments", EnvironmentBuilds)
AUTHENTICATOR = web.AppKey("authenticator", Authenticator)
COOKIE_STYLE = web.AppKey("cookie_style", CookieStyle)
PROVIDERS = web.AppKey("providers", ReadyProviders)
# Makes a client for requests to other services.
OPEN_CLIENT: web.AppKey[OpenClient] = web.AppKey("open_client")
LAUNCH_VERIFIER = web.AppKey("launch_verifier", LaunchVerifier)
SESSIONS = web.AppKey("sessions", Sessions)
PASSWORDS = web.AppKey("passwords", Passwords)
ATTEMPTS = web.AppKey("attempts", Attempts)
HOSTS = web.AppKey("hosts", OwnHosts)
# How often refused sign-ins were noted, by address.
REFUSALS_NOTED = web.AppKey("refusals_noted", Buckets)
EVENTS = web.AppKey("events", EventLog)
NOTICES = web.AppKey("notices", Notices)
MAINTENANCE = web.AppKey("maintenance", Maintenance)
OBSERVATORY = web.AppKey("observatory", Observatory)
# Statistics of courses (`statistics_wiring`).
COURSE_COUNTS = web.AppKey("course_counts", CourseCounts)
COURSE_USE = web.AppKey("course_use", CourseUse)
LIVE: web.AppKey["LivePages"] = web.AppKey("live")
# What learning platforms do for us (`lti_wiring`).
LTI_KEYS = web.AppKey("lti_keys", LtiKeys)
ROSTERS = web.AppKey("rosters", Rosters)
SCORE_DELIVERY = web.AppKey("score_delivery", ScoreDelivery)
SCORE_RATES = web.AppKey("score_rates", Buckets)  # by the number of a user
# None where people have no accounts of their own.
LOCAL_PEERS: web.AppKey[LocalPeers | None] = web.AppKey("local_peers")
RANDOM: web.AppKey[RandomText] = web.AppKey("random")

# Set by the middleware: who asks, or None. A handler that needs somebody calls `require_identity`.
IDENTITY: web.RequestKey[Identity | None] = web.RequestKey("identity")
# Why a credential was refused, where one was shown; `require_identity` raises it.
REFUSAL = web.RequestKey("refusal", Unauthenticated)
# Whom a session helps, as people call them; set for such sessions alone.
HELPED = web.RequestKey("helped", str)
REQUEST_ID = web.RequestKey("request_id", str)
CLIENT_ADDRESS = web.RequestKey("client_address", str)
# True once the head of the answer is out: an error can no longer become a page.
IS_ANSWERED = web.RequestKey("is_answered", bool)
