"""Reads of the helpdesk: what a person may see, and the queue."""
