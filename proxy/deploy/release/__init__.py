"""Brings a version to Elastic Beanstalk and follows it: a plan, then the calls, then the wait."""
