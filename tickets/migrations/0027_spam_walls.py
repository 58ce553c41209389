"""The walls round reported mails and blocked senders (EML-6). Only a verdict and the end of a block are written later."""

from django.db import migrations

from portal.tenancy import sql

JUDGED = "verdict, verdict_words, judged_by_id, judged_by_label, judged_at"
LIFTED = "lifted_by_id, lifted_by_label, lifted_at, lift_reason, lift_change_id"


class Migration(migrations.Migration):
    dependencies = [("tickets", "0026_spam_reports")]

    operations = [
        *sql.client_table("tickets_spamreport", client="select, insert", staff=f"select, insert, update ({JUDGED})"),
        *sql.client_table("tickets_senderblock", staff=f"select, insert, update ({LIFTED})"),
        *sql.composite_key("tickets_spamreport", "ticket_id", "tickets_ticket"),
        *sql.composite_key("tickets_spamreport", "attachment_id", "tickets_attachment"),
        *sql.composite_key("tickets_senderblock", "ticket_id", "tickets_ticket"),
        # A block stands on the request under whose access it was made; its end may be made under another one.
        *sql.unique_key("tickets_datachange", "client_id", "id", "ticket_id"),
        *sql.composite_key(
            "tickets_senderblock",
            "change_id",
            "tickets_datachange",
            carry=[("ticket_id", "ticket_id")],
            name="tickets_acc6_block_in_own_access",
        ),
        *sql.composite_key("tickets_senderblock", "lift_change_id", "tickets_datachange"),
    ]
