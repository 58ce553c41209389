"""The portal's own settings, and what only tests may have: a fast password hash, no lasting connections, a fixed key."""

import os

from portal.settings import *  # noqa: F403
from portal.settings import DATABASES

SECRET_KEY = "only-for-tests-" + "0123456789abcdef" * 3
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# A test database is dropped and copied between tests; a connection that lasts would keep it from that.
DATABASES["default"]["CONN_MAX_AGE"] = 0
# Where this process shall kill itself (portal/faults.py).
PORTAL_FAULT = os.environ.get("PORTAL_FAULT", "")
# Static files are looked up when asked for: every test client would otherwise list them all first.
WHITENOISE_AUTOREFRESH = True
