"""Macros: acts that staff play on a request together."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import tickets.rules.macros
from portal.tenancy import sql


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0040_door_address"),
        ("tickets", "0035_follow_ups"),
    ]

    operations = [
        migrations.CreateModel(
            name="SavedMacro",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("label", models.CharField(max_length=80)),
                ("kind", models.CharField(blank=True, default="", max_length=12)),
                ("priority", models.CharField(blank=True, default="", max_length=6)),
                (
                    "add_tags",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=30), blank=True, default=list, size=None
                    ),
                ),
                (
                    "remove_tags",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=30), blank=True, default=list, size=None
                    ),
                ),
                ("assign", models.CharField(blank=True, default="", max_length=6)),
                ("state", models.CharField(blank=True, default="", max_length=16)),
                ("made_by", models.CharField(max_length=120)),
                ("changed_at", models.DateTimeField()),
                ("retired_at", models.DateTimeField(blank=True, null=True)),
                (
                    "answer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tickets.savedanswer",
                    ),
                ),
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
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="portal.staff",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="portal.product",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("label", ""), _negated=True), name="tickets_macro_has_a_name"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["", "fault", "alteration", "removal", "addition", "question", "feedback"])
                        ),
                        name="tickets_macro_kind_known",
                        violation_error_message="kind must be one of , fault, alteration, removal, addition, question, feedback.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("priority__in", ["", "high", "normal", "low"])),
                        name="tickets_macro_priority_known",
                        violation_error_message="priority must be one of , high, normal, low.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("assign__in", ["", "me", "nobody", "person"])),
                        name="tickets_macro_assign_known",
                        violation_error_message="assign must be one of , me, nobody, person.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["", "in_progress", "waiting_client", "resolved", "closed"])),
                        name="tickets_macro_state_known",
                        violation_error_message="state must be one of , in_progress, waiting_client, resolved, closed.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("assign", tickets.rules.macros.Assign["PERSON"]), ("person__isnull", False)),
                            models.Q(
                                models.Q(("assign", tickets.rules.macros.Assign["PERSON"]), _negated=True),
                                ("person__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="tickets_macro_names_whom",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("retired_at__isnull", True)),
                        fields=("owner", "label"),
                        name="tickets_macro_named_once",
                        nulls_distinct=False,
                    ),
                ],
            },
        ),
        *sql.open_table("tickets_savedmacro", staff="select, insert, update"),
    ]
