"""Files that people send: taken, made harmless, stored under random names, handed out again.

`take` is the only way in, `open_stored` the only way out.
"""

from portal.files.intake import Area, copied, redacted, take
from portal.files.store import discard, discarded_on_failure, open_stored, orphans
from portal.files.taken import BadFile, Infected, NoRoom, ScannerAway, Taken, TooLarge

__all__ = [
    "Area",
    "BadFile",
    "Infected",
    "NoRoom",
    "ScannerAway",
    "Taken",
    "TooLarge",
    "copied",
    "discard",
    "discarded_on_failure",
    "open_stored",
    "orphans",
    "redacted",
    "take",
]
