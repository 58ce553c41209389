"""Who has an alarm in hand, when a notice is to leave by mail, and how each person wants to be told."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("portal", "0027_signin_by_provider")]

    operations = [
        migrations.CreateModel(
            name="NoticeChoice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=40)),
                ("way", models.CharField(max_length=8)),
                ("chosen_at", models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name="alarm",
            name="snoozed_by",
            field=models.CharField(blank=True, default="", max_length=120),
        ),
        migrations.AddField(
            model_name="alarm",
            name="snoozed_until",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="alarm",
            name="taken_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="alarm",
            name="taken_by",
            field=models.CharField(blank=True, default="", max_length=120),
        ),
        migrations.AddField(
            model_name="alarm",
            name="told_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="notice",
            name="digest_due_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="notice",
            name="digested_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="notice",
            name="mail_due_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="notice",
            name="mailed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="notice",
            name="membership",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="portal.membership",
            ),
        ),
        migrations.AddIndex(
            model_name="alarm",
            index=models.Index(
                condition=models.Q(("cleared_at__isnull", True), ("told_at__isnull", True)),
                fields=["id"],
                name="portal_alarm_untold",
            ),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(fields=["user", "-id"], name="portal_notice_inbox"),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                condition=models.Q(("mail_due_at__isnull", False)),
                fields=["mail_due_at", "id"],
                name="portal_notice_mail_due",
            ),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                condition=models.Q(("digest_due_at__isnull", False)),
                fields=["digest_due_at", "user"],
                name="portal_notice_digest_due",
            ),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                condition=models.Q(("digested_at__isnull", False)),
                fields=["user", "-digested_at"],
                name="portal_notice_digested",
            ),
        ),
        migrations.AddConstraint(
            model_name="alarm",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("taken_at__isnull", True), ("taken_by", "")),
                    models.Q(("taken_at__isnull", False), models.Q(("taken_by", ""), _negated=True)),
                    _connector="OR",
                ),
                name="portal_alarm_taken_by_someone",
            ),
        ),
        migrations.AddConstraint(
            model_name="alarm",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("snoozed_by", ""), ("snoozed_until__isnull", True)),
                    models.Q(("snoozed_until__isnull", False), models.Q(("snoozed_by", ""), _negated=True)),
                    _connector="OR",
                ),
                name="portal_alarm_snoozed_by_someone",
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.CheckConstraint(
                condition=models.Q(("mail_due_at__isnull", True), ("digest_due_at__isnull", True), _connector="OR"),
                name="portal_notice_leaves_one_way",
            ),
        ),
        migrations.AddField(
            model_name="noticechoice",
            name="client",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="portal.client"
            ),
        ),
        migrations.AddField(
            model_name="noticechoice",
            name="membership",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="portal.membership",
            ),
        ),
        migrations.AddField(
            model_name="noticechoice",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddConstraint(
            model_name="noticechoice",
            constraint=models.UniqueConstraint(
                fields=("user", "client", "kind"), name="portal_notice_choice_once", nulls_distinct=False
            ),
        ),
        migrations.AddConstraint(
            model_name="noticechoice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("client__isnull", True), ("membership__isnull", True)),
                    models.Q(("client__isnull", False), ("membership__isnull", False)),
                    _connector="OR",
                ),
                name="portal_notice_choice_of_a_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="noticechoice",
            constraint=models.CheckConstraint(
                condition=models.Q(("way__in", ["mail", "digest", "portal", "off"])),
                name="portal_notice_choice_way_known",
                violation_error_message="way must be one of mail, digest, portal, off.",
            ),
        ),
    ]
