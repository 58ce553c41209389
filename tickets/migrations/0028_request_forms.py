"""Ready-made forms: the supplier's forms by version, what clients filled in and kept, the checklist (LIA-3)."""

import django.db.models.deletion
from django.db import migrations, models

from portal.tenancy import sql


class Migration(migrations.Migration):
    dependencies = [("portal", "0032_home_client"), ("tickets", "0027_spam_walls")]

    operations = [
        migrations.CreateModel(
            name="FormVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField()),
                ("name", models.CharField(max_length=80)),
                ("summary", models.CharField(max_length=200)),
                ("notice", models.TextField(blank=True, default="")),
                ("kind", models.CharField(max_length=10)),
                ("area", models.CharField(max_length=10)),
                ("clause", models.CharField(max_length=8)),
                ("why", models.CharField(max_length=300)),
                ("leads", models.CharField(default="nothing", max_length=10)),
                ("managers_only", models.BooleanField(default=False)),
                ("fields", models.JSONField()),
                ("steps", models.JSONField()),
                ("made_by", models.CharField(max_length=120)),
                ("made_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="FilledForm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("answers", models.JSONField()),
                ("filled_by", models.CharField(max_length=120)),
                ("filled_at", models.DateTimeField()),
                ("open_steps", models.PositiveSmallIntegerField()),
                ("open_required", models.PositiveSmallIntegerField()),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="portal.client"
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="filled_forms",
                        to="tickets.ticket",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tickets.formversion"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RequestForm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=40, unique=True)),
                ("position", models.PositiveSmallIntegerField()),
                ("ready", models.BooleanField(default=False)),
                ("made_by", models.CharField(max_length=120)),
                ("made_at", models.DateTimeField()),
                ("retired_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("code__regex", "^[a-z0-9][a-z0-9-]*$")), name="tickets_form_code_is_plain"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("retired_at__isnull", True), ("retired_at__gte", models.F("made_at")), _connector="OR"
                        ),
                        name="tickets_form_retired_after",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="formversion",
            name="form",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="tickets.requestform"
            ),
        ),
        migrations.CreateModel(
            name="StepTick",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("step", models.CharField(max_length=40)),
                ("done", models.BooleanField()),
                ("staff_label", models.CharField(max_length=120)),
                ("at", models.DateTimeField()),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="portal.client"
                    ),
                ),
                (
                    "filled",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ticks",
                        to="tickets.filledform",
                    ),
                ),
                (
                    "staff",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="portal.staff"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="FormTemplate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("label", models.CharField(max_length=80)),
                ("answers", models.JSONField()),
                ("maker_label", models.CharField(max_length=120)),
                ("made_at", models.DateTimeField()),
                ("removed_by", models.CharField(blank=True, default="", max_length=120)),
                ("removed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="portal.client"
                    ),
                ),
                (
                    "maker",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="portal.membership",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tickets.formversion"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("label", ""), _negated=True), name="tickets_template_has_a_name"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("removed_at__isnull", True)),
                        fields=("client", "label"),
                        name="tickets_template_named_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("removed_at__isnull", True), ("removed_by", "")),
                            models.Q(("removed_at__isnull", False), models.Q(("removed_by", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="tickets_template_removed_by_someone",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="filledform",
            constraint=models.UniqueConstraint(fields=("client", "ticket"), name="tickets_form_one_each"),
        ),
        migrations.AddConstraint(
            model_name="filledform",
            constraint=models.CheckConstraint(
                condition=models.Q(("open_required__lte", models.F("open_steps"))),
                name="tickets_form_required_are_steps",
            ),
        ),
        migrations.AddConstraint(
            model_name="formversion",
            constraint=models.UniqueConstraint(fields=("form", "number"), name="tickets_form_version_once"),
        ),
        migrations.AddConstraint(
            model_name="formversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["fault", "alteration", "removal", "addition", "question", "feedback"])
                ),
                name="tickets_form_kind_known",
                violation_error_message="kind must be one of fault, alteration, removal, addition, question, feedback.",
            ),
        ),
        migrations.AddConstraint(
            model_name="formversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("area__in", ["product", "access", "password", "security", "account", "project"])),
                name="tickets_form_area_known",
                violation_error_message="area must be one of product, access, password, security, account, project.",
            ),
        ),
        migrations.AddConstraint(
            model_name="formversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("leads__in", ["nothing", "reset", "correction", "files", "protection", "statement"])
                ),
                name="tickets_form_leads_known",
                violation_error_message="leads must be one of nothing, reset, correction, files, protection, statement.",
            ),
        ),
        migrations.AddConstraint(
            model_name="formversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("name", ""), _negated=True),
                    models.Q(("summary", ""), _negated=True),
                    models.Q(("why", ""), _negated=True),
                ),
                name="tickets_form_version_says_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="formversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("leads", "protection"), _negated=True),
                    ("managers_only", True),
                    _connector="OR",
                ),
                name="tickets_eml5_only_a_manager",
                violation_error_message="Only a manager may ask to remove a protection.",
            ),
        ),
        migrations.AddIndex(
            model_name="steptick",
            index=models.Index(fields=["client", "filled"], name="tickets_tick_of_form"),
        ),
        migrations.AddConstraint(
            model_name="steptick",
            constraint=models.CheckConstraint(
                condition=models.Q(("step", ""), _negated=True), name="tickets_tick_names_its_step"
            ),
        ),
        *sql.open_table("tickets_requestform", client="select", staff="select, insert, update (position, retired_at)"),
        *sql.open_table("tickets_formversion", client="select", staff="select, insert"),
        *sql.client_table(
            "tickets_filledform", client="select, insert", staff="select, insert, update (open_steps, open_required)"
        ),
        *sql.client_table("tickets_steptick", client="", staff="select, insert"),
        *sql.client_table(
            "tickets_formtemplate",
            client="select, insert, update (removed_by, removed_at)",
            staff="select, insert",
        ),
        *sql.composite_key("tickets_filledform", "ticket_id", "tickets_ticket"),
        *sql.composite_key("tickets_steptick", "filled_id", "tickets_filledform"),
        *sql.composite_key("tickets_formtemplate", "maker_id", "portal_membership"),
    ]
