"""Judges Beanstalk configuration files and their relatives, with the line of each problem."""
