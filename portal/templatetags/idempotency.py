"""{% load idempotency %}{% idempotency %}: the hidden field by which a form that is sent twice is done once."""

import secrets

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from portal.idempotency import FIELD

register = template.Library()


@register.simple_tag
def idempotency() -> SafeString:
    """A fresh key with every showing of the form."""
    return format_html('<input type="hidden" name="{}" value="{}">', FIELD, secrets.token_hex(16))
