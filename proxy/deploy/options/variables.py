"""Environment properties: names that a process can have, settings that Sifu knows, no secrets.

Pure. Must not: know Sifu's settings; the command line hands their names in.
"""

import re
from collections.abc import Collection

from proxy.deploy.configs.problem import quote, suggest
from proxy.deploy.options.settings import Setting
from proxy.deploy.options.table import DEFAULT_NAMESPACE

PREFIX = "SIFU_"
# Read by the hooks and by the image's build; the second is the older spelling.
TOKENS = frozenset({"DEPLOYMENT_TOKEN", "DEPLOYMENT_KEY"})
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}")


def check_variable(setting: Setting, names: Collection[str] | None) -> str:
    """Return what is wrong with an environment property or environment secret, or "".

    `names` are all the names that `SIFU_*` variables may have; None: any. A setting that is a
    secret is known by the name with `_FILE` beside it.
    """
    name = setting.option
    if _NAME.fullmatch(name) is None:
        rule = "letters, digits and _, no digit first, at most 128 characters"
        return f"{quote(name)} cannot be the name of a variable; use {rule}."
    if names is not None and name.startswith(PREFIX) and name not in names:
        return f"{quote(name)} is not a setting of Sifu.{suggest(name, names)}"
    is_secret = name in TOKENS or (names is not None and f"{name}_FILE" in names)
    if is_secret and setting.value and setting.namespace == DEFAULT_NAMESPACE:
        return (
            f"the secret {quote(name)} may not stand in a file of the bundle; set it on the "
            "environment, or name where it is kept in "
            "aws:elasticbeanstalk:application:environmentsecrets."
        )
    return ""
