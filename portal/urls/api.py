"""Addresses of the interface: the ground floor's resources."""

from django.urls import URLPattern, path

from portal.api import agreements, alarms, announcements, people, schema, terms, tokens

urlpatterns: list[URLPattern] = [
    path("schema.json", schema.document, name="schema"),
    path("token", tokens.Token.as_view(), name="token"),
    path("clauses", terms.Clauses.as_view(), name="clauses"),
    path("terms", terms.TermsInForce.as_view(), name="terms"),
    path("terms/versions", terms.Versions.as_view(), name="terms-versions"),
    path("products", terms.Products.as_view(), name="products"),
    path("calendar", terms.CalendarInForce.as_view(), name="calendar"),
    path("people", people.People.as_view(), name="people"),
    path("clients", people.Clients.as_view(), name="clients"),
    path("agreements", agreements.Agreements.as_view(), name="agreements"),
    path("agreements/<int:pk>/file", agreements.AgreementFile.as_view(), name="agreement-file"),
    path("announcements", announcements.Announcements.as_view(), name="announcements"),
    path("announcements/<int:pk>", announcements.OneAnnouncement.as_view(), name="announcement"),
    path("alarms", alarms.Alarms.as_view(), name="alarms"),
    path("alarms/<int:pk>", alarms.OneAlarm.as_view(), name="alarm"),
    path("alarms/<int:pk>/clear", alarms.ClearAlarm.as_view(), name="alarm-clear"),
]
