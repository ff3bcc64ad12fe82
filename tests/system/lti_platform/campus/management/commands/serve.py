"""Make the site's tables and people, and serve it; when it listens it says so in a line."""

import socketserver
from wsgiref.simple_server import WSGIServer, make_server

from django.contrib.auth.models import User
from django.core.management import BaseCommand, call_command
from django.core.wsgi import get_wsgi_application
from lti_consumer.models import CourseAllowPIISharingInLTIFlag

from campus.models import CourseRole, Profile
from campus.settings import TOLD


class Server(socketserver.ThreadingMixIn, WSGIServer):
    """A thread a request, as the library asks the tool for keys while the tool asks it."""

    daemon_threads = True


class Command(BaseCommand):
    """`python -m django serve`."""

    requires_system_checks = []  # noqa: RUF012 (Django wants it so)

    def handle(self, *_: object, **__: object) -> None:
        call_command("migrate", run_syncdb=True, verbosity=0)
        if not User.objects.exists():
            _fill()
        with make_server("127.0.0.1", TOLD["port"], get_wsgi_application(), Server) as server:
            self.stdout.write("listening")
            self.stdout.flush()
            server.serve_forever()


def _fill() -> None:
    people = TOLD["people"]
    users = [User(username=name, email=f"{name}@campus.example") for name in people]
    found = {user.username: user for user in User.objects.bulk_create(users)}
    Profile.objects.bulk_create(
        Profile(user=user, name=name.replace("-", " ").title()) for name, user in found.items()
    )
    CourseRole.objects.bulk_create(
        CourseRole(user=found[name], role=role) for name, roles in people.items() for role in roles
    )
    if TOLD.get("shares_names"):
        CourseAllowPIISharingInLTIFlag.objects.create(course_id=TOLD["course"], enabled=True)
