from itertools import product

import pytest

from proxy.core.identity import SHARED, Identity, ServerName, User
from proxy.core.policy import Action, Allow, Deny, Workspaces, may


def somebody(slug, *, admin=False):
    return Identity(User(1, slug, slug, admin, 0.0, True))


ADA, BOB, ROOT = somebody("ada"), somebody("bob"), somebody("root", admin=True)
ADAS = ServerName("ada", "home")
SEE_AND_STOP = {Action.SEE, Action.START, Action.STOP}


@pytest.mark.parametrize(
    ("identity", "server", "allowed"),
    [
        (ADA, ADAS, set(Action)),
        (BOB, ADAS, set()),
        (ROOT, ADAS, SEE_AND_STOP),  # not OPEN: an administrator does not read people's files
        (ROOT, ServerName("root", "home"), set(Action)),
        (ADA, SHARED, set()),
        (ROOT, SHARED, SEE_AND_STOP),
        (somebody("everyone"), SHARED, set()),
    ],
)
def test_with_a_server_each(identity, server, allowed):
    for action in Action:
        verdict = may(identity, action, server, Workspaces.PER_USER)
        assert isinstance(verdict, Allow) == (action in allowed), action


def test_with_one_server_for_everybody():
    for identity, action in product((ADA, BOB, ROOT), Action):
        assert may(identity, action, SHARED, Workspaces.SHARED) == Allow()
        verdict = may(identity, action, ADAS, Workspaces.SHARED)
        assert isinstance(verdict, Deny)
        assert "shared" in verdict.reason


def test_a_refusal_says_why():
    verdict = may(BOB, Action.OPEN, ADAS, Workspaces.PER_USER)
    assert verdict == Deny("This server belongs to somebody else.")


@pytest.mark.parametrize("who", ["bob", "root"])
def test_a_helper_has_the_one_server_and_not_even_their_own(who):
    helper = Identity(somebody(who, admin=who == "root").user, helping=ADAS)
    for server in (ADAS, ServerName(who, "home"), ServerName("eve", "home"), SHARED):
        for action in Action:
            verdict = may(helper, action, server, Workspaces.PER_USER)
            wanted = server == ADAS and action is not Action.STOP
            assert isinstance(verdict, Allow) == wanted, (server, action)


def test_nobody_helps_in_a_workspace_that_all_share():
    for helped in (SHARED, ADAS):
        helper = Identity(BOB.user, helping=helped)
        for server, mode in product((SHARED, ADAS), Workspaces):
            if (server, mode) == (ADAS, Workspaces.PER_USER) and helped == ADAS:
                continue
            assert isinstance(may(helper, Action.OPEN, server, mode), Deny)
