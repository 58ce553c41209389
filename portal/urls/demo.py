"""Addresses of these pages."""

from django.urls import URLPattern, URLResolver, path

from portal.views import demo

urlpatterns: list[URLPattern | URLResolver] = [
    path("door/", demo.door, name="door"),
    path("advance/", demo.advance, name="advance"),
    path("restart/", demo.restart, name="restart"),
    path("mail/", demo.mail, name="mail"),
    path("mail/write/", demo.write, name="write"),
]
