"""Mails are written with the fact they tell of; nobody can slip in a header or a second recipient."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from portal import outbox
from portal.actors import SYSTEM, VISITOR
from portal.errors import Refused
from portal.models import AuditEvent, Outbox
from portal.outbox.message import as_bytes
from portal.rules.states import MailState
from portal.tenancy import act_as, act_as_staff

AT = datetime(2026, 11, 24, 10, 40, tzinfo=UTC)


def queue(world, **changes):
    facts = {
        "to": world.ann.membership, "kind": "reply", "subject": "Your request", "text": "Hello", "client_id": world.alder.pk,
        "at": AT, "by": SYSTEM,
    }  # fmt: skip
    return outbox.queue(**(facts | changes))


class TestQueueing:
    def test_a_mail_waits_with_its_address_and_a_random_message_id(self, world):
        with act_as_staff(SYSTEM):
            row = Outbox.objects.get(pk=queue(world).pk)
            other = queue(world)
        assert (row.to_email, row.state, row.next_try_at) == ("ann@example.org", MailState.QUEUED, AT)
        assert row.message_id.endswith("@northgate.example>")
        assert len(row.message_id.partition("@")[0]) == 33
        assert row.message_id != other.message_id

    def test_a_client_queues_mail_and_reads_none(self, world):
        with act_as(world.alder.pk):
            row = queue(world, by=world.ben.actor)
            assert row.pk
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                Outbox.objects.get(pk=row.pk)

    def test_a_client_queues_no_mail_in_anothers_name(self, world):
        with act_as(world.alder.pk), pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            queue(world, client_id=world.birch.pk)

    def test_the_door_queues_only_the_suppliers_own_mail(self, world):
        assert queue(world, client_id=None, by=VISITOR, kind="password reset").pk
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            queue(world, by=VISITOR)

    def test_a_mail_can_be_released_later(self, world):
        later = AT + timedelta(seconds=10)
        with act_as_staff(SYSTEM):
            assert queue(world, release_at=later).next_try_at == later

    @pytest.mark.clause("HLP-5")
    def test_a_request_has_one_acknowledgement(self, world):
        with act_as_staff(SYSTEM):
            queue(world, kind="acknowledgement", about=world.alder)
            with pytest.raises(IntegrityError, match="portal_hlp5_one_acknowledgement"), transaction.atomic():
                queue(world, kind="acknowledgement", about=world.alder)

    def test_a_plain_recipient_will_do(self, world):
        someone = outbox.Recipient(world.bea.address.pk, world.bea.address.email)
        with act_as_staff(SYSTEM):
            assert queue(world, to=someone).to_email == "bea@example.org"

    def test_one_mail_costs_one_statement(self, world, django_assert_num_queries):
        with act_as_staff(SYSTEM):
            queue(world)  # what a process keeps of the supplier is read
            with django_assert_num_queries(1):
                queue(world)


class TestCancelling:
    def test_a_waiting_mail_can_be_taken_back(self, world):
        with act_as_staff(SYSTEM):
            row = queue(world, secret_link="https://portal.example/x", text=outbox.SECRET_LINK)
            outbox.cancel(row, by=world.cora.actor, at=AT)
            row.refresh_from_db()
            assert (row.state, row.secret) == (MailState.CANCELLED, None)
            assert AuditEvent.objects.filter(kind="mail cancelled", subject_id=row.pk).exists()

    def test_a_mail_on_its_way_cannot(self, world):
        with act_as_staff(SYSTEM):
            row = queue(world)
            Outbox.objects.filter(pk=row.pk).update(state=MailState.SENDING)
            with pytest.raises(Refused, match="leaving now"):
                outbox.cancel(row, by=world.cora.actor, at=AT)


class TestHeaders:
    @pytest.mark.parametrize(
        "sign", ["\r\nBcc: x@y.example", "\nX: y", "\r", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\x00"]
    )
    def test_no_subject_begins_a_new_line(self, world, sign):
        with act_as_staff(SYSTEM), pytest.raises(outbox.HeaderInjection):
            queue(world, subject=f"Hello{sign}")

    @pytest.mark.parametrize("sign", ["\r\nBcc: x@y.example", "\n x", "\u2029"])
    def test_no_header_begins_a_new_line(self, world, sign):
        with act_as_staff(SYSTEM), pytest.raises(outbox.HeaderInjection):
            queue(world, headers={"References": f"<a@b>{sign}"})

    @pytest.mark.parametrize(
        "name", ["Bcc", "To", "From", "Reply-To", "Content-Type", "Message-ID", "References\r\nBcc", "X y"]
    )
    def test_only_harmless_headers_may_be_given(self, world, name):
        with act_as_staff(SYSTEM), pytest.raises(outbox.HeaderInjection):
            queue(world, headers={name: "<a@b>"})

    @pytest.mark.parametrize(
        "email", ["a@b.example, c@d.example", "a@b.example\r\nBcc: c@d.example", "<a@b.example>", "a b@c.d", ""]
    )
    def test_one_recipient_only(self, world, email):
        with act_as_staff(SYSTEM), pytest.raises(outbox.HeaderInjection):
            queue(world, to=outbox.Recipient(world.ann.address.pk, email))

    @pytest.mark.parametrize(
        ("words", "line"),
        [
            ("a\r\nBcc: b", "a Bcc: b"),
            ("  a \t b\u2028c\x00 ", "a b c"),
            ("x" * 300, "x" * 249 + "…"),
            ("Grüße 🦊", "Grüße 🦊"),
        ],
    )
    def test_a_persons_words_become_one_line(self, words, line):
        assert outbox.one_line(words) == line

    def test_automatic_mails_say_so_and_a_persons_reply_does_not(self, world):
        with act_as_staff(SYSTEM):
            acknowledgement, reset, reply = (
                queue(world, kind=kind) for kind in ("acknowledgement", "password reset", "reply")
            )
        assert acknowledgement.headers == {"Auto-Submitted": "auto-replied", "X-Auto-Response-Suppress": "All"}
        assert reset.headers["Auto-Submitted"] == "auto-generated"
        assert reply.headers == {}


class TestMessage:
    def test_the_same_row_gives_the_same_bytes(self, world):
        with act_as_staff(SYSTEM):
            row = queue(world, html="<p>Grüße</p>", text="Grüße\n.\nend", headers={"References": "<a@b> <c@d>"})
        assert as_bytes(row, world.supplier) == as_bytes(row, world.supplier)

    def test_another_systems_long_message_id_stays_readable(self, world):
        long = f"<{'x' * 200}@mail.example>"
        with act_as_staff(SYSTEM):
            row = queue(world, headers={"In-Reply-To": long, "References": long})
        assert f"References: {long}\r\n".encode() in as_bytes(row, world.supplier)

    def test_a_senders_name_with_commas_stays_one_mailbox(self, world):
        world.supplier.sender_name = 'Northgate, "Support" <x@y.example>'
        with act_as_staff(SYSTEM):
            mail = as_bytes(queue(world), world.supplier).decode()
        assert 'From: "Northgate, \\"Support\\" <x@y.example>" <support@northgate.example>' in mail


class TestComposing:
    """Templates of the test's own: templates/mail/<kind>.txt and .html."""

    @pytest.fixture
    def templates(self, settings, tmp_path):
        (tmp_path / "mail").mkdir()
        settings.TEMPLATES = [settings.TEMPLATES[0] | {"DIRS": [tmp_path]}]
        return tmp_path / "mail"

    def test_the_first_line_is_the_subject_and_only_the_html_is_escaped(self, world, templates):
        (templates / "hello.txt").write_text("Hello {{ name }}\n\n{{ name }} of {{ supplier.name }}\n")
        (templates / "hello.html").write_text("<p>{{ name }}</p>")
        subject, text, html = outbox.compose("hello", {"name": "Tom & <b>Jo</b>"})
        assert subject == "Hello Tom & <b>Jo</b>"
        assert text == "Tom & <b>Jo</b> of Northgate Cloud Services Ltd\n"
        assert html == "<p>Tom &amp; &lt;b&gt;Jo&lt;/b&gt;</p>"

    def test_a_subject_of_several_lines_is_not_possible(self, world, templates):
        (templates / "hello.txt").write_text("Hello {{ name }}\n\nWords")
        subject, text, html = outbox.compose("hello", {"name": "Jo\r\nBcc: x@y.example"})
        assert (subject, html) == ("Hello Jo", "")
        assert text.startswith("Bcc: x@y.example"), (
            "a line break moves words from the subject to the text, never to a header"
        )

    def test_a_part_that_is_missing_is_a_fault(self, world, templates):
        (templates / "hello.txt").write_text("Hello\n\nWords")
        (templates / "hello.html").write_text('{% include "mail/none.html" %}')
        with pytest.raises(Exception, match=r"none\.html"):
            outbox.compose("hello", {})

    def test_what_people_write_is_no_template(self, world, templates):
        (templates / "hello.txt").write_text("Hello {{ name }}\n\n{{ name }}")
        (templates / "hello.html").write_text("{{ name }}")
        assert outbox.compose("hello", {"name": "{{ 7|add:7 }}{% debug %}"})[1] == "{{ 7|add:7 }}{% debug %}\n"
