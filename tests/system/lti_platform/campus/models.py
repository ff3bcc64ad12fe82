"""What edx-platform knows of people: names, ids for tools, who is in a course, the gradebook."""

import uuid

from django.contrib.auth.models import User
from django.db import models


class Profile(models.Model):
    """A person's full name."""

    user = models.OneToOneField(User, models.CASCADE, related_name="profile")
    name = models.CharField(max_length=255)


class ExternalId(models.Model):
    """Who a person is for tools: one opaque id in all courses."""

    user = models.OneToOneField(User, models.CASCADE)
    external_user_id = models.UUIDField(default=uuid.uuid4, unique=True)


class CourseRole(models.Model):
    """Who is what in the course; a teacher is often enrolled as a student, too."""

    user = models.ForeignKey(User, models.CASCADE)
    role = models.CharField(max_length=32)


class Grade(models.Model):
    """One cell of the gradebook."""

    user = models.ForeignKey(User, models.CASCADE)
    block = models.CharField(max_length=255)
    earned = models.FloatField(null=True)
    possible = models.FloatField(null=True)

    class Meta:
        unique_together = (("user", "block"),)
