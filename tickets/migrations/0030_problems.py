"""Problems behind requests of many clients, and what became of each when they were answered together."""

import django.db.models.deletion
from django.db import migrations, models

import tickets.rules.problems
from portal.tenancy import sql


class Migration(migrations.Migration):
    dependencies = [("portal", "0036_announcements"), ("tickets", "0029_ready_forms")]

    operations = [
        migrations.CreateModel(
            name="Problem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=160)),
                ("cause", models.TextField(blank=True, default="")),
                ("state", models.CharField(default=tickets.rules.problems.ProblemState["OPEN"], max_length=12)),
                ("made_by", models.CharField(max_length=120)),
                ("made_at", models.DateTimeField()),
                ("resolved_at", models.DateTimeField(blank=True, null=True)),
                (
                    "announcement",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="problem",
                        to="portal.announcement",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ProblemTicket",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("linked_by", models.CharField(max_length=120)),
                ("linked_at", models.DateTimeField()),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="portal.client"
                    ),
                ),
                (
                    "problem",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="links", to="tickets.problem"
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="problem_links",
                        to="tickets.ticket",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ProblemUpdate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("body", models.TextField()),
                ("resolve", models.BooleanField(default=False)),
                ("by_label", models.CharField(max_length=120)),
                ("made_at", models.DateTimeField()),
                ("goes_out_at", models.DateTimeField()),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
                (
                    "by_staff",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="portal.staff"),
                ),
                (
                    "problem",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="updates", to="tickets.problem"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ProblemAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(default=tickets.rules.problems.AnswerState["WAITING"], max_length=10)),
                ("due_at", models.DateTimeField()),
                ("before_state", models.CharField(blank=True, default="", max_length=16)),
                ("version", models.PositiveIntegerField(blank=True, null=True)),
                ("sentence", models.CharField(blank=True, default="", max_length=300)),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="portal.client"
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="problem_answers",
                        to="tickets.message",
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="problem_answers",
                        to="tickets.ticket",
                    ),
                ),
                (
                    "update",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="answers", to="tickets.problemupdate"
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="problem",
            index=models.Index(
                condition=models.Q(("state", tickets.rules.problems.ProblemState["RESOLVED"]), _negated=True),
                fields=["-id"],
                name="tickets_problem_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="problem",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["open", "known_error", "resolved"])),
                name="tickets_problem_state_known",
                violation_error_message="state must be one of open, known_error, resolved.",
            ),
        ),
        migrations.AddConstraint(
            model_name="problem",
            constraint=models.CheckConstraint(
                condition=models.Q(("title", ""), _negated=True), name="tickets_problem_has_a_name"
            ),
        ),
        migrations.AddConstraint(
            model_name="problem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("resolved_at__isnull", False), ("state", tickets.rules.problems.ProblemState["RESOLVED"])
                    ),
                    models.Q(
                        models.Q(("state", tickets.rules.problems.ProblemState["RESOLVED"]), _negated=True),
                        ("resolved_at__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="tickets_problem_resolved_when",
            ),
        ),
        migrations.AddIndex(
            model_name="problemticket",
            index=models.Index(fields=["problem", "-id"], name="tickets_problem_links"),
        ),
        migrations.AddConstraint(
            model_name="problemticket",
            constraint=models.UniqueConstraint(fields=("client", "ticket"), name="tickets_problem_one_each"),
        ),
        migrations.AddIndex(
            model_name="problemupdate",
            index=models.Index(fields=["problem", "-id"], name="tickets_problem_updates"),
        ),
        migrations.AddConstraint(
            model_name="problemupdate",
            constraint=models.CheckConstraint(
                condition=models.Q(("body", ""), _negated=True), name="tickets_problem_update_says_something"
            ),
        ),
        migrations.AddIndex(
            model_name="problemanswer",
            index=models.Index(
                condition=models.Q(
                    (
                        "state__in",
                        [tickets.rules.problems.AnswerState["WAITING"], tickets.rules.problems.AnswerState["UNDOING"]],
                    )
                ),
                fields=["due_at", "id"],
                name="tickets_problem_answers_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="problemanswer",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["waiting", "posted", "refused", "taken_back", "undoing"])),
                name="tickets_problem_answer_known",
                violation_error_message="state must be one of waiting, posted, refused, taken_back, undoing.",
            ),
        ),
        migrations.AddConstraint(
            model_name="problemanswer",
            constraint=models.UniqueConstraint(fields=("update", "ticket"), name="tickets_problem_answer_once"),
        ),
        migrations.AddConstraint(
            model_name="problemanswer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", tickets.rules.problems.AnswerState["POSTED"]), _negated=True),
                    ("message__isnull", False),
                    _connector="OR",
                ),
                name="tickets_problem_answer_is_a_reply",
            ),
        ),
        *sql.open_table("tickets_problem", staff="select, insert, update"),
        *sql.open_table("tickets_problemupdate", staff="select, insert, update"),
        *sql.client_table("tickets_problemticket", client="", staff="select, insert, delete"),
        *sql.composite_key("tickets_problemticket", "ticket_id", "tickets_ticket"),
        *sql.client_table("tickets_problemanswer", client="", staff="select, insert, update"),
        *sql.composite_key("tickets_problemanswer", "ticket_id", "tickets_ticket"),
        *sql.composite_key("tickets_problemanswer", "message_id", "tickets_message"),
    ]
