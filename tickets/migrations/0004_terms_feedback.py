"""Comments on the terms: feedback requests that name their clause and start no clock (DOC-1)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0008_terms_feedback"),
        ("tickets", "0003_attachment_quota_index"),
    ]

    operations = [
        migrations.AddField(
            model_name="ticket",
            name="clause",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="The clause it comments on: then no clock runs.",
                max_length=8,
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(("clause", ""), _negated=True), fields=["-id"], name="tickets_doc1_comments"
            ),
        ),
        migrations.AddConstraint(
            model_name="ticket",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("clause", ""),
                    models.Q(("kind", "feedback"), ("kind__isnull", False)),
                    _connector="OR",
                ),
                name="tickets_doc1_comment_is_feedback",
                violation_error_message="A comment on a clause stays feedback: no promise runs for it.",
            ),
        ),
    ]
