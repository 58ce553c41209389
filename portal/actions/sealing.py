"""Sealing: appends the links of the audit chains, at most a few seconds after the events."""
