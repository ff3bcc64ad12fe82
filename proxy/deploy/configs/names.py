"""Names in CloudFormation's sections: Beanstalk's own resources, and types that are often written.

https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/customize-containers-format-resources-eb.html
Pure.
"""

import re

# The resources and parameters that every environment's stack may have.
AWS_RESOURCES = frozenset(
    {
        "AWSEBAutoScalingGroup",
        "AWSEBAutoScalingLaunchConfiguration",
        "AWSEBAutoScalingScaleDownPolicy",
        "AWSEBAutoScalingScaleUpPolicy",
        "AWSEBBeanstalkMetadata",
        "AWSEBCloudwatchAlarmHigh",
        "AWSEBCloudwatchAlarmLow",
        "AWSEBEC2LaunchTemplate",
        "AWSEBEIP",
        "AWSEBEnvironmentBucket",
        "AWSEBEnvironmentId",
        "AWSEBEnvironmentName",
        "AWSEBInstanceLaunchWaitCondition",
        "AWSEBInstanceLaunchWaitHandle",
        "AWSEBLoadBalancer",
        "AWSEBLoadBalancerSecurityGroup",
        "AWSEBRDSDBSecurityGroup",
        "AWSEBRDSDatabase",
        "AWSEBSecurityGroup",
        "AWSEBUpdateWaitCondition",
        "AWSEBUpdateWaitHandle",
        "AWSEBV2LoadBalancer",
        "AWSEBV2LoadBalancerListener",
        "AWSEBV2LoadBalancerListenerRule",
        "AWSEBV2LoadBalancerTargetGroup",
        "AWSEBWorkerCronLeaderRegistry",
        "AWSEBWorkerDeadLetterQueue",
        "AWSEBWorkerQueue",
    }
)
# Listeners, rules and target groups of further ports and processes carry their names at the end.
_NUMBERED = re.compile(r"AWSEBV2LoadBalancer(Listener[0-9]+|ListenerRule\w+|TargetGroup\w+)")

COMMON_TYPES = frozenset(
    f"AWS::{service}::{kind}"
    for service, kinds in {
        "AutoScaling": "AutoScalingGroup LaunchConfiguration LifecycleHook ScalingPolicy "
        "ScheduledAction",
        "Backup": "BackupPlan BackupSelection BackupVault",
        "CertificateManager": "Certificate",
        "CloudFormation": "CustomResource Stack WaitCondition WaitConditionHandle",
        "CloudFront": "Distribution",
        "CloudWatch": "Alarm Dashboard",
        "DynamoDB": "GlobalTable Table",
        "EC2": "EIP EIPAssociation LaunchTemplate SecurityGroup SecurityGroupEgress "
        "SecurityGroupIngress Subnet VPC VPCEndpoint Volume VolumeAttachment",
        "EFS": "AccessPoint FileSystem MountTarget",
        "ElastiCache": "CacheCluster ParameterGroup ReplicationGroup SecurityGroup "
        "SecurityGroupIngress SubnetGroup",
        "ElasticLoadBalancing": "LoadBalancer",
        "ElasticLoadBalancingV2": "Listener ListenerCertificate ListenerRule LoadBalancer "
        "TargetGroup",
        "Events": "EventBus EventBusPolicy Rule",
        "IAM": "Group InstanceProfile ManagedPolicy Policy Role RolePolicy User UserPolicy",
        "KMS": "Alias Key",
        "Lambda": "Alias EventSourceMapping Function LayerVersion Permission Url Version",
        "Logs": "LogGroup LogStream MetricFilter SubscriptionFilter",
        "RDS": "DBCluster DBClusterParameterGroup DBInstance DBParameterGroup DBSecurityGroup "
        "DBSubnetGroup OptionGroup",
        "Route53": "HealthCheck HostedZone RecordSet RecordSetGroup",
        "S3": "AccessPoint Bucket BucketPolicy",
        "SNS": "Subscription Topic TopicPolicy",
        "SQS": "Queue QueuePolicy",
        "SSM": "Association Document Parameter",
        "SecretsManager": "ResourcePolicy RotationSchedule Secret SecretTargetAttachment",
        "WAFv2": "IPSet LoggingConfiguration RegexPatternSet RuleGroup WebACL WebACLAssociation",
    }.items()
    for kind in kinds.split()
)


def is_of_beanstalk(name: str) -> bool:
    """Tell whether Beanstalk itself makes a resource, or has a parameter, of that name."""
    return name in AWS_RESOURCES or _NUMBERED.fullmatch(name) is not None
