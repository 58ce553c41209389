"""The helpdesk's sweeps: importing this module registers them."""

from tickets.actions import watch

__all__ = ["watch"]
