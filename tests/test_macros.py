"""Macros: what one may hold, what it would change, that it is played whole or not at all, and that it never sends."""

from dataclasses import replace
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from portal.actors import SYSTEM
from portal.errors import Refused
from portal.models import AuditEvent, Outbox
from portal.tenancy import act_as, act_as_staff
from tests.cast import MORNING, World
from tests.tickets import acknowledged, fresh
from tickets.actions import desk, triage
from tickets.actions.base import EditConflict
from tickets.actions.macros import play_macro, retire_macro, save_macro
from tickets.models import Draft, Message, SavedMacro, Ticket
from tickets.rules.macros import Act, Assign, Facts, MacroPlan, acts_of, check_plan, wanted, with_words
from tickets.rules.states import Kind, MessageKind, Priority, State

ME, LEE = 7, 8
NOW = Facts(kind=None, product=None, priority="normal", tags=("vip",), assignee=None, state="acknowledged")


class TestRules:
    @pytest.mark.parametrize(
        ("plan", "then", "acts"),
        [
            (MacroPlan(priority="high"), {"priority": "high"}, [Act.MARK]),
            (MacroPlan(priority="normal"), {}, []),
            (MacroPlan(add_tags=("outlook", "vip")), {"tags": ("vip", "outlook")}, [Act.MARK]),
            (MacroPlan(remove_tags=("vip", "gone")), {"tags": ()}, [Act.MARK]),
            (MacroPlan(assign=Assign.ME), {"assignee": ME}, [Act.ASSIGN]),
            (MacroPlan(assign=Assign.PERSON, person=LEE), {"assignee": LEE}, [Act.ASSIGN]),
            (MacroPlan(assign=Assign.NOBODY), {}, []),
            (MacroPlan(state=State.RESOLVED), {"state": "resolved"}, [Act.MOVE]),
            (MacroPlan(kind=Kind.FAULT, product=3), {"kind": "fault", "product": 3}, [Act.CORRECT]),
            (
                MacroPlan(kind=Kind.FAULT, priority="low", assign=Assign.ME, state=State.WAITING_CLIENT, answer=1),
                {"kind": "fault", "priority": "low", "assignee": ME, "state": "waiting_client"},
                list(Act),
            ),
        ],
        ids=["mark", "so already", "tags", "tags off", "me", "person", "nobody", "state", "kind", "all in order"],
    )
    def test_what_it_would_change_and_by_which_acts(
        self, plan: MacroPlan, then: dict[str, Any], acts: list[Act]
    ) -> None:
        left = wanted(plan, NOW, ME)
        assert left == replace(NOW, **then)
        assert acts_of(NOW, left, words=plan.answer is not None) == acts

    @pytest.mark.parametrize(
        "plan",
        [
            MacroPlan(),
            MacroPlan(add_tags=("vip",), remove_tags=("vip",)),
            MacroPlan(assign=Assign.PERSON),
            MacroPlan(assign=Assign.ME, person=LEE),
            *(MacroPlan(state=state) for state in (State.DECLINED, State.WITH_MICROSOFT, State.ACCEPTED, State.MERGED)),
        ],
        ids=["nothing", "both ways", "no person", "two people", "declined", "microsoft", "accepted", "merged"],
    )
    def test_what_is_no_macro_is_refused(self, plan: MacroPlan) -> None:
        with pytest.raises(Refused):
            check_plan(plan)

    def test_too_many_tags_are_refused(self) -> None:
        with pytest.raises(Refused):
            wanted(MacroPlan(add_tags=("one more",)), replace(NOW, tags=tuple(f"t{n}" for n in range(10))), ME)

    @pytest.mark.parametrize(
        ("draft", "said"), [("", "Hello"), ("Dear Ben", "Dear Ben\n\nHello"), ("So: Hello", "So: Hello")]
    )
    def test_words_stand_behind_a_draft_once(self, draft: str, said: str) -> None:
        assert with_words(draft, "Hello") == said


@pytest.fixture
def now(frozen: Any) -> None:
    frozen(MORNING)


def written(
    world: World, plan: MacroPlan, who: str = "lee", *, shared: bool = True, label: str = "Usual"
) -> SavedMacro:
    with act_as_staff(SYSTEM):
        return save_macro(label=label, plan=plan, shared=shared, by=world.people[who].actor, at=MORNING)


def an_answer(world: World, who: str = "lee", *, shared: bool = True) -> int:
    with act_as_staff(SYSTEM):
        given = {"label": "Thanks", "body": "Dear {first_name}, about {reference}.", "shared": shared}
        return desk.save_answer(**given, by=world.people[who].actor, at=MORNING).pk  # type: ignore[arg-type]


def play(world: World, ticket: Ticket, macro: SavedMacro) -> Ticket:
    with act_as_staff(SYSTEM):
        return play_macro(ticket.pk, macro.pk, fresh(ticket).version, by=world.cora.actor, at=MORNING)


def events() -> list[str]:
    return list(AuditEvent.objects.order_by("id").values_list("kind", flat=True))


@pytest.mark.django_db
@pytest.mark.usefixtures("now")
class TestPlaying:
    @pytest.mark.clause("HLP-9")
    def test_every_act_is_done_with_its_own_event_and_the_name_of_the_macro(self, world: World) -> None:
        plan = MacroPlan(
            kind=Kind.FAULT, priority=Priority.HIGH, add_tags=("outlook",), assign=Assign.ME,
            state=State.WAITING_CLIENT, answer=an_answer(world),
        )  # fmt: skip
        ticket, macro = acknowledged(world), written(world, plan)
        with act_as_staff(SYSTEM):
            before, mails = len(events()), Outbox.objects.exclude(kind="notice").count()
            done = play(world, ticket, macro)
            assert (done.kind, done.priority, done.tags) == ("fault", "high", ["outlook"])
            assert (done.assignee_id, done.state) == (world.cora.staff.pk, "waiting_client")
            assert events()[before:] == [
                "macro played", "request corrected", "request marked", "request assigned", "request moved",
            ]  # fmt: skip
            played = AuditEvent.objects.get(kind="macro played")
            assert played.body.payload["macro"] == "Usual" and not played.client_visible
            # D5: words are a draft of who played it; nothing is said to the client.
            draft = Draft.objects.get()
            assert (draft.body, draft.staff_id) == (f"Dear Ben, about {ticket.ref}.", world.cora.staff.pk)
            assert Message.objects.filter(ticket_id=ticket.pk).count() == 1
            assert Outbox.objects.exclude(kind="notice").count() == mails

    def test_a_refused_act_undoes_all_and_says_which_and_why(self, world: World) -> None:
        plan = MacroPlan(priority=Priority.HIGH, assign=Assign.ME, state=State.IN_PROGRESS, answer=an_answer(world))
        ticket, macro = acknowledged(world), written(world, plan)
        with act_as_staff(SYSTEM):
            before, old = events(), fresh(ticket)
            with pytest.raises(Refused) as refused:
                play(world, ticket, macro)
            assert refused.value.sentence.startswith("Move: Accept the request before you work on it.")
            now = fresh(ticket)
            assert (now.priority, now.assignee_id, now.version) == (old.priority, None, old.version)
            assert events() == before and not Draft.objects.exists()

    def test_nobody_without_an_agreement_is_given_work(self, world: World) -> None:
        ticket, macro = acknowledged(world), written(world, MacroPlan(assign=Assign.PERSON, person=world.dev.staff.pk))
        with pytest.raises(Refused, match=r"Assign: .*non-disclosure"):
            play(world, ticket, macro)

    def test_words_stand_behind_what_was_typed_and_only_once(self, world: World) -> None:
        ticket, macro = acknowledged(world), written(world, MacroPlan(answer=an_answer(world)))
        with act_as_staff(SYSTEM):
            desk.save_draft(ticket, "Hello.", MessageKind.NOTE, by=world.cora.actor, at=MORNING)
        for _ in range(2):
            play(world, ticket, macro)
        with act_as_staff(SYSTEM):
            draft = Draft.objects.get()
            assert (draft.body, draft.kind) == (f"Hello.\n\nDear Ben, about {ticket.ref}.", "note")

    def test_an_answer_that_is_retired_refuses_it_whole(self, world: World) -> None:
        answer = an_answer(world)
        ticket, macro = acknowledged(world), written(world, MacroPlan(answer=answer, priority=Priority.LOW))
        with act_as_staff(SYSTEM):
            desk.retire_answer(answer, by=world.lee.actor, at=MORNING)
            with pytest.raises(Refused, match="no longer offered"):
                play(world, ticket, macro)
            assert fresh(ticket).priority == "normal"

    def test_what_a_colleague_changed_meanwhile_is_a_conflict(self, world: World) -> None:
        ticket, macro = acknowledged(world), written(world, MacroPlan(priority=Priority.LOW))
        with act_as_staff(SYSTEM):
            seen = fresh(ticket).version
            triage.mark(ticket.pk, priority=Priority.HIGH, tags=[], by=world.lee.actor, at=MORNING)
            with pytest.raises(EditConflict):
                play_macro(ticket.pk, macro.pk, seen, by=world.cora.actor, at=MORNING)

    def test_only_staff_play_and_nobody_a_colleagues_own(self, world: World) -> None:
        ticket, macro = acknowledged(world), written(world, MacroPlan(priority=Priority.LOW), shared=False)
        with act_as_staff(SYSTEM):
            with pytest.raises(Refused):
                play_macro(ticket.pk, macro.pk, None, by=world.ben.actor, at=MORNING)
            with pytest.raises(SavedMacro.DoesNotExist):
                play(world, ticket, macro)


@pytest.mark.django_db
@pytest.mark.usefixtures("now")
class TestKeeping:
    def test_everybodys_are_the_leads(self, world: World) -> None:
        plan = MacroPlan(priority=Priority.LOW)
        macro = written(world, plan)
        with act_as_staff(SYSTEM):
            for act in (
                lambda: save_macro(label="X", plan=plan, shared=True, by=world.cora.actor, at=MORNING),
                lambda: save_macro(
                    label="X", plan=plan, shared=False, by=world.cora.actor, at=MORNING, macro_id=macro.pk
                ),
                lambda: retire_macro(macro.pk, by=world.cora.actor, at=MORNING),
                lambda: save_macro(label="Usual", plan=plan, shared=True, by=world.lee.actor, at=MORNING),
            ):
                with pytest.raises(Refused):
                    act()
            retire_macro(macro.pk, by=world.ada.actor, at=MORNING)
        written(world, plan)  # the name is free again

    def test_everybodys_takes_no_words_that_are_ones_own(self, world: World) -> None:
        answer = an_answer(world, shared=False)
        with pytest.raises(Refused):
            written(world, MacroPlan(answer=answer))
        written(world, MacroPlan(answer=answer), shared=False)
        with pytest.raises(Refused):
            written(world, MacroPlan(answer=answer), who="cora", shared=False)

    def test_the_database_refuses_what_no_rule_lets_through(self, world: World) -> None:
        given = {"label": "X", "made_by": "Lee", "changed_at": MORNING}
        with act_as_staff(SYSTEM):
            for more in ({"state": "declined"}, {"assign": "person"}, {"label": ""}):
                with pytest.raises(IntegrityError), transaction.atomic():
                    SavedMacro.objects.create(**given | more)

    def test_clients_have_no_sight_of_them(self, world: World) -> None:
        written(world, MacroPlan(priority=Priority.LOW))
        with act_as(world.alder.pk), pytest.raises(Exception, match="permission denied"), transaction.atomic():
            SavedMacro.objects.exists()


@pytest.mark.django_db
@pytest.mark.usefixtures("now")
class TestPages:
    def test_one_is_written_played_changed_and_retired(self, world: World, as_user: Any) -> None:
        ticket, lee, answer = acknowledged(world), as_user(world.lee), an_answer(world)
        given = {
            "label": "On it", "answer": answer, "add_tags": "In Hand", "assign": "me", "shared": "on",
            "idempotency_key": "a",
        }  # fmt: skip
        for _ in range(2):
            assert lee.post("/desk/macros/add/", given)["Location"] == "/desk/macros/"
        with act_as_staff(SYSTEM):
            macro = SavedMacro.objects.get()
        listed = lee.get("/desk/macros/").content.decode()
        assert "On it" in listed and "+ in hand" in listed and "whoever plays it" in listed
        page = f"/desk/tickets/{ticket.ref}/"
        assert f"{page}macros/?version=" in lee.get(page).content.decode()
        assert f'name="macro" value="{macro.pk}"' in lee.get(f"{page}macros/").content.decode()
        with act_as_staff(SYSTEM):
            seen = fresh(ticket).version
        said = {"macro": macro.pk, "version": seen, "idempotency_key": "p"}
        for _ in range(2):
            assert lee.post(f"{page}macros/play/", said)["Location"] == f"{page}#composer-body"
        with act_as_staff(SYSTEM):
            assert AuditEvent.objects.filter(kind="macro played").count() == 1
            assert fresh(ticket).assignee_id == world.lee.staff.pk
        shown = lee.get(page).content.decode()
        assert f"Dear Ben, about {ticket.ref}.</textarea>" in shown and "Nothing is sent until you send it" in shown
        assert lee.post(f"{page}macros/play/", {"macro": macro.pk, "version": seen}).status_code == 409
        changed = {"label": "On it", "priority": "high", "shared": "on"}
        assert lee.post(f"/desk/macros/{macro.pk}/", changed).status_code == 302
        assert "Priority: High" in lee.get("/desk/macros/").content.decode()
        lee.post(f"/desk/macros/{macro.pk}/retire/")
        assert "No macros yet" in lee.get("/desk/macros/").content.decode()
        assert "no longer offered" in lee.post(f"{page}macros/play/", {"macro": macro.pk}, follow=True).content.decode()

    def test_an_agent_keeps_their_own_and_reads_everybodys(self, world: World, as_user: Any) -> None:
        macro, cora = written(world, MacroPlan(priority=Priority.LOW)), as_user(world.cora)
        listed = cora.get("/desk/macros/").content.decode()
        assert "Usual" in listed and f"/desk/macros/{macro.pk}/" not in listed
        assert 'name="shared"' not in cora.get("/desk/macros/add/").content.decode()
        assert cora.post("/desk/macros/add/", {"label": "My own", "priority": "low"}).status_code == 302
        assert "Only you" in cora.get("/desk/macros/").content.decode()
        assert "My own" not in as_user(world.lee).get("/desk/macros/").content.decode()

    @pytest.mark.parametrize(
        "given",
        [{"label": "X"}, {"label": "X", "add_tags": "é"}, {"label": "X", "state": "declined"}, {"priority": "low"}],
        ids=["nothing", "no tag", "no state", "no name"],
    )
    def test_what_is_no_macro_is_not_kept(self, world: World, as_user: Any, given: dict[str, str]) -> None:
        assert as_user(world.lee).post("/desk/macros/add/", given).status_code == 422
        with act_as_staff(SYSTEM):
            assert not SavedMacro.objects.exists()

    def test_a_refusal_is_said_on_the_page(self, world: World, as_user: Any) -> None:
        ticket, macro = acknowledged(world), written(world, MacroPlan(state=State.IN_PROGRESS))
        where = f"/desk/tickets/{ticket.ref}/macros/play/"
        said = as_user(world.cora).post(where, {"macro": macro.pk}, follow=True).content.decode()
        assert "Move: Accept the request before you work on it. Nothing of the macro was done." in said

    @pytest.mark.parametrize("where", ["/desk/macros/", "/desk/tickets/{ref}/macros/"], ids=["list", "ticket"])
    def test_twenty_cost_as_many_statements_as_one(self, world: World, as_user: Any, where: str) -> None:
        ticket, answer, cora = acknowledged(world), an_answer(world), as_user(world.cora)
        plan = MacroPlan(answer=answer, assign=Assign.PERSON, person=world.lee.staff.pk)
        counts = []
        for wanted_rows in (1, 20):
            for number in range(1 if wanted_rows == 1 else 19):
                written(world, plan, label=f"{wanted_rows} {number}")
            cora.get(where.format(ref=ticket.ref))
            with CaptureQueriesContext(connection) as caught:
                assert cora.get(where.format(ref=ticket.ref)).status_code == 200
            counts.append(len(caught))
        assert counts[0] == counts[1]
