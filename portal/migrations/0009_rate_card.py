"""The prices of work, by version: everybody reads them, nobody changes one."""

from django.db import migrations, models

from portal.tenancy import sql


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0008_terms_feedback"),
    ]

    operations = [
        migrations.CreateModel(
            name="RateCard",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField()),
                ("hourly_rate", models.DecimalField(decimal_places=2, max_digits=8)),
                ("increment_minutes", models.PositiveSmallIntegerField(default=15)),
                ("valid_from", models.DateField()),
                ("exclusion", models.TextField(blank=True, default="")),
                ("made_by", models.CharField(max_length=120)),
                ("made_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("version",), name="portal_rate_version_once"),
                    models.UniqueConstraint(fields=("valid_from",), name="portal_rate_day_once"),
                    models.CheckConstraint(
                        condition=models.Q(("hourly_rate__gt", 0)), name="portal_rate_costs_something"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("increment_minutes__gte", 1), ("increment_minutes__lte", 60)),
                        name="portal_rate_increment_in_an_hour",
                    ),
                ],
            },
        ),
        *sql.open_table("portal_ratecard", door="select", client="select", staff="select, insert", plain="select"),
    ]
