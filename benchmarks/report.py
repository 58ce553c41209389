"""One year of a 500-ticket client as a signed PDF: `python benchmarks/report.py [tickets] [rounds]`.

The aim is 1.5 s and 200 MB, the limit 3 s and 300 MB, for printing in the warm child. Processor seconds stand beside the
wall clock, because a busy machine only lengthens the latter; the yardstick is a plain loop, 0.5 s on a quiet machine.
"""

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from django.conf import settings

from compliance.report.document import attachments
from compliance.report.snapshot import KIND, TEMPLATE, build
from portal.documents import sign
from portal.documents.render import Renderer
from tests.report_sample import AS_OF, report_facts

TICKS = os.sysconf("SC_CLK_TCK")
AIM_SECONDS, LIMIT_SECONDS = 1.5, 3.0
AIM_MB, LIMIT_MB = 200, 300


def processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def peak_mb(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) // 1024


def yardstick() -> float:
    begun = time.process_time()
    total = 0
    for number in range(10_000_000):
        total += number
    return time.process_time() - begun


def main(tickets: int, rounds: int) -> int:
    settings.configure(PORTAL_DEMO=True, PORTAL_VAR=tempfile.mkdtemp(), PORTAL_SIGNING_KEY="", PORTAL_SIGNING_CERT="")
    renderer = Renderer()
    began = time.perf_counter()
    snapshot = build(report_facts(tickets))
    print(f"snapshot of {tickets} tickets    {time.perf_counter() - began:6.2f} s")
    inside = attachments(snapshot)
    walls, works = [], []
    for turn in range(rounds + 1):
        pid = renderer.child.warm_up()
        began, worked = time.perf_counter(), processor_seconds(pid)
        made = renderer.render(TEMPLATE, snapshot, kind=KIND, number="CR-2026-0004", created=AS_OF, attachments=inside)
        wall, work = time.perf_counter() - began, processor_seconds(pid) - worked
        print(f"{'first, child starting' if turn == 0 else 'warm':22} {wall:6.2f} s, processor {work:5.2f} s")
        if turn:
            walls.append(wall)
            works.append(work)
    memory = peak_mb(pid)
    renderer.stop()
    began = time.perf_counter()
    signed = sign.sign(made.pdf, at=AS_OF, reason="Benchmark", name="DRJPCS LTD")
    print(f"signing                {time.perf_counter() - began:6.2f} s, {made.pages} pages, {len(signed) // 1024} kB")
    wall, work = min(walls), min(works)
    print(f"yardstick loop         {yardstick():6.2f} s")
    print(
        f"best {wall:.2f} s, median {statistics.median(walls):.2f} s, processor {work:.2f} s: {verdict(wall, AIM_SECONDS, LIMIT_SECONDS)}"
    )
    print(f"peak {memory} MB: {verdict(memory, AIM_MB, LIMIT_MB)}")
    return int(wall > LIMIT_SECONDS or memory > LIMIT_MB)


def verdict(value: float, aim: float, limit: float) -> str:
    return (
        f"aim {aim} reached" if value <= aim else f"limit {limit} kept" if value <= limit else f"limit {limit} BROKEN"
    )


if __name__ == "__main__":
    asked = [int(argument) for argument in sys.argv[1:]]
    sys.exit(main(*(asked + [500, 4][len(asked) :])))
