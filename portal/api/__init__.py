"""The interface for programmes, /api/v1/: what every resource stands on, and the ground floor's own resources.

A resource is one class of a few lines (CONTRIBUTING.md, "An API resource"): queries read, actions write, forms judge what
is given, exactly as for pages.
"""
