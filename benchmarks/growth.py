"""How many times as long each page of the staff takes in one world as in another: `python -m benchmarks.growth`, from benchmarks/run.py.

Both worlds are asked in turns, request by request, and what is told is the middle of the quotients of neighbours: the machine's
own speed changes more within a second than a page may grow from ten thousand requests to a million.
BENCH_DOORS holds what `python -m benchmarks.doors` told of each of the two worlds and its size, the small one first.
"""

import json
import os

from benchmarks.figures import Figure, percentile
from benchmarks.subject import deliver
from benchmarks.visitors import Visitor

GROWTH, PROMISED_FOR = 1.15, 1_000_000
WARM_UP = 8
PAIRS = 5 * int(os.environ.get("BENCH_REQUESTS", "40"))
# A page of a millisecond or two is all noise.
SMALLEST_MS = 3.0


def measure() -> list[Figure]:
    small, large = json.loads(os.environ["BENCH_DOORS"])
    paths = dict(large["pages"])
    pages = [(name, path, paths[name]) for name, path in small["pages"] if name in paths]
    askers = Visitor(small["cookies"], small["port"]), Visitor(large["cookies"], large["port"])
    of = f"{small['tickets']:,} to {large['tickets']:,}"
    must = GROWTH if large["tickets"] >= PROMISED_FOR else None
    found = [(name, quotient(askers, paths)) for name, *paths in pages]
    for asking in askers:
        asking.close()
    return [Figure(f"page {name}, {of}", times, "times", must, plan=name) for name, times in found if times]


def quotient(askers: tuple[Visitor, Visitor], paths: list[str]) -> float | None:
    """A page's growth; nothing where it is too short to compare."""
    pairs = [pair(askers, paths) for _ in range(WARM_UP + PAIRS)][WARM_UP:]
    if percentile([small for small, _ in pairs], 0.5) < SMALLEST_MS:
        return None
    return percentile([large / small for small, large in pairs], 0.5)


def pair(askers: tuple[Visitor, Visitor], paths: list[str]) -> tuple[float, float]:
    """Milliseconds of the page in the small world, and in the large one at once after it."""
    small, large = (asking.get(path) for asking, path in zip(askers, paths, strict=True))
    if {small.status, large.status} - {200, 204}:
        raise RuntimeError(f"{paths} answered {small.status} and {large.status}.")
    return small.milliseconds, large.milliseconds


if __name__ == "__main__":
    deliver(measure())
