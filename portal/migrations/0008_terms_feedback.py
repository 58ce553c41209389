"""Visitors' comments on the terms: written at the door, read by the staff (DOC-1)."""

import django.db.models.deletion
from django.db import migrations, models

from portal.tenancy import sql


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0007_absence_needs_both_days"),
    ]

    operations = [
        migrations.CreateModel(
            name="TermsFeedback",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("clause", models.CharField(max_length=8)),
                ("body", models.TextField()),
                ("name", models.CharField(blank=True, default="", max_length=120)),
                ("source", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                (
                    "terms",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="feedback", to="portal.terms"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["at", "source"], name="portal_feedback_limit")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("body", ""), _negated=True), models.Q(("clause", ""), _negated=True)
                        ),
                        name="portal_doc1_comment_says_something",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("source__regex", "^[0-9a-f]{64}$")), name="portal_doc1_source_is_hashed"
                    ),
                ],
            },
        ),
        *sql.open_table("portal_termsfeedback", door="insert, select (id, at, source)", staff="select", plain="select"),
    ]
