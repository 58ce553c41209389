"""Keys for what is kept encrypted in the database: one for each purpose, all from the portal's secret key (DESIGN.md 4).

A stolen database alone opens nothing; a changed PORTAL_SECRET_KEY closes what was encrypted before.
"""

import base64
from hashlib import sha256

from cryptography.fernet import Fernet
from django.conf import settings


def key_for(purpose: str) -> Fernet:
    """The key of one purpose: what is encrypted for one cannot be read as another."""
    digest = sha256(purpose.encode() + b"\0" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(digest))
