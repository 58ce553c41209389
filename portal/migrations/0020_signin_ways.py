"""Tries to sign in say with what, so that each person can read their own history."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("portal", "0010_agreements")]

    operations = [
        migrations.AddField("loginattempt", "way", models.CharField(default="password", max_length=12)),
        migrations.AddConstraint(
            model_name="loginattempt",
            constraint=models.CheckConstraint(
                condition=models.Q(("way__in", ["password", "second step", "passkey"])),
                name="portal_login_way_known",
                violation_error_message="way must be one of password, second step, passkey.",
            ),
        ),
        migrations.AddIndex(
            model_name="loginattempt",
            index=models.Index(fields=["account", "-at"], name="portal_login_account_at"),
        ),
    ]
