"""What the front needs for learning platforms, put on the application."""

import random

from aiohttp import web

from proxy.auth.lti import LaunchVerifier
from proxy.auth.lti_keys import FILE, LtiKeys
from proxy.auth.lti_services import LtiServices
from proxy.auth.platform_tokens import PlatformTokens
from proxy.core.buckets import Buckets
from proxy.web import keys
from proxy.web.course_roster import Rosters
from proxy.web.kernel_callers import SCORE_RATE
from proxy.web.score_delivery import ScoreDelivery


def install(app: web.Application) -> None:
    """Make it of what stands there: settings, store, clock, random texts, the open client."""
    clock, open_client = app[keys.CLOCK], app[keys.OPEN_CLIENT]
    app[keys.LAUNCH_VERIFIER] = LaunchVerifier(open_client, clock)
    app[keys.LTI_KEYS] = LtiKeys(app[keys.SETTINGS].data / FILE)
    tokens = PlatformTokens(app[keys.LTI_KEYS], open_client, clock, app[keys.RANDOM])
    services = LtiServices(tokens, open_client)
    app[keys.ROSTERS] = Rosters(services, clock)
    app[keys.SCORE_DELIVERY] = ScoreDelivery(app[keys.STORE], services, clock, random.random)
    app[keys.SCORE_RATES] = Buckets(SCORE_RATE)
    app.on_cleanup.append(app[keys.SCORE_DELIVERY].drain)
