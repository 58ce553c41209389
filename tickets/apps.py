"""The tickets app: requests, their messages and the response clocks."""

from django.apps import AppConfig


class TicketsConfig(AppConfig):
    name = "tickets"
    verbose_name = "Tickets"

    def ready(self) -> None:
        """An accepted acknowledgement starts the response clock; a leaver's work returns; the demo's clock knows what is
        due; mail that reaches the portal is stored."""
        from portal import alarmholds, clock_stops, events, mailin, navigation, noticekinds, panels
        from portal.actions import approvals
        from portal.queries import alarms
        from tickets.actions import mailtaking
        from tickets.actions.acknowledgement import acknowledgement_accepted
        from tickets.actions.dataaccess import break_glass
        from tickets.actions.leavers import end_timer, return_open_work
        from tickets.actions.problems import announced_update
        from tickets.proofsections import proof_section
        from tickets.queries import evidence
        from tickets.queries.mailin import MAIL_IN, QUARANTINED
        from tickets.queries.stops import next_due, running_clock
        from tickets.rules import noticelist
        from tickets.rules.dataaccess import BREAK_GLASS
        from tickets.views.access import access_card
        from tickets.views.charges import charge_card
        from tickets.views.client_panel import open_requests
        from tickets.views.mailin import waiting_count
        from tickets.views.problems import announcement_problem

        events.on("mail accepted", acknowledgement_accepted)
        events.on("staff left", return_open_work)
        events.on("staff left", end_timer)
        events.on("announcement updated", announced_update)
        mailin.receive_with(is_ours=mailtaking.is_ours, take=mailtaking.take)
        navigation.count_for("desk:mail_in", waiting_count)
        alarms.count_too(MAIL_IN, QUARANTINED)
        clock_stops.register("response clocks", next_due)
        noticekinds.register(*noticelist.KINDS)
        noticekinds.always(*noticelist.ALWAYS)
        alarmholds.register(running_clock)
        approvals.register(BREAK_GLASS, break_glass)
        proof_section("charge", template="pdf/ticket/charge.html", facts=evidence.charge_evidence)
        proof_section("access", template="pdf/ticket/access.html", facts=evidence.access_evidence)
        proof_section("microsoft", template="pdf/ticket/microsoft.html", facts=evidence.microsoft_evidence)
        panels.register(
            "ticket contract panel",
            name="access",
            template="desk/parts/ticket_access.html",
            context=access_card,
            position=10,
        )
        panels.register(
            "ticket contract panel", name="charge", template="desk/parts/charge_card.html", context=charge_card
        )
        panels.register(
            "staff client page", name="requests", template="desk/parts/client_requests.html", context=open_requests
        )
        panels.register(
            "announcement page",
            name="problem",
            template="desk/parts/announcement_problem.html",
            context=announcement_problem,
        )
