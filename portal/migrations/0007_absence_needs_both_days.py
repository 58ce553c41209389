"""An absence with a first day alone passed the check, because a comparison with nothing is neither true nor false."""

from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("portal", "0006_demo_reset")]

    operations = [
        migrations.RemoveConstraint(model_name="staff", name="portal_staff_absence_is_a_span"),
        migrations.AddConstraint(
            model_name="staff",
            constraint=models.CheckConstraint(
                condition=Q(absent_from__isnull=True, absent_to__isnull=True)
                | Q(absent_from__isnull=False, absent_to__isnull=False, absent_to__gte=F("absent_from")),
                name="portal_staff_absence_is_a_span",
                violation_error_message="An absence needs a first and a last day, in order.",
            ),
        ),
    ]
