"""Ready-made forms as acts: sent as ordinary requests, kept as templates, ticked off, edited by version; and their walls."""

from dataclasses import replace
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError, IntegrityError, ProgrammingError

from portal.actors import SYSTEM, Actor
from portal.errors import Refused
from portal.models import AuditEvent, Notice, Outbox
from portal.tenancy import act_as, act_as_staff
from tests import rows
from tests.cast import MORNING, World
from tests.forms import ANSWERS, sent, sent_and_acknowledged
from tickets.actions import checklist, filledforms, replies, requestforms, work
from tickets.models import (
    AccessRequest,
    FilledForm,
    FormTemplate,
    FormVersion,
    IdentityCheck,
    Message,
    RequestForm,
    StepTick,
    Ticket,
)
from tickets.queries.charges import standing
from tickets.queries.requestforms import checklist_of, newest_version, offered_form, offered_forms, templates_of
from tickets.rules.readyforms import READY, STARTER
from tickets.rules.requestforms import Definition, Field, Leads
from tickets.rules.scope import Area
from tickets.rules.states import Kind, State

pytestmark = pytest.mark.django_db


def heard(kind: str) -> list[AuditEvent]:
    with act_as_staff(SYSTEM):
        return list(AuditEvent.objects.filter(kind=kind).order_by("id"))


@pytest.fixture
def staff() -> Any:
    with act_as_staff(SYSTEM):
        yield


def accepted(world: World, code: str) -> Ticket:
    ticket = sent_and_acknowledged(world, code)
    with act_as_staff(SYSTEM):
        return work.accept(ticket.pk, kind=Kind.ALTERATION, by=world.cora.actor, at=MORNING)


class TestSending:
    @pytest.mark.clause("LIA-3", "HLP-5")
    def test_it_is_an_ordinary_request_with_the_answers_beside_it(self, world: World) -> None:
        ticket = sent(world, "new-starter")
        with act_as_staff(SYSTEM):
            filled, message = FilledForm.objects.get(), Message.objects.get()
            assert ticket.subject == "New starter: Zoe Zander" and ticket.state == State.RECEIVED
            assert "First day: 1 December 2026" in message.body and "–" not in message.body
            assert (filled.ticket_id, filled.answers["name"], filled.version.number) == (ticket.pk, "Zoe Zander", 1)
            assert (filled.open_steps, filled.open_required) == (len(STARTER.steps), 2)
            assert Outbox.objects.filter(kind="acknowledgement", about_id=ticket.pk).count() == 1
            assert not AccessRequest.objects.exists()
        (event,) = heard("form filled in")
        assert event.subject_id == ticket.pk and event.client_visible

    @pytest.mark.clause("LIA-3", "ODS-4")
    def test_a_reset_for_somebody_else_asks_for_access_and_the_manager(self, world: World) -> None:
        ticket = sent(world, "password-reset")
        with act_as_staff(SYSTEM):
            asked = AccessRequest.objects.get()
            assert (asked.ticket_id, asked.person, asked.own_data) == (ticket.pk, "Jo Smith", False)
            assert asked.purpose == "Reset for Jo Smith: The password. Locked out after the holiday."
            assert ticket.for_whom == "Jo Smith"
            assert [one.user_id for one in Notice.objects.filter(key=f"access {asked.pk}")] == [world.ann.user.pk]

    def test_a_reset_for_oneself_needs_no_word_of_a_manager(self, world: World) -> None:
        me = {"id": world.ben.membership.pk, "label": world.ben.membership.label}  # type: ignore[union-attr]
        ticket = sent(world, "password-reset", person=me)
        with act_as_staff(SYSTEM):
            asked = AccessRequest.objects.get()
            assert asked.own_data and ticket.for_whom == ""
            assert not Notice.objects.filter(key=f"access {asked.pk}").exists()

    @pytest.mark.clause("ACC-7", "ODS-6")
    def test_a_correction_carries_before_and_after_into_the_purpose(self, world: World) -> None:
        ticket = sent(world, "data-correction")
        with act_as_staff(SYSTEM):
            asked = AccessRequest.objects.get()
            assert asked.purpose == "Correct “12 Hihg Street” to “12 High Street”. Wrong since the move."
            assert "Before: 12 Hihg Street\nAfter: 12 High Street" in Message.objects.get(ticket=ticket).body

    def test_an_unspecific_purpose_leaves_nothing_behind(self, world: World) -> None:
        with pytest.raises(Refused) as refused, transaction.atomic():
            sent(world, "data-correction", place="everything")
        assert refused.value.clause == "ODS-6"
        with act_as_staff(SYSTEM):
            assert not Ticket.objects.exists() and not FilledForm.objects.exists()

    @pytest.mark.clause("EML-5")
    def test_only_a_manager_has_the_protection_removed(self, world: World) -> None:
        with pytest.raises(Refused) as refused:
            sent(world, "remove-email-protection")
        assert refused.value.clause == "EML-5"
        ticket = sent(world, "remove-email-protection", world.ann)
        with act_as_staff(SYSTEM):
            assert "Agreed" in Message.objects.get(ticket=ticket).body

    def test_a_version_that_was_replaced_or_retired_is_not_sent(self, world: World) -> None:
        with act_as(world.alder.pk):
            old = offered_form("new-starter")
        with act_as_staff(SYSTEM):
            requestforms.save_form(STARTER, by=world.lee.actor, at=MORNING, form_id=old.form_id, seen=1)
        given = {"requester": world.ben.membership, "by": world.ben.actor, "at": MORNING}
        with act_as(world.alder.pk), pytest.raises(Refused, match="has changed meanwhile"):
            filledforms.raise_with_form(old, ANSWERS["new-starter"], **given)
        with act_as_staff(SYSTEM):
            requestforms.retire_form(old.form_id, by=world.lee.actor, at=MORNING)
        with act_as(world.alder.pk), pytest.raises(FormVersion.DoesNotExist):
            offered_form("new-starter")

    @pytest.mark.clause("LIA-3", "LIA-1")
    def test_the_ruling_is_proposed_from_what_the_form_is_about(self, world: World, staff: None) -> None:
        ticket = sent(world, "password-reset")
        assert standing(ticket).area == Area.PASSWORD
        assert standing(ticket, for_staff=False).area == Area.PRODUCT


class TestTemplates:
    def keep(self, world: World, label: str = "Joiner", code: str = "new-starter", who: str = "ben") -> FormTemplate:
        person = world.people[who]
        assert person.membership
        with act_as(person.membership.client_id):
            return filledforms.keep_template(
                offered_form(code), ANSWERS[code], label=label, maker=person.membership, by=person.actor, at=MORNING
            )

    @pytest.mark.clause("ACC-4")
    def test_it_keeps_what_is_not_private(self, world: World) -> None:
        assert self.keep(world, "  Office   joiner ").label == "Office joiner"
        with act_as_staff(SYSTEM):
            row = FormTemplate.objects.get()
            assert row.answers == {"name": "Zoe Zander", "first_day": "2026-12-01"}
        assert [event.client_id for event in heard("template kept")] == [world.alder.pk]

    def test_a_name_is_taken_once_in_a_client(self, world: World) -> None:
        self.keep(world)
        for label in ("Joiner", " "):
            with pytest.raises(Refused):
                self.keep(world, label)
        self.keep(world, who="bea")

    def test_everybody_of_the_client_may_use_it_and_nobody_else(self, world: World) -> None:
        row = self.keep(world)
        with act_as(world.alder.pk):
            assert [one.pk for one in templates_of(world.ann.actor)] == [row.pk]
        with act_as(world.birch.pk):
            assert not FormTemplate.objects.exists() and not templates_of(world.bea.actor).exists()

    def test_its_maker_or_a_manager_removes_it(self, world: World) -> None:
        row = self.keep(world, who="ann")
        with act_as(world.alder.pk), pytest.raises(Refused, match="Ann Archer made this template"):
            filledforms.remove_template(row.pk, by=world.ben.actor, at=MORNING)
        with act_as(world.birch.pk), pytest.raises(FormTemplate.DoesNotExist):
            filledforms.remove_template(row.pk, by=world.bea.actor, at=MORNING)
        mine = self.keep(world, "Mine")
        with act_as(world.alder.pk):
            filledforms.remove_template(mine.pk, by=world.ben.actor, at=MORNING)
            filledforms.remove_template(row.pk, by=world.ann.actor, at=MORNING)
            assert not templates_of(world.ann.actor).exists()
        self.keep(world)  # the name is free again
        assert [event.actor_label for event in heard("template removed")] == ["Ben Baker", "Ann Archer"]


class TestChecklist:
    def tick(self, ticket: Ticket, key: str, by: Actor, done: bool = True) -> FilledForm:
        return checklist.tick_step(ticket.pk, key, done=done, by=by, at=MORNING)

    @pytest.mark.clause("LIA-3")
    def test_who_ticked_and_when_stays_on_record_after_it_was_taken_back(self, world: World, staff: None) -> None:
        ticket = sent(world, "new-starter")
        assert self.tick(ticket, "account", world.cora.actor).open_required == 1
        (done,) = [line for line in checklist_of(FilledForm.objects.get()) if line.done]
        assert (done.step.key, done.by, done.at) == ("account", "Cora Carter", MORNING)
        with pytest.raises(Refused, match="ticked already"):
            self.tick(ticket, "account", world.lee.actor)
        assert self.tick(ticket, "account", world.lee.actor, done=False).open_required == 2
        with pytest.raises(Refused, match="not ticked"):
            self.tick(ticket, "account", world.lee.actor, done=False)
        assert list(StepTick.objects.order_by("id").values_list("done", "staff_label")) == [
            (True, "Cora Carter"), (False, "Lee Lister"),
        ]  # fmt: skip
        assert [event.client_visible for event in (*heard("step ticked"), *heard("step taken back"))] == [False, False]

    def test_what_is_no_step_of_it_is_refused(self, world: World, staff: None) -> None:
        ticket = sent(world, "new-starter")
        with pytest.raises(Refused, match="no such step"):
            self.tick(ticket, "reset", world.cora.actor)
        with pytest.raises(Refused, match="Only our staff"):
            self.tick(ticket, "account", SYSTEM)
        other = rows.ticket(world, world.ben.membership)  # type: ignore[arg-type]
        with pytest.raises(FilledForm.DoesNotExist):
            self.tick(other, "account", world.cora.actor)

    @pytest.mark.clause("LIA-3", "ODS-4", "ACC-5")
    def test_a_step_that_says_what_is_not_on_record_cannot_be_ticked(self, world: World, staff: None) -> None:
        ticket = accepted(world, "password-reset")
        with pytest.raises(Refused, match="No identity check") as refused:
            self.tick(ticket, "who_asks", world.cora.actor)
        assert refused.value.clause == "LIA-3"
        with pytest.raises(Refused, match="No window was opened") as refused:
            self.tick(ticket, "opened", world.cora.actor)
        assert refused.value.clause == "ACC-5"
        asked = AccessRequest.objects.get()
        IdentityCheck.objects.create(
            client_id=ticket.client_id, request=asked, proof="callback", note="Rang the known number", staff=world.cora.staff,
            staff_label="Cora", checked_at=MORNING,
        )  # fmt: skip
        assert self.tick(ticket, "who_asks", world.cora.actor).open_required == 2

    @pytest.mark.clause("LIA-3")
    def test_a_request_with_an_open_required_step_is_not_resolved(self, world: World, staff: None) -> None:
        ticket = accepted(world, "new-starter")
        with pytest.raises(Refused, match="2 required steps"):
            work.change_state(ticket.pk, State.RESOLVED, by=world.cora.actor, at=MORNING)
        with pytest.raises(Refused, match="2 required steps"):
            replies.reply(ticket.pk, "Done.", by=world.cora.actor, at=MORNING, then=State.RESOLVED)
        for key in ("manager_knows", "account"):
            self.tick(ticket, key, world.cora.actor)
        assert work.change_state(ticket.pk, State.RESOLVED, by=world.cora.actor, at=MORNING).state == State.RESOLVED
        with pytest.raises(Refused, match="is finished"):
            self.tick(ticket, "licence", world.cora.actor)

    def test_a_request_without_a_form_is_resolved_as_ever(self, world: World, staff: None) -> None:
        ticket = rows.acknowledged(world, world.ben.membership)  # type: ignore[arg-type]
        work.accept(ticket.pk, kind=Kind.FAULT, by=world.cora.actor, at=MORNING)
        assert work.change_state(ticket.pk, State.RESOLVED, by=world.cora.actor, at=MORNING).state == State.RESOLVED


class TestEditing:
    FORM = Definition("Van hire", "A van.", "addition", "product", "LIA-1", "Because.", (Field("day", "Which day?"),))

    def save(self, world: World, form: Definition = FORM, who: str = "lee", **more: Any) -> FormVersion:
        with act_as_staff(SYSTEM):
            return requestforms.save_form(form, by=world.people[who].actor, at=MORNING, **more)

    @pytest.mark.clause("LIA-3")
    def test_a_new_form_stands_behind_the_others(self, world: World) -> None:
        version = self.save(world)
        assert (version.form.code, version.number, version.form.ready) == ("van-hire", 1, False)
        assert self.save(world).form.code == "van-hire-2"
        with act_as(world.alder.pk):
            codes = [one.form.code for one in offered_forms()]
            assert codes[:10] == [one.code for one in READY] and codes[10:] == ["van-hire", "van-hire-2"]

    def test_a_request_keeps_the_version_that_it_was_filled_in_with(self, world: World) -> None:
        ticket = sent(world, "new-starter")
        with act_as_staff(SYSTEM):
            first = FilledForm.objects.get(ticket=ticket).version
        second = self.save(world, replace(STARTER, name="Joiner", steps=()), form_id=first.form_id, seen=1)
        with act_as_staff(SYSTEM):
            assert FilledForm.objects.get(ticket=ticket).version.name == "New starter"
            assert newest_version(first.form_id) == second and second.number == 2
            assert len(checklist_of(FilledForm.objects.get(ticket=ticket))) == len(STARTER.steps)

    def test_two_who_change_it_at_once_do_not_overwrite_each_other(self, world: World) -> None:
        form_id = self.save(world).form_id
        self.save(world, form_id=form_id, seen=1)
        with pytest.raises(Refused, match="Somebody else changed this form"):
            self.save(world, who="ada", form_id=form_id, seen=1)

    @pytest.mark.clause("CMP-6")
    def test_only_leads_and_administrators_may(self, world: World) -> None:
        for act in (
            lambda: self.save(world, who="cora"),
            lambda: requestforms.retire_form(1, by=world.cora.actor, at=MORNING),
            lambda: requestforms.offer_form(1, by=world.cora.actor, at=MORNING),
            lambda: requestforms.raise_form(1, by=world.ann.actor, at=MORNING),
        ):
            with pytest.raises(Refused, match="Only staff of the grade"):
                act()

    def test_a_form_that_is_not_in_order_is_refused_with_every_fault(self, world: World) -> None:
        wrong = replace(self.FORM, clause="XYZ-1", fields=(Field("a", "New password"),))
        with pytest.raises(Refused) as refused:
            self.save(world, wrong)
        assert "no such clause" in refused.value.sentence and "Never ask for a password" in refused.value.sentence

    def test_it_is_retired_once_offered_again_once_and_put_in_order(self, world: World) -> None:
        form_id = self.save(world).form_id
        by = {"by": world.ada.actor, "at": MORNING}
        with act_as_staff(SYSTEM):
            requestforms.raise_form(form_id, **by)
            assert [one.form.code for one in newest()][-2:] == ["van-hire", "nda-statement"]
            first = RequestForm.objects.get(code="new-starter")
            requestforms.raise_form(first.pk, **by)
            assert newest()[0].form.code == "new-starter"
            requestforms.retire_form(form_id, **by)
            with pytest.raises(Refused, match="not on offer already"):
                requestforms.retire_form(form_id, **by)
            assert "van-hire" not in {one.form.code for one in offered_forms()}
            requestforms.offer_form(form_id, **by)
            with pytest.raises(Refused, match="on offer already"):
                requestforms.offer_form(form_id, **by)
            with pytest.raises(RequestForm.DoesNotExist):
                requestforms.raise_form(0, **by)
        kinds = [event.kind for event in heard("request form retired") + heard("request form offered")]
        assert (
            kinds == ["request form retired", "request form offered"] and len(heard("request forms put in order")) == 2
        )

    def test_the_ready_ones_are_written_where_they_are_missing(self, world: World, staff: None) -> None:
        assert requestforms.write_ready_forms(by=SYSTEM, at=MORNING) == []
        with connection.cursor() as cursor:
            cursor.execute("select count(*) from tickets_requestform where ready")
            assert cursor.fetchone()[0] == 10


def newest() -> list[FormVersion]:
    return list(offered_forms())


class TestWalls:
    def test_a_filled_form_is_not_another_clients(self, world: World) -> None:
        sent(world, "new-starter")
        with act_as(world.birch.pk):
            assert not FilledForm.objects.exists()
        with act_as(world.alder.pk):
            assert FilledForm.objects.count() == 1

    def test_it_cannot_point_at_another_clients_request(self, world: World, staff: None) -> None:
        ticket = rows.ticket(world, world.ben.membership)  # type: ignore[arg-type]
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.filled_form(ticket, client_id=world.birch.pk)

    def test_a_request_has_one_form_and_a_protection_one_kind_of_asker(self, world: World, staff: None) -> None:
        ticket = rows.ticket(world, world.ben.membership)  # type: ignore[arg-type]
        rows.filled_form(ticket)
        with pytest.raises(IntegrityError, match="tickets_form_one_each"), transaction.atomic():
            rows.filled_form(ticket)
        version = FormVersion.objects.get(form__code="new-starter")
        version.pk, version.number, version.leads = None, 2, Leads.PROTECTION
        with pytest.raises(IntegrityError, match="tickets_eml5_only_a_manager"), transaction.atomic():
            version.save(force_insert=True)

    @pytest.mark.parametrize(
        ("side", "statement"),
        [
            ("staff", "update tickets_formversion set name = 'Other'"),
            ("staff", "update tickets_filledform set answers = '{}'"),
            ("staff", "delete from tickets_filledform"),
            ("staff", "update tickets_steptick set done = false"),
            ("client", "update tickets_filledform set open_steps = 0"),
            ("client", "select * from tickets_steptick"),
            ("client", "update tickets_formtemplate set answers = '{}'"),
            ("client", "insert into tickets_requestform (code, position, ready) values ('x', 1, false)"),
        ],
        ids=["a version", "answers", "a filled form", "a tick", "progress", "the checklist", "a template", "a form"],
    )
    def test_what_the_database_itself_refuses(self, world: World, side: str, statement: str) -> None:
        scope = act_as(world.alder.pk) if side == "client" else act_as_staff(SYSTEM)
        with pytest.raises(ProgrammingError, match="permission denied"), scope, connection.cursor() as cursor:
            cursor.execute(statement)

    def test_a_confused_name_is_no_form(self, world: World, staff: None) -> None:
        with pytest.raises(DatabaseError), transaction.atomic():
            RequestForm.objects.create(code="Not A Slug", position=1, made_by="x", made_at=MORNING)
