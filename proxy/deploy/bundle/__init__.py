"""The source bundle that Elastic Beanstalk builds: what is in it, and that it will do."""
