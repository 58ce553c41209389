"""Celery's tasks of the ground floor. Importing this registers the ground floor's sweeps."""

from celery import shared_task

from portal import events, jobs
from portal.actions import (
    agreementchecks,
    alarms,
    alarmtelling,
    announcementtelling,
    mail,
    noticemail,
    repeats,
    sealing,
    staff,
)

__all__ = [
    "agreementchecks",
    "alarmtelling",
    "announcementtelling",
    "mail",
    "noticemail",
    "repeats",
    "run_sweep",
    "sealing",
    "staff",
]

events.on("sweep failed", alarms.tell_failed_sweep)
events.on("sweep recovered", alarms.clear_failed_sweep)


@shared_task(name="portal.tasks.run_sweep")
def run_sweep(name: str) -> int:
    """Run one sweep until nothing is due. Beat asks for it every few seconds; two at once do no harm."""
    return jobs.run(name)
