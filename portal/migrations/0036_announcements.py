"""Announcements: to all clients or to chosen ones, which the walls tell apart."""

import django.db.models.deletion
from django.db import migrations, models

import portal.rules.announcements
from portal.tenancy import sql
from portal.tenancy.roles import role

OWN = sql.OWN_ROWS.format(key="a.client_id")
# A client reads what was published to all or to it; the rows of the audience show it none but its own.
SEEN = (
    "published_at is not null and (to_all or exists ("
    f"select from portal_announcementclient a where a.announcement_id = portal_announcement.id and {OWN}))"
)
# The policy of the announcement itself holds inside this one.
UPDATE_SEEN = "exists (select from portal_announcement a where a.id = announcement_id)"
WALLS = [
    f"alter table {table} {words} row level security"
    for table in ("portal_announcement", "portal_announcementupdate")
    for words in ("enable", "force")
]
POLICIES = [
    f"create policy client on portal_announcement for select to {role('client')} using ({SEEN})",
    f"create policy client on portal_announcementupdate for select to {role('client')} using ({UPDATE_SEEN})",
    sql.policy("portal_announcement", "staff", "true"),
    sql.policy("portal_announcementupdate", "staff", "true"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0032_home_client"),
    ]

    operations = [
        migrations.CreateModel(
            name="Announcement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=8)),
                (
                    "state",
                    models.CharField(default="draft", max_length=9),
                ),
                ("title", models.CharField(max_length=120)),
                ("text", models.TextField()),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField(blank=True, null=True)),
                ("to_all", models.BooleanField(default=True)),
                ("made_by", models.CharField(max_length=120)),
                ("made_at", models.DateTimeField()),
                ("published_at", models.DateTimeField(blank=True, null=True)),
                ("shown_from", models.DateTimeField(blank=True, null=True)),
                ("news_at", models.DateTimeField(blank=True, null=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("close_note", models.CharField(blank=True, default="", max_length=300)),
                (
                    "author",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="portal.staff"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AnnouncementClient",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "announcement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="audience", to="portal.announcement"
                    ),
                ),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="portal.client"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AnnouncementDismissal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                (
                    "announcement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="portal.announcement"
                    ),
                ),
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
            ],
        ),
        migrations.CreateModel(
            name="AnnouncementUpdate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("stage", models.CharField(max_length=13)),
                ("body", models.TextField()),
                ("made_by", models.CharField(max_length=120)),
                ("made_at", models.DateTimeField()),
                (
                    "announcement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="updates", to="portal.announcement"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AnnouncementTelling",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("what", models.CharField(max_length=9)),
                ("due_at", models.DateTimeField()),
                ("reached", models.BigIntegerField(default=0)),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                (
                    "announcement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="tellings", to="portal.announcement"
                    ),
                ),
                (
                    "update",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="portal.announcementupdate",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="announcement",
            index=models.Index(
                condition=models.Q(("state", portal.rules.announcements.AnnouncementState["PUBLISHED"])),
                fields=["shown_from"],
                name="portal_announcement_shown",
            ),
        ),
        migrations.AddConstraint(
            model_name="announcement",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["outage", "planned", "closure"])),
                name="portal_announcement_kind_known",
                violation_error_message="kind must be one of outage, planned, closure.",
            ),
        ),
        migrations.AddConstraint(
            model_name="announcement",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["draft", "published", "ended", "withdrawn"])),
                name="portal_announcement_state_known",
                violation_error_message="state must be one of draft, published, ended, withdrawn.",
            ),
        ),
        migrations.AddConstraint(
            model_name="announcement",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("title", ""), _negated=True), models.Q(("text", ""), _negated=True)),
                name="portal_announcement_says_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="announcement",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_at__isnull", True), ("ends_at__gt", models.F("starts_at")), _connector="OR"),
                name="portal_announcement_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="announcement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind", portal.rules.announcements.AnnouncementKind["OUTAGE"]),
                    ("ends_at__isnull", False),
                    _connector="OR",
                ),
                name="portal_announcement_ends",
                violation_error_message="Only an outage may have no end yet.",
            ),
        ),
        migrations.AddConstraint(
            model_name="announcement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("news_at__isnull", True), ("published_at__isnull", True), ("shown_from__isnull", True)),
                    models.Q(
                        ("news_at__isnull", False), ("published_at__isnull", False), ("shown_from__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="portal_announcement_published_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="announcement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("closed_at__isnull", True),
                        ("published_at__isnull", True),
                        ("state", "draft"),
                    ),
                    models.Q(
                        ("closed_at__isnull", True),
                        ("published_at__isnull", False),
                        ("state", portal.rules.announcements.AnnouncementState["PUBLISHED"]),
                    ),
                    models.Q(
                        ("closed_at__isnull", False),
                        ("published_at__isnull", False),
                        ("state", portal.rules.announcements.AnnouncementState["ENDED"]),
                    ),
                    models.Q(
                        ("closed_at__isnull", False),
                        ("state", portal.rules.announcements.AnnouncementState["WITHDRAWN"]),
                    ),
                    _connector="OR",
                ),
                name="portal_announcement_state_has_its_instants",
            ),
        ),
        migrations.AddConstraint(
            model_name="announcementclient",
            constraint=models.UniqueConstraint(
                fields=("announcement", "client"), name="portal_announcement_client_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="announcementdismissal",
            constraint=models.UniqueConstraint(
                fields=("membership", "announcement"), name="portal_announcement_put_away_once"
            ),
        ),
        migrations.AddIndex(
            model_name="announcementupdate",
            index=models.Index(fields=["announcement", "-id"], name="portal_announcement_updates"),
        ),
        migrations.AddConstraint(
            model_name="announcementupdate",
            constraint=models.CheckConstraint(
                condition=models.Q(("stage__in", ["investigating", "found", "mending", "mended", "news"])),
                name="portal_announcement_stage_known",
                violation_error_message="stage must be one of investigating, found, mending, mended, news.",
            ),
        ),
        migrations.AddConstraint(
            model_name="announcementupdate",
            constraint=models.CheckConstraint(
                condition=models.Q(("body", ""), _negated=True), name="portal_announcement_update_says_something"
            ),
        ),
        migrations.AddIndex(
            model_name="announcementtelling",
            index=models.Index(
                condition=models.Q(("done_at__isnull", True)), fields=["due_at", "id"], name="portal_telling_due"
            ),
        ),
        migrations.AddConstraint(
            model_name="announcementtelling",
            constraint=models.CheckConstraint(
                condition=models.Q(("what__in", ["published", "update", "reminder", "over", "ended", "withdrawn"])),
                name="portal_telling_known",
                violation_error_message="what must be one of published, update, reminder, over, ended, withdrawn.",
            ),
        ),
        migrations.AddConstraint(
            model_name="announcementtelling",
            constraint=models.UniqueConstraint(
                fields=("announcement", "what", "update"), name="portal_telling_once", nulls_distinct=False
            ),
        ),
        migrations.AddConstraint(
            model_name="announcementtelling",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("update__isnull", False), ("what", portal.rules.announcements.Telling["UPDATE"])),
                    models.Q(
                        models.Q(("what", portal.rules.announcements.Telling["UPDATE"]), _negated=True),
                        ("update__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="portal_telling_of_its_update",
            ),
        ),
        *sql.client_table("portal_announcementclient", client="select", staff="select, insert, delete"),
        *sql.client_table("portal_announcementdismissal", client="select, insert, update (at)", staff="select"),
        *sql.composite_key("portal_announcementdismissal", "membership_id", "portal_membership"),
        migrations.RunSQL([*WALLS, *POLICIES], reverse_sql=migrations.RunSQL.noop),
        *sql.open_table("portal_announcement", client="select", staff="select, insert, update"),
        *sql.open_table("portal_announcementupdate", client="select", staff="select, insert"),
        *sql.open_table("portal_announcementtelling", staff="select, insert, update"),
    ]
