"""What a mail's sender may see of the requests it names: by one statement of our own, and by the rule of the pages (CMP-6)."""

from itertools import product

import pytest

from portal.actors import SYSTEM
from portal.tenancy import act_as_staff
from tests.cast import MORNING, World
from tests.tickets import raised
from tickets.actions.intake import add_client_message
from tickets.models import TicketPerson, TicketWatcher
from tickets.queries.access import tickets_for_client
from tickets.queries.mailin import actor_of, named_by, person_behind

pytestmark = pytest.mark.clause("CMP-6")


def requests_of(world: World) -> list[int]:
    """Of Ben and of Ann, standard and confidential; each alone, with the other one named, watching, or having written."""
    made = []
    for who, other in ((world.ben, world.ann), (world.ann, world.ben)):
        assert who.membership and other.membership
        for confidential, bond in product((False, True), ("alone", "named", "watches", "wrote")):
            ticket = raised(world, who=who, confidential=confidential)
            made.append(ticket.pk)
            facts = {
                "client_id": ticket.client_id,
                "ticket": ticket,
                "membership": other.membership,
                "added_at": MORNING,
            }
            with act_as_staff(SYSTEM):
                if bond == "named":
                    TicketPerson.objects.create(**facts, added_by="Ada")
                elif bond == "watches":
                    TicketWatcher.objects.create(**facts, added_by="Ada")
                elif bond == "wrote":
                    add_client_message(ticket.pk, "Me too.", author=other.membership, by=other.actor, at=MORNING)
    return made


def test_the_statement_and_the_rule_of_the_pages_agree(world: World) -> None:
    ids = requests_of(world)
    told: set[tuple[bool, bool]] = set()
    with act_as_staff(SYSTEM):
        for person in world.people.values():
            known = person_behind(person.address.email, MORNING)
            places = known.places if known else {}
            named = named_by(ids, places)
            assert [one.ticket_id for one in named] == ids
            for one in named:
                place = places.get(one.client_id)
                seen = place is not None and tickets_for_client(actor_of(place)).filter(pk=one.ticket_id).exists()
                assert one.is_seen == seen, (person.address.email, one)
                told.add((one.is_seen, one.takes_part))
    assert told == {(False, False), (True, False), (True, True)}


def test_who_asked_wrote_watches_or_is_named_takes_part_where_they_may_see(world: World) -> None:
    ids = requests_of(world)
    with act_as_staff(SYSTEM):
        parts = {}
        for who in ("ann", "ben"):
            known = person_behind(getattr(world, who).address.email, MORNING)
            assert known is not None
            parts[who] = [one.takes_part for one in named_by(ids, known.places)]
    # Four standard and four confidential of Ben's, then the same of Ann's: alone, named, watches, wrote.
    assert parts["ben"][:8] == [True] * 8
    assert parts["ann"][8:] == [True] * 8
    assert parts["ann"][:4] == [False, True, True, True]
    assert parts["ann"][4:8] == [False, True, False, False]  # she may not see what is confidential
