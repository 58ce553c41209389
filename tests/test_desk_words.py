"""Drafts that keep themselves, saved answers with safe placeholders, and saved views of the queue."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from portal.actors import SYSTEM
from portal.errors import Refused
from portal.tenancy import act_as_staff
from tests.cast import MORNING, World
from tests.tickets import acknowledged
from tickets.actions import desk
from tickets.models import Draft, Message, SavedAnswer, SavedView
from tickets.rules.answers import filled, unknown_placeholders
from tickets.rules.states import MessageKind

pytestmark = pytest.mark.django_db
VALUES = {"client": "Alder", "first_name": "Ben", "subject": "{client} {{7*7}}"}


@pytest.fixture(autouse=True)
def now(frozen: Any) -> None:
    frozen(MORNING)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("Dear {first_name} of {client}", "Dear Ben of Alder"),
        ("{{7*7}} ${7*7} {% now %}", "{{7*7}} ${7*7} {% now %}"),
        ("{client.pk} {client!r} {0} {} {unknown}", "{client.pk} {client!r} {0} {} {unknown}"),
        ("About {subject}", "About {client} {{7*7}}"),
        ("{person}", "{person}"),
        ("{{client}}", "{Alder}"),
    ],
    ids=["known", "templates", "formats", "values are read once", "no value", "double braces"],
)
def test_placeholders_are_replaced_and_nothing_else_is_read(body: str, said: str) -> None:
    assert filled(body, VALUES) == said


def test_what_nothing_fills_is_named() -> None:
    assert unknown_placeholders("{clint} {client} {{x}} {clint} {a b}") == ["clint", "a b"]


class TestDraft:
    def save(self, browser: Any, ref: str, body: str, kind: str = "reply") -> int:
        return browser.post(f"/desk/tickets/{ref}/draft/", {"body": body, "kind": kind}).status_code

    def test_it_is_kept_changed_and_shown_to_its_writer_alone(self, world: World, as_user: Any) -> None:
        ticket, cora, lee = acknowledged(world), as_user(world.cora), as_user(world.lee)
        assert (
            self.save(cora, ticket.ref, "Half a sen", "note") == 204 == self.save(cora, ticket.ref, "Half a sentence")
        )
        page = cora.get(f"/desk/tickets/{ticket.ref}/").content.decode()
        assert "Half a sentence</textarea>" in page and "Draft from" in page and "/draft/" in page
        assert "Half a sentence" not in lee.get(f"/desk/tickets/{ticket.ref}/").content.decode()
        assert "Half a sentence" not in as_user(world.ben).get(f"/c/alder/requests/{ticket.ref}/").content.decode()

    def test_empty_words_and_sending_forget_it(self, world: World, as_user: Any) -> None:
        ticket, cora = acknowledged(world), as_user(world.cora)
        self.save(cora, ticket.ref, "Words")
        assert self.save(cora, ticket.ref, "  ") == 204
        with act_as_staff(SYSTEM):
            assert not Draft.objects.exists()
        self.save(cora, ticket.ref, "Words")
        cora.post(f"/desk/tickets/{ticket.ref}/say/", {"kind": "note", "body": "Words"})
        with act_as_staff(SYSTEM):
            assert not Draft.objects.exists() and Message.objects.filter(body="Words").count() == 1

    def test_a_key_for_sending_is_not_used_up_by_drafts(self, world: World, as_user: Any) -> None:
        ticket, cora = acknowledged(world), as_user(world.cora)
        said = {"kind": "note", "body": "Words", "idempotency_key": "one"}
        for body in ("W", "Wo"):
            cora.post(f"/desk/tickets/{ticket.ref}/draft/", said | {"body": body})
        assert cora.post(f"/desk/tickets/{ticket.ref}/say/", said).status_code == 302

    @pytest.mark.parametrize(
        "fields", [{"kind": "shout", "body": "x"}, {"body": "x"}, {"kind": "note", "body": "x" * 20_001}]
    )
    def test_what_is_no_message_is_no_draft(self, world: World, as_user: Any, fields: dict[str, str]) -> None:
        ticket = acknowledged(world)
        assert as_user(world.cora).post(f"/desk/tickets/{ticket.ref}/draft/", fields).status_code == 422

    def test_a_draft_stays_with_the_client_of_its_ticket(self, world: World) -> None:
        with act_as_staff(SYSTEM):
            ticket = acknowledged(world)
            with pytest.raises(IntegrityError), transaction.atomic():
                Draft.objects.create(
                    client=world.birch, ticket=ticket, staff=world.cora.staff, kind="note", body="x", saved_at=MORNING
                )
            with pytest.raises(Refused):
                desk.save_draft(ticket, "x", MessageKind.NOTE, by=world.ben.actor, at=MORNING)


class TestSavedAnswer:
    def write(self, world: World, who: str = "cora", **changes: Any) -> SavedAnswer:
        given = {"label": "Thanks", "body": "Dear {first_name}, about {reference}: {{7*7}}", "shared": True, **changes}
        with act_as_staff(SYSTEM):
            return desk.save_answer(**given, by=world.people[who].actor, at=MORNING)

    def test_it_is_offered_and_filled_in_behind_the_draft(self, world: World, as_user: Any) -> None:
        ticket, cora, answer = acknowledged(world), as_user(world.cora), self.write(world)
        cora.post(f"/desk/tickets/{ticket.ref}/draft/", {"kind": "reply", "body": "Hello."})
        page = cora.get(f"/desk/tickets/{ticket.ref}/?answer={answer.pk}").content.decode()
        assert f"Hello.\n\nDear Ben, about {ticket.ref}: {{{{7*7}}}}</textarea>" in page
        offered = f"/desk/tickets/{ticket.ref}/answers/"
        assert offered in page and f"?answer={answer.pk}#composer-body" in cora.get(offered).content.decode()

    @pytest.mark.parametrize("asked", ["0", "x", "9" * 30, "-1"])
    def test_an_answer_that_is_not_there_fills_in_nothing(self, world: World, as_user: Any, asked: str) -> None:
        page = as_user(world.cora).get(f"/desk/tickets/{acknowledged(world).ref}/?answer={asked}")
        assert page.status_code == 200 and "></textarea>" in page.content.decode()

    def test_it_is_written_changed_and_retired_on_its_pages(self, world: World, as_user: Any) -> None:
        cora = as_user(world.cora)
        given = {"label": "Hours", "body": "We open at nine, {nobody}.", "shared": "on", "idempotency_key": "a"}
        for _ in range(2):
            assert cora.post("/desk/answers/add/", given).status_code == 302
        with act_as_staff(SYSTEM):
            answer = SavedAnswer.objects.get()
        assert "Nothing fills “nobody”" in cora.get("/desk/answers/").content.decode()
        assert cora.post("/desk/answers/add/", {"label": "Hours", "body": "x", "shared": "on"}).status_code == 422
        cora.post(f"/desk/answers/{answer.pk}/", {"label": "Hours", "body": "We open at nine."})
        assert "Only you" in cora.get("/desk/answers/").content.decode()
        cora.post(f"/desk/answers/{answer.pk}/retire/")
        assert "No saved answers yet" in cora.get("/desk/answers/").content.decode()

    def test_a_colleagues_own_answer_is_not_there(self, world: World, as_user: Any) -> None:
        answer, lee = self.write(world, shared=False), as_user(world.lee)
        assert "Thanks" not in lee.get("/desk/answers/").content.decode()
        assert lee.get(f"/desk/answers/{answer.pk}/").status_code == 404
        assert lee.post(f"/desk/answers/{answer.pk}/retire/").status_code == 404
        self.write(world, "lee", shared=False)  # the name is free for each


class TestSavedView:
    def test_it_stands_with_the_tabs_for_whom_it_is(self, world: World, as_user: Any) -> None:
        cora, lee = as_user(world.cora), as_user(world.lee)
        given = {"label": "Alder VIP", "name": "mine", "client": "alder", "tag": "vip", "idempotency_key": "v"}
        for _ in range(2):
            assert cora.post("/desk/views/save/", given)["Location"] == "/desk/?view=mine&client=alder&tag=vip"
        assert "Alder VIP" in cora.get("/desk/").content.decode()
        assert "Alder VIP" not in lee.get("/desk/").content.decode()
        with act_as_staff(SYSTEM):
            view = SavedView.objects.get()
        assert lee.post(f"/desk/views/{view.pk}/remove/").status_code == 404
        cora.post(f"/desk/views/{view.pk}/remove/")
        assert "Alder VIP" not in cora.get("/desk/").content.decode()

    def test_a_shared_one_is_removed_by_its_maker_or_a_lead(self, world: World) -> None:
        with act_as_staff(SYSTEM):
            view = desk.save_view(
                label="Ours", name="open", client=None, tag="", shared=True, by=world.lee.actor, at=MORNING
            )
            with pytest.raises(Refused):
                desk.remove_view(view.pk, by=world.cora.actor, at=MORNING)
            with pytest.raises(Refused):
                desk.save_view(
                    label="Ours", name="open", client=None, tag="", shared=True, by=world.cora.actor, at=MORNING
                )
            desk.remove_view(view.pk, by=world.ada.actor, at=MORNING)
            assert not SavedView.objects.exists()

    @pytest.mark.parametrize("change", [{"label": ""}, {"name": "secret"}])
    def test_what_is_no_view_is_not_kept(self, world: World, as_user: Any, change: dict[str, str]) -> None:
        given = {"label": "X", "name": "open", "client": "", "tag": "", **change}
        assert as_user(world.cora).post("/desk/views/save/", given)["Location"] == "/desk/"
        with act_as_staff(SYSTEM):
            assert not SavedView.objects.exists()
