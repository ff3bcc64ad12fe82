"""The library's addresses, where edx-platform has them (`LTIConsumerApp.plugin_app`), and ours."""

from django.urls import include, path

from campus import pages

urlpatterns = [
    path("api/", include("lti_consumer.plugin.urls", namespace="lti_consumer")),
    path("enter/<str:name>", pages.enter),
    path("units/<str:block>", pages.show_unit),
    path("studio/<str:block>", pages.show_in_studio),
]
