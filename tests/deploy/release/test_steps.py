from proxy.deploy.release.parameters import Hidden
from proxy.deploy.release.steps import Step, render_step


def test_a_step_is_printed_as_the_call_it_is():
    step = Step(
        "Keep it.",
        "elasticbeanstalk",
        "update_environment",
        {
            "EnvironmentName": "sifu",
            "OptionSettings": [{"Namespace": "a:b", "OptionName": "C", "Value": Hidden("x")}],
            "OptionsToRemove": [{"Namespace": "a:b", "OptionName": "D"}],
        },
    )
    lines = list(render_step(step))
    assert lines[0] == "Keep it."
    assert "    elasticbeanstalk.update_environment(" in lines
    assert "        EnvironmentName='sifu'" in lines
    assert "            a:b C = [hidden]" in lines
    assert "            Namespace='a:b', OptionName='D'" in lines
