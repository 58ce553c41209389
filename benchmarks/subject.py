"""The beginning and the end of a subject's process: Django is ready before the portal is imported; the answer is one line of JSON."""

import os
from typing import Any

import django

from benchmarks.figures import told

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django.setup()


def deliver(answer: Any) -> None:
    """Hand what was found to the process that started this one (benchmarks/run.py), or to a reader."""
    print(told(answer))
