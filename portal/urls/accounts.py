"""Sign-in, sign-out, passwords and second factors: django-allauth's pages."""

from django.urls import include, path

urlpatterns = [path("", include("allauth.urls"))]
