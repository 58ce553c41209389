"""Addresses of these pages."""

from django.urls import URLPattern, URLResolver, path

from portal.api import schema
from portal.views import feedback, firststart, health, home, public, terms

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("terms/", public.terms, name="terms"),
    path("terms/log/", terms.log, name="terms-log"),
    path("terms/<str:clause>/comment/", feedback.comment, name="comment"),
    path("privacy/", public.privacy, name="privacy"),
    path("verify/", public.verify, name="verify"),
    path("api/", schema.page, name="api"),
    path("setup/", firststart.setup, name="setup"),
]
