"""An article keeps the request it began with (HLP-9); words can be blacked out in a form's answers too (ACC-2)."""

from django.db import migrations, models

from portal.tenancy import sql


class Migration(migrations.Migration):
    dependencies = [("tickets", "0037_macros")]

    operations = [
        migrations.AddField(
            model_name="article",
            name="origin",
            field=models.CharField(
                blank=True,
                default="",
                help_text="The reference of the request whose answer it began with.",
                max_length=9,
            ),
        ),
        migrations.RunSQL(
            [
                sql.grant("tickets_filledform", "retention", "select, update (answers)"),
                sql.policy("tickets_filledform", "retention", "true"),
            ],
            migrations.RunSQL.noop,
        ),
    ]
