"""Signed documents about one request, made by a worker, and their walls (HLP-5, CMP-10)."""

from django.db import migrations, models

from portal.tenancy import sql


class Migration(migrations.Migration):
    dependencies = [("portal", "0031_terms_asked"), ("tickets", "0018_redaction")]

    operations = [
        migrations.CreateModel(
            name="TicketDocument",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("requested_by_label", models.CharField(max_length=120)),
                ("requested_at", models.DateTimeField()),
                ("state", models.CharField(default="queued", max_length=8)),
                ("progress", models.PositiveSmallIntegerField(default=0)),
                ("progress_says", models.CharField(blank=True, default="", max_length=120)),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                ("leased_until", models.DateTimeField(blank=True, null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                ("error", models.TextField(blank=True, default="")),
                ("kind", models.CharField(max_length=10)),
                ("client", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to="portal.client")),
                (
                    "document",
                    models.OneToOneField(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=models.PROTECT,
                        related_name="+",
                        to="portal.document",
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        db_constraint=False, on_delete=models.PROTECT, related_name="documents", to="tickets.ticket"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["client", "ticket", "-id"], name="tickets_document_ticket"),
                    models.Index(
                        condition=models.Q(("state__in", ["queued", "running"])),
                        fields=["requested_at", "id"],
                        name="tickets_document_due",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["proof", "whole"])),
                        name="tickets_document_kind_known",
                        violation_error_message="kind must be one of proof, whole.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["queued", "running", "ready", "failed"])),
                        name="tickets_document_state_known",
                        violation_error_message="state must be one of queued, running, ready, failed.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("progress__lte", 100)), name="tickets_document_progress_is_a_share"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["queued", "running"]), ("done_at__isnull", False), _connector="OR"
                        ),
                        name="tickets_document_done_when",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "ready"), _negated=True), ("document__isnull", False), _connector="OR"
                        ),
                        name="tickets_document_ready_is_there",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["queued", "running"])),
                        fields=("client", "ticket", "kind"),
                        name="tickets_document_one_at_a_time",
                    ),
                ],
            },
        ),
        # A person of the client asks; only the worker writes what becomes of it.
        *sql.client_table("tickets_ticketdocument", client="select, insert"),
        *sql.composite_key("tickets_ticketdocument", "ticket_id", "tickets_ticket"),
        *sql.composite_key("tickets_ticketdocument", "document_id", "portal_document"),
    ]
