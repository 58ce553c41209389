"""Folding the queue's numbers (tickets.models.tally)."""

from datetime import datetime

from django.db import connection

from portal.jobs import sweep

# Read as of one instant, so whoever counts meanwhile sees the rows before or the rows afterwards, and two folds at once never
# take the same row.
FOLD = """
with gone as (
    delete from tickets_queuetally where exists (
        select from tickets_queuetally group by queue_group, assignee_id, due_quarter having count(*) > 1 or sum(number) = 0)
    returning queue_group, assignee_id, due_quarter, number),
kept as (
    insert into tickets_queuetally (queue_group, assignee_id, due_quarter, number)
    select queue_group, assignee_id, due_quarter, sum(number) from gone group by 1, 2, 3 having sum(number) <> 0
    returning 1)
select (select count(*) from gone) - (select count(*) from kept)
"""


@sweep("queue numbers", every_seconds=60)
def fold_tally(at: datetime) -> int:
    """One row for each place, desk and quarter of an hour again. Returns how many rows fewer there are; it may run late or not at all."""
    with connection.cursor() as cursor:
        cursor.execute(FOLD)
        return int(cursor.fetchone()[0])
