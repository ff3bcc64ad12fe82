from proxy.core.content_security import SANDBOX, STILL_PAGE, frame_ancestors


def test_nobody_but_us_may_frame_us_unless_configured():
    assert frame_ancestors([]) == "frame-ancestors 'self'"


def test_configured_platforms_may_frame_us():
    origins = ["https://lms.example.org", "https://moodle.example.net:8443"]
    assert frame_ancestors(origins) == (
        "frame-ancestors 'self' https://lms.example.org https://moodle.example.net:8443"
    )


def test_the_sandbox_gives_foreign_html_no_origin_of_ours():
    assert "allow-same-origin" not in SANDBOX
    assert "allow-top-navigation" not in SANDBOX


def test_what_only_is_read_runs_nothing_fetches_nothing_and_sends_nothing():
    directives = dict(part.partition(" ")[::2] for part in STILL_PAGE.split("; "))
    assert directives.pop("sandbox") == "allow-popups allow-popups-to-escape-sandbox"
    assert directives.pop("style-src") == "'unsafe-inline'"
    assert set(directives.values()) == {"'none'", "data:"}
    assert "script-src" not in directives
    assert directives["default-src"] == "'none'"
