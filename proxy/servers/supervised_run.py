"""supervisord, with an exit status that says whether it ended because something was wrong.

supervisord ends with 0 whenever it was asked to, also by our own listener when front or relay could
not run; a platform that restarts what failed would leave it at that. Promises: 1 in that case,
otherwise supervisord's own status. Takes supervisord's arguments.
"""

import sys
from pathlib import Path

from supervisor import supervisord

from proxy.settings import environment_value


def main(arguments: list[str], failed: Path) -> int:
    """Run until it ends; `failed` is the file by which the listener says why."""
    supervisord.main(arguments)
    return 1 if failed.exists() else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], Path(environment_value("SIFU_RUN") or ".") / "failed"))
