"""Addresses of these pages."""

from django.urls import URLPattern, URLResolver, path

from portal.views import agreements, announcements, notices, people, terms

urlpatterns: list[URLPattern | URLResolver] = [
    path("notices/", notices.index, name="notices"),
    path("notices/choices/", notices.choices, name="notice-choices"),
    path("notices/read/", notices.read_all, name="notices_read"),
    path("notices/unread/<int:stamp>/", notices.unread, name="notices-unread"),
    path("notices/<int:pk>/open/", notices.open_one, name="notice-open"),
    path("notices/<int:pk>/read/", notices.read_one, name="notice-read"),
    path("announcements/", announcements.for_client, name="announcements"),
    path("announcements/<int:pk>/", announcements.show_client, name="announcement"),
    path("announcements/<int:pk>/away/", announcements.put_away, name="announcement-away"),
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
