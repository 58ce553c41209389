"""New terms that managers are asked to accept, and the monthly check for a new agreement of Microsoft's (LOG-1, DOC-2)."""

import django.db.models.deletion
from django.db import migrations, models

from portal.tenancy import sql


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0030_brand"),
    ]

    operations = [
        migrations.AddField(
            model_name="terms",
            name="reaccept_by",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.CreateModel(
            name="AgreementCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=16)),
                ("due_on", models.DateField()),
                ("told_at", models.DateTimeField(blank=True, null=True)),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                ("done_by", models.CharField(blank=True, default="", max_length=120)),
                ("result", models.CharField(blank=True, default="", max_length=8)),
                ("source", models.CharField(blank=True, default="", max_length=300)),
                (
                    "document",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="portal.agreementdocument",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("done_at__isnull", True)), fields=["due_on"], name="portal_doc2_checks_due"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("done_at__isnull", True)),
                        fields=("kind",),
                        name="portal_doc2_one_check_open",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("document__isnull", True),
                                ("done_at__isnull", True),
                                ("done_by", ""),
                                ("result", ""),
                                ("source", ""),
                            ),
                            models.Q(
                                ("done_at__isnull", False),
                                models.Q(("done_by", ""), _negated=True),
                                models.Q(("source", ""), _negated=True),
                                models.Q(
                                    models.Q(("document__isnull", True), ("result", "same")),
                                    models.Q(("document__isnull", False), ("result", "new")),
                                    _connector="OR",
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="portal_doc2_check_has_its_result",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TermsAcceptance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sha256", models.CharField(max_length=64)),
                ("accepted_by", models.CharField(max_length=120)),
                ("accepted_at", models.DateTimeField()),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="terms_acceptances",
                        to="portal.client",
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
                    "terms",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="portal.terms"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("client", "terms"), name="portal_log1_accepted_once"),
                    models.CheckConstraint(
                        condition=models.Q(("sha256__regex", "^[0-9a-f]{64}$")), name="portal_log1_acceptance_is_hashed"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("accepted_by", ""), _negated=True), name="portal_log1_accepted_by_someone"
                    ),
                ],
            },
        ),
        *sql.open_table("portal_agreementcheck", staff="select, insert, update", plain="select"),
        *sql.client_table("portal_termsacceptance", client="select, insert", staff="select", plain="select"),
        *sql.composite_key("portal_termsacceptance", "membership_id", "portal_membership"),
    ]
