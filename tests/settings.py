"""The portal's own settings, and what only tests may have: a fast password hash, no lasting connections, a fixed key."""

import os
from urllib.parse import urlsplit

from portal.settings import *  # noqa: F403
from portal.settings import CACHES, DATABASES, PORTAL_VAR, REDIS_URL, STORAGES

SECRET_KEY = "only-for-tests-" + "0123456789abcdef" * 3
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# A test database is dropped and copied between tests; a connection that lasts would keep it from that.
DATABASES["default"]["CONN_MAX_AGE"] = 0
# Whose word about senders the tests' mails carry.
PORTAL_MAIL_AUTH_HOST = "mx.northgate.example"
# Where this process shall kill itself (portal/faults.py).
PORTAL_FAULT = os.environ.get("PORTAL_FAULT", "")
# Static files are looked up when asked for: every test client would otherwise list them all first.
WHITENOISE_AUTOREFRESH = True
# Each of the run's processes counts and queues in a Redis database of its own, and keeps files in a folder of its own.
REDIS_DATABASES = 16
worker_number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
CELERY_BROKER_URL = urlsplit(REDIS_URL)._replace(path=f"/{worker_number % REDIS_DATABASES}").geturl()
CACHES["default"]["LOCATION"] = CELERY_BROKER_URL
PORTAL_FILES = PORTAL_VAR / "files" / str(worker_number)
STORAGES["default"]["OPTIONS"]["location"] = PORTAL_FILES
# Nobody measures the tests' answers, one long test apart.
PORTAL_SAME_TIME = 0.0
