"""The compliance app: reads every other floor and writes the signed report."""

from django.apps import AppConfig


class ComplianceConfig(AppConfig):
    name = "compliance"
    verbose_name = "Compliance"

    def ready(self) -> None:
        """Name the notices that reports give."""
        from compliance.rules import NOTICES
        from portal import noticekinds

        noticekinds.register(*NOTICES)
