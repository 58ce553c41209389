"""A request made for the wrong client: a copy at the right one, the end here, and the question who saw it (CMP-5)."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, ProgrammingError, connections, transaction

from portal.actions.alarmtelling import tell_alarms
from portal.actors import SYSTEM
from portal.errors import Refused
from portal.files.store import new_name, open_stored
from portal.models import Alarm, AuditEvent, Membership, Notice, Outbox
from portal.rules.states import ClientState
from portal.tenancy import act_as, act_as_staff
from tests import rows
from tests.cast import MORNING, SINCE, World
from tests.forms import sent_and_acknowledged
from tests.mails import came, mark_of, raw_mail
from tests.spamming import reported, taken_on
from tests.tickets import acknowledged, fresh, publish_now, raised
from tickets.actions.acknowledgement import acknowledgement_accepted
from tickets.actions.base import EditConflict
from tickets.actions.intake import add_client_message
from tickets.actions.moving import Disclosure, Moved, move_client
from tickets.actions.work import reopen
from tickets.models import Attachment, ClientMove, Message, Ticket
from tickets.rules.mail.verdict import RawState
from tickets.rules.moving import MISFILED, check_move_client
from tickets.rules.states import State

pytestmark = pytest.mark.clause("CMP-5")
LATER = MORNING + timedelta(hours=2)
NO = Disclosure(False, "", "Only our own staff had opened it.")
YES = Disclosure(True, "Ben Baker, Ann Archer", "Ben read the words and the picture on his page.")
PLAIN = Moved((), (), "Chosen from the list by mistake.", "This was not yours; we closed it.", NO)


@pytest.fixture(autouse=True)
def now(frozen: Any) -> None:
    frozen(MORNING)


def filed(world: World) -> Ticket:
    """Bea's request of Birch, which stands at Alder in Ben's name, with a second message and a file on the first."""
    ticket = acknowledged(world, subject="Salaries of Birch", body="The sheet of salaries is broken.", impact="Payday")
    with act_as(world.alder.pk):
        add_client_message(ticket.pk, "One more thing.", author=world.ben.membership, by=world.ben.actor, at=MORNING)
    name = default_storage.save(new_name(), ContentFile(b"Anna 30,000"))
    with act_as_staff(SYSTEM):
        first = Message.objects.filter(ticket=ticket).earliest("id")
        rows.attachment(first, storage_name=name, name="salaries.csv", content_type="text/csv", client_visible=True)
        return fresh(ticket)


def move(world: World, ticket: Ticket, moved: Moved = PLAIN, to: Any = None, **more: Any) -> Ticket:
    person = (to or world.bea).membership
    with act_as_staff(SYSTEM):
        return move_client(ticket.pk, requester_id=person.pk, moved=moved, by=world.cora.actor, at=LATER, **more)


def everything(ticket: Ticket) -> Moved:
    with act_as_staff(SYSTEM):
        messages = Message.objects.filter(ticket=ticket).values_list("pk", flat=True)
        files = Attachment.objects.filter(ticket=ticket).values_list("pk", flat=True)
        return replace(PLAIN, message_ids=list(messages), file_ids=list(files))


def test_the_copy_says_what_was_said_in_the_right_name_and_its_clock_starts_anew(world: World) -> None:
    ticket = filed(world)
    copy = move(world, ticket, everything(ticket))
    with act_as_staff(SYSTEM):
        copy = Ticket.objects.get(pk=copy.pk)
        assert (copy.client, copy.requester, copy.state) == (world.birch, world.bea.membership, State.RECEIVED)
        assert (copy.subject, copy.impact, copy.received_at) == ("Salaries of Birch", "Payday", MORNING)
        assert copy.queue_at == MORNING  # its place in the queue is that of what was asked then
        said = Message.objects.filter(ticket=copy).order_by("id")
        assert [(one.body, one.kind, one.author_label, one.written_at) for one in said] == [
            ("The sheet of salaries is broken.", "request", "Bea Brewer", MORNING),
            ("One more thing.", "reply", "Bea Brewer", MORNING),
        ]
        [file] = Attachment.objects.filter(ticket=copy)
        [old] = Attachment.objects.filter(ticket=ticket)
        assert file.storage_name != old.storage_name and file.name == "salaries.csv" and file.client_visible
        with open_stored(file.storage_name) as stream:
            assert stream.read() == b"Anna 30,000"
        [mail] = Outbox.objects.filter(kind="acknowledgement", about_id=copy.pk)
        assert (mail.to_email, mail.client_id) == ("bea@example.org", world.birch.pk)
        acknowledgement_accepted(outbox=mail, at=LATER)
        assert fresh(copy).clock.started_at == LATER  # never backdated
        assert fresh(copy).received_at == MORNING  # and never forgotten


@pytest.mark.clause("HLP-5")
def test_here_it_is_closed_for_good_out_of_sight_and_answered(world: World) -> None:
    ticket = filed(world)
    move(world, ticket, everything(ticket))
    with act_as_staff(SYSTEM):
        here = fresh(ticket)
        assert (here.state, here.subject, here.misfiled_at, here.closed_at) == (State.CLOSED, MISFILED, LATER, LATER)
        assert here.clock.met_at == LATER  # a person answered who asked here
        [reply] = Outbox.objects.filter(kind="reply")
        assert (reply.to_email, "not yours" in reply.text, "alaries" in reply.text + reply.subject) == (
            "ben@example.org", True, False,
        )  # fmt: skip
    with act_as(world.alder.pk):
        assert [one.body for one in Message.objects.filter(ticket=ticket)] == [PLAIN.told]
        assert not Attachment.objects.filter(ticket=ticket).exists()
        with pytest.raises(Refused, match="stays closed"):
            add_client_message(ticket.pk, "Again.", author=world.ben.membership, by=world.ben.actor, at=LATER)
    with act_as_staff(SYSTEM), pytest.raises(Refused, match="stays closed"):
        reopen(ticket.pk, by=world.cora.actor, at=LATER)
    with act_as_staff(SYSTEM), pytest.raises(IntegrityError, match="misfiled_stays_closed"), transaction.atomic():
        Ticket.objects.filter(pk=ticket.pk).update(state=State.ACKNOWLEDGED)


def test_only_what_was_chosen_goes_along(world: World) -> None:
    ticket = filed(world)
    copy = move(world, ticket)
    with act_as_staff(SYSTEM):
        assert [one.body for one in Message.objects.filter(ticket=copy)] == ["The sheet of salaries is broken."]
        assert not Attachment.objects.filter(ticket=copy).exists()


@pytest.mark.parametrize("file_alone", [False, True], ids=["nothing-chosen", "its-file-left"])
def test_what_did_not_go_along_is_in_the_suppliers_record(world: World, file_alone: bool) -> None:
    ticket = filed(world)
    all_of_it = everything(ticket)
    move(world, ticket, replace(all_of_it, file_ids=[]) if file_alone else PLAIN)
    with act_as_staff(SYSTEM):
        [_first, second] = Message.objects.filter(pk__in=all_of_it.message_ids).order_by("pk")
        event = AuditEvent.objects.select_related("body").get(kind="request moved to another client")
        assert event.body.payload["stayed"] == {
            "messages": [] if file_alone else [second.pk], "files": all_of_it.file_ids,
        }  # fmt: skip


def test_neither_client_learns_of_the_other(world: World, as_user: Any) -> None:
    """Not by rows, not by events with what they say, not by pages or mails."""
    ticket = filed(world)
    copy = move(world, ticket, replace(everything(ticket), reason="Birch Bakery wrote", disclosure=YES))
    for client, own, strange in (
        (world.alder, ticket, (copy.ref, "Birch", "Bea", "Salaries of")),
        (world.birch, copy, (ticket.ref, "Alder", "Ben", "Ann Archer")),
    ):
        with act_as_staff(SYSTEM):
            events = AuditEvent.objects.filter(client_id=client.pk, at__gte=LATER).select_related("body")
            told = " ".join(str(one.body.payload) + one.kind for one in events)
            told += " ".join(
                f"{one.subject} {one.text}" for one in Outbox.objects.filter(client=client, queued_at=LATER)
            )
            told += " ".join(one.sentence for one in Notice.objects.filter(client=client, at=LATER))
        person = world.ben if client == world.alder else world.bea
        told += as_user(person).get(f"/c/{client.slug}/requests/{own.ref}/").content.decode()
        told += as_user(person).get(f"/c/{client.slug}/requests/").content.decode()
        assert own.ref in told
        assert [word for word in strange if word in told] == [], client
        with act_as(client.pk), pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            ClientMove.objects.count()
    assert as_user(world.ben).get(f"/c/alder/requests/{copy.ref}/").status_code == 404
    assert as_user(world.bea).get(f"/c/birch/requests/{ticket.ref}/").status_code == 404


def test_staff_see_both_ends(world: World, as_user: Any) -> None:
    ticket = filed(world)
    copy = move(world, ticket)
    cora = as_user(world.cora)
    here = cora.get(f"/desk/tickets/{ticket.ref}/").content.decode()
    assert "another client’s" in here and "stays closed" in here and 'id="accept"' not in here
    assert "Moved to Birch Bakery" in cora.get(f"/desk/tickets/{ticket.ref}/related/").content.decode()
    there = cora.get(f"/desk/tickets/{copy.ref}/related/").content.decode()
    assert "Moved here from Alder Architects" in there and ticket.ref in there


def test_a_disclosure_is_an_alarm_for_the_leads_and_an_event(world: World) -> None:
    ticket = filed(world)
    copy = move(world, ticket, replace(PLAIN, disclosure=YES))
    with act_as_staff(SYSTEM):
        alarm = Alarm.objects.get(kind="request disclosed")
        assert (alarm.client_id, alarm.clause) == (None, "CMP-5")
        assert all(word in alarm.sentence for word in (copy.ref, ticket.ref, "Birch Bakery", "Ben Baker"))
        tell_alarms(LATER)
        told = set(Notice.objects.filter(key=f"alarm {alarm.pk}").values_list("user_id", flat=True))
        assert told == {world.lee.user.pk, world.ada.user.pk}
        event = AuditEvent.objects.select_related("body").get(kind="request moved to another client")
        assert event.client_id is None
        assert event.body.payload["disclosed"] is True and event.body.payload["saw"] == YES.saw
        left, came_there = ClientMove.objects.order_by("-side")
        assert (left.client, left.disclosed, left.saw, left.sentence) == (world.alder, True, YES.saw, YES.sentence)
        assert (came_there.client, came_there.disclosed, came_there.pair) == (world.birch, None, left.pair)


def test_no_disclosure_is_no_alarm_but_its_sentence_stays(world: World) -> None:
    move(world, filed(world))
    with act_as_staff(SYSTEM):
        assert not Alarm.objects.exists()
        assert ClientMove.objects.get(side="left").sentence == NO.sentence


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"reason": " "}, "how it came"),
        ({"told": ""}, "why it is closed"),
        ({"disclosure": Disclosure(False, "", " ")}, "in a sentence"),
        ({"disclosure": Disclosure(True, " ", "Because.")}, "who saw it"),
        ({"message_ids": [999_999]}, "Choose among"),
        ({"file_ids": [999_999]}, "Choose among"),
    ],
    ids=["no reason", "no words", "no sentence", "nobody named", "a strange message", "a strange file"],
)
def test_what_is_missing_is_said_and_nothing_is_done(world: World, changes: dict[str, Any], said: str) -> None:
    ticket = filed(world)
    with pytest.raises(Refused, match=said):
        move(world, ticket, replace(PLAIN, **changes))
    with act_as_staff(SYSTEM):
        assert fresh(ticket).misfiled_at is None and not ClientMove.objects.exists()


FREE: dict[str, Any] = {
    "state": State.ACKNOWLEDGED, "same_client": False, "to_state": ClientState.ACTIVE, "requester_belongs": True,
    "holds_others": False, "comment": False, "reply_waits": False, "access_open": False, "timer_runs": False,
    "charge_asked": False, "charged_seconds": 0, "reported": False, "by_form": False, "access_asked": False,
}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "clause"),
    [
        ({"same_client": True}, "CMP-5"),
        ({"to_state": ClientState.SUSPENDED}, "CMP-5"),
        ({"requester_belongs": False}, "HLP-5"),
        ({"comment": True}, "DOC-1"),
        ({"state": State.RECEIVED}, "HLP-5"),
        ({"state": State.MERGED}, "HLP-5"),
        ({"holds_others": True}, "HLP-5"),
        ({"state": State.WITH_MICROSOFT}, "HLP-10"),
        ({"state": State.AWAITING_CHARGE}, "HLP-10"),
        ({"state": State.RESOLVED}, "HLP-5"),
        ({"state": State.CLOSED}, "HLP-5"),
        ({"state": State.DECLINED}, "HLP-5"),
        ({"reply_waits": True}, "HLP-5"),
        ({"access_open": True}, "ACC-5"),
        ({"timer_runs": True}, "HLP-8"),
        ({"charge_asked": True}, "HLP-8"),
        ({"charged_seconds": 60}, "HLP-8"),
        ({"reported": True}, "EML-6"),
        ({"by_form": True}, "CMP-5"),
        ({"access_asked": True}, "ACC-5"),
    ],
    ids=lambda one: str(next(iter(one.items()))) if isinstance(one, dict) else None,
)
def test_the_rule_refuses_what_would_lose_something(changes: dict[str, Any], clause: str) -> None:
    check_move_client(**FREE)
    with pytest.raises(Refused) as refused:
        check_move_client(**FREE | changes)
    assert refused.value.clause == clause


def test_what_ties_a_request_to_its_client_is_found(world: World) -> None:
    waiting = raised(world)
    with pytest.raises(Refused, match="on the way"):
        move_as_is(world, waiting)
    ticket = acknowledged(world)
    with act_as_staff(SYSTEM):
        rows.accepted(ticket, world.cora.staff)
        rows.window(rows.access_request(ticket), world.cora.staff)
        with pytest.raises(Refused, match="access"):
            move_client(ticket.pk, requester_id=world.bea.membership.pk, moved=PLAIN, by=world.cora.actor, at=MORNING)
    paid = acknowledged(world)
    with act_as_staff(SYSTEM):
        rows.charge(world, paid, rows.ruling(world, paid))
    with pytest.raises(Refused, match="charge"):
        move(world, paid)
    with pytest.raises(Refused, match="this client’s request already"):
        move(world, acknowledged(world), to=world.ann)
    with act_as_staff(SYSTEM):
        Membership.objects.filter(pk=world.bea.membership.pk).update(valid_to=SINCE)
    with pytest.raises(Refused, match="registered person"):
        move(world, acknowledged(world))


def test_what_a_move_would_leave_readable_at_the_wrong_client_is_refused(world: World) -> None:
    """A reported mail, answers to a form and what was asked of data stand in rows of their own."""
    asked = acknowledged(world)
    with act_as_staff(SYSTEM):
        rows.access_request(asked)
    report = taken_on(world, reported(world))
    form = sent_and_acknowledged(world, "new-starter")
    for ticket, words in ((asked, "asked for under it"), (report, "suspicious mail"), (form, "ready-made form")):
        with pytest.raises(Refused, match=words):
            move(world, ticket)


def move_as_is(world: World, ticket: Ticket) -> Ticket:
    with act_as_staff(SYSTEM):
        first = Message.objects.get(ticket=ticket)
    return move(world, ticket, replace(PLAIN, message_ids=[first.pk]))


def test_a_request_that_changed_meanwhile_is_left_alone(world: World) -> None:
    ticket = filed(world)
    with pytest.raises(EditConflict):
        move(world, ticket, seen=ticket.version - 1)


def test_a_client_or_a_job_cannot_move(world: World) -> None:
    ticket = filed(world)
    for by in (world.ann.actor, SYSTEM):
        with act_as_staff(SYSTEM), pytest.raises(Refused, match="Only our staff"):
            move_client(ticket.pk, requester_id=world.bea.membership.pk, moved=PLAIN, by=by, at=LATER)


@pytest.mark.clause("SUB-1")
def test_an_answer_by_mail_finds_where_it_lives_only_for_who_is_there(world: World) -> None:
    """Ben answers the closing: his own new request at Alder. The person of both clients lands on the copy."""
    ticket = filed(world)
    mark = mark_of(ticket)
    with act_as_staff(SYSTEM):
        both = Membership.objects.create(
            client=world.birch, user=world.ann.user, address=world.ann.address, label="Ann Archer", email="ann@example.org",
            role="manager", valid_from=SINCE, invited_at=MORNING,
        )  # fmt: skip
        copy = move_client(ticket.pk, requester_id=both.pk, moved=PLAIN, by=world.cora.actor, at=LATER)
    hers = came(raw_mail(world.ann, "More", In_Reply_To=mark, passed=True))
    assert (hers.state, hers.ticket.pk, hers.client_id) == (RawState.REPLIED, copy.pk, world.birch.pk)
    his = came(raw_mail(world.ben, "What was that?", In_Reply_To=mark, passed=True))
    assert (his.state, his.client_id) == (RawState.TICKETED, world.alder.pk)
    with act_as_staff(SYSTEM):
        assert fresh(ticket).state == State.CLOSED
        assert Ticket.objects.get(pk=his.ticket.pk).follows_id is None


def fields(world: World, ticket: Ticket, **more: Any) -> dict[str, Any]:
    return {
        "client": "birch", "requester": world.bea.membership.pk, "reason": PLAIN.reason, "told": PLAIN.told,
        "disclosed": "yes", "saw": YES.saw, "sentence": YES.sentence, "version": ticket.version, **more,
    }  # fmt: skip


def test_the_page_asks_moves_once_and_leads_to_the_copy(world: World, as_user: Any) -> None:
    ticket, cora = filed(world), as_user(world.cora)
    path = f"/desk/tickets/{ticket.ref}/client/"
    assert path in cora.get(f"/desk/tickets/{ticket.ref}/").content.decode()
    first = cora.get(path).content.decode()
    assert "Birch Bakery" in first and "Alder Architects</option>" not in first
    page = cora.get(f"{path}?client=birch").content.decode()
    assert all(word in page for word in ("Bea Brewer", "One more thing.", "salaries.csv", "Ann Archer, Ben Baker"))
    given = fields(world, ticket, idempotency_key="once-only")
    answers = [cora.post(path, given) for _ in range(2)]
    assert {answer.status_code for answer in answers} == {302}
    with act_as_staff(SYSTEM):
        copy = Ticket.objects.get(client=world.birch)
        assert AuditEvent.objects.filter(kind="request moved to another client").count() == 1
    assert {answer.headers["Location"] for answer in answers} == {f"/desk/tickets/{copy.ref}/"}


def test_the_page_says_what_is_missing_and_shows_a_conflict(world: World, as_user: Any) -> None:
    ticket, cora = filed(world), as_user(world.cora)
    path = f"/desk/tickets/{ticket.ref}/client/"
    empty = cora.post(path, {"client": "birch"})
    assert empty.status_code == 422 and "Answer yes or no" in empty.content.decode()
    nobody = cora.post(path, fields(world, ticket, saw=""))
    assert nobody.status_code == 422 and "Say who saw it" in nobody.content.decode()
    stranger = cora.post(path, fields(world, ticket, requester=world.ann.membership.pk))
    assert stranger.status_code == 422
    assert cora.post(path, fields(world, ticket, version=ticket.version - 1)).status_code == 409
    with act_as_staff(SYSTEM):
        publish_now(ticket.pk, "Looking.", by=world.cora.actor, at=MORNING, then=State.RESOLVED)
    refused = cora.post(path, fields(world, ticket, version=""))
    assert refused.status_code == 422 and "Reopen it first" in refused.content.decode()


def test_each_half_is_answered_in_full(world: World) -> None:
    """The database's own word on what a row says."""
    ticket = filed(world)
    given: dict[str, Any] = {
        "client": world.alder, "ticket": ticket, "pair": "0f8fad5b-d9cb-469f-a165-70867728950e", "reason": "x",
        "staff": world.cora.staff, "staff_label": "Cora", "at": LATER,
    }  # fmt: skip
    for wrong in (
        {"side": "left"},
        {"side": "left", "disclosed": True, "sentence": "x"},
        {"side": "left", "disclosed": False},
        {"side": "came", "disclosed": True, "saw": "x", "sentence": "x"},
        {"side": "here"},
    ):
        with act_as_staff(SYSTEM), pytest.raises(IntegrityError, match="cmp5"), transaction.atomic():
            ClientMove.objects.create(**given, **wrong)


def test_two_who_move_it_at_once_move_it_once(lasting_world: World) -> None:
    world, ticket = lasting_world, filed(lasting_world)

    def attempt(person: Any) -> str:
        try:
            with act_as_staff(SYSTEM):
                move_client(
                    ticket.pk, requester_id=world.bea.membership.pk, moved=PLAIN, by=person.actor, at=LATER
                )  # fmt: skip
            return "moved"
        except Refused as refused:
            return refused.sentence
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        said = sorted(pool.map(attempt, [world.cora, world.lee]))
    assert said == ["It is finished. Reopen it first.", "moved"]
    with act_as_staff(SYSTEM):
        assert Ticket.objects.filter(client=world.birch).count() == 1 and ClientMove.objects.count() == 2
