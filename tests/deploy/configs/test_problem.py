"""What an operator reads of a fault."""

from proxy.deploy.configs.problem import InvalidBundle, Problem, Remark, quote, suggest


def test_a_problem_is_told_with_its_file_and_line():
    assert str(Problem("a.config", 3, "is wrong.")) == "a.config:3: is wrong."


def test_a_problem_of_a_whole_file_has_no_line():
    assert str(Remark(0, "is wrong.").within("a.config")) == "a.config: is wrong."


def test_the_closest_name_is_suggested_whatever_its_capitals():
    assert suggest("minsize", ["MaxSize", "MinSize"]) == " Did you mean “MinSize”?"


def test_a_short_choice_is_listed_and_a_long_one_is_not():
    assert suggest("x", ["HTTP", "TCP"]) == " Known here: HTTP, TCP."
    assert suggest("x", [f"long{number}" for number in range(40)]) == ""


def test_quoted_words_stay_on_one_line_and_short():
    assert quote("a\nb") == "“a·b”"
    assert len(quote("x" * 1000)) < 70


def test_all_problems_of_a_bundle_are_told():
    problem = InvalidBundle(["one is wrong.", "two is wrong."])
    assert problem.problems == ("one is wrong.", "two is wrong.")
    assert problem.public == "one is wrong.\ntwo is wrong."
