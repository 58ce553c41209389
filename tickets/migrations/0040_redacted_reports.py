"""Words can be blacked out in a reported mail as in the message that it came with (ACC-2, EML-6)."""

from django.db import migrations

from portal.tenancy import sql

SAID = (
    "recipient, sender_name, sender, sender_domain, reply_to, return_path, subject, claims, links, words, files, unreadable,"
    " left_out, verdict_words"
)


class Migration(migrations.Migration):
    dependencies = [("tickets", "0039_origin_and_answers")]

    operations = [
        migrations.RunSQL(
            [
                sql.grant("tickets_spamreport", "retention", f"select, update ({SAID})"),
                sql.policy("tickets_spamreport", "retention", "true"),
            ],
            migrations.RunSQL.noop,
        ),
    ]
