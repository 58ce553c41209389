"""Writes of the helpdesk. Each is one transaction: lock, check, write, audit, outbox."""
