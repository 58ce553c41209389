"""A request that moved to the client whose it is: one row on each side, and nothing of one in the other's."""

from django.db import models
from django.db.models import Q

from portal.models import Staff
from portal.models.fields import client_key, one_of, same_client_key
from tickets.rules.moving import Side


class ClientMove(models.Model):
    """Half of a move. `pair`, a random number, joins both halves, for staff alone: no key crosses the wall between clients.

    The half that was left says whether it was a disclosure: to the people of that client, of the other one's words.
    """

    client = client_key()
    ticket = same_client_key("tickets.Ticket", "client_moves")
    side = models.CharField(max_length=4)
    pair = models.UUIDField()
    reason = models.CharField(max_length=300)
    disclosed = models.BooleanField(null=True, blank=True)
    saw = models.CharField(max_length=500, default="", blank=True, help_text="Who saw it.")
    sentence = models.CharField(max_length=1000, default="", blank=True, help_text="Why it was, or was not, one.")
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    staff_label = models.CharField(max_length=120)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            one_of("side", Side, "tickets_cmp5_side_known"),
            models.UniqueConstraint(fields=["pair", "side"], name="tickets_cmp5_two_halves"),
            models.UniqueConstraint(fields=["client", "ticket", "side"], name="tickets_cmp5_moved_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="tickets_cmp5_move_says_why"),
            models.CheckConstraint(
                condition=Q(side=Side.CAME, disclosed__isnull=True, saw="", sentence="")
                | (Q(side=Side.LEFT, disclosed__isnull=False) & ~Q(sentence="") & (Q(disclosed=False) | ~Q(saw=""))),
                name="tickets_cmp5_disclosure_is_answered",
                violation_error_message="Say whether it was a disclosure, and who saw it.",
            ),
        ]
        indexes = [models.Index(fields=["-at", "-id"], condition=Q(disclosed=True), name="tickets_cmp5_disclosed")]
