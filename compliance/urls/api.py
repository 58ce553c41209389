"""Addresses of the interface: compliance reports."""

from django.urls import URLPattern, path

from compliance import api

urlpatterns: list[URLPattern] = [
    path("reports", api.Reports.as_view(), name="reports"),
    path("reports/<int:pk>", api.OneReport.as_view(), name="report"),
    path("reports/<int:pk>/again", api.ReportAgain.as_view(), name="report-again"),
    path("reports/<int:pk>/file", api.ReportFile.as_view(), name="report-file"),
]
