"""On the operator's machine: Elastic Beanstalk's source bundle, its check, and its release.

Promises: nothing here is imported by the running service. Must not: read settings or environment;
what a module needs of them is handed in by the command line.
"""
