"""How many requests are open, kept so that no page has to count them."""

from django.db import models

from portal.models import Staff


class QueueTally(models.Model):
    """So many open tickets more, or less, in one place of the queue and on one desk (nobody's: None): the sum over all rows is
    what is open. Each change of a ticket adds its row, by trigger and in its own transaction, so that no writer waits for
    another; a sweep folds them together (tickets.actions.tally). due_quarter: where a clock runs, the beginning of the quarter
    of an hour in which it is due, UTC."""

    queue_group = models.PositiveSmallIntegerField()
    assignee = models.ForeignKey(
        Staff, on_delete=models.DO_NOTHING, null=True, related_name="+", db_constraint=False, db_index=False
    )
    due_quarter = models.DateTimeField(null=True)
    number = models.IntegerField()
