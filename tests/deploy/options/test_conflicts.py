"""An option that two files set is decided by their names, which nobody means."""

from proxy.deploy.configs.problem import Problem
from proxy.deploy.options.conflicts import find_conflicts
from proxy.deploy.options.settings import Setting

ASG = "aws:autoscaling:asg"


def test_different_values_are_told_at_the_later_file():
    files = {
        "a.config": [Setting(3, ASG, "MinSize", "1")],
        "b.config": [Setting(5, ASG, "MinSize", "2")],
    }
    (problem,) = find_conflicts(files)
    assert (problem.path, problem.line) == ("b.config", 5)
    assert "a.config:3; keep one of them." in problem.reason


def test_the_same_value_twice_does_no_harm():
    setting = Setting(3, ASG, "MinSize", "1")
    assert list(find_conflicts({"a": [setting], "b": [Setting(9, ASG, "MinSize", "1")]})) == []


def test_values_made_later_cannot_be_taken_for_equal():
    files = {"a": [Setting(1, ASG, "MinSize", None), Setting(2, ASG, "MinSize", None)]}
    (problem,) = find_conflicts(files)
    assert isinstance(problem, Problem)
    assert "in line 1;" in problem.reason


def test_schedules_of_other_names_do_not_contradict():
    night, day = (Setting(1, ASG, "MinSize", size, name) for size, name in (("0", "n"), ("1", "d")))
    assert list(find_conflicts({"a": [night, day]})) == []
