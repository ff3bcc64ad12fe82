"""Every key under which something stands on an aiohttp application or request.

Typed, so that mypy sees through `app[...]` and `request[...]`.
"""

from aiohttp import web

from proxy.auth.attempts import Attempts
from proxy.auth.authenticator import Authenticator
from proxy.auth.passwords import Passwords
from proxy.auth.sessions import Sessions
from proxy.core.clock import Clock
from proxy.core.credentials import RandomText
from proxy.core.errors import Unauthenticated
from proxy.core.hosts import OwnHosts
from proxy.core.identity import Identity
from proxy.servers.manager import ServerManager
from proxy.settings import Settings
from proxy.store.database import Store

SETTINGS = web.AppKey("settings", Settings)
STORE = web.AppKey("store", Store)
CLOCK: web.AppKey[Clock] = web.AppKey("clock")
MANAGER = web.AppKey("manager", ServerManager)
AUTHENTICATOR = web.AppKey("authenticator", Authenticator)
SESSIONS = web.AppKey("sessions", Sessions)
PASSWORDS = web.AppKey("passwords", Passwords)
ATTEMPTS = web.AppKey("attempts", Attempts)
HOSTS = web.AppKey("hosts", OwnHosts)
RANDOM: web.AppKey[RandomText] = web.AppKey("random")

# Set by the middleware: who asks, or None. A handler that needs somebody calls `require_identity`.
IDENTITY: web.RequestKey[Identity | None] = web.RequestKey("identity")
# Why a credential was refused, where one was shown; `require_identity` raises it.
REFUSAL = web.RequestKey("refusal", Unauthenticated)
REQUEST_ID = web.RequestKey("request_id", str)
CLIENT_ADDRESS = web.RequestKey("client_address", str)
# True once the head of the answer is out: an error can no longer become a page.
IS_ANSWERED = web.RequestKey("is_answered", bool)
