"""Addresses of these pages."""

from django.urls import URLPattern, URLResolver, path, re_path

from portal.api import schema
from portal.views import brand, feedback, firststart, health, home, public, terms, webhooks

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("terms/", public.terms, name="terms"),
    path("terms/log/", terms.log, name="terms-log"),
    path("terms/<str:clause>/comment/", feedback.comment, name="comment"),
    path("privacy/", public.privacy, name="privacy"),
    path("verify/", public.verify, name="verify"),
    path("api/", schema.page, name="api"),
    re_path(r"^brand/accent-(?P<colour>[0-9a-f]{6})-(?P<digest>[0-9a-f]{8})\.css$", brand.accent, name="brand-accent"),
    re_path(r"^brand/sample-(?P<colour>[0-9a-f]{6})-(?P<digest>[0-9a-f]{8})\.css$", brand.sample, name="brand-sample"),
    re_path(r"^brand/logo-(?P<sha256>[0-9a-f]{64})\.png$", brand.logo, name="brand-logo"),
    re_path(r"^brand/icon-(?P<sha256>[0-9a-f]{64})\.png$", brand.icon, name="brand-icon"),
    re_path(r"^brand/sign-(?P<colour>[0-9a-f]{6})\.svg$", brand.sign, name="brand-sign"),
    path("webhooks/mail/<slug:name>/", webhooks.mail, name="webhook-mail"),
    # Mailgun sends the raw mail only to an address that ends like this.
    path("webhooks/mail/<slug:name>/mime", webhooks.mail, name="webhook-mail-mime"),
    path("setup/", firststart.setup, name="setup"),
]
