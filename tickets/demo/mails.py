"""Mail that came in by the demo's morning and was set aside: received by the real action, so that “Mail in” has something to show."""

from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from portal.demo.ground import Ground
from portal.models import Supplier
from tickets.actions.mailin import receive

# sender ("" is somebody registered), subject, words, further headers
SET_ASIDE: tuple[tuple[str, str, str, dict[str, str]], ...] = (
    (
        "grace.lindqvist@harbourdental.example",
        "Cannot open the booking calendar",
        "Hello, I started at the practice on Monday and the calendar says that I have no access. Can you help?\n\nGrace Lindqvist",
        {},
    ),
    (
        "invoices@fast-parcel-tracking.example",
        "Your parcel could not be delivered",
        "Pay 1.99 here within 24 hours or it goes back: http://parcel.example/pay",
        {},
    ),
    (
        "news@cloudweekly.example",
        "Cloud Weekly: ten things about storage",
        "You receive this because you subscribed.",
        {"List-Unsubscribe": "<mailto:off@cloudweekly.example>", "Precedence": "bulk"},
    ),
    (
        "",
        "Automatic reply: your request",
        "The office is closed until Thursday.",
        {"Auto-Submitted": "auto-replied"},
    ),
)


def mails_of_today(ground: Ground) -> None:
    """Some that wait for staff, some that were dropped. Nobody is answered, and no request changes."""
    desk = Supplier.objects.values_list("sender_email", flat=True).get()
    known = ground.clients[0].members[1].email
    for number, (named, subject, words, headers) in enumerate(SET_ASIDE, start=1):
        mail, sender = EmailMessage(policy=SMTP), named or known
        mail["From"], mail["To"], mail["Subject"] = sender, desk, subject
        mail["Date"], mail["Message-ID"] = format_datetime(ground.at), f"<demo.{number}@{sender.partition('@')[2]}>"
        for name, value in headers.items():
            mail[name] = value
        mail.set_content(words)
        receive(mail.as_bytes(), source="smtp", at=ground.at, envelope_from=sender, envelope_to=[desk])
