"""A person may change their address: asked for, told to the old one, confirmed at the new one. Only the staff's rights reach it."""

import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

from portal.tenancy import sql


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0020_signin_ways"),
    ]

    operations = [
        migrations.CreateModel(
            name="EmailChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("old_email", models.EmailField(max_length=190)),
                ("new_email", models.EmailField(max_length=190)),
                ("confirm_hash", models.CharField(max_length=64)),
                ("stop_hash", models.CharField(max_length=64)),
                ("asked_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                ("stopped_at", models.DateTimeField(blank=True, null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("confirm_hash",), name="portal_email_change_confirmed_once"),
                    models.UniqueConstraint(fields=("stop_hash",), name="portal_email_change_stopped_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("confirmed_at__isnull", True), ("stopped_at__isnull", True)),
                        fields=("user",),
                        name="portal_email_change_one_waits",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("confirm_hash__regex", "^[0-9a-f]{64}$"), ("stop_hash__regex", "^[0-9a-f]{64}$")
                        ),
                        name="portal_email_change_is_hashed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("new_email", django.db.models.functions.text.Lower("new_email"))),
                        name="portal_email_change_is_lower",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("confirmed_at__isnull", True),
                            ("confirmed_at__lt", models.F("expires_at")),
                            _connector="OR",
                        ),
                        name="portal_email_change_in_time",
                    ),
                ],
            },
        ),
        *sql.open_table("portal_emailchange", staff="select, insert, update"),
    ]
