"""The demo world's requests: a year of history, the open queue of today, and any number more by bulk statements."""
