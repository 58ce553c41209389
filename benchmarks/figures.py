"""What a benchmark measures: figures with what they must be and what we aim at (the table in docs/performance.md)."""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

BATCHES, BATCH = 5, 100
MARK = "ANSWER "  # before the line with a subject's figures as JSON; benchmarks/run.py looks for it


@dataclass(frozen=True)
class Figure:
    """One measured number. must and aim: None where nothing is promised; `rate`: more is better, else less is.

    plan: the name under which benchmarks/plans.py keeps the query plan that explains it.
    """

    name: str
    value: float
    unit: str
    must: float | None = None
    aim: float | None = None
    rate: bool = False
    plan: str = ""

    def keeps(self, limit: float | None) -> bool:
        if limit is None:
            return True
        return self.value >= limit if self.rate else self.value <= limit

    @property
    def verdict(self) -> str:
        """aim, must, BROKEN, or nothing where nothing is promised."""
        if self.must is None:
            return ""
        return "BROKEN" if not self.keeps(self.must) else "aim" if self.keeps(self.aim) else "must"


def told(answer: Any) -> str:
    """What a subject's process says to benchmarks/run.py, as one line."""
    return MARK + json.dumps(answer, default=vars)


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which so many of the others lie: 0.5 is the median."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, round(share * (len(ranked) - 1)))]


def rate_of(act: Callable[[], object]) -> float:
    """How often a second it is done, one after the other: the middle of BATCHES batches, for a disk of a shared machine stops a second now and then."""
    rates = []
    for _ in range(BATCHES):
        begun = time.perf_counter()
        for _ in range(BATCH):
            act()
        rates.append(BATCH / (time.perf_counter() - begun))
    return percentile(rates, 0.5)


def line(figure: Figure) -> str:
    """One row of the table on screen."""
    sign = "≥" if figure.rate else "≤"
    limits = "" if figure.must is None else f"{sign} {figure.must:g}"
    aims = "" if figure.aim is None else f"{sign} {figure.aim:g}"
    return f"{figure.name:<58} {number(figure.value):>10} {figure.unit:<9} {limits:>10} {aims:>10}  {figure.verdict}"


def number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
