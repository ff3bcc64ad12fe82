"""The pages around the library's: signing in by naming oneself, a unit, the block in Studio."""

from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from campus import blocks

_PAGE = "<!DOCTYPE html><html><head><title>Campus</title></head><body>{}</body></html>"


def enter(request: HttpRequest, name: str) -> HttpResponse:
    user = get_object_or_404(User, username=name)
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    return HttpResponse(_PAGE.format(name))


@login_required
def show_unit(request: HttpRequest, block: str) -> HttpResponse:
    shown = blocks.load(blocks.location_of(block), request.user).student_view({})
    return HttpResponse(_PAGE.format(shown.content))


@login_required
def show_in_studio(request: HttpRequest, block: str) -> HttpResponse:
    shown = blocks.load(blocks.location_of(block), request.user).author_view({})
    return HttpResponse(_PAGE.format(shown.content))
