"""Reading a raw mail: bytes in, values out; no clock, no database, and never an exception (TRUST A22, 2.4)."""
