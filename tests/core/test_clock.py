import time

from proxy.core.clock import system_clock


def test_the_systems_clock_says_seconds_since_the_epoch():
    before = time.time()
    assert before <= system_clock() <= time.time()
