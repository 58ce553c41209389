"""Every page's address. /c/<slug>/ runs as the client named in it, /desk/ as staff, the rest at the door."""

from django.urls import include, path

desk = [
    path("", include("tickets.urls.desk")),
    path("", include("portal.urls.desk")),
    path("", include("compliance.urls.desk")),
]
client = [
    path("", include("portal.urls.client")),
    path("", include("tickets.urls.client")),
    path("", include("compliance.urls.client")),
]

urlpatterns = [
    path("", include(("portal.urls.public", "public"))),
    path("accounts/", include("portal.urls.accounts")),
    path("desk/", include((desk, "desk"))),
    path("c/<slug:slug>/", include((client, "client"))),
    path("demo/", include(("portal.urls.demo", "demo"))),
]
