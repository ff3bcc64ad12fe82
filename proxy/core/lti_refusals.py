"""What a person reads when a launch is refused: what happened, and what to do, by the word for it.

Rules. (1) Every word has a sentence; what only an attacker or a broken platform causes shares one.
(2) Nothing that came with the request stands in a sentence, but for names without a space that an
operator needs.
"""

import re
from collections.abc import Mapping
from enum import Enum
from typing import Final

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9:._/-]{0,199}")


class LaunchSigning(Enum):
    """Why a signature is refused."""

    KEY = "key"
    SIGNATURE = "signature"


class ArrivalFault(Enum):
    """Why a launch is refused by what it finds here, or by what it came with."""

    FORM = "form"
    STATE = "state"
    BROWSER = "browser"
    USED = "used"
    REMOVED = "removed"
    PLACE = "place"
    KEYS = "keys"
    BUSY = "busy"
    # The platform itself said no.
    SIGNED_OUT_THERE = "platform_signed_out"
    REFUSED_THERE = "platform_refused"


_AGAIN: Final = "Go back to the course page and open the link there once more."
_OPERATOR: Final = "If it happens again, show this page to whoever runs this site."
_TEACHER: Final = "Whoever made the link has to change it, in the learning platform."
_NOT_BELIEVED: Final = (
    f"What the learning platform sent cannot be accepted, so you are not signed in. {_AGAIN} "
    f"{_OPERATOR}"
)
_CLOCKS: Final = (
    f"This launch is not of this moment. {_AGAIN} If it happens again, the clocks of the learning "
    "platform and of this site differ: tell whoever runs this site."
)
_REGISTRATION: Final = (
    "The learning platform's registration here is not complete. Tell whoever runs this site."
)
_OTHER_BROWSER: Final = (
    f"This launch was begun in another browser or window, or too long ago. {_AGAIN}"
)
_DEPLOYMENT: Final = (
    "The learning platform launches from a deployment that is not registered here. Whoever runs "
    "this site adds its id under Administration, Platforms."
)
_SENTENCES: Final[Mapping[str, str]] = {
    "expired": _CLOCKS,
    "early": _CLOCKS,
    "old": _CLOCKS,
    "nonce": _OTHER_BROWSER,
    "state": _OTHER_BROWSER,
    "used": f"This launch was used before; each works once. {_AGAIN}",
    "browser": (
        "Your browser did not send back the cookie that this site gave it a moment ago, because "
        "this page is shown inside another site. Allow cookies for this site, or open the course "
        "page's link in a window of its own."
    ),
    "deployment": _DEPLOYMENT,
    "login_deployment": _DEPLOYMENT,
    "anonymous": (
        "The learning platform does not say who you are. Whoever administrates it there sets the "
        "tool to send who a person is; a preview without an account cannot work here."
    ),
    "message_type": f"The learning platform asks for something that is not done here. {_TEACHER}",
    "version": "The learning platform does not speak LTI 1.3. " + _OPERATOR,
    "target": f"The link in the course page leads to another address than this site's. {_TEACHER}",
    "login_target": (
        f"The link in the course page leads to another address than this site's. {_TEACHER}"
    ),
    "parameters": f"The link's custom parameters cannot be read. {_TEACHER}",
    "place": (
        "The link's custom parameters name no notebook that there could be: “course” is one "
        f"folder, “notebook” a path in it. {_TEACHER}"
    ),
    "deep_linking": (
        "The learning platform takes no links of the kind that this site makes. " + _OPERATOR
    ),
    "doubled": f"The learning platform said something twice. {_OPERATOR}",
    "no_issuer": f"The learning platform did not say which one it is. {_OPERATOR}",
    "no_login_hint": f"The learning platform did not say who launches. {_OPERATOR}",
    "platform": (
        "This learning platform is not registered here. Whoever runs this site adds it under "
        "Administration, Platforms."
    ),
    "client": (
        "Several registrations here belong to this learning platform, and it did not say which "
        f"one it means (client_id). {_OPERATOR}"
    ),
    "removed": f"This learning platform was removed here in the meantime. {_OPERATOR}",
    "form": f"The launch did not arrive whole. {_AGAIN} {_OPERATOR}",
    "keys": (
        "The learning platform does not publish its keys now, so its word cannot be checked. Wait "
        f"a minute. {_AGAIN}"
    ),
    "busy": f"Too many people arrive at this moment. Wait a minute. {_AGAIN}",
    "key": (
        "The launch is signed with a key that the learning platform does not publish. "
        f"{_AGAIN} {_OPERATOR}"
    ),
    "audience": _REGISTRATION + " The client id is another one.",
    "issuer": _REGISTRATION + " The issuer is another one.",
    "platform_signed_out": (
        "You are not signed in to the learning platform any more. Sign in there, and open the "
        "link in the course page once more."
    ),
    "platform_refused": f"The learning platform did not finish the launch. {_AGAIN} {_OPERATOR}",
}


def sentence_of(word: str, name: object = "") -> str:
    """Return what a person reads for this word.

    `name` is what an operator has to add here (a deployment's id, an issuer); it is told if it is
    a name, and left out if it is a text for whoever reads the page.
    """
    sentence = _SENTENCES.get(word, _NOT_BELIEVED)
    is_told = isinstance(name, str) and _NAME.fullmatch(name)
    return f"{sentence} It calls itself “{name}”." if is_told else sentence
