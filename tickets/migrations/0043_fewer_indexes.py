"""A new request writes 18 indexes instead of 29, and a random reference one of them instead of three: in a table of a million
each of those is a page that is not in memory, and is written to the log whole."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0041_fewer_indexes"),
        ("tickets", "0042_queue_tally"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="ticket",
            name="tickets_ref_once_per_client",
        ),
        migrations.RemoveIndex(
            model_name="message",
            name="tickets_message_thread",
        ),
        migrations.RemoveIndex(
            model_name="ticket",
            name="tickets_requester",
        ),
        migrations.RemoveIndex(
            model_name="ticket",
            name="tickets_ref_begins",
        ),
        migrations.RemoveIndex(
            model_name="ticket",
            name="tickets_ref",
        ),
        migrations.AlterField(
            model_name="message",
            name="author_member",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="portal.membership",
            ),
        ),
        migrations.AlterField(
            model_name="message",
            name="author_staff",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="portal.staff",
            ),
        ),
        migrations.AlterField(
            model_name="message",
            name="client",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="portal.client"
            ),
        ),
        migrations.AlterField(
            model_name="message",
            name="ticket",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="messages",
                to="tickets.ticket",
            ),
        ),
        migrations.AlterField(
            model_name="ticket",
            name="accepted_by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="portal.staff",
            ),
        ),
        migrations.AlterField(
            model_name="ticket",
            name="assignee",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="portal.staff",
            ),
        ),
        migrations.AlterField(
            model_name="ticket",
            name="client",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="tickets", to="portal.client"
            ),
        ),
        migrations.AlterField(
            model_name="ticket",
            name="follows",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tickets.ticket",
            ),
        ),
        migrations.AlterField(
            model_name="ticket",
            name="merged_into",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merged_here",
                to="tickets.ticket",
            ),
        ),
        migrations.AlterField(
            model_name="ticket",
            name="product",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="portal.product",
            ),
        ),
        migrations.AlterField(
            model_name="ticket",
            name="requester",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="portal.membership",
            ),
        ),
        migrations.AlterField(
            model_name="ticket",
            name="split_from",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="split_off",
                to="tickets.ticket",
            ),
        ),
        migrations.AlterField(
            model_name="ticket",
            name="tenant",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="portal.microsofttenant",
            ),
        ),
        migrations.AlterField(
            model_name="ticket",
            name="terms",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="portal.terms"
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(fields=["ticket", "id"], name="tickets_message_thread"),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("author_member__isnull", False)),
                fields=["author_member"],
                name="tickets_message_of_member",
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("author_staff__isnull", False)),
                fields=["author_staff"],
                name="tickets_message_of_staff",
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(fields=["requester", "-id"], name="tickets_requester"),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(("split_from__isnull", False)), fields=["client", "split_from"], name="tickets_split"
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(("follows__isnull", False)), fields=["client", "follows"], name="tickets_follows"
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(("product__isnull", False)), fields=["product"], name="tickets_product"
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(condition=models.Q(("tenant__isnull", False)), fields=["tenant"], name="tickets_tenant"),
        ),
        migrations.AddConstraint(
            model_name="ticket",
            constraint=models.UniqueConstraint(
                fields=("ref", "client"),
                name="tickets_ref_once_per_client",
                opclasses=["varchar_pattern_ops", "int8_ops"],
            ),
        ),
    ]
