"""The menus of triage at the desk: what a post does, once, for whom, and what the pages show of it."""

from typing import Any

import pytest

from portal.actors import SYSTEM
from portal.models import AuditEvent
from portal.tenancy import act_as_staff
from tests.cast import MORNING, World
from tests.tickets import acknowledged, fresh, publish_now
from tickets.actions import merging
from tickets.models import Message, Ticket, TicketLink

pytestmark = pytest.mark.django_db
SENTENCE = "We do not repair printers; your supplier does."


@pytest.fixture(autouse=True)
def now(frozen: Any) -> None:
    frozen(MORNING)


def answered(world: World) -> Ticket:
    ticket = acknowledged(world)
    with act_as_staff(SYSTEM):
        publish_now(ticket.pk, "Looking.", by=world.cora.actor, at=MORNING)
        return fresh(ticket)


def post(browser: Any, ticket: Ticket, what: str, **fields: Any) -> str:
    answer = browser.post(f"/desk/tickets/{ticket.ref}/{what}/", {"version": ticket.version, **fields}, follow=True)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def now_of(ticket: Ticket) -> Ticket:
    with act_as_staff(SYSTEM):
        return fresh(ticket)


def test_the_menus_carry_their_keys(world: World, as_user: Any) -> None:
    page = as_user(world.cora).get(f"/desk/tickets/{answered(world).ref}/").content.decode()
    assert all(f'data-key="{key}"' in page for key in ("2", "3", "h", "t"))
    running = as_user(world.cora).get(f"/desk/tickets/{acknowledged(world).ref}/").content.decode()
    assert 'data-key="h"' not in running  # its promise runs: nothing to snooze


def test_a_snooze_by_days_and_by_the_offices_clock(world: World, as_user: Any) -> None:
    staff, ticket = as_user(world.cora), answered(world)
    assert "is snoozed" in post(staff, ticket, "snooze", days="1", reason="Waits for the part")
    assert now_of(ticket).snoozed_until.isoformat() == "2026-11-25T09:00:00+00:00"
    assert "Waits for the part" in staff.get(f"/desk/tickets/{ticket.ref}/").content.decode()
    ticket = now_of(ticket)
    post(staff, ticket, "snooze", until="2027-01-04T14:30", reason="New year")
    assert now_of(ticket).snoozed_until.isoformat() == "2027-01-04T14:30:00+00:00"
    ticket = now_of(ticket)
    # A zone that PostgreSQL itself does not read.
    post(staff, ticket, "snooze", until="2027-01-04T14:30-22:00", reason="Far away")
    assert now_of(ticket).snoozed_until.isoformat() == "2027-01-05T12:30:00+00:00"
    post(staff, ticket, "wake")
    assert now_of(ticket).snoozed_until is None


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"days": "1"}, "Say why"),
        ({"reason": "x"}, "Choose until when"),
        ({"days": "99", "reason": "x"}, "valid choice"),
    ],
    ids=["no reason", "no time", "other days"],
)
def test_what_a_snooze_lacks_is_said(world: World, as_user: Any, fields: dict[str, str], said: str) -> None:
    ticket = answered(world)
    assert said in post(as_user(world.cora), ticket, "snooze", **fields)
    assert now_of(ticket).snoozed_until is None


def test_a_merge_is_done_once_pointed_to_and_undone(world: World, as_user: Any) -> None:
    staff, one, two = as_user(world.cora), acknowledged(world), acknowledged(world)
    said = {"ref": two.ref.lower(), "idempotency_key": "k1"}
    page = post(staff, one, "merge", **said)
    assert f"{one.ref} is merged into {two.ref}" in page
    post(staff, one, "merge", **said)
    with act_as_staff(SYSTEM):
        assert AuditEvent.objects.filter(kind="request merged").count() == 1
    pointer = staff.get(f"/desk/tickets/{one.ref}/").content.decode()
    assert "It is answered here:" in pointer and two.ref in pointer and "Undo the merge" in pointer
    client = as_user(world.ben).get(f"/c/alder/requests/{one.ref}/").content.decode()
    assert two.ref in client and "together with another request" in client
    post(staff, one, "unmerge")
    assert now_of(one).merged_into_id is None


def test_a_client_who_may_not_see_the_other_is_not_told_its_reference(world: World, as_user: Any) -> None:
    """Ben follows Ann's request after the merge; a third author sees neither."""
    mine, hers = acknowledged(world), acknowledged(world, who=world.ann)
    with act_as_staff(SYSTEM):
        merging.merge(hers.pk, into_id=mine.pk, by=world.cora.actor, at=MORNING)
    assert as_user(world.bill).get(f"/c/alder/requests/{hers.ref}/").status_code == 404
    assert mine.ref in as_user(world.ann).get(f"/c/alder/requests/{hers.ref}/").content.decode()


@pytest.mark.parametrize("what", ["merge", "link"])
def test_another_clients_request_is_not_found_by_its_reference(world: World, as_user: Any, what: str) -> None:
    ours, theirs = acknowledged(world), acknowledged(world, who=world.bea)
    page = post(as_user(world.cora), ours, what, ref=theirs.ref, kind="related")
    assert f"Alder Architects has no other request {theirs.ref}" in page
    with act_as_staff(SYSTEM):
        assert not TicketLink.objects.exists() and fresh(ours).merged_into_id is None


def test_a_link_is_shown_and_taken_away(world: World, as_user: Any) -> None:
    staff, one, two = as_user(world.cora), acknowledged(world), acknowledged(world, who=world.ann)
    assert f"/desk/tickets/{one.ref}/related/" in post(staff, one, "link", ref=two.ref, kind="duplicate")
    for headers, is_page in (
        ({"HX-Request": "true"}, False),
        ({}, True),
    ):  # with scripts a part of the page, without a page
        shown = staff.get(f"/desk/tickets/{one.ref}/related/", headers=headers).content.decode()
        assert "Duplicate of" in shown and two.ref in shown and ("<html" in shown) == is_page
    with act_as_staff(SYSTEM):
        made = TicketLink.objects.get()
    post(staff, one, f"links/{made.pk}/remove")
    with act_as_staff(SYSTEM):
        assert not TicketLink.objects.exists()


def test_another_clients_link_is_left_alone(world: World, as_user: Any) -> None:
    one, two, other = acknowledged(world), acknowledged(world), acknowledged(world, who=world.bea)
    with act_as_staff(SYSTEM):
        made = merging.link(one.pk, other_id=two.pk, kind="related", by=world.cora.actor, at=MORNING)
    post(as_user(world.cora), other, f"links/{made.pk}/remove")
    with act_as_staff(SYSTEM):
        assert TicketLink.objects.exists()


def test_marks_stand_on_the_ticket_and_filter_the_queue(world: World, as_user: Any) -> None:
    staff, one, other = as_user(world.cora), acknowledged(world), acknowledged(world)
    page = post(staff, one, "mark", priority="high", tags="VIP, new starter")
    assert "High priority" in page and "?tag=new%20starter" in page
    shown = staff.get("/desk/?tag=new+starter").content.decode()
    assert one.ref in shown and other.ref not in shown
    assert "cannot be a tag" in post(staff, now_of(one), "mark", priority="high", tags="<b>")


def test_a_decline_is_the_answer_that_a_person_wrote(world: World, as_user: Any) -> None:
    staff, ticket = as_user(world.cora), acknowledged(world)
    assert "Why not" in post(staff, ticket, "decline", sentence="")
    assert "in a sentence" in post(staff, ticket, "decline", sentence="No.")
    assert "declined with your words" in post(staff, ticket, "decline", sentence=SENTENCE)
    with act_as_staff(SYSTEM):
        assert Message.objects.get(ticket=ticket, kind="reply").then_state == "declined"


def test_a_split_leads_to_the_new_request(world: World, as_user: Any) -> None:
    staff, ticket = as_user(world.cora), acknowledged(world)
    with act_as_staff(SYSTEM):
        first = Message.objects.get(ticket=ticket)
    page = post(staff, ticket, "split", subject="The printer hums", messages=[first.pk])
    assert "The printer hums" in page and "a request of its own now" in page
    assert "at least one message" in post(staff, now_of(ticket), "split", subject="Again")
    post(staff, now_of(ticket), "split", subject="Again", messages=["99999999999999999999", "x", "0"])
    with act_as_staff(SYSTEM):
        assert Ticket.objects.filter(split_from=ticket).count() == 1


def test_somebody_who_was_slower_sees_both(world: World, as_user: Any) -> None:
    ticket = acknowledged(world)
    answer = as_user(world.cora).post(
        f"/desk/tickets/{ticket.ref}/mark/", {"version": ticket.version - 1, "priority": "high", "tags": ""}
    )
    assert answer.status_code == 409 and now_of(ticket).priority == "normal"


def test_from_the_preview_one_comes_back_to_the_queue(world: World, as_user: Any) -> None:
    staff, ticket = as_user(world.cora), answered(world)
    assert 'name="from" value="queue"' in staff.get(f"/desk/tickets/{ticket.ref}/preview/").content.decode()
    given = {"version": ticket.version, "days": "1", "reason": "Later", "from": "queue"}
    assert staff.post(f"/desk/tickets/{ticket.ref}/snooze/", given)["Location"] == "/desk/"
