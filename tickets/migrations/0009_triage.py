"""Priority, tags, snooze, links, merge with its undo, and split (D24)."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import tickets.rules.states
from portal.tenancy import sql
from portal.tenancy.roles import role

# A message of the client wakes its request, in the client's own scope.
WAKES = "grant update (snoozed_until, snooze_reason) on table tickets_ticket to {}"


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0022_lost_factors"),
        ("tickets", "0008_search"),
    ]

    operations = [
        migrations.CreateModel(
            name="Tag",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("label", models.CharField(max_length=30)),
                ("made_by", models.CharField(max_length=120)),
                ("made_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="TicketLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=9)),
                ("added_by", models.CharField(max_length=120)),
                ("added_at", models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name="ticket",
            name="merged_state",
            field=models.CharField(blank=True, db_default="", default="", help_text="As it was before.", max_length=16),
        ),
        migrations.AddField(
            model_name="ticket",
            name="priority",
            field=models.CharField(
                db_default=tickets.rules.states.Priority["NORMAL"],
                default=tickets.rules.states.Priority["NORMAL"],
                max_length=6,
            ),
        ),
        migrations.AddField(
            model_name="ticket",
            name="snooze_reason",
            field=models.CharField(blank=True, db_default="", default="", max_length=200),
        ),
        migrations.AddField(
            model_name="ticket",
            name="snoozed_until",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="ticket",
            name="split_from",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="split_off",
                to="tickets.ticket",
            ),
        ),
        migrations.AddField(
            model_name="ticket",
            name="tags",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=30), blank=True, db_default=[], default=list, size=None
            ),
        ),
        migrations.AlterField(
            model_name="ticket",
            name="merged_into",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merged_here",
                to="tickets.ticket",
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(("snoozed_until__isnull", False)),
                fields=["snoozed_until", "id"],
                name="tickets_snoozed",
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(("merged_into__isnull", False)),
                fields=["client", "merged_into"],
                name="tickets_merged",
            ),
        ),
        migrations.AddConstraint(
            model_name="ticket",
            constraint=models.CheckConstraint(
                condition=models.Q(("merged_state", ""), ("merged_into__isnull", False), _connector="OR"),
                name="tickets_d24_merge_can_be_undone",
            ),
        ),
        migrations.AddConstraint(
            model_name="ticket",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("split_from__isnull", True),
                    models.Q(("split_from", models.F("id")), _negated=True),
                    _connector="OR",
                ),
                name="tickets_d24_not_split_from_itself",
            ),
        ),
        migrations.AddConstraint(
            model_name="ticket",
            constraint=models.CheckConstraint(
                condition=models.Q(("priority__in", ["high", "normal", "low"])),
                name="tickets_priority_known",
                violation_error_message="priority must be one of high, normal, low.",
            ),
        ),
        migrations.AddConstraint(
            model_name="ticket",
            constraint=models.CheckConstraint(condition=models.Q(("tags__len__lte", 10)), name="tickets_tags_are_few"),
        ),
        migrations.AddConstraint(
            model_name="ticket",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("snooze_reason", ""), ("snoozed_until__isnull", True)),
                    models.Q(("snoozed_until__isnull", False), models.Q(("snooze_reason", ""), _negated=True)),
                    _connector="OR",
                ),
                name="tickets_d24_snooze_has_a_reason",
                violation_error_message="A snooze needs its reason.",
            ),
        ),
        migrations.AddConstraint(
            model_name="ticket",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("snoozed_until__isnull", True),
                    ("queue_group", tickets.rules.states.Group["WAITING"]),
                    _connector="OR",
                ),
                name="tickets_d24_snooze_hides_no_clock",
                violation_error_message="A request whose promise is running cannot be snoozed.",
            ),
        ),
        migrations.AddConstraint(
            model_name="tag",
            constraint=models.UniqueConstraint(fields=("label",), name="tickets_tag_once"),
        ),
        migrations.AddConstraint(
            model_name="tag",
            constraint=models.CheckConstraint(
                condition=models.Q(("label__regex", "^[a-z0-9][a-z0-9 -]*$")), name="tickets_tag_is_plain"
            ),
        ),
        migrations.AddField(
            model_name="ticketlink",
            name="client",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="portal.client"),
        ),
        migrations.AddField(
            model_name="ticketlink",
            name="other",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="linked_from",
                to="tickets.ticket",
            ),
        ),
        migrations.AddField(
            model_name="ticketlink",
            name="ticket",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="links",
                to="tickets.ticket",
            ),
        ),
        migrations.AddIndex(
            model_name="ticketlink",
            index=models.Index(fields=["client", "other"], name="tickets_link_other"),
        ),
        migrations.AddConstraint(
            model_name="ticketlink",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["related", "duplicate", "caused_by"])),
                name="tickets_link_kind_known",
                violation_error_message="kind must be one of related, duplicate, caused_by.",
            ),
        ),
        migrations.AddConstraint(
            model_name="ticketlink",
            constraint=models.UniqueConstraint(fields=("client", "ticket", "other"), name="tickets_linked_once"),
        ),
        migrations.AddConstraint(
            model_name="ticketlink",
            constraint=models.CheckConstraint(
                condition=models.Q(("ticket", models.F("other")), _negated=True), name="tickets_not_linked_to_itself"
            ),
        ),
        *sql.open_table("tickets_tag", staff="select, insert"),
        *sql.client_table("tickets_ticketlink", client="", staff="select, insert, delete"),
        *sql.composite_key("tickets_ticketlink", "ticket_id", "tickets_ticket"),
        *sql.composite_key("tickets_ticketlink", "other_id", "tickets_ticket"),
        *sql.composite_key("tickets_ticket", "split_from_id", "tickets_ticket"),
        migrations.RunSQL(WAKES.format(role("client")), reverse_sql=migrations.RunSQL.noop),
    ]
