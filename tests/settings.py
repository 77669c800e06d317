"""The site's settings as the tests see them: nothing of the developer's environment reaches in."""

import os

for _name in (
    "ALLOWED_HOSTS",
    "BEHIND_PROXY",
    "BIND",
    "CSRF_TRUSTED_ORIGINS",
    "DATABASE_OWNER_URL",
    "DATABASE_URL",
    "DATA_DIR",
    "HSTS_SECONDS",
    "LOG_LEVEL",
    "PORT",
    "PUBLIC_URL",
    "REDIS_URL",
    "RUN_JOBS",
    "SSL_REDIRECT",
    "TIME_ZONE",
):
    os.environ.pop(_name, None)
os.environ["LIANCHI_DEV"] = "1"
os.environ["SECRET_KEY"] = "only-for-tests-" + "0123456789" * 5

from platform_site.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
