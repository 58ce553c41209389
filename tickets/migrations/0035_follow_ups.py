"""Reminders and messages that are planned on a request for later (D5)."""

import django.db.models.deletion
from django.db import migrations, models

from portal.tenancy import sql


class Migration(migrations.Migration):
    dependencies = [("portal", "0032_home_client"), ("tickets", "0033_article_walls")]

    operations = [
        migrations.CreateModel(
            name="FollowUp",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=8)),
                ("state", models.CharField(db_default="planned", default="planned", max_length=9)),
                ("due_at", models.DateTimeField()),
                ("words", models.TextField()),
                ("told_client", models.BooleanField(db_default=False, default=False)),
                ("seen", models.BigIntegerField(db_default=0, default=0)),
                ("planned_by", models.CharField(max_length=120)),
                ("planned_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("outcome", models.CharField(blank=True, db_default="", default="", max_length=200)),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="portal.client"
                    ),
                ),
                (
                    "staff",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="portal.staff"),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="follow_ups",
                        to="tickets.ticket",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "planned")), fields=["due_at", "id"], name="tickets_follow_up_due"
                    ),
                    models.Index(fields=["client", "ticket", "due_at"], name="tickets_follow_up_ticket"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["reminder", "message"])),
                        name="tickets_follow_up_kind_known",
                        violation_error_message="kind must be one of reminder, message.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["planned", "done", "refused", "cancelled"])),
                        name="tickets_follow_up_state_known",
                        violation_error_message="state must be one of planned, done, refused, cancelled.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("due_at__gt", models.F("planned_at"))), name="tickets_follow_up_comes_later"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", True), ("state", "planned")),
                            models.Q(
                                models.Q(("state", "planned"), _negated=True),
                                ("ended_at__gte", models.F("planned_at")),
                                ("ended_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="tickets_follow_up_ends_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("words", ""), _negated=True),
                            models.Q(("kind", "message"), ("state", "done")),
                            _connector="OR",
                        ),
                        name="tickets_follow_up_says_something",
                    ),
                ],
            },
        ),
        *sql.client_table("tickets_followup", client="", staff="select, insert, update"),
        *sql.composite_key("tickets_followup", "ticket_id", "tickets_ticket"),
    ]
