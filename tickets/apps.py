"""The tickets app: requests, their messages and the response clocks."""

from django.apps import AppConfig


class TicketsConfig(AppConfig):
    name = "tickets"
    verbose_name = "Tickets"

    def ready(self) -> None:
        """An accepted acknowledgement starts the response clock."""
        from portal import events
        from tickets.actions.acknowledgement import acknowledgement_accepted

        events.on("mail accepted", acknowledgement_accepted)
