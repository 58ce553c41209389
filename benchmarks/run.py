"""`make bench`: every figure of docs/performance.md that exists, as a table and as JSON; exit 1 when one breaks its limit.

    make bench                                  worlds of 10,000 and 100,000 requests
    make bench SIZES=10000,100000,1000000       a quarter of an hour more
    BENCH_FOLDER=/some/folder make bench        keeps the worlds, so that the next run need not load them

Another subject is a file with `measure() -> list[Figure]` that ends in `deliver(measure())`, and its name in one of the two
lists below.
"""

import json
import os
import platform
import subprocess
import sys
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path

from benchmarks.figures import MARK, Figure, line, number
from benchmarks.house import House
from portal import clock

# Measured once, for they need no world; and in each world, from the reader to the writer.
ALONE = ("deadlines", "report", "mail_in")
IN_A_WORLD = ("floors", "pages", "memory", "sweeps", "search", "creating", "api_raising")
SIZES = (10_000, 100_000)
RESULTS = Path(__file__).parent / "results"
BASE = Path(__file__).resolve().parents[1]
FROM = 10_000


def main(words: list[str]) -> int:
    sizes = [int(word) for word in words[0].split(",")] if words and words[0] else list(SIZES)
    day = f"{clock.real_now():%Y-%m-%d}"
    RESULTS.mkdir(exist_ok=True)
    found: dict[str, list[Figure]] = {"alone": [figure for name in ALONE for figure in asked(name, dict(os.environ))]}
    explained: dict[str, str] = {}
    with ExitStack() as standing:
        houses: dict[int, House] = {}
        for size in sizes:
            print(f"A world of {size:,} requests is being made ...", file=sys.stderr, flush=True)
            houses[size] = standing.enter_context(House(size))
            found[str(size)], explained = in_a_world(houses[size])
            written = RESULTS / f"{day}-{size}-plans.txt"
            written.write_text("".join(f"== {name}\n{plan}\n\n" for name, plan in explained.items()))
        found["growth"] = growth(houses)
    for name, rows in found.items():
        keep(RESULTS / f"{day}-{name}.json", name, rows)
    document(RESULTS / f"{day}.md", found)
    return report(found, explained)


def in_a_world(house: House) -> tuple[list[Figure], dict[str, str]]:
    """The figures of one world, and the plans of its queries."""
    explained = json.loads(answer("plans", house.environ() | {"PORTAL_PREPARED": "0"}))
    return [figure for name in IN_A_WORLD for figure in asked(name, house.environ())], explained


def asked(name: str, environ: dict[str, str]) -> list[Figure]:
    """The figures of one subject, measured in a process of its own."""
    print(f"Measuring {name} ...", file=sys.stderr, flush=True)
    try:
        return [Figure(**one) for one in json.loads(answer(name, environ))]
    except subprocess.CalledProcessError:
        # It has said why. The others are worth having all the same.
        return [Figure(f"{name} ended with an error", 1, "", must=0)]


def answer(name: str, environ: dict[str, str]) -> str:
    words = [sys.executable, "-m", f"benchmarks.{name}"]
    done = subprocess.run(words, env=environ, cwd=BASE, stdout=subprocess.PIPE, text=True, check=False)
    told = next((one for one in done.stdout.splitlines() if one.startswith(MARK)), "")
    if not told:
        # A subject that only broke its limit has told its figures all the same.
        raise subprocess.CalledProcessError(done.returncode, words)
    return told.removeprefix(MARK)


def growth(houses: dict[int, House]) -> list[Figure]:
    """How many times as long each page takes in the largest world as in that of 10,000: DESIGN.md 5 promises it for a million."""
    largest = max(houses)
    if FROM not in houses or largest == FROM:
        return []
    doors = [json.loads(answer("doors", houses[size].environ())) | {"tickets": size} for size in (FROM, largest)]
    return asked("growth", houses[FROM].environ() | {"BENCH_DOORS": json.dumps(doors)})


def keep(file: Path, size: str, rows: list[Figure]) -> None:
    if not rows:
        return
    content = {"size": size, "machine": machine(), "figures": [asdict(row) | {"verdict": row.verdict} for row in rows]}
    file.write_text(json.dumps(content, indent=1) + "\n")


def machine() -> dict[str, str | int | float]:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "processors": os.cpu_count() or 0,
        "memory_gib": round(memory / 2**30),
        "python": platform.python_version(),
        "load_at_the_end": round(os.getloadavg()[0], 1),
    }


def document(file: Path, found: dict[str, list[Figure]]) -> None:
    """The same table for docs/performance.md: a row a figure, a column a world."""
    worlds = [name for name in found if name.isdigit()]
    first = found[worlds[0]]
    lines = ["| what | " + " | ".join(f"{int(name):,}" for name in worlds) + " | must | aim |"]
    lines.append("|---" * (len(worlds) + 3) + "|")
    for row in [*found["alone"], *first, *found["growth"]]:
        values = [next((one.value for one in found[name] if one.name == row.name), None) for name in worlds]
        if row not in first:
            values = [None] * (len(worlds) - 1) + [row.value]
        shown = ["" if value is None else f"{number(value)} {row.unit}".strip() for value in values]
        limits = ["" if limit is None else f"{limit:g}" for limit in (row.must, row.aim)]
        lines.append(f"| {row.name} | " + " | ".join(shown + limits) + " |")
    file.write_text("\n".join(lines) + "\n")


def report(found: dict[str, list[Figure]], explained: dict[str, str]) -> int:
    """The table, and for each broken limit the plan of its query."""
    for size, rows in found.items():
        heading = f"{int(size):,} requests" if size.isdigit() else size
        print(f"\n{heading:<58} {'measured':>10} {'':<9} {'must':>10} {'aim':>10}")
        for row in rows:
            print(line(row))
    broken = [row for rows in found.values() for row in rows if row.verdict == "BROKEN"]
    for name in dict.fromkeys(row.plan for row in broken if row.plan in explained):
        print(f"\nThe plan of {name}, in the largest world:\n{explained[name]}")
    print(f"\nLoad of this machine now: {os.getloadavg()[0]:.1f}. Results: {RESULTS}")
    print("Every limit is kept." if not broken else f"{len(broken)} limits are broken.")
    return int(bool(broken))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
