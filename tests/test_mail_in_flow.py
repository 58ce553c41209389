"""A mail from its raw bytes to a request or an answer: stored first, decided once, acknowledged once (SUB-1, HLP-5)."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from portal import jobs
from portal.actors import SYSTEM
from portal.models import Address, Alarm, AuditEvent, Membership, Outbox
from portal.rules.states import AddressState, MailState
from portal.tenancy import act_as, act_as_retention, act_as_staff
from tests.cast import MORNING
from tests.mails import DESK, came, mark_of, raw_mail, waiting_mails
from tests.tickets import acknowledged, fresh, publish_now, raised
from tickets.actions.mailin import work_on
from tickets.actions.rawmail import claim_next, mark, take_raw
from tickets.models import Attachment, Message, RawMail, Ticket
from tickets.queries.access import tickets_for_client
from tickets.rules.mail.verdict import RawState, Reason
from tickets.rules.states import Channel, State

pytestmark = pytest.mark.clause("SUB-1")


def stored(raw, **more):
    return take_raw(raw, source="smtp", at=MORNING, **more)


class TestARequest:
    @pytest.mark.clause("HLP-5")
    def test_a_registered_persons_mail_becomes_a_request_with_one_acknowledgement(self, world):
        row = came(raw_mail(world.ben, "Printer hums", "It hums since Monday."))
        assert (row.state, row.reason, row.client_id) == (RawState.TICKETED, "", world.alder.pk)
        with act_as_staff(SYSTEM):
            ticket = fresh_without_clock(row.ticket)
            [message] = Message.objects.filter(ticket=ticket)
            assert (ticket.subject, ticket.channel, ticket.state) == ("Printer hums", Channel.EMAIL, State.RECEIVED)
            assert (ticket.requester_id, message.pk) == (world.ben.membership.pk, row.message_id)
            assert "It hums since Monday." in message.body
            assert not hasattr(ticket, "clock"), "no clock before the acknowledgement is accepted"
        [mail] = waiting_mails()
        assert (mail.kind, mail.to_email, mail.about_id) == ("acknowledgement", world.ben.user.email, ticket.pk)

    def test_the_raw_mail_is_kept_with_its_hash_and_no_client_reads_it(self, world):
        raw = raw_mail(world.ben)
        row = came(raw)
        with act_as_staff(SYSTEM):
            kept = RawMail.objects.get(pk=row.pk)
            assert bytes(kept.raw) == raw
            event = AuditEvent.objects.select_related("body").get(kind="request received")
            assert event.body.payload["mail_sha256"] == kept.sha256
        with act_as(world.alder.pk), pytest.raises(Exception, match="permission denied"), transaction.atomic():
            RawMail.objects.count()

    def test_files_come_along_and_what_cannot_be_taken_is_said(self, world):
        row = came(raw_mail(world.ben, files=[("list.txt", b"one"), ("setup.exe", b"MZ programme")]))
        with act_as_staff(SYSTEM):
            [file] = Attachment.objects.filter(message_id=row.message_id)
            assert (file.name, file.part, file.client_visible) == ("list.txt", 0, True)
            assert "setup.exe" in row.message.body

    def test_a_mail_without_a_subject_gets_one(self, world):
        assert came(raw_mail(world.ben, "")).ticket.subject == "(no subject)"

    @pytest.mark.clause("HLP-6")
    def test_a_person_of_several_clients_waits_for_staff_unless_something_names_one(self, world):
        with act_as_staff(SYSTEM):
            join(world.ben, world.birch)
        row = came(raw_mail(world.ben, passed=True))
        assert (row.state, row.reason, row.client_id) == (RawState.QUARANTINED, Reason.WHICH_CLIENT, None)
        assert waiting_mails() == []
        named = came(raw_mail(world.ben, "To Birch", to="support+c-birch@northgate.example", passed=True))
        assert named.client_id == world.birch.pk
        with act_as_staff(SYSTEM):
            Address.objects.filter(pk=world.ben.address.pk).update(home_client=world.alder)
        assert came(raw_mail(world.ben, "From home", passed=True)).client_id == world.alder.pk


class TestAnAnswer:
    def test_it_joins_by_the_answered_mail_and_by_the_address_alike(self, world):
        ticket = acknowledged(world)
        [ours] = waiting_mails()
        by_reference = came(raw_mail(world.ben, "Re: that", References=f"<x@example.org> {ours.message_id}"))
        by_address = came(raw_mail(world.ben, "And", to=ours.headers["Reply-To"]), to=[ours.headers["Reply-To"]])
        assert [row.state for row in (by_reference, by_address)] == [RawState.REPLIED] * 2
        assert {by_reference.ticket_id, by_address.ticket_id} == {ticket.pk}

    @pytest.mark.clause("HLP-5")
    def test_an_answer_gets_no_acknowledgement_and_starts_no_clock(self, world):
        ticket = acknowledged(world)
        came(raw_mail(world.ben, In_Reply_To=mark_of(ticket)))
        assert [mail.kind for mail in waiting_mails()] == ["acknowledgement"]

    def test_an_answer_takes_a_waiting_request_back_and_opens_a_resolved_one(self, world):
        ticket = acknowledged(world)
        with act_as_staff(SYSTEM):
            publish_now(ticket.pk, "Does it still hum?", by=world.cora.actor, at=MORNING, then=State.WAITING_CLIENT)
        came(raw_mail(world.ben, "Re", "Yes.", In_Reply_To=mark_of(ticket)), at=MORNING + timedelta(hours=1))
        with act_as_staff(SYSTEM):
            assert fresh(ticket).state == State.ACKNOWLEDGED
            publish_now(ticket.pk, "Done.", by=world.cora.actor, at=MORNING, then=State.RESOLVED)
        came(raw_mail(world.ben, "Re", "Not yet.", In_Reply_To=mark_of(ticket)), at=MORNING + timedelta(days=2))
        with act_as_staff(SYSTEM):
            assert fresh(ticket).reopened_at == MORNING + timedelta(days=2)

    def test_long_after_the_end_a_new_request_goes_on_from_the_old_one(self, world):
        ticket = acknowledged(world)
        with act_as_staff(SYSTEM):
            publish_now(ticket.pk, "Done.", by=world.cora.actor, at=MORNING, then=State.RESOLVED)
        row = came(raw_mail(world.ben, "Again", In_Reply_To=mark_of(ticket)), at=MORNING + timedelta(days=15))
        assert (row.state, row.ticket.follows_id) == (RawState.TICKETED, ticket.pk)
        with act_as_staff(SYSTEM):
            assert fresh(ticket).state == State.RESOLVED

    @pytest.mark.clause("HLP-5")
    def test_a_merged_request_is_answered_where_it_lives_on(self, world):
        old, living = acknowledged(world), acknowledged(world, subject="The same")
        with act_as_staff(SYSTEM):
            Ticket.objects.filter(pk=old.pk).update(state=State.MERGED, merged_into=living)
        row = came(raw_mail(world.ben, "Re", In_Reply_To=mark_of(old)))
        assert (row.state, row.ticket_id) == (RawState.REPLIED, living.pk)

    def test_requester_and_named_people_never_change_by_mail(self, world):
        ticket = acknowledged(world)
        came(raw_mail(world.ann, "Me too", passed=True, Cc="bea@example.org", In_Reply_To=mark_of(ticket)))
        with act_as_staff(SYSTEM):
            after = fresh(ticket)
            assert (after.requester_id, after.people.count()) == (world.ben.membership.pk, 0)
            assert Message.objects.filter(ticket=ticket).last().author_member_id == world.ann.membership.pk


class TestCopies:
    def test_the_same_bytes_again_become_nothing_new(self, world):
        raw = raw_mail(world.ben)
        assert [came(raw).state for _ in range(3)] == [RawState.TICKETED, RawState.IGNORED, RawState.IGNORED]
        assert len(waiting_mails()) == 1

    def test_a_copy_that_came_another_way_is_known_by_its_message_id_and_words(self, world):
        raw = raw_mail(world.ben, Message_ID="<one@example.org>")
        came(raw)
        copy = came(b"Received: from elsewhere\r\n" + raw)
        assert (copy.state, copy.reason) == (RawState.IGNORED, Reason.DUPLICATE)

    def test_a_message_id_used_twice_for_different_words_loses_nothing(self, world):
        first = came(raw_mail(world.ben, "One", Message_ID="<same@example.org>"))
        second = came(raw_mail(world.ben, "Two", Message_ID="<same@example.org>"))
        assert (first.state, second.state) == (RawState.TICKETED, RawState.TICKETED)

    def test_nobody_keeps_anothers_mail_out_by_sending_its_message_id_first(self, world):
        came(raw_mail("evil@elsewhere.example", Message_ID="<next@example.org>"))
        assert came(raw_mail(world.ben, Message_ID="<next@example.org>")).state == RawState.TICKETED

    def test_a_mailbox_that_gives_a_number_twice_gives_one_mail(self, world):
        raw = raw_mail(world.ben)
        rows = [stored(raw, uidvalidity=1, uid=7) for _ in range(2)]
        assert rows[0].pk == rows[1].pk


class TestMachines:
    @pytest.mark.clause("HLP-5")
    def test_an_automatic_answer_is_neither_acknowledged_nor_reopens(self, world):
        ticket = acknowledged(world)
        with act_as_staff(SYSTEM):
            publish_now(ticket.pk, "Done.", by=world.cora.actor, at=MORNING, then=State.RESOLVED)
        before = len(waiting_mails())
        row = came(raw_mail(world.ben, "Out of office", Auto_Submitted="auto-replied", In_Reply_To=mark_of(ticket)))
        assert (row.state, row.reason, row.ticket_id) == (RawState.IGNORED, Reason.AUTOMATIC, ticket.pk)
        assert len(waiting_mails()) == before
        with act_as_staff(SYSTEM):
            assert fresh(ticket).state == State.RESOLVED

    def test_auto_submitted_no_is_a_person(self, world):
        assert came(raw_mail(world.ben, Auto_Submitted="no")).state == RawState.TICKETED

    def test_our_own_mail_that_comes_back_ends_here(self, world):
        assert came(raw_mail(f"Us <{DESK}>")).reason == Reason.OWN_MAIL
        ticket = acknowledged(world)
        row = came(raw_mail(world.ben, Message_ID=mark_of(ticket)))
        assert (row.state, row.reason) == (RawState.IGNORED, Reason.OWN_MAIL)

    @pytest.mark.clause("HLP-5")
    def test_two_portals_that_write_to_each_other_stop_after_two_mails(self, world):
        came(raw_mail(world.ben, "From the other portal"))
        [acknowledgement] = waiting_mails()
        answer = raw_mail(
            world.ben, "We have it", Auto_Submitted="auto-replied", In_Reply_To=acknowledgement.message_id
        )
        assert came(answer).state == RawState.IGNORED
        assert len(waiting_mails()) == 1

    @pytest.mark.clause("HLP-5")
    @pytest.mark.parametrize("count", [pytest.param(45, id="45"), pytest.param(300, id="300", marks=pytest.mark.full)])
    def test_a_flood_loses_nothing_and_its_acknowledgements_leave_at_twenty_an_hour(self, world, count):
        rows = [came(raw_mail(world.ben, f"Flood {number}")) for number in range(count)]
        assert {row.state for row in rows} == {RawState.TICKETED}
        mails = waiting_mails()
        assert len({mail.about_id for mail in mails}) == count
        hours = [(mail.next_try_at - MORNING) // timedelta(hours=1) for mail in mails]
        full_hours, rest = divmod(count, 20)
        assert [hours.count(hour) for hour in range(full_hours + 1)] == [20] * full_hours + [rest]
        with act_as_staff(SYSTEM):
            assert Alarm.objects.filter(kind="mail flood", cleared_at__isnull=True).count() == 1
        assert jobs.run("late acknowledgements", MORNING + timedelta(minutes=59)) == 20, "those that should have left"
        assert jobs.run("late acknowledgements", MORNING + timedelta(hours=1, minutes=6)) == 20
        assert came(raw_mail(world.ann, "Somebody else")).state == RawState.TICKETED
        assert waiting_mails()[-1].next_try_at == MORNING


class TestWhatIsStored:
    def test_a_stored_mail_is_taken_up_by_the_sweep_once(self, world):
        stored(raw_mail(world.ben), envelope_to=[DESK])
        assert [jobs.run("read mail", MORNING) for _ in range(2)] == [1, 0]
        with act_as_staff(SYSTEM):
            assert RawMail.objects.get().state == RawState.TICKETED

    def test_a_late_sweep_dates_the_request_by_its_arrival(self, world):
        stored(raw_mail(world.ben))
        jobs.run("read mail", MORNING + timedelta(days=2))
        with act_as_staff(SYSTEM):
            assert Ticket.objects.get().received_at == MORNING

    def test_a_mail_that_three_tries_did_not_bring_through_waits_and_holds_up_no_other(self, world):
        poison, good = stored(raw_mail(world.ben, "Poison")), stored(raw_mail(world.ann, "Good"))
        with act_as_staff(SYSTEM):
            RawMail.objects.filter(pk=poison.pk).update(attempts=3)
        assert jobs.run("read mail", MORNING) == 2
        with act_as_staff(SYSTEM):
            poison.refresh_from_db()
            good.refresh_from_db()
            assert (poison.state, poison.reason) == (RawState.QUARANTINED, Reason.POISON)
            assert bytes(poison.raw)
            assert good.state == RawState.TICKETED

    def test_whoever_lost_the_lease_writes_nothing(self, world):
        stored(raw_mail(world.ben))
        first = claim_next()
        with act_as_staff(SYSTEM):
            RawMail.objects.update(leased_until=None)
        second = claim_next()
        assert work_on(first).pk == second.pk
        with act_as_staff(SYSTEM):
            assert not Ticket.objects.exists()
            assert not Outbox.objects.exists()
        work_on(second)
        with act_as_staff(SYSTEM):
            assert (RawMail.objects.get().attempts, Ticket.objects.count()) == (2, 1)

    def test_the_database_refuses_a_request_without_its_message_and_a_drop_without_its_reason(self, world):
        row = stored(raw_mail(world.ben))
        with act_as_staff(SYSTEM):
            for changes in ({"state": "ticketed"}, {"state": "ignored"}, {"state": "lost"}):
                facts = {"decided_at": MORNING, "keep_until": MORNING, **changes}
                with pytest.raises(IntegrityError), transaction.atomic():
                    RawMail.objects.filter(pk=row.pk).update(**facts)

    def test_what_became_part_of_a_request_stays_there(self, world):
        row = came(raw_mail(world.ben))
        with act_as_staff(SYSTEM), pytest.raises(ValueError, match="cannot become"):
            mark(row, RawState.IGNORED, reason=Reason.BY_STAFF, by=world.lee.actor, at=MORNING)


class TestKeeping:
    def test_content_is_blanked_when_its_time_has_passed_and_the_hash_stays(self, world):
        kept, aside = came(raw_mail(world.ben)), came(raw_mail("evil@elsewhere.example"))
        for days, left in ((29, 2), (30, 1), (89, 1), (90, 0)):
            jobs.run("blank old mail", MORNING + timedelta(days=days))
            with act_as_staff(SYSTEM):
                assert RawMail.objects.filter(raw__isnull=False).count() == left, days
        assert jobs.run("blank old mail", MORNING + timedelta(days=91)) == 0
        with act_as_staff(SYSTEM):
            for row in RawMail.objects.all():
                assert (row.raw, row.sender, row.subject, row.envelope_to) == (None, "", "", [])
                assert row.sha256 in (kept.sha256, aside.sha256)
                assert row.erased_at >= row.keep_until

    def test_retention_may_blank_and_nothing_else(self, world):
        came(raw_mail(world.ben))
        for column in ("state", "sha256", "keep_until"):
            with (
                act_as_retention(),
                pytest.raises(Exception, match="permission denied"),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(f"update tickets_rawmail set {column} = {column}")


def report_about(outbox, action="failed", status="5.1.1"):
    """A delivery report as another server writes it (RFC 3464)."""
    return (
        "From: MAILER-DAEMON@example.org\r\nTo: support@northgate.example\r\nSubject: Undelivered Mail\r\n"
        "Message-ID: <dsn-1@example.org>\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nIt could not be delivered.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.org\r\n\r\n"
        f"Final-Recipient: rfc822; {outbox.to_email}\r\nAction: {action}\r\nStatus: {status}\r\n"
        "Diagnostic-Code: smtp; 550 no such person\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {outbox.message_id}\r\nSubject: x\r\n\r\n--b--\r\n"
    ).encode()


@pytest.mark.clause("HLP-5")
class TestReports:
    def test_a_bounce_marks_the_address_tells_staff_and_leaves_the_clock_alone(self, world):
        ticket = acknowledged(world)
        [ours] = waiting_mails()
        row = came(report_about(ours))
        assert (row.state, row.reason, row.outbox_id) == (RawState.IGNORED, Reason.BOUNCE, ours.pk)
        with act_as_staff(SYSTEM):
            assert Address.objects.get(pk=world.ben.address.pk).state == AddressState.BOUNCED
            [alarm] = Alarm.objects.filter(kind="address refused")
            assert "came back" in alarm.sentence
            assert fresh(ticket).clock.started_at == MORNING
            assert Outbox.objects.get().state == MailState.SENT

    def test_a_delay_marks_nobody(self, world):
        raised(world)
        [ours] = waiting_mails()
        assert came(report_about(ours, "delayed", "4.4.1")).reason == Reason.BOUNCE
        with act_as_staff(SYSTEM):
            assert Address.objects.get(pk=world.ben.address.pk).state == AddressState.ACTIVE

    def test_a_report_about_a_mail_that_we_never_sent_marks_nobody(self, world):
        invented = Outbox(to_email=world.ben.user.email, message_id="<invented@northgate.example>")
        row = came(report_about(invented))
        assert (row.state, row.reason, row.outbox_id) == (RawState.IGNORED, Reason.BOUNCE, None)
        with act_as_staff(SYSTEM):
            assert Address.objects.get(pk=world.ben.address.pk).state == AddressState.ACTIVE
            assert not Alarm.objects.exists()


def fresh_without_clock(ticket):
    return Ticket.objects.get(pk=ticket.pk)


def join(person, client):
    """The person belongs to a second client too."""
    one = person.membership
    return Membership.objects.create(
        client=client, user=person.user, address=person.address, label=one.label, email=one.email, role="author",
        valid_from=one.valid_from, invited_at=MORNING, joined_at=MORNING,
    )  # fmt: skip


def test_the_manager_sees_a_request_that_came_by_mail_and_the_other_client_does_not(world):
    row = came(raw_mail(world.ben))
    with act_as(world.alder.pk):
        assert tickets_for_client(world.ann.actor).filter(pk=row.ticket_id).exists()
    with act_as(world.birch.pk):
        assert not tickets_for_client(world.bea.actor).filter(pk=row.ticket_id).exists()
