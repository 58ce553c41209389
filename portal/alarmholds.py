"""Why an alarm cannot be put away: floors above register what they know, for example that a response clock runs.

    alarmholds.register(running_clock)

`hold(alarms)` gives a sentence for each alarm that it holds, by the alarm's id; one query for a whole page. Called as staff.
"""

from collections.abc import Callable, Sequence

from portal.models import Alarm

Hold = Callable[[Sequence[Alarm]], dict[int, str]]

HOLDS: list[Hold] = []


def register(hold: Hold) -> None:
    """Add a reason; registering twice counts once."""
    if hold not in HOLDS:
        HOLDS.append(hold)


def holds_on(alarms: Sequence[Alarm]) -> dict[int, str]:
    """Why each of these must be cured and cannot wait; alarms that may wait are missing."""
    found: dict[int, str] = {}
    for hold in HOLDS:
        found = hold(alarms) | found
    return found
