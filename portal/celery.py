"""The Celery app and its static beat schedule: one entry per registered sweep.

Due rows in PostgreSQL are the truth and Celery is only the wake-up, so any number of beats may run at once.
"""

import os
from typing import Any

from celery import Celery
from celery.signals import beat_init, worker_ready

from portal.launcher import READY_LINE

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@app.on_after_finalize.connect
def schedule_sweeps(sender: Celery, **signal: Any) -> None:
    """Give beat one entry per sweep that the apps registered with `portal.jobs.sweep`."""
    sender.loader.import_default_modules()  # the apps' tasks modules register their sweeps when they are imported
    jobs = sender.loader.import_from_cwd("portal.jobs")
    sender.conf.beat_schedule = {
        name: {
            "task": "portal.tasks.run_sweep",
            "schedule": sweep.every_seconds,
            "args": [name],
            # A wake-up that waited longer than its own interval is worth nothing: the next one does the same work.
            "options": {"expires": sweep.every_seconds, "queue": sweep.queue},
        }
        for name, sweep in jobs.SWEEPS.items()
    }


@worker_ready.connect
@beat_init.connect
def tell_launcher(**signal: Any) -> None:
    """One line in the log, written past Celery's own levels: the launcher reads it to show this part as ready."""
    os.write(2, READY_LINE)
