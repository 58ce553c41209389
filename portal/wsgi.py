"""The web entry point for gunicorn: `gunicorn portal.wsgi`."""

import gc
import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.template.loader import get_template
from django.utils.module_loading import autodiscover_modules

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")


def load_pages() -> None:
    """Every view and every page's template, before gunicorn forks: then its workers share them, and nobody waits for a first one."""
    import_module(settings.ROOT_URLCONF)
    autodiscover_modules("tasks")  # the page of jobs asks for them, and they bring the makers of documents along
    folder = settings.BASE_DIR / "templates"
    for file in sorted(folder.rglob("*.html")):
        name = file.relative_to(folder)
        if name.parts[0] != "pdf":  # drawn by the documents worker
            get_template(str(name))


application = get_wsgi_application()
load_pages()
# What is loaded by now stays: walking through it again and again would hold up one page in fifty, and would give each
# forked worker a copy of what they share.
gc.collect()
gc.freeze()
