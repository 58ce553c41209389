"""Addresses of these pages."""

from django.urls import URLPattern, URLResolver, path

from portal.views import agreements, notices, people, terms

urlpatterns: list[URLPattern | URLResolver] = [
    path("notices/", notices.for_client, name="notices"),
    path("notices/read/", notices.read_by_client, name="notices_read"),
    path("agreements/", agreements.for_client, name="agreements"),
    path("agreements/<int:pk>/file/", agreements.client_file, name="agreement-file"),
    path("agreements/<int:pk>/accept/", agreements.accept, name="agreement-accept"),
    path("terms/accept/", terms.accept, name="terms-accept"),
    path("people/", people.index, name="people"),
    path("people/invite/", people.invite, name="people-invite"),
    path("people/stand-in/", people.delegate, name="people-delegate"),
    path("people/<int:pk>/role/", people.role, name="people-role"),
    path("people/<int:pk>/end/", people.end, name="people-end"),
]
