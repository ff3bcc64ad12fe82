"""All pages of the front, in one list."""

from aiohttp import web

from proxy.web import (
    admin_events,
    admin_overview,
    admin_platforms,
    admin_servers,
    admin_users,
    course_copies,
    course_environment,
    course_hooks,
    course_list,
    course_opening,
    course_overview,
    course_page,
    course_people,
    course_reset,
    course_statistics,
    course_told,
    helping,
    home,
    launch_link,
    lti_arrived,
    lti_choosing,
    lti_config,
    lti_keys,
    lti_launch,
    lti_login,
    lti_register,
    oidc,
    opening,
    sign_in,
    sign_out,
    snapshot_pages,
    starting,
    static,
    student_files,
)

_ADMIN = (admin_overview, admin_servers, admin_users, admin_platforms, admin_events)


def routes() -> list[web.RouteDef]:
    """The routes of every page."""
    modules = (
        static,
        sign_in,
        sign_out,
        oidc,
        launch_link,
        home,
        starting,
        opening,
        lti_login,
        lti_launch,
        lti_arrived,
        lti_choosing,
        lti_config,
        lti_keys,
        lti_register,
        course_hooks,
        course_list,
        course_page,
        course_overview,
        course_people,
        course_opening,
        helping,
        snapshot_pages,
        student_files,
        course_statistics,
        course_copies,
        course_reset,
        course_told,
        course_environment,
        *_ADMIN,
    )
    return [route for module in modules for route in module.routes()]
