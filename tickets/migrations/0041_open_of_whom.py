"""How open requests are spread over colleagues: without it PostgreSQL takes those that are nobody's for few, and sorts them all."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("tickets", "0040_redacted_reports")]

    operations = [
        migrations.RunSQL(
            "create statistics if not exists tickets_open_of_whom (mcv) on queue_group, assignee_id from tickets_ticket",
            migrations.RunSQL.noop,
        ),
    ]
