"""Documents as evidence: a frozen snapshot becomes a tagged PDF, is signed, and can be checked by anyone who holds it.

Kept empty on purpose: the rendering child imports from here and must not pull in more than it needs.
"""
