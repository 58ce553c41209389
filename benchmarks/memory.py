"""What three web workers take, after every page of the staff was drawn by each: `python -m benchmarks.memory`."""

import os
from pathlib import Path

from benchmarks.figures import Figure
from benchmarks.pages import pages, visitor
from benchmarks.subject import deliver
from benchmarks.visitors import Visitor

LINES = 12


def pss_mb(pid: int) -> float:
    """A process's share of memory: what it shares with others is counted in parts."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("Pss:")).split()[1]) / 1024


def children(pid: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def measure() -> list[Figure]:
    parent = int(os.environ["BENCH_WEB_PID"])
    first = visitor()
    # New connections spread over the workers, so that each has drawn everything.
    for _ in range(LINES):
        other = Visitor(first.cookies, first.port)
        for _name, path in pages(other):
            other.get(path)
        other.close()
    workers = children(parent)
    together = sum(pss_mb(pid) for pid in workers)
    return [
        Figure(f"{len(workers)} web workers after every page, PSS", together, "MB", 230, 170),
        Figure("their parent process, PSS", pss_mb(parent), "MB"),
    ]


if __name__ == "__main__":
    deliver(measure())
