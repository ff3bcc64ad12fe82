"""A small checkout that a bundle can be made of."""

from pathlib import Path

FILES = {
    ".dockerignore": "*\n!docker/sifu*\n!proxy\n!requirements\n!pyproject.toml\n!supervisord.conf\n"
    "!LICENSE\n!README.md\n",
    "Dockerfile": "FROM python:3.12-slim-bookworm\nCOPY proxy proxy\nEXPOSE 3334 3335\n",
    "Dockerrun.aws.json": '{"AWSEBDockerrunVersion": "1", "Ports": [{"ContainerPort": "3334"}]}\n',
    "LICENSE": "Do as you like.\n",
    "README.md": "# Sifu\n",
    "docker/sifu": "#!/bin/sh\nexec sifu\n",
    "docker/sifu_image/entry.py": "",
    "ebextensions/10_health.config": "option_settings:\n"
    "  aws:elasticbeanstalk:application:\n    Application Healthcheck URL: /healthz\n",
    "ebextensions/hooks/01_hand_over_token.sh": "#!/bin/sh\n. lib.sh\n",
    "ebextensions/hooks/02_point_nginx.sh": "#!/bin/sh\n. lib.sh\n",
    "ebextensions/hooks/03_clear_nginx.sh": "#!/bin/sh\n. lib.sh\n",
    "ebextensions/hooks/lib.sh": "say() { echo; }\n",
    "ebextensions/optional/efs.config": "packages:\n  yum:\n    amazon-efs-utils: []\n",
    "ebextensions/optional/load_balancer_application.config": "option_settings:\n"
    "  aws:elbv2:loadbalancer:\n    IdleTimeout: '300'\n",
    "ebextensions/optional/load_balancer_classic.config": "option_settings:\n"
    "  aws:elb:policies:\n    ConnectionSettingIdleTimeout: '300'\n",
    "ebextensions/optional/ports_application.config": "option_settings:\n"
    "  aws:elbv2:listener:3334:\n    Protocol: HTTP\n",
    "ebextensions/optional/ports_classic.config": "option_settings:\n"
    "  aws:elb:listener:3334:\n    ListenerProtocol: TCP\n",
    "ebextensions/optional/ports_none.config": "Resources: {}\n",
    "ebextensions/optional/load_balancer_none.config": "option_settings:\n"
    "  aws:elasticbeanstalk:environment:\n    EnvironmentType: SingleInstance\n",
    "ebextensions/optional/one_port.config": "option_settings:\n"
    "  aws:elasticbeanstalk:application:environment:\n    HOST_ONE_PORT: '1'\n",
    "nginx/sifu.conf": "server { listen 3334; }\n",
    "proxy/__init__.py": "",
    "pyproject.toml": '[project]\nname = "sifu-notebook"\nversion = "1.2.3"\n',
    "requirements/image.txt": "aiohttp==3.14.5\n",
    "supervisord.conf": "[supervisord]\n",
}


def make_checkout(folder: Path, **changes: str) -> Path:
    """Write the files below `folder`; `changes` by name with / and . as they are (use **{})."""
    for name, text in {**FILES, **changes}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    return folder
