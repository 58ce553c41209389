"""Starts and guards every part of the portal on one machine: `python -m portal.launcher run`."""
