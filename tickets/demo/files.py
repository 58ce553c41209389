"""A few small files, really stored, so that there is something to open."""

from collections.abc import Sequence

from tickets.demo.dice import Dice
from tickets.demo.life import Life

SEVERAL = 12

BOUNCE = """Reporting-MTA: dns; mail.lindfield-cloud.example
Final-Recipient: rfc822; orders@supplies.example
Action: failed
Status: 5.7.1
Diagnostic-Code: smtp; 550 5.7.1 Message rejected: the sender is on a block list
"""
LOG = """10:02:11 Update started, channel Current
10:02:58 Download 100 %
10:04:40 Error 30088-1015 (0): the installation could not be completed
10:04:41 Rolled back to the previous build
"""
LIST = """name,department,licence
A. Example,Office,Microsoft 365 Business Premium
B. Example,Workshop,Microsoft 365 Business Basic
"""
FILES = (("bounce.txt", BOUNCE), ("update-log.txt", LOG), ("users.csv", LIST))


def with_files(lives: Sequence[Life], dice: Dice) -> None:
    """Give some of the newest requests a file on their first message."""
    newest = sorted(lives, key=lambda life: life.ticket.received_at)[-5 * SEVERAL :]
    for life in newest[:: max(1, len(newest) // SEVERAL)]:
        name, content = dice.one_of(FILES)
        life.files.append((life.messages[0], name, content.encode()))
