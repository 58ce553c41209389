"""Writes of compliance: requests in the browser, making in a worker."""
