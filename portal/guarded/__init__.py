"""Child processes that do dangerous work within limits. Kept empty: a child imports from here and must stay small."""
