"""The tickets app: requests, their messages and the response clocks."""

from django.apps import AppConfig


class TicketsConfig(AppConfig):
    name = "tickets"
    verbose_name = "Tickets"

    def ready(self) -> None:
        """Make what the portal asks of a helpdesk known to it. Models can be imported only now, so each part does it inside."""
        hear_of_events()
        answer_for_clocks()
        name_notices_and_proofs()
        show_on_pages()


def hear_of_events() -> None:
    """An accepted acknowledgement starts the response clock; a leaver's work returns; mail that reaches the portal is stored."""
    from portal import events, mailin
    from portal.actions import approvals
    from tickets.actions import mailtaking
    from tickets.actions.acknowledgement import acknowledgement_accepted
    from tickets.actions.dataaccess import break_glass
    from tickets.actions.leavers import end_timer, return_open_work
    from tickets.actions.problems import announced_update
    from tickets.rules.dataaccess import BREAK_GLASS

    events.on("mail accepted", acknowledgement_accepted)
    events.on("staff left", return_open_work)
    events.on("staff left", end_timer)
    events.on("announcement updated", announced_update)
    mailin.receive_with(is_ours=mailtaking.is_ours, take=mailtaking.take)
    approvals.register(BREAK_GLASS, break_glass)


def answer_for_clocks() -> None:
    """The demo's clock knows what is due next, and no alarm is put away while a response clock runs under it."""
    from portal import alarmholds, clock_stops
    from tickets.queries.stops import next_due, running_clock

    clock_stops.register("response clocks", next_due)
    alarmholds.register(running_clock)


def name_notices_and_proofs() -> None:
    """The notices that requests give, and the parts of a proof sheet."""
    from portal import noticekinds
    from tickets.proofsections import proof_section
    from tickets.queries import evidence
    from tickets.rules import noticelist

    noticekinds.register(*noticelist.KINDS)
    noticekinds.always(*noticelist.ALWAYS)
    proof_section("charge", template="pdf/ticket/charge.html", facts=evidence.charge_evidence)
    proof_section("access", template="pdf/ticket/access.html", facts=evidence.access_evidence)
    proof_section("microsoft", template="pdf/ticket/microsoft.html", facts=evidence.microsoft_evidence)


def show_on_pages() -> None:
    """The number beside the menu's entry, and the helpdesk's panels on the portal's pages."""
    from portal import navigation, panels
    from portal.queries import alarms
    from tickets.queries.mailin import MAIL_IN, QUARANTINED
    from tickets.views.access import access_card
    from tickets.views.charges import charge_card
    from tickets.views.client_panel import open_requests
    from tickets.views.mailin import waiting_count
    from tickets.views.problems import announcement_problem

    navigation.count_for("desk:mail_in", waiting_count)
    alarms.count_too(MAIL_IN, QUARANTINED)
    on_ticket = "ticket contract panel"
    panels.register(
        on_ticket, name="access", template="desk/parts/ticket_access.html", context=access_card, position=10
    )
    panels.register(on_ticket, name="charge", template="desk/parts/charge_card.html", context=charge_card)
    panels.register(
        "staff client page", name="requests", template="desk/parts/client_requests.html", context=open_requests
    )
    panels.register(
        "announcement page",
        name="problem",
        template="desk/parts/announcement_problem.html",
        context=announcement_problem,
    )
