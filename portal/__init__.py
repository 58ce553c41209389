"""The project package. Importing it makes our Celery app the current one, so that `.delay()` always speaks to our broker."""

from portal.celery import app as celery_app

__all__ = ["celery_app"]
