"""A learning platform for tests: Open edX's own LTI library, and the little that it asks of a site.

The library's views, models, access tokens and its XBlock are used as they are. Ours are the people,
the course, the pages around the block, and the answers to what the library asks of edx-platform.
"""
