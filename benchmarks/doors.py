"""The way into a world for a process outside it: `python -m benchmarks.doors`, inside a house of benchmarks/run.py."""

from typing import Any

from benchmarks.pages import pages, visitor
from benchmarks.subject import deliver
from portal import jobs


def door() -> dict[str, Any]:
    """Port, cookies of an administrator, and every page with its address."""
    # No worker runs beside us: what it does each minute.
    jobs.run("queue numbers")
    asking = visitor()
    found = pages(asking)
    asking.close()
    return {"port": asking.port, "cookies": asking.cookies, "pages": found}


if __name__ == "__main__":
    deliver(door())
