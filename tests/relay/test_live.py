from proxy.relay.live import LiveConnections


class Connection:
    def __init__(self) -> None:
        self.ends: list[str] = []

    def cut(self) -> None:
        self.ends.append("cut")

    def close(self) -> None:
        self.ends.append("close")

    def end_stalled(self, latest: float) -> bool:
        return False


def test_the_end_of_one_credential_leaves_the_others_open() -> None:
    live = LiveConnections()
    mine, also_mine, theirs = Connection(), Connection(), Connection()
    live.add("session 1", mine)
    live.add("session 1", also_mine)
    live.add("session 2", theirs)
    assert live.cut("session 1") == 2
    assert (mine.ends, also_mine.ends, theirs.ends) == (["cut"], ["cut"], [])


def test_what_ended_by_itself_is_forgotten() -> None:
    live = LiveConnections()
    connection = Connection()
    live.add("session 1", connection)
    live.discard("session 1", connection)
    live.discard("session 1", connection)
    assert len(live) == 0
    assert live.cut("session 1") == 0


def test_everything_can_be_closed_and_cut() -> None:
    live = LiveConnections()
    connections = [Connection(), Connection()]
    for number, connection in enumerate(connections):
        live.add(f"session {number}", connection)
    live.close_all()
    assert live.cut_all() == 2
    assert [connection.ends for connection in connections] == [["close", "cut"]] * 2
