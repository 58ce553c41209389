"""A mail written in the demonstration: handed to our own mail receiver as a mail server would, so that it goes the real way."""

from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid

from django.conf import settings
from django.utils.translation import gettext as _

from portal.errors import Refused
from portal.models import Supplier
from portal.outbox.smtp import AnswerLost, Post, RefusedForEver, Trouble

POLICY = SMTP.clone(max_line_length=900)


def post_demo_mail(*, sender: str, subject: str, body: str, answers: str, is_automatic: bool, at: datetime) -> None:
    """Send it to the desk. Raises Refused with a sentence when the receiver did not take it."""
    desk = Supplier.objects.values_list("sender_email", flat=True).get()
    mail = EmailMessage(policy=POLICY)
    mail["From"], mail["To"], mail["Subject"] = sender, desk, subject
    mail["Date"], mail["Message-ID"] = format_datetime(at), make_msgid(domain=sender.rpartition("@")[2])
    if answers:
        mail["In-Reply-To"] = answers
    if is_automatic:
        mail["Auto-Submitted"] = "auto-replied"
    mail.set_content(body)
    try:
        with Post(f"smtp://127.0.0.1:{settings.PORTAL_SMTP_PORT}") as post:
            post.send(sender, desk, mail.as_bytes(), lambda: None)
    except (Trouble, RefusedForEver, AnswerLost) as refusal:
        raise Refused("SUB-1", _("The mail receiver did not take it: %(refusal)s") % {"refusal": refusal}) from refusal
