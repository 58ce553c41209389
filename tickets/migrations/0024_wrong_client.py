"""A request that was made for the wrong client, and where it went (CMP-5)."""

import django.db.models.deletion
from django.db import migrations, models

from portal.tenancy import sql


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0032_home_client"),
        ("tickets", "0023_watchers"),
    ]

    operations = [
        migrations.CreateModel(
            name="ClientMove",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("side", models.CharField(max_length=4)),
                ("pair", models.UUIDField()),
                ("reason", models.CharField(max_length=300)),
                ("disclosed", models.BooleanField(blank=True, null=True)),
                ("saw", models.CharField(blank=True, default="", help_text="Who saw it.", max_length=500)),
                (
                    "sentence",
                    models.CharField(blank=True, default="", help_text="Why it was, or was not, one.", max_length=1000),
                ),
                ("staff_label", models.CharField(max_length=120)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name="ticket",
            name="misfiled_at",
            field=models.DateTimeField(blank=True, help_text="When it was closed as another client's.", null=True),
        ),
        migrations.AddConstraint(
            model_name="ticket",
            constraint=models.CheckConstraint(
                condition=models.Q(("misfiled_at__isnull", True), ("state", "closed"), _connector="OR"),
                name="tickets_cmp5_misfiled_stays_closed",
                violation_error_message="This request was another client’s. It stays closed here.",
            ),
        ),
        migrations.AddField(
            model_name="clientmove",
            name="client",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="portal.client"),
        ),
        migrations.AddField(
            model_name="clientmove",
            name="staff",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="portal.staff"),
        ),
        migrations.AddField(
            model_name="clientmove",
            name="ticket",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="client_moves",
                to="tickets.ticket",
            ),
        ),
        migrations.AddIndex(
            model_name="clientmove",
            index=models.Index(
                condition=models.Q(("disclosed", True)), fields=["-at", "-id"], name="tickets_cmp5_disclosed"
            ),
        ),
        migrations.AddConstraint(
            model_name="clientmove",
            constraint=models.CheckConstraint(
                condition=models.Q(("side__in", ["left", "came"])),
                name="tickets_cmp5_side_known",
                violation_error_message="side must be one of left, came.",
            ),
        ),
        migrations.AddConstraint(
            model_name="clientmove",
            constraint=models.UniqueConstraint(fields=("pair", "side"), name="tickets_cmp5_two_halves"),
        ),
        migrations.AddConstraint(
            model_name="clientmove",
            constraint=models.UniqueConstraint(fields=("client", "ticket", "side"), name="tickets_cmp5_moved_once"),
        ),
        migrations.AddConstraint(
            model_name="clientmove",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="tickets_cmp5_move_says_why"
            ),
        ),
        migrations.AddConstraint(
            model_name="clientmove",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("disclosed__isnull", True),
                        ("saw", ""),
                        ("sentence", ""),
                        ("side", "came"),
                    ),
                    models.Q(
                        ("disclosed__isnull", False),
                        ("side", "left"),
                        models.Q(("sentence", ""), _negated=True),
                        models.Q(("disclosed", False), models.Q(("saw", ""), _negated=True), _connector="OR"),
                    ),
                    _connector="OR",
                ),
                name="tickets_cmp5_disclosure_is_answered",
                violation_error_message="Say whether it was a disclosure, and who saw it.",
            ),
        ),
        # What stands here names another client: no client reads either half.
        *sql.client_table("tickets_clientmove", client="", staff="select, insert"),
        *sql.composite_key("tickets_clientmove", "ticket_id", "tickets_ticket"),
    ]
