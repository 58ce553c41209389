"""Addresses of these pages."""

from django.urls import URLPattern, URLResolver, path

from portal.views import people

urlpatterns: list[URLPattern | URLResolver] = [
    path("people/", people.index, name="people"),
    path("people/invite/", people.invite, name="people-invite"),
    path("people/stand-in/", people.delegate, name="people-delegate"),
    path("people/<int:pk>/role/", people.role, name="people-role"),
    path("people/<int:pk>/end/", people.end, name="people-end"),
]
