"""What CloudFormation would refuse, after minutes, and roll the environment back for."""

import pytest

from tests.deploy.sections import reason, reasons


@pytest.mark.parametrize(
    "text",
    [
        "Resources: {Topic: {Type: 'AWS::SNS::Topic', Properties: {}}}",
        "Resources: {Mine: {Type: 'Custom::Thing'}}",
        "Resources: {Mine: {Type: 'AWS::Kinesis::Stream', DependsOn: Other}}",
        "Resources: {AWSEBAutoScalingGroup: {Metadata: {}}}",
        "Resources: {AWSEBV2LoadBalancerListener3334: {Properties: {}}}",
        "Resources: {AWSEBV2LoadBalancerListenerOwn: {Type: 'AWS::EC2::EIP'}}",
        "Resources: {AWSEBSecurityGroup: {'CmpFn::Remove': {}}}",
        "Outputs: {Name: {Value: {Ref: Topic}, Export: {Name: x}}}",
        "Parameters: {a_b: {Type: String, Default: x}}",
        "Conditions: {Big: {'Fn::Equals': [a, b]}}",
        "Mappings: {Regions: {eu-west-1: {Id: x}}}",
    ],
)
def test_right_sections_pass(text):
    assert reasons(text) == []


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("Resources: []", "should hold names"),
        ("Resources: {My-Topic: {Type: 'AWS::SNS::Topic'}}", "letters and digits only"),
        ("Resources: {Topic: {Properties: {}}}", "has no Type"),
        ("Resources: {Topic: {Type: SNS}}", "no resource's type"),
        ("Resources: {Topic: {Type: 'AWS:SNS:Topic'}}", "Did you mean “AWS::SNS::Topic”?"),
        ("Resources: {G: {Type: 'AWS::EC2::SecurityGroupIngres'}}", "SecurityGroupIngress”?"),
        ("Resources: {Topic: {Type: 'AWS::SNS::Topic', Property: {}}}", "“Properties”?"),
        ("Resources: {AWSEBAutoscalingGroup: {Metadata: {}}}", "“AWSEBAutoScalingGroup”?"),
        ("Outputs: {Name: {Description: x}}", "has no Value"),
        ("Parameters: {Name: {Default: x}}", "has no Type"),
        ("Conditions: x", "should hold names"),
    ],
)
def test_wrong_sections_are_told(text, part):
    assert part in reason(text)
