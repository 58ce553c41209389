"""What the interface answered to a post, kept a week beside its key; it may hold content, so its wall is the content's."""

import django.db.models.deletion
from django.db import migrations, models

from portal.tenancy import sql


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0023_api_tokens"),
    ]

    operations = [
        migrations.CreateModel(
            name="KeptAnswer",
            fields=[
                (
                    "key",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="answer",
                        serialize=False,
                        to="portal.idempotency",
                    ),
                ),
                ("status", models.PositiveSmallIntegerField()),
                ("body", models.TextField()),
                (
                    "client",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="portal.client"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("status__gte", 200), ("status__lt", 300)),
                        name="portal_kept_answer_is_a_success",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("body", ""), _negated=True), name="portal_kept_answer_says_something"
                    ),
                ],
            },
        ),
        *sql.client_table("portal_keptanswer", client="select, insert", staff="select, insert, delete", row="key_id"),
        *sql.composite_key("portal_keptanswer", "key_id", "portal_idempotency"),
    ]
