"""Addresses of these pages."""

from django.urls import URLPattern, URLResolver, path

from portal.views import firststart, home

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("setup/", firststart.setup, name="setup"),
]
