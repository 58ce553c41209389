"""The helpdesk, for programmes."""
