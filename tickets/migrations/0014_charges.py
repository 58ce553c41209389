"""Scope rulings, approved charges, worked time and running timers (HLP-7, HLP-8, LIA-1 to LIA-4)."""

import django.db.models.deletion
from django.db import migrations, models

import tickets.rules.charge
import tickets.rules.scope


class Migration(migrations.Migration):
    dependencies = [("portal", "0031_terms_asked"), ("tickets", "0013_speed")]

    operations = [
        migrations.CreateModel(
            name="ScopeRuling",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("outcome", models.CharField(max_length=8)),
                ("clause", models.CharField(max_length=8)),
                ("proposed", models.CharField(max_length=8)),
                ("reason", models.CharField(blank=True, default="", max_length=300)),
                ("kind", models.CharField(max_length=10)),
                ("area", models.CharField(max_length=8)),
                ("waived", models.BooleanField(default=False)),
                ("quote_for", models.CharField(blank=True, default="", max_length=1000)),
                ("ruled_by_label", models.CharField(max_length=120)),
                ("ruled_at", models.DateTimeField()),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="portal.client"
                    ),
                ),
                (
                    "entitlement",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="portal.entitlement",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="portal.product",
                    ),
                ),
                (
                    "ruled_by",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="portal.staff"),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rulings",
                        to="tickets.ticket",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ChargeApproval",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("form", models.CharField(max_length=6)),
                ("work", models.CharField(max_length=1000)),
                ("hourly_rate", models.DecimalField(blank=True, decimal_places=2, max_digits=8, null=True)),
                ("step_minutes", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("estimate_minutes", models.PositiveIntegerField(blank=True, null=True)),
                ("fixed_price", models.DecimalField(blank=True, decimal_places=2, max_digits=10, null=True)),
                ("asked_by_label", models.CharField(max_length=120)),
                ("asked_at", models.DateTimeField()),
                ("answer", models.CharField(default=tickets.rules.charge.Answer["ASKED"], max_length=8)),
                ("answered_by_label", models.CharField(blank=True, default="", max_length=120)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("answer_note", models.CharField(blank=True, default="", max_length=300)),
                ("approved_at", models.DateTimeField(blank=True, null=True)),
                (
                    "answered_by",
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
                    "asked_by",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="portal.staff"),
                ),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="portal.client"
                    ),
                ),
                (
                    "rate_card",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="portal.ratecard",
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="charges",
                        to="tickets.ticket",
                    ),
                ),
                (
                    "ruling",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tickets.scoperuling",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="TimeEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("staff_label", models.CharField(max_length=120)),
                ("day", models.DateField()),
                ("started_at", models.DateTimeField()),
                ("seconds", models.IntegerField()),
                ("work", models.CharField(max_length=300)),
                ("source", models.CharField(max_length=6)),
                ("billable", models.BooleanField()),
                ("approved_at", models.DateTimeField(blank=True, null=True)),
                (
                    "reason",
                    models.CharField(
                        blank=True, default="", help_text="Why it is not charged, or reversed.", max_length=300
                    ),
                ),
                ("recorded_by_label", models.CharField(max_length=120)),
                ("recorded_at", models.DateTimeField()),
                (
                    "approval",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="time",
                        to="tickets.chargeapproval",
                    ),
                ),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="portal.client"
                    ),
                ),
                (
                    "reverses",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tickets.timeentry",
                    ),
                ),
                (
                    "staff",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="portal.staff"),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="time",
                        to="tickets.ticket",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Timer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("started_at", models.DateTimeField()),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="portal.client"
                    ),
                ),
                (
                    "staff",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="portal.staff"),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="timers",
                        to="tickets.ticket",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="scoperuling",
            index=models.Index(fields=["client", "ticket", "-id"], name="tickets_ruling_newest"),
        ),
        migrations.AddConstraint(
            model_name="scoperuling",
            constraint=models.CheckConstraint(
                condition=models.Q(("outcome__in", ["included", "hourly", "project", "outside", "access"])),
                name="tickets_hlp8_ruling_known",
                violation_error_message="outcome must be one of included, hourly, project, outside, access.",
            ),
        ),
        migrations.AddConstraint(
            model_name="scoperuling",
            constraint=models.CheckConstraint(
                condition=models.Q(("proposed__in", ["included", "hourly", "project", "outside", "access"])),
                name="tickets_hlp8_proposal_known",
                violation_error_message="proposed must be one of included, hourly, project, outside, access.",
            ),
        ),
        migrations.AddConstraint(
            model_name="scoperuling",
            constraint=models.CheckConstraint(
                condition=models.Q(("area__in", ["product", "access", "password", "security", "account", "project"])),
                name="tickets_lia3_area_known",
                violation_error_message="area must be one of product, access, password, security, account, project.",
            ),
        ),
        migrations.AddConstraint(
            model_name="scoperuling",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["fault", "alteration", "removal", "addition", "question", "feedback"])
                ),
                name="tickets_lia1_ruled_kind_known",
                violation_error_message="kind must be one of fault, alteration, removal, addition, question, feedback.",
            ),
        ),
        migrations.AddConstraint(
            model_name="scoperuling",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("outcome", models.F("proposed")), models.Q(("reason", ""), _negated=True), _connector="OR"
                ),
                name="tickets_lia2_own_ruling_says_why",
                violation_error_message="A ruling that differs from the proposal needs its reason.",
            ),
        ),
        migrations.AddConstraint(
            model_name="scoperuling",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("outcome", tickets.rules.scope.Outcome["PROJECT"]), _negated=True),
                    models.Q(("quote_for", ""), _negated=True),
                    _connector="OR",
                ),
                name="tickets_lia4_project_asks_for_a_quote",
                violation_error_message="Say what the quote of a professional service should cover.",
            ),
        ),
        migrations.AddIndex(
            model_name="chargeapproval",
            index=models.Index(fields=["client", "ticket", "-id"], name="tickets_charge_newest"),
        ),
        migrations.AddConstraint(
            model_name="chargeapproval",
            constraint=models.CheckConstraint(
                condition=models.Q(("form__in", ["hourly", "fixed"])),
                name="tickets_hlp8_charge_form_known",
                violation_error_message="form must be one of hourly, fixed.",
            ),
        ),
        migrations.AddConstraint(
            model_name="chargeapproval",
            constraint=models.CheckConstraint(
                condition=models.Q(("answer__in", ["asked", "yes", "no", "replaced"])),
                name="tickets_hlp8_answer_known",
                violation_error_message="answer must be one of asked, yes, no, replaced.",
            ),
        ),
        migrations.AddConstraint(
            model_name="chargeapproval",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("estimate_minutes__gte", 1),
                        ("estimate_minutes__isnull", False),
                        ("fixed_price__isnull", True),
                        ("form", tickets.rules.charge.Form["HOURLY"]),
                        ("hourly_rate__gt", 0),
                        ("hourly_rate__isnull", False),
                        ("rate_card__isnull", False),
                        ("step_minutes__gte", 1),
                        ("step_minutes__isnull", False),
                    ),
                    models.Q(
                        ("estimate_minutes__isnull", True),
                        ("fixed_price__gt", 0),
                        ("fixed_price__isnull", False),
                        ("form", tickets.rules.charge.Form["FIXED"]),
                        ("hourly_rate__isnull", True),
                        ("rate_card__isnull", True),
                        ("step_minutes__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="tickets_hlp8_charge_names_its_price",
            ),
        ),
        migrations.AddConstraint(
            model_name="chargeapproval",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("answer", tickets.rules.charge.Answer["YES"]),
                        ("approved_at", models.F("answered_at")),
                        ("approved_at__isnull", False),
                    ),
                    models.Q(
                        models.Q(("answer", tickets.rules.charge.Answer["YES"]), _negated=True),
                        ("approved_at__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="tickets_hlp8_yes_has_its_instant",
            ),
        ),
        migrations.AddConstraint(
            model_name="chargeapproval",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("answer__in", [tickets.rules.charge.Answer["YES"], tickets.rules.charge.Answer["NO"]]),
                        ("answered_at__isnull", False),
                        ("answered_by__isnull", False),
                    ),
                    models.Q(
                        ("answer__in", [tickets.rules.charge.Answer["ASKED"], tickets.rules.charge.Answer["REPLACED"]]),
                        ("answered_at__isnull", True),
                        ("answered_by__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="tickets_hlp8_answered_by_a_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="chargeapproval",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("answered_at__isnull", True), ("answered_at__gte", models.F("asked_at")), _connector="OR"
                ),
                name="tickets_hlp8_answer_after_question",
            ),
        ),
        migrations.AddConstraint(
            model_name="chargeapproval",
            constraint=models.UniqueConstraint(
                condition=models.Q(("answer", tickets.rules.charge.Answer["ASKED"])),
                fields=("client", "ticket"),
                name="tickets_hlp8_one_open_question",
            ),
        ),
        migrations.AddIndex(
            model_name="timeentry",
            index=models.Index(fields=["client", "ticket", "day"], name="tickets_time_ticket"),
        ),
        migrations.AddIndex(
            model_name="timeentry",
            index=models.Index(fields=["staff", "-day", "-id"], name="tickets_time_person"),
        ),
        migrations.AddIndex(
            model_name="timeentry",
            index=models.Index(fields=["-day", "-id"], name="tickets_time_day"),
        ),
        migrations.AddConstraint(
            model_name="timeentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("source__in", ["timer", "manual"])),
                name="tickets_time_source_known",
                violation_error_message="source must be one of timer, manual.",
            ),
        ),
        migrations.AddConstraint(
            model_name="timeentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("approval__isnull", False), ("approved_at__isnull", False), ("billable", True)),
                    models.Q(("approval__isnull", True), ("approved_at__isnull", True), ("billable", False)),
                    _connector="OR",
                ),
                name="tickets_hlp8_charged_time_is_approved",
                violation_error_message="Chargeable time needs the client’s recorded yes.",
            ),
        ),
        migrations.AddConstraint(
            model_name="timeentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("approved_at__isnull", True), ("started_at__gte", models.F("approved_at")), _connector="OR"
                ),
                name="tickets_hlp8_no_time_before_the_yes",
                violation_error_message="That time began before the client said yes.",
            ),
        ),
        migrations.AddConstraint(
            model_name="timeentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("billable", True), models.Q(("reason", ""), _negated=True), _connector="OR"),
                name="tickets_hlp8_uncharged_time_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="timeentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("reverses__isnull", True), ("seconds__gt", 0)),
                    models.Q(("reverses__isnull", False), ("seconds__lt", 0), models.Q(("reason", ""), _negated=True)),
                    _connector="OR",
                ),
                name="tickets_hlp8_correction_is_a_reversal",
            ),
        ),
        migrations.AddConstraint(
            model_name="timeentry",
            constraint=models.UniqueConstraint(fields=("client", "reverses"), name="tickets_hlp8_reversed_once"),
        ),
        migrations.AddIndex(
            model_name="timer",
            index=models.Index(fields=["client", "ticket"], name="tickets_timer_ticket"),
        ),
        migrations.AddConstraint(
            model_name="timer",
            constraint=models.UniqueConstraint(
                fields=("staff",),
                name="tickets_one_timer_a_person",
                violation_error_message="A timer of yours runs already.",
            ),
        ),
    ]
