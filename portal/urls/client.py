"""Addresses of these pages."""

from django.urls import URLPattern, URLResolver, path

from portal.views import notices, people

urlpatterns: list[URLPattern | URLResolver] = [
    path("notices/", notices.for_client, name="notices"),
    path("notices/read/", notices.read_by_client, name="notices_read"),
    path("people/", people.index, name="people"),
    path("people/invite/", people.invite, name="people-invite"),
    path("people/stand-in/", people.delegate, name="people-delegate"),
    path("people/<int:pk>/role/", people.role, name="people-role"),
    path("people/<int:pk>/end/", people.end, name="people-end"),
]
