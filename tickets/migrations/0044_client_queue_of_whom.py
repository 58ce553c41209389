"""One client's queue is counted out of its index alone, by colleague too."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0041_fewer_indexes"),
        ("tickets", "0043_fewer_indexes"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="ticket",
            name="tickets_queue_client",
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(("queue_group__lt", 4)),
                fields=["client", "queue_group", "queue_at", "id"],
                include=("assignee",),
                name="tickets_queue_client",
            ),
        ),
    ]
