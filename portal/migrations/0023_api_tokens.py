"""Tokens of the interface, and the one question by which the door learns whose a token is."""

import datetime

import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

from portal.tenancy import sql

WHOSE_IT_IS = """
    select t.id, t.scopes, t.last_used_at, u.id, u.name::text, c.id, c.slug, c.name, c.state, c.suspended_reason,
        m.id, m.role, m.label, m.email, m.address_id, s.id, s.grade, s.label, public.staff_nda_valid(s.id, instant)
    from public.portal_apitoken t
    join public.portal_user u on u.id = t.user_id and u.is_active
    left join public.portal_membership m on m.id = t.membership_id and m.client_id = t.client_id
        and m.valid_from <= public.contract_day(instant)
        and (m.valid_to is null or m.valid_to > public.contract_day(instant))
    left join public.portal_client c on c.id = m.client_id
    left join public.portal_staff s on s.id = t.staff_id
        and s.valid_from <= public.contract_day(instant)
        and (s.valid_to is null or s.valid_to > public.contract_day(instant))
    where t.token_hash = wanted and t.revoked_at is null and t.expires_at > real_instant
      and (m.id is not null or s.id is not null)
"""


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0022_lost_factors"),
    ]

    operations = [
        migrations.CreateModel(
            name="ApiToken",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60)),
                ("token_hash", models.CharField(max_length=64)),
                ("hint", models.CharField(max_length=12)),
                ("scopes", models.JSONField()),
                ("made_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("last_used_at", models.DateTimeField(blank=True, null=True)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                ("revoked_why", models.CharField(blank=True, default="", max_length=120)),
                (
                    "client",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="portal.client"
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
                    "staff",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="portal.staff",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["user", "-id"], name="portal_token_user")],
                "constraints": [
                    models.UniqueConstraint(fields=("token_hash",), name="portal_token_hash_once"),
                    models.CheckConstraint(
                        condition=models.Q(("token_hash__regex", "^[0-9a-f]{64}$")), name="portal_token_is_hashed"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("name", ""), _negated=True), models.Q(("scopes", []), _negated=True)
                        ),
                        name="portal_token_says_what_for",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("client__isnull", False), ("membership__isnull", False), ("staff__isnull", True)),
                            models.Q(("client__isnull", True), ("membership__isnull", True), ("staff__isnull", False)),
                            _connector="OR",
                        ),
                        name="portal_token_of_one_place",
                        violation_error_message="A token belongs to one membership or to one person of the staff.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("expires_at__gt", models.F("made_at")),
                            (
                                "expires_at__lte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("made_at"), "+", models.Value(datetime.timedelta(days=365))
                                ),
                            ),
                        ),
                        name="portal_token_lives_a_year_at_most",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("revoked_at__isnull", True), ("revoked_why", "")),
                            models.Q(("revoked_at__isnull", False), models.Q(("revoked_why", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="portal_token_revoked_with_a_reason",
                    ),
                ],
            },
        ),
        *sql.client_table("portal_apitoken", client="", staff="select, insert, update", definer="select"),
        *sql.composite_key("portal_apitoken", "membership_id", "portal_membership", nullable_client=True),
        *sql.definer_function(
            "door_token",
            "wanted text, real_instant timestamptz, instant timestamptz",
            "table (token_id bigint, scopes jsonb, last_used_at timestamptz, user_id bigint, user_name text,"
            " client_id bigint, slug text, client_name text, state text, suspended_reason text, membership_id bigint,"
            " role text, label text, email text, address_id bigint, staff_id bigint, grade text, staff_label text,"
            " nda_valid boolean)",
            WHOSE_IT_IS,
        ),
    ]
