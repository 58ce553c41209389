"""Starts and guards every part of the portal on one machine: `python -m portal.launcher run`."""

# What a worker or a beat writes to its log when it is at work; see portal.celery.
READY_LINE = b"portal part ready\n"
