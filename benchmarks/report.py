"""One year of a 500-ticket client as a PDF, printed in the warm child: `python -m benchmarks.report`.

Processor seconds stand beside the wall clock, because a busy machine only lengthens the latter.
"""

import os
import tempfile
import time
from pathlib import Path

from django.test.utils import override_settings

from benchmarks.figures import Figure
from benchmarks.subject import deliver
from compliance.report.document import attachments
from compliance.report.snapshot import KIND, TEMPLATE, build
from portal.documents import sign
from portal.documents.render import Renderer
from tests.report_sample import AS_OF, report_facts

TICKS = os.sysconf("SC_CLK_TCK")
TICKETS, ROUNDS = 500, 3


def processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def peak_mb(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) // 1024


def measure() -> list[Figure]:
    with override_settings(
        PORTAL_DEMO=True, PORTAL_VAR=tempfile.mkdtemp(), PORTAL_SIGNING_KEY="", PORTAL_SIGNING_CERT=""
    ):
        renderer = Renderer()
        snapshot = build(report_facts(TICKETS))
        inside = attachments(snapshot)
        walls, works = [], []
        for _ in range(ROUNDS + 1):
            pid = renderer.child.warm_up()
            began, worked = time.perf_counter(), processor_seconds(pid)
            made = renderer.render(
                TEMPLATE, snapshot, kind=KIND, number="CR-2026-0004", created=AS_OF, attachments=inside
            )
            walls.append(time.perf_counter() - began)
            works.append(processor_seconds(pid) - worked)
        memory = peak_mb(pid)
        renderer.stop()
        began = time.perf_counter()
        sign.sign(made.pdf, at=AS_OF, reason="Benchmark", name="DRJPCS LTD")
        signing = time.perf_counter() - began
    # The first one starts the child, which stays.
    return [
        Figure(f"report of {TICKETS} requests, best of {ROUNDS}", min(walls[1:]), "s", 3, 1.5),
        Figure("the same, processor of the child", min(works[1:]), "s"),
        Figure("its child's peak of memory", memory, "MB", 300, 200),
        Figure("its signature", signing, "s"),
    ]


if __name__ == "__main__":
    deliver(measure())
