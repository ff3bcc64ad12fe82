"""The rows of the endpoint table that are about packages of courses."""

from proxy.core.errors import Conflict, Forbidden, NotFound, TooManyAttempts, UnprocessableInput
from proxy.web import api_environments
from proxy.web.api_endpoint import Endpoint, Reply
from proxy.web.environment_schemas import BuildLines, BuildWish, EnvironmentInfo
from proxy.web.schemas import Message

_REFUSALS = (Forbidden, NotFound, Conflict)


def list_environment_endpoints() -> tuple[Endpoint, ...]:
    """Return the rows."""
    here = "/api/courses/{course}/environment"
    return (
        Endpoint(
            "GET",
            here,
            api_environments.show_environment,
            "Show which packages the kernels of a course have, as one who leads it",
            (Reply(200, "How things are", EnvironmentInfo),),
            problems=_REFUSALS,
        ),
        Endpoint(
            "POST",
            f"{here}/build",
            api_environments.build_environment,
            "Begin to build what the served version of a course asks for",
            (Reply(202, "It is begun, or waits for its turn", EnvironmentInfo),),
            body=BuildWish,
            body_optional=True,
            problems=(*_REFUSALS, UnprocessableInput, TooManyAttempts),
        ),
        Endpoint(
            "POST",
            f"{here}/rollback",
            api_environments.roll_back_environment,
            "Go back to the environment before, or to the default kernel",
            (Reply(200, "What is used now", Message),),
            problems=_REFUSALS,
        ),
        Endpoint(
            "GET",
            f"{here}/log",
            api_environments.show_environment_log,
            "Show what the latest build of a course's packages wrote",
            (Reply(200, "The lines, oldest first", BuildLines),),
            problems=_REFUSALS,
        ),
    )
