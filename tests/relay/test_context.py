from proxy.core.clock import system_clock
from proxy.core.hosts import Standing
from proxy.core.identity import ServerName
from proxy.relay.context import RelayContext
from proxy.settings import Secret, Settings
from proxy.store.relay_store import RelayStore

ADA, BOB = ServerName("ada", "home"), ServerName("bob", "home")


async def test_each_owner_has_a_host_where_the_setting_says_so(relay_store: RelayStore) -> None:
    settings = Settings(notebook_url="https://{owner}.nb.example.org", secret=Secret("s" * 40))
    context = RelayContext(settings, relay_store, system_clock)
    assert context.hosts_for(ADA).standing(["ada.nb.example.org"]) is Standing.CANONICAL
    assert context.hosts_for(BOB).standing(["ada.nb.example.org"]) is Standing.FOREIGN
    assert context.surroundings(ADA).origin == "https://ada.nb.example.org"


async def test_one_list_feeds_frames_and_cors(relay_store: RelayStore) -> None:
    settings = Settings(lms_origins=("https://lms.example.org",), secret=Secret("s" * 40))
    around = RelayContext(settings, relay_store, system_clock).surroundings(ADA)
    assert around.frame_ancestors == "frame-ancestors 'self' https://lms.example.org"
    assert around.allowed_origins == {"https://lms.example.org"}


async def test_a_draining_relay_is_not_healthy(relay_store: RelayStore) -> None:
    context = RelayContext(Settings(secret=Secret("s" * 40)), relay_store, system_clock)
    assert context.health().status == 200
    context.is_draining = True
    assert context.health().status == 503
