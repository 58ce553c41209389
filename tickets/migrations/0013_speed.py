"""What keeps the queue and a request's page as quick at a million requests as at ten thousand.

The queue's numbers come from an index alone only while the table's pages are known to be visible to everybody; by default
PostgreSQL would look at that after 200,000 changes of a million rows.
"""

from django.db import migrations, models
from django.db.models import Q

VACUUM_SOONER = "alter table tickets_ticket set (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_insert_scale_factor = 0.01)"


class Migration(migrations.Migration):
    dependencies = [("tickets", "0011_bulk_acts")]

    operations = [
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=Q(("queue_group__lt", 4)), fields=["queue_group", "assignee"], name="tickets_tally"
            ),
        ),
        migrations.AddIndex(model_name="ticket", index=models.Index(fields=["ref", "-id"], name="tickets_ref")),
        migrations.RunSQL(VACUUM_SOONER, reverse_sql=migrations.RunSQL.noop),
    ]
