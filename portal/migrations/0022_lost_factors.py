"""Lost second steps: what was asked, how the person was recognised, and what came of it. Only the staff's rights reach it."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import portal.rules.states
from portal.tenancy import sql


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0021_email_changes"),
    ]

    operations = [
        migrations.CreateModel(
            name="LostFactor",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("asked_at", models.DateTimeField()),
                ("check_method", models.CharField(blank=True, default="", max_length=12)),
                ("check_note", models.CharField(blank=True, default="", max_length=200)),
                ("checked_at", models.DateTimeField(blank=True, null=True)),
                ("reset_at", models.DateTimeField(blank=True, null=True)),
                ("dismissed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "checked_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="portal.staff",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("dismissed_at__isnull", True), ("reset_at__isnull", True)),
                        fields=("user",),
                        name="portal_lost_factor_open_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "check_method__in",
                                [
                                    "",
                                    portal.rules.states.IdentityCheck["CALL"],
                                    portal.rules.states.IdentityCheck["VIDEO"],
                                    portal.rules.states.IdentityCheck["IN_PERSON"],
                                    portal.rules.states.IdentityCheck["VOUCHED"],
                                ],
                            )
                        ),
                        name="portal_lost_factor_method_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("check_method", ""), ("checked_at__isnull", True), ("checked_by__isnull", True)),
                            models.Q(
                                ("checked_at__isnull", False),
                                ("checked_by__isnull", False),
                                models.Q(("check_method", ""), _negated=True),
                                models.Q(("check_note", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="portal_lost_factor_check_is_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("reset_at__isnull", True),
                            models.Q(("checked_at__isnull", False), ("dismissed_at__isnull", True)),
                            _connector="OR",
                        ),
                        name="portal_lost_factor_reset_was_checked",
                        violation_error_message="A second step is reset only after the person's identity was checked.",
                    ),
                ],
            },
        ),
        *sql.open_table("portal_lostfactor", staff="select, insert, update"),
    ]
