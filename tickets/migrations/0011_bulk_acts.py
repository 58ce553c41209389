"""Acts on many requests, with what each was before."""

import django.db.models.deletion
from django.db import migrations, models

from portal.tenancy import sql


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0022_lost_factors"),
        ("tickets", "0010_desk_words"),
    ]

    operations = [
        migrations.CreateModel(
            name="BulkAct",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=8)),
                ("made_at", models.DateTimeField()),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
                ("lines", models.JSONField()),
                (
                    "by_staff",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="portal.staff"),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["assign", "priority", "tag"])),
                        name="tickets_bulk_kind_known",
                        violation_error_message="kind must be one of assign, priority, tag.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("undone_at__isnull", True), ("undone_at__gte", models.F("made_at")), _connector="OR"
                        ),
                        name="tickets_bulk_undone_after",
                    ),
                ],
            },
        ),
        *sql.open_table("tickets_bulkact", staff="select, insert, update"),
    ]
