"""Small programmes that open what strangers sent. Each runs in a process of its own and imports nothing of the portal."""
