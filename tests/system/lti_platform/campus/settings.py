"""The site's settings; what a test chose is a JSON object in the variable PLATFORM."""

import json
import os
from pathlib import Path

TOLD = json.loads(os.environ["PLATFORM"])
FOLDER = Path(TOLD["folder"])

# Where Open edX says it is: also its issuer, without a `/` at the end.
LMS_ROOT_URL = f"http://127.0.0.1:{TOLD['port']}"
LTI_BASE = LMS_ROOT_URL
PLATFORM_NAME = "Campus"
SERVICE_VARIANT = "lms"
# As edx-platform writes it (`lms/envs/common.py`).
USAGE_ID_PATTERN = r"(?P<usage_id>(?:i4x://?[^/]+/[^/]+/[^/]+/[^@]+(?:@[^/]+)?)|(?:[^/]+))"

SECRET_KEY = "of-a-test"
ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = "campus.urls"
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": FOLDER / "campus.sqlite3",
        "OPTIONS": {"timeout": 20, "transaction_mode": "IMMEDIATE"},
        # As edx-platform's own settings have it.
        "ATOMIC_REQUESTS": True,
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
USE_TZ = True
TIME_ZONE = "UTC"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"screen": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["screen"], "level": "INFO"},
}
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "rest_framework",
    "django_filters",
    "statici18n",
    "config_models",
    "lti_consumer.apps.LTIConsumerApp",
    "campus.apps.Campus",
]
MIDDLEWARE = [
    "campus.bad_days.bad_days",
    "crum.CurrentRequestUserMiddleware",
    "edx_django_utils.cache.middleware.RequestCacheMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "edx_django_utils.cache.middleware.TieredCacheMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
SESSION_COOKIE_NAME = "campus"
CSRF_COOKIE_NAME = "campus-csrf"
STATIC_URL = "/static/"
STATIC_ROOT = FOLDER / "static"
