"""What work costs: the rate card, by version."""

from django.db import models
from django.db.models import Q


class RateCard(models.Model):
    """One version of the prices for work outside the package, in pounds without VAT (D19). Never changed: a new version is a
    new row. exclusion: what the rate does not cover, in words."""

    version = models.PositiveIntegerField()
    hourly_rate = models.DecimalField(max_digits=8, decimal_places=2)
    increment_minutes = models.PositiveSmallIntegerField(default=15)
    valid_from = models.DateField()
    exclusion = models.TextField(default="", blank=True)
    made_by = models.CharField(max_length=120)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version"], name="portal_rate_version_once"),
            models.UniqueConstraint(fields=["valid_from"], name="portal_rate_day_once"),
            models.CheckConstraint(condition=Q(hourly_rate__gt=0), name="portal_rate_costs_something"),
            models.CheckConstraint(
                condition=Q(increment_minutes__gte=1, increment_minutes__lte=60),
                name="portal_rate_increment_in_an_hour",
            ),
        ]

    def __str__(self) -> str:
        return f"version {self.version}"
