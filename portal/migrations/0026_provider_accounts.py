"""Accounts at the sign-in provider. Only the staff's rights reach them; people find their own through the portal."""

import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

from portal.tenancy import sql


class Migration(migrations.Migration):
    dependencies = [("portal", "0024_kept_answers")]

    operations = [
        migrations.CreateModel(
            name="ProviderAccount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("issuer", models.CharField(max_length=255)),
                ("subject", models.CharField(max_length=255)),
                ("email", models.EmailField(blank=True, max_length=190)),
                ("email_verified", models.BooleanField()),
                ("tenant", models.CharField(blank=True, default="", max_length=64)),
                ("asked_at", models.DateTimeField()),
                ("bound_at", models.DateTimeField(blank=True, null=True)),
                ("bound_by", models.CharField(blank=True, default="", max_length=120)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.AddField(
            model_name="provideraccount",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddConstraint(
            model_name="provideraccount",
            constraint=models.UniqueConstraint(
                condition=models.Q(("bound_at__isnull", False), ("ended_at__isnull", True)),
                fields=("issuer", "subject"),
                name="portal_provider_account_is_one_person",
                violation_error_message="That account opens somebody else's.",
            ),
        ),
        migrations.AddConstraint(
            model_name="provideraccount",
            constraint=models.UniqueConstraint(
                condition=models.Q(("bound_at__isnull", False), ("ended_at__isnull", True)),
                fields=("user",),
                name="portal_provider_account_one_each",
            ),
        ),
        migrations.AddConstraint(
            model_name="provideraccount",
            constraint=models.UniqueConstraint(
                condition=models.Q(("bound_at__isnull", True), ("ended_at__isnull", True)),
                fields=("user", "issuer", "subject"),
                name="portal_provider_account_waits_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="provideraccount",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("bound_at__isnull", True), ("bound_by", "")),
                    models.Q(("bound_at__isnull", False), models.Q(("bound_by", ""), _negated=True)),
                    _connector="OR",
                ),
                name="portal_provider_account_binding_is_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="provideraccount",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("issuer", ""), _negated=True),
                    models.Q(("subject", ""), _negated=True),
                    ("email", django.db.models.functions.text.Lower("email")),
                ),
                name="portal_provider_account_is_named",
            ),
        ),
        *sql.open_table("portal_provideraccount", staff="select, insert, update"),
    ]
