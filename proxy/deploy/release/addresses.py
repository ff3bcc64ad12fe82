"""Under which addresses will people find front and notebooks?

The answer is needed before the environment exists, for Sifu serves exactly the hosts that its
settings name.
"""

import hashlib
from dataclasses import dataclass

from proxy.deploy.release.template import Template

FRONT_PORT = 3334
NOTEBOOK_PORT = 3335


@dataclass(frozen=True, slots=True)
class Addresses:
    """Public origins, as browsers write them."""

    front: str
    notebooks: str


def find_addresses(template: Template, cname: str) -> Addresses:
    """Return the two origins; `cname` is the environment's name at elasticbeanstalk.com.

    What the template's `[settings]` say comes first.
    """
    host = template.domain or cname.lower()
    base = f"{template.scheme}://{host}"
    front, notebooks = f"{base}:{FRONT_PORT}", f"{base}:{NOTEBOOK_PORT}"
    if template.one_port:
        front = notebooks = base
    return Addresses(
        template.settings.get("SIFU_FRONT_URL", front),
        template.settings.get("SIFU_NOTEBOOK_URL", notebooks),
    )


def choose_prefix(template: Template, account: str) -> str:
    """Return the first part of the environment's host name.

    These names are shared by everybody in a region, so a made one ends in six characters that
    follow from account and environment: the same each time, and hardly anybody else's.
    """
    if template.address:
        return template.address
    seed = f"{account}/{template.application}/{template.environment}"
    ending = hashlib.sha256(seed.encode()).hexdigest()[:6]
    return f"{template.environment.lower()}-{ending}"
