"""Failed and cancelled mails are few among millions: the mail page finds them by an index of their own."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("portal", "0004_demo_closing")]

    operations = [
        migrations.AddIndex(
            model_name="outbox",
            index=models.Index(
                condition=models.Q(("state__in", ["failed", "cancelled"])),
                fields=["state", "id"],
                name="portal_outbox_stopped",
            ),
        ),
    ]
