"""Why an environment could not be built, as a sentence for whoever leads the course."""

from proxy.core.errors import Conflict


class BuildFailed(Conflict):
    """The former environment, or the default kernel, goes on."""

    title = "The environment could not be built"
