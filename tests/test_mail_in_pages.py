"""Mail that was set aside, on its pages: seen on record, mended, run again, released, given to somebody, or left."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.actors import SYSTEM
from portal.models import Address, AuditEvent, Membership, Outbox
from portal.tenancy import act_as_staff
from tests.cast import MORNING
from tests.mails import came, mark_of, raw_mail
from tests.test_mail_in_flow import join
from tests.tickets import acknowledged
from tickets.models import RawMail, Ticket
from tickets.rules.mail.verdict import RawState, Reason

pytestmark = pytest.mark.clause("SUB-1")
SOMEBODY = "new.person@example.org"


def at(name, row):
    return reverse(f"desk:mail_in_{name}", args=[row.pk])


def events(kind):
    with act_as_staff(SYSTEM):
        return list(AuditEvent.objects.filter(kind=kind).select_related("body"))


def now(row):
    with act_as_staff(SYSTEM):
        return RawMail.objects.select_related("ticket", "client").get(pk=row.pk)


class TestSeeing:
    def test_the_list_says_why_each_mail_waits(self, world, as_user):
        came(raw_mail(SOMEBODY, "Please help"))
        page = as_user(world.cora).get(reverse("desk:mail_in")).content.decode()
        assert "Please help" in page
        assert "Nobody has registered this sender." in page

    @pytest.mark.parametrize("state", ["quarantined", "ignored"])
    def test_one_row_and_twenty_cost_the_same_queries(self, world, as_user, state):
        def aside(number):
            headers = {"Auto_Submitted": "auto-replied"} if state == "ignored" else {}
            came(raw_mail(world.ben if headers else SOMEBODY, f"Number {number}", **headers))

        browser, counts = as_user(world.cora), []
        browser.get(reverse("desk:mail_in"))  # the first page of a session writes it
        for wanted in (1, 20):
            with act_as_staff(SYSTEM):
                there = RawMail.objects.count()
            for number in range(there, wanted):
                aside(number)
            with CaptureQueriesContext(connection) as queries:
                page = browser.get(reverse("desk:mail_in"), {"state": state})
            assert page.content.decode().count("Number ") == wanted
            counts.append(len(queries))
        assert counts[0] == counts[1]

    def test_the_words_are_shown_as_text_and_each_opening_is_on_record(self, world, as_user):
        row = came(raw_mail(SOMEBODY, "Hello", "<script>alert(1)</script> My password is …"))
        browser = as_user(world.cora)
        assert "My password" not in browser.get(at("detail", row)).content.decode()
        assert events("mail opened") == []
        for _ in range(2):
            page = browser.post(at("words", row)).content.decode()
        assert "&lt;script&gt;alert(1)&lt;/script&gt; My password" in page
        assert [event.actor_label for event in events("mail opened")] == ["Cora Carter"] * 2

    def test_content_that_is_kept_no_longer_is_not_shown(self, world, as_user):
        row = came(raw_mail(SOMEBODY))
        with act_as_staff(SYSTEM):
            RawMail.objects.filter(pk=row.pk).update(raw=None, keep_until=MORNING, erased_at=MORNING)
        page = as_user(world.cora).post(at("words", row), follow=True).content.decode()
        assert "kept no longer" in page
        assert events("mail opened") == []


class TestSettling:
    @pytest.mark.clause("HLP-5")
    def test_registering_the_person_lets_the_mail_in_and_the_acknowledgement_go_out(self, world, as_user):
        row = came(raw_mail(SOMEBODY))
        given = {"name": "New Person", "client": world.alder.pk, "role": "author", "reason": "Ann confirmed it."}
        answer = as_user(world.lee).post(at("register", row), given)
        after = now(row)
        assert answer["Location"] == reverse("desk:ticket", args=[after.ticket.ref])
        with act_as_staff(SYSTEM):
            assert Membership.objects.get(email=SOMEBODY).client_id == world.alder.pk
            assert {mail.kind for mail in Outbox.objects.filter(to_email=SOMEBODY)} == {"invitation", "acknowledgement"}
        [event] = events("mail run again")
        assert (event.actor_label, event.body.payload["reason"]) == ("Lee Lister", "Ann confirmed it.")

    def test_an_agent_registers_nobody(self, world, as_user):
        row = came(raw_mail(SOMEBODY))
        given = {"name": "New Person", "client": world.alder.pk, "role": "author", "reason": "Why not."}
        assert as_user(world.cora).post(at("register", row), given).status_code == 422
        assert now(row).state == RawState.QUARANTINED
        with act_as_staff(SYSTEM):
            assert not Membership.objects.filter(email=SOMEBODY).exists()

    @pytest.mark.clause("HLP-5")
    def test_staff_choose_the_client_of_a_person_of_several_and_may_keep_the_choice(self, world, as_user):
        with act_as_staff(SYSTEM):
            join(world.ben, world.birch)
        row = came(raw_mail(world.ben, passed=True))
        given = {"email": world.ben.user.email, "reason": "It is about their ovens."}
        browser = as_user(world.cora)
        assert "several clients" in browser.post(at("give", row), given).content.decode()
        browser.post(at("give", row), given | {"client": world.birch.pk, "is_home": "on"})
        assert (now(row).state, now(row).client_id) == (RawState.TICKETED, world.birch.pk)
        with act_as_staff(SYSTEM):
            assert Address.objects.get(pk=world.ben.address.pk).home_client_id == world.birch.pk
        assert came(raw_mail(world.ben, "Next", passed=True)).client_id == world.birch.pk

    def test_a_mail_is_given_to_nobody_who_is_not_registered(self, world, as_user):
        row = came(raw_mail(SOMEBODY))
        answer = as_user(world.cora).post(at("give", row), {"email": SOMEBODY, "reason": "They rang."})
        assert (answer.status_code, now(row).state) == (422, RawState.QUARANTINED)
        assert events("mail given to a person") == [], "nothing of a refused act remains"

    def test_a_released_answer_joins_its_request_if_its_sender_may_see_it(self, world, as_user):
        ticket = acknowledged(world)
        row = came(raw_mail(world.ben, "Re", In_Reply_To=mark_of(ticket), passed=False))
        as_user(world.cora).post(at("release", row), {"reason": "I rang him."})
        assert (now(row).state, now(row).ticket_id) == (RawState.REPLIED, ticket.pk)

    @pytest.mark.clause("CMP-6")
    def test_vouching_opens_no_other_clients_request_and_registers_nobody(self, world, as_user):
        ticket = acknowledged(world)
        stranger = came(raw_mail(SOMEBODY, "Re", In_Reply_To=mark_of(ticket)))
        browser = as_user(world.cora)
        assert "That does not help" in browser.post(at("release", stranger), {"reason": "Sure."}).content.decode()
        other = came(raw_mail(world.bea, "Re", In_Reply_To=mark_of(ticket), passed=False))
        browser.post(at("release", other), {"reason": "I rang her."})
        assert (now(other).state, now(other).client_id) == (RawState.TICKETED, world.birch.pk)

    def test_running_it_again_changes_nothing_while_its_reason_stands(self, world, as_user):
        row = came(raw_mail(SOMEBODY))
        as_user(world.cora).post(at("again", row), {"reason": "Perhaps now."})
        assert (now(row).state, now(row).reason) == (RawState.QUARANTINED, Reason.UNREGISTERED)
        assert len(events("mail run again")) == 1

    def test_a_mail_that_is_left_keeps_its_reason_and_can_come_back(self, world, as_user):
        row = came(raw_mail(world.ben, passed=False))
        browser = as_user(world.cora)
        browser.post(at("ignore", row), {"reason": "A joke of his nephew's."})
        assert (now(row).state, now(row).note) == (RawState.IGNORED, "A joke of his nephew's.")
        assert "nephew" in browser.get(reverse("desk:mail_in"), {"state": "ignored"}).content.decode()
        browser.post(at("release", row), {"reason": "It was no joke."})
        assert now(row).state == RawState.TICKETED

    @pytest.mark.parametrize("act", ["again", "release", "ignore", "give"])
    def test_nothing_happens_without_a_reason_nor_twice(self, world, as_user, act):
        row = came(raw_mail(world.ben, passed=False))
        browser, given = as_user(world.cora), {"email": world.ben.user.email}
        assert browser.post(at(act, row), given).status_code == 422
        assert now(row).state == RawState.QUARANTINED
        given |= {"reason": "I looked.", "idempotency_key": "the-same-key"}
        answers = [browser.post(at(act, row), given) for _ in range(2)]
        assert answers[0].status_code == 302
        assert answers[0]["Location"] == answers[1]["Location"]
        with act_as_staff(SYSTEM):
            assert Ticket.objects.count() == (1 if act in ("release", "give") else 0)

    def test_what_is_part_of_a_request_cannot_be_settled_again(self, world, as_user):
        row = came(raw_mail(world.ben))
        for act in ("again", "release", "ignore"):
            answer = as_user(world.cora).post(at(act, row), {"reason": "Again."})
            assert "settled this mail already" in answer.content.decode()


class TestOnTheRequest:
    def test_both_sides_see_the_words_and_the_history_folded_and_never_the_headers(self, world, as_user):
        ticket = acknowledged(world)
        body = "It works now.\n\n-- \nBen Baker\n\nOn Monday Cora wrote:\n> Does it?"
        came(raw_mail(world.ben, "Re", body, In_Reply_To=mark_of(ticket), X_Secret="marker-41", Cc="hidden@x.example"))
        pages = [
            as_user(world.cora).get(reverse("desk:ticket", args=[ticket.ref])),
            as_user(world.ben).get(reverse("client:ticket", args=["alder", ticket.ref])),
        ]
        for page in (one.content.decode() for one in pages):
            assert "It works now." in page
            assert '<details class="folded">' in page
            assert "marker-41" not in page
            assert "hidden@x.example" not in page
