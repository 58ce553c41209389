"""Every page's address. /c/<slug>/ runs as the client named in it, /desk/ as staff, /api/v1/ as the token says, the rest at the door."""

from django.urls import include, path

desk = [
    path("", include("tickets.urls.desk")),
    path("", include("portal.urls.desk")),
    path("", include("compliance.urls.desk")),
]
client = [
    path("", include("tickets.urls.client")),
    path("", include("portal.urls.client")),
    path("", include("compliance.urls.client")),
]

api = [
    path("", include("tickets.urls.api")),
    path("", include("portal.urls.api")),
    path("", include("compliance.urls.api")),
]

handler400 = "portal.views.errors.bad_request"
handler403 = "portal.views.errors.forbidden"
handler404 = "portal.views.errors.not_found"
handler500 = "portal.views.errors.fault"

# The first that fits is taken, so what is asked most stands first.
urlpatterns = [
    path("desk/", include((desk, "desk"))),
    path("c/<slug:slug>/", include((client, "client"))),
    path("api/v1/", include((api, "api"))),
    path("", include(("portal.urls.public", "public"))),
    path("accounts/", include("portal.urls.accounts")),
    path("demo/", include(("portal.urls.demo", "demo"))),
]
