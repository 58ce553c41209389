"""Agreements by version, and who accepted which: neither is ever changed (DOC-2, DOC-3)."""

import django.db.models.deletion
from django.db import migrations, models

from portal.tenancy import sql


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0009_rate_card"),
    ]

    operations = [
        migrations.CreateModel(
            name="AgreementDocument",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=16)),
                ("version", models.CharField(max_length=40)),
                ("sha256", models.CharField(max_length=64)),
                ("effective_from", models.DateField()),
                ("source", models.CharField(max_length=300)),
                ("storage_name", models.CharField(max_length=80)),
                ("size", models.PositiveIntegerField()),
                ("added_by", models.CharField(max_length=120)),
                ("added_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["mca", "msa", "partner_terms", "privacy", "dpa"])),
                        name="portal_doc2_kind_known",
                        violation_error_message="kind must be one of mca, msa, partner_terms, privacy, dpa.",
                    ),
                    models.UniqueConstraint(fields=("kind", "version"), name="portal_doc2_version_once"),
                    models.UniqueConstraint(fields=("kind", "effective_from"), name="portal_doc2_day_once"),
                    models.UniqueConstraint(fields=("storage_name",), name="portal_doc2_file_once"),
                    models.CheckConstraint(
                        condition=models.Q(("sha256__regex", "^[0-9a-f]{64}$")), name="portal_doc2_is_hashed"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("source", ""), _negated=True), models.Q(("version", ""), _negated=True)
                        ),
                        name="portal_doc2_source_said",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Acceptance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("basis", models.CharField(max_length=8)),
                ("accepted_by", models.CharField(max_length=120)),
                ("accepted_at", models.DateTimeField()),
                ("evidence", models.CharField(blank=True, default="", max_length=300)),
                ("recorded_by", models.CharField(max_length=120)),
                ("recorded_at", models.DateTimeField()),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="acceptances", to="portal.client"
                    ),
                ),
                (
                    "membership",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="portal.membership",
                    ),
                ),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="portal.agreementdocument"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("basis__in", ["portal", "recorded"])),
                        name="portal_doc3_basis_known",
                        violation_error_message="basis must be one of portal, recorded.",
                    ),
                    models.UniqueConstraint(fields=("client", "document"), name="portal_doc3_accepted_once"),
                    models.CheckConstraint(
                        condition=models.Q(("accepted_by", ""), _negated=True), name="portal_doc3_accepted_by_someone"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("basis", "portal"), ("membership__isnull", False)),
                            models.Q(("basis", "recorded"), models.Q(("evidence", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="portal_doc3_person_or_evidence",
                    ),
                ],
            },
        ),
        *sql.open_table("portal_agreementdocument", client="select", staff="select, insert", plain="select"),
        *sql.client_table("portal_acceptance", client="select, insert", staff="select, insert", plain="select"),
        *sql.composite_key("portal_acceptance", "membership_id", "portal_membership"),
    ]
