"""Every write of the ground floor, split by noun."""
