"""The options that Elastic Beanstalk knows, and which values they take."""
