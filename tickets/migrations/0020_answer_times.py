"""How long each first answer took, in working time, and the way to a period's requests (HLP-3, D4)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0031_terms_asked"),
        ("tickets", "0019_documents"),
    ]

    operations = [
        migrations.AddField(
            model_name="responseclock",
            name="answer_seconds",
            field=models.PositiveIntegerField(
                blank=True, help_text="Working time from the start to the answer.", null=True
            ),
        ),
        migrations.AddField(
            model_name="responseclock",
            name="receipt_seconds",
            field=models.PositiveIntegerField(blank=True, help_text="The same from the receipt (D4).", null=True),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(fields=["received_at"], name="tickets_received"),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(fields=["client", "received_at"], name="tickets_client_received"),
        ),
    ]
