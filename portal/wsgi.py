"""The web entry point for gunicorn: `gunicorn portal.wsgi`."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

application = get_wsgi_application()

# What is loaded by now stays: walking through it again and again would hold up one page in fifty, and would give each
# forked worker a copy of what they share.
gc.collect()
gc.freeze()
