"""The supplier's look: the logo as it was drawn anew, and every look there was, so that one can go back."""

from django.db import migrations, models

from portal.tenancy import sql


class Migration(migrations.Migration):
    dependencies = [("portal", "0029_notice_walls")]

    operations = [
        migrations.CreateModel(
            name="Logo",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sha256", models.CharField(max_length=64)),
                ("data", models.BinaryField()),
                ("icon", models.BinaryField()),
                ("width", models.PositiveSmallIntegerField()),
                ("height", models.PositiveSmallIntegerField()),
                ("added_by", models.CharField(max_length=120)),
                ("added_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Look",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("accent", models.CharField(max_length=7)),
                ("logo", models.CharField(blank=True, default="", max_length=64)),
                ("sender_name", models.CharField(max_length=120)),
                ("sender_email", models.EmailField(max_length=254)),
                ("signature", models.TextField(blank=True, default="")),
                ("made_by", models.CharField(max_length=120)),
                ("made_at", models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name="supplier",
            name="logo_height",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="supplier",
            name="logo_width",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AlterField(
            model_name="supplier",
            name="logo",
            field=models.CharField(blank=True, default="", max_length=64),
        ),
        migrations.AddConstraint(
            model_name="supplier",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("logo", ""), ("logo_height", 0), ("logo_width", 0)),
                    models.Q(("logo__regex", "^[0-9a-f]{64}$"), ("logo_height__gt", 0), ("logo_width__gt", 0)),
                    _connector="OR",
                ),
                name="portal_supplier_logo_is_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="logo",
            constraint=models.UniqueConstraint(fields=("sha256",), name="portal_logo_kept_once"),
        ),
        migrations.AddConstraint(
            model_name="logo",
            constraint=models.CheckConstraint(
                condition=models.Q(("sha256__regex", "^[0-9a-f]{64}$")), name="portal_logo_is_hashed"
            ),
        ),
        # The sign-in page shows the logo, so the door reads it.
        *sql.open_table("portal_logo", door="select", client="select", staff="select, insert", plain="select"),
        *sql.open_table("portal_look", staff="select, insert", plain="select"),
    ]
