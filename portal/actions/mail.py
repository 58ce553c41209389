"""Sending: takes due mails from the outbox and marks what became of them."""
