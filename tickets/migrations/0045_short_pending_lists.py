"""New words wait in a shorter list beside their index; setting it needs no new index."""

import django.contrib.postgres.indexes
from django.db import migrations

PENDING_KB = 256


def shortened(model: str, name: str) -> migrations.SeparateDatabaseAndState:
    index = django.contrib.postgres.indexes.GinIndex(
        fields=["client", "search"], gin_pending_list_limit=PENDING_KB, name=name
    )
    return migrations.SeparateDatabaseAndState(
        database_operations=[
            migrations.RunSQL(
                f"alter index {name} set (gin_pending_list_limit = {PENDING_KB})",
                reverse_sql=migrations.RunSQL.noop,
            )
        ],
        state_operations=[migrations.RemoveIndex(model, name), migrations.AddIndex(model, index)],
    )


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0044_client_queue_of_whom"),
    ]

    operations = [shortened("ticket", "tickets_search"), shortened("message", "tickets_message_search")]
