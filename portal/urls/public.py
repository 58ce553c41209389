"""Addresses of these pages."""

from django.urls import URLPattern, URLResolver, path

from portal.views import firststart, health, home

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("setup/", firststart.setup, name="setup"),
]
