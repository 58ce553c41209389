"""The walls round received mail: staff only, and retention blanks its content (SUB-1, D25)."""

from django.db import migrations

from portal.tenancy import sql

ERASED = "raw, erased_at, sender, subject, envelope_from, envelope_to"


class Migration(migrations.Migration):
    dependencies = [("tickets", "0005_mail_in")]

    operations = [
        *sql.composite_key("tickets_ticket", "follows_id", "tickets_ticket"),
        *sql.client_table(
            "tickets_rawmail", client="", staff="select, insert, update", retention=f"select, update ({ERASED})"
        ),
        *sql.composite_key("tickets_rawmail", "ticket_id", "tickets_ticket", nullable_client=True),
        *sql.composite_key("tickets_rawmail", "message_id", "tickets_message", nullable_client=True),
        *sql.composite_key("tickets_rawmail", "outbox_id", "portal_outbox", nullable_client=True),
    ]
