"""Drafts, saved answers and saved views of the staff."""

import django.db.models.deletion
from django.db import migrations, models

from portal.tenancy import sql

ALL = "select, insert, update, delete"


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0022_lost_factors"),
        ("tickets", "0009_triage"),
    ]

    operations = [
        migrations.CreateModel(
            name="Draft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=8)),
                ("body", models.TextField()),
                ("saved_at", models.DateTimeField()),
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
                        related_name="drafts",
                        to="tickets.ticket",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("client", "ticket", "staff"), name="tickets_draft_one_each"),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["reply", "note"])),
                        name="tickets_draft_kind_known",
                        violation_error_message="kind must be one of reply, note.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("body", ""), _negated=True), name="tickets_draft_says_something"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SavedAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("label", models.CharField(max_length=80)),
                ("body", models.TextField()),
                ("made_by", models.CharField(max_length=120)),
                ("changed_at", models.DateTimeField()),
                ("retired_at", models.DateTimeField(blank=True, null=True)),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="portal.staff",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("label", ""), _negated=True), models.Q(("body", ""), _negated=True)
                        ),
                        name="tickets_answer_says_something",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("retired_at__isnull", True)),
                        fields=("owner", "label"),
                        name="tickets_answer_named_once",
                        nulls_distinct=False,
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SavedView",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("label", models.CharField(max_length=40)),
                ("name", models.CharField(max_length=12)),
                ("client_slug", models.CharField(blank=True, default="", max_length=60)),
                ("tag", models.CharField(blank=True, default="", max_length=30)),
                ("made_by", models.CharField(max_length=120)),
                ("made_at", models.DateTimeField()),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="portal.staff",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("label", ""), _negated=True), name="tickets_view_has_a_name"
                    ),
                    models.UniqueConstraint(
                        fields=("owner", "label"), name="tickets_view_named_once", nulls_distinct=False
                    ),
                ],
            },
        ),
        *sql.client_table("tickets_draft", client="", staff=ALL),
        *sql.composite_key("tickets_draft", "ticket_id", "tickets_ticket"),
        *sql.open_table("tickets_savedanswer", staff=ALL),
        *sql.open_table("tickets_savedview", staff=ALL),
    ]
