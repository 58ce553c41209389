"""Signing in by an account at the sign-in provider is a way of its own in the history."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("portal", "0026_provider_accounts")]

    operations = [
        migrations.RemoveConstraint(
            model_name="loginattempt",
            name="portal_login_way_known",
        ),
        migrations.AddConstraint(
            model_name="loginattempt",
            constraint=models.CheckConstraint(
                condition=models.Q(("way__in", ["password", "second step", "passkey", "provider"])),
                name="portal_login_way_known",
                violation_error_message="way must be one of password, second step, passkey, provider.",
            ),
        ),
    ]
