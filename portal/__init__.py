"""The project package and the ground floor of the house."""
