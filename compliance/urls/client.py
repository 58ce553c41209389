"""The clients' addresses of compliance."""

from django.urls import path

from compliance import views

urlpatterns = [
    path("reports/", views.reports, name="reports"),
    path("reports/rows/", views.report_rows, name="report_rows"),
    path("reports/<int:pk>/", views.download, name="report_download"),
    path("reports/<int:pk>/again/", views.again, name="report_again"),
]
