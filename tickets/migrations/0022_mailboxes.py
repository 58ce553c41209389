"""Mailboxes from which mail is fetched; the supplier's own, for staff only (SUB-1)."""

from django.db import migrations, models

from portal.tenancy import sql


class Migration(migrations.Migration):
    dependencies = [("tickets", "0020_answer_times")]

    operations = [
        migrations.CreateModel(
            name="Mailbox",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("label", models.CharField(max_length=60)),
                ("host", models.CharField(max_length=120)),
                ("port", models.PositiveIntegerField()),
                ("security", models.CharField(max_length=8)),
                ("user", models.CharField(max_length=254)),
                ("folder", models.CharField(default="INBOX", max_length=120)),
                ("done_folder", models.CharField(blank=True, default="", max_length=120)),
                ("way", models.CharField(max_length=9)),
                ("tenant", models.CharField(blank=True, default="", max_length=80)),
                ("application", models.CharField(blank=True, default="", max_length=80)),
                ("secret", models.BinaryField()),
                ("uidvalidity", models.BigIntegerField(blank=True, null=True)),
                ("last_uid", models.BigIntegerField(default=0)),
                ("stuck_uid", models.BigIntegerField(default=0)),
                ("stuck_tries", models.PositiveSmallIntegerField(default=0)),
                ("state", models.CharField(default="running", max_length=7)),
                ("reason", models.CharField(blank=True, default="", max_length=8)),
                ("note", models.CharField(blank=True, default="", max_length=300)),
                ("failures", models.PositiveIntegerField(default=0)),
                ("next_look_at", models.DateTimeField()),
                ("fetched_at", models.DateTimeField(blank=True, null=True)),
                ("leased_until", models.DateTimeField(blank=True, null=True)),
                ("added_by", models.CharField(max_length=120)),
                ("added_at", models.DateTimeField()),
                ("removed_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["running", "paused"])),
                        name="tickets_mailbox_state_known",
                        violation_error_message="state must be one of running, paused.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason__in", ["", "refused", "by staff"])),
                        name="tickets_mailbox_reason_known",
                        violation_error_message="reason must be one of , refused, by staff.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("security__in", ["tls", "starttls"])),
                        name="tickets_mailbox_security_known",
                        violation_error_message="security must be one of tls, starttls.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("way__in", ["password", "microsoft"])),
                        name="tickets_mailbox_way_known",
                        violation_error_message="way must be one of password, microsoft.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("reason", ""), ("state", "running")),
                            models.Q(("state", "paused"), models.Q(("reason", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="tickets_mailbox_paused_for_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("way", "password"),
                            models.Q(
                                models.Q(("tenant", ""), _negated=True), models.Q(("application", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="tickets_mailbox_application_named",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("folder", models.F("done_folder")), _negated=True),
                        name="tickets_mailbox_moves_elsewhere",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("removed_at__isnull", True)),
                        fields=("host", "user", "folder"),
                        name="tickets_mailbox_once",
                    ),
                ],
            },
        ),
        *sql.open_table("tickets_mailbox", staff="select, insert, update"),
    ]
