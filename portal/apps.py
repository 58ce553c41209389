"""The portal app: the ground floor that every other app stands on."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "portal"
    verbose_name = "Portal"

    def ready(self) -> None:
        """Make our Celery app the current one, so that every task in every process speaks to our broker."""
        from portal.celery import app

        app.set_default()
