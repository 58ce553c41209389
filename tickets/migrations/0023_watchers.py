"""Who gets a copy of each answer on a request (ODS-4)."""

import django.db.models.deletion
from django.db import migrations, models

from portal.tenancy import sql


class Migration(migrations.Migration):
    dependencies = [("portal", "0032_home_client"), ("tickets", "0022_mailboxes")]

    operations = [
        migrations.CreateModel(
            name="TicketWatcher",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("by_mail", models.BooleanField(db_default=True, default=True)),
                ("named", models.BooleanField(db_default=False, default=False)),
                ("added_by", models.CharField(max_length=120)),
                ("added_at", models.DateTimeField()),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="portal.client"
                    ),
                ),
                (
                    "membership",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="portal.membership",
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="watchers",
                        to="tickets.ticket",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("client", "ticket", "membership"), name="tickets_watches_once"),
                    models.CheckConstraint(
                        condition=models.Q(("added_by", ""), _negated=True), name="tickets_watcher_added_by_someone"
                    ),
                ],
            },
        ),
        *sql.client_table("tickets_ticketwatcher", client="select, insert, delete", staff="select, insert, delete"),
        *sql.composite_key("tickets_ticketwatcher", "ticket_id", "tickets_ticket"),
        *sql.composite_key("tickets_ticketwatcher", "membership_id", "portal_membership"),
    ]
