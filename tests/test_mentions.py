"""A colleague named in a note gets a notice; nobody else does."""

import pytest

from portal.actors import SYSTEM
from portal.models import Notice
from portal.tenancy import act_as_staff
from tests.cast import MORNING, World
from tests.tickets import acknowledged
from tickets.actions.replies import note, reply
from tickets.rules.mentions import mentioned

NAMES = {1: "Cora Carter", 2: "Lee Lister", 3: "Lee Long"}


@pytest.mark.parametrize(
    ("body", "keys"),
    [
        ("@Cora Carter please look", [1]),
        ("ask @cora, or @LEE LONG", [1, 3]),
        ("@Lee knows", []),
        ("mail a@cora.example or cora@cora", []),
        ("@Coral @Cora-Lynn Carter", [1]),
        ("Cora Carter", []),
        ("(@Cora)", [1]),
    ],
    ids=["full name", "first name", "two of that name", "addresses", "other words", "no sign", "brackets"],
)
def test_who_is_named_behind_an_at_sign(body: str, keys: list[int]) -> None:
    assert mentioned(body, NAMES) == keys


@pytest.mark.django_db
def test_a_note_tells_those_it_names_and_not_its_writer(world: World) -> None:
    with act_as_staff(SYSTEM):
        ticket = acknowledged(world)
        written = note(ticket.pk, "@Lee, @Cora and @Ben: have a look", by=world.cora.actor, at=MORNING)
        told = Notice.objects.get(kind="mention")
        assert told.user_id == world.lee.user.pk and told.url.endswith(f"{ticket.ref}/#m{written.pk}")
        reply(ticket.pk, "Hello @Lee", by=world.cora.actor, at=MORNING)
        assert Notice.objects.filter(kind="mention").count() == 1
