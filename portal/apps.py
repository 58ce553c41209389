"""The portal app: the ground floor that every other app stands on."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "portal"
    verbose_name = "Portal"

    def ready(self) -> None:
        """Make our Celery app the current one, so that every task in every process speaks to our broker; name the demo's doors,
        the numbers beside the menu's entries, the notices, and which alarms cannot wait; listen to the sign-in library."""
        from portal import alarmholds, navigation, noticekinds, panels, signinevents
        from portal.celery import app
        from portal.queries.alarms import no_clock_yet
        from portal.queries.demo import menu_doors
        from portal.rules import noticelist
        from portal.tenancy import stamps
        from portal.views.agreements import client_panel
        from portal.views.alarms import alarm_count, notice_count
        from portal.views.terms import home_panel

        app.set_default()
        stamps.listen()
        signinevents.listen()
        navigation.doors_from(menu_doors)
        navigation.count_for("desk:alarms", alarm_count)
        navigation.count_for("desk:notices", notice_count)
        noticekinds.register(*noticelist.KINDS)
        noticekinds.always(*noticelist.ALWAYS)
        alarmholds.register(no_clock_yet)
        panels.register(
            "staff client page", name="agreements", template="desk/parts/client_agreements.html", context=client_panel
        )
        panels.register("client home top", name="terms", template="client/parts/terms_asked.html", context=home_panel)
