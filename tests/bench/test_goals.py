"""A goal is judged by medians of one run, and never where a figure is missing or failed."""

from bench.goals import Goal, Verdict, judge, list_goals
from bench.plan import QUICK
from bench.rounds import Results
from bench.workloads import WORKLOADS

MORE = Goal("small GET", "get64", "work", "nginx", 0.4, 0.5)
LESS = Goal("memory", "idle", "at_5000", None, 6.0, 4.5, less=True)
ADDED = Goal("latency", "get1", "p50", "nginx", 1.8, 1.4, less=True, over="direct")


def measured(workload: str, figure: str, **by_peer: float) -> Results:
    results = Results()
    for peer, value in by_peer.items():
        results.add(workload, peer, {figure: value})
    return results


def test_more_work_than_the_aim_reaches_it():
    judged = judge(MORE, measured("get64", "work", sifu=50.0, nginx=100.0))
    assert (judged.value, judged.verdict) == (0.5, Verdict.AIM)


def test_between_floor_and_aim_is_held():
    judged = judge(MORE, measured("get64", "work", sifu=45.0, nginx=100.0))
    assert judged.verdict is Verdict.FLOOR


def test_less_work_than_the_floor_is_missed():
    judged = judge(MORE, measured("get64", "work", sifu=39.0, nginx=100.0))
    assert judged.verdict is Verdict.BELOW


def test_where_small_is_good_the_limits_turn_round():
    assert judge(LESS, measured("idle", "at_5000", sifu=4.0)).verdict is Verdict.AIM
    assert judge(LESS, measured("idle", "at_5000", sifu=7.0)).verdict is Verdict.BELOW


def test_latency_is_compared_by_what_each_adds():
    results = measured("get1", "p50", sifu=130.0, nginx=110.0, direct=60.0)
    assert judge(ADDED, results).value == 1.4


def test_noise_that_makes_a_rival_faster_than_no_proxy_is_no_figure():
    results = measured("get1", "p50", sifu=130.0, nginx=50.0, direct=60.0)
    assert judge(ADDED, results).verdict is Verdict.UNKNOWN


def test_one_failed_round_takes_the_whole_figure_away():
    results = measured("get64", "work", sifu=50.0, nginx=100.0)
    results.fail("get64", "nginx", "3 answers were refusals")
    assert judge(MORE, results).verdict is Verdict.UNKNOWN


def test_a_rival_that_is_missing_is_never_guessed():
    assert judge(MORE, measured("get64", "work", sifu=50.0)).verdict is Verdict.UNKNOWN


def test_every_goal_names_figures_that_the_quick_run_measures_too():
    workloads = {each.name: each for each in WORKLOADS}
    for has_pair in (True, False):
        for goal in list_goals(has_pair=has_pair):
            peers = {goal.ours, goal.against, goal.over} - {None}
            assert all(QUICK.takes_peer(str(peer)) for peer in peers)
            if goal.workload in workloads:
                assert all(workloads[goal.workload].takes(str(peer)) for peer in peers)
