"""Bodies of the part of the control API that is about learning platforms.

The same promises as `schemas`; what an address or a name must be is decided in `core.lti_platform`.
"""

from typing import Annotated

from pydantic import Field, StringConstraints

from proxy.core.lti_platform import MOST_DEPLOYMENTS
from proxy.web.schemas import Answer, Body

_PRINTABLE = (
    r"^[^\u0000-\u0020\u007f-\u009f]([^\u0000-\u001f\u007f-\u009f]*[^\u0000-\u0020\u007f-\u009f])?$"
)
Line = Annotated[str, StringConstraints(min_length=1, max_length=255, pattern=_PRINTABLE)]
Title = Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=_PRINTABLE)]
Address = Annotated[
    str, StringConstraints(max_length=2048), Field(json_schema_extra={"format": "uri"})
]


class NewPlatform(Body):
    """A platform to register, or what a registered one is from now on."""

    title: Title = Field(description="What it is called here")
    issuer: Line = Field(description="Who it says it is (`iss`), exactly as it writes it")
    client_id: Line = Field(description="Who we are there")
    authorization_url: Address = Field(description="Where a launch goes to be authenticated")
    token_url: Address = Field(description="Where we get tokens for scores and members")
    keys_url: Address = Field(description="Where its public keys are (JWKS)")
    deployments: Annotated[list[Line], Field(min_length=1, max_length=MOST_DEPLOYMENTS)] = Field(
        description="Ids of the deployments that may launch"
    )
    audience: Annotated[str, StringConstraints(max_length=2048)] = Field(
        default="", description="Of our requests for tokens, where it is not `token_url`"
    )


class PlatformInfo(Answer):
    """A platform that is registered; one that registered itself may have no deployment yet."""

    id: int
    title: str
    issuer: str
    client_id: str
    authorization_url: str
    token_url: str
    keys_url: str
    deployments: list[str]
    audience: str
    created: float
    people: int = Field(description="How many came by a link of it")


class NewInvitation(Body):
    """Leave for one platform to register itself."""

    title: Title = Field(description="What the platform will be called here")


class CreatedInvitation(Answer):
    """Where it does so, once; this address is shown this once."""

    title: str
    url: str
    expires: float
