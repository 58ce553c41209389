"""One cause behind requests of many clients: linked, and answered together by one person's words."""

from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import ProgrammingError, connection
from django.test.utils import CaptureQueriesContext

from portal import jobs
from portal.actions.announcements import say_more
from portal.actors import SYSTEM
from portal.errors import Refused
from portal.models import AuditEvent, Nda, Notice, Outbox
from portal.rules.announcements import Stage
from portal.tenancy import act_as, act_as_staff
from tests.announcing import announced
from tests.cast import MORNING, World
from tests.tickets import acknowledged, fresh, publish_now
from tickets.actions.problemanswers import send_answers
from tickets.actions.problems import (
    answer_all,
    change_problem,
    link_to_problem,
    make_problem,
    undo_answers,
    unlink_from_problem,
)
from tickets.actions.replies import reply
from tickets.actions.watch import publish_replies
from tickets.actions.work import change_state
from tickets.models import Message, Problem, ProblemAnswer, ProblemTicket, ProblemUpdate, Ticket
from tickets.rules.problems import UNDO, ProblemState, check_undo, goes_out_at
from tickets.rules.states import State

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
OUT = MORNING + 10 * SECOND
WORDS = "The line is mended. Mail arrives again."
KEY = {"idempotency_key": "0f8fad5b-d9cb-469f-a165-70867728950e"}


class TestRules:
    @pytest.mark.clause("HLP-5")
    @pytest.mark.parametrize(
        ("dues", "after"),
        [([], 10), ([3600], 10), ([3600, 5], 0), ([-60], 10), ([19], 0), ([20], 10)],
        ids=["no clock", "far", "one near", "past", "just near", "just far"],
    )
    def test_words_wait_ten_seconds_but_for_no_promise(self, dues: list[int], after: int) -> None:
        said = goes_out_at(written_at=MORNING, dues=[MORNING + due * SECOND for due in dues])
        assert said == MORNING + after * SECOND

    @pytest.mark.parametrize(
        ("changes", "allowed"),
        [({}, True), ({"mine": False}, False), ({"undone": True}, False), ({"at": MORNING + UNDO}, True),
         ({"at": MORNING + UNDO + SECOND}, False)],
        ids=["at once", "a colleague", "twice", "ten minutes", "later"],
    )  # fmt: skip
    def test_who_may_undo_and_how_long(self, changes: dict[str, Any], allowed: bool) -> None:
        given = {"mine": True, "made_at": MORNING, "undone": False, "at": MORNING, **changes}
        if allowed:
            check_undo(**given)
        else:
            with pytest.raises(Refused):
                check_undo(**given)


def three(world: World) -> list[Ticket]:
    return [acknowledged(world), acknowledged(world, who=world.ann), acknowledged(world, who=world.bea)]


def behind(world: World, tickets: list[Ticket]) -> Problem:
    """A problem of Cora's behind these requests. Staff's scope."""
    by = world.cora.actor
    row = make_problem(title="The line is cut", cause="", by=by, at=MORNING)
    link_to_problem(row.pk, [one.pk for one in tickets], by=by, at=MORNING)
    return row


def states(update: ProblemUpdate) -> list[str]:
    return list(update.answers.order_by("ticket_id").values_list("state", flat=True))


@pytest.mark.django_db
class TestLinking:
    def test_requests_of_many_clients_have_one_problem_and_no_client_learns_of_it(self, world: World) -> None:
        with act_as_staff(SYSTEM):
            tickets = three(world)
            row = behind(world, tickets)
            other = make_problem(title="Another", cause="", by=world.lee.actor, at=MORNING)
            assert link_to_problem(other.pk, [tickets[0].pk], by=world.lee.actor, at=MORNING) == []
            assert set(row.links.values_list("client_id", flat=True)) == {world.alder.pk, world.birch.pk}
            events = AuditEvent.objects.filter(kind="request linked to a problem")
            assert events.count() == 3 and not events.filter(client_visible=True).exists()

    @pytest.mark.parametrize("table", ["problem", "problemupdate", "problemticket", "problemanswer"])
    def test_the_database_shows_a_client_none_of_it(self, world: World, table: str) -> None:
        refused = pytest.raises(ProgrammingError, match="permission denied")
        with refused, act_as(world.alder.pk), connection.cursor() as cursor:
            cursor.execute(f"select from tickets_{table}")

    def test_a_request_is_taken_off_and_can_be_linked_again(self, world: World) -> None:
        with act_as_staff(SYSTEM):
            (ticket, *_rest) = three(world)
            row, by = behind(world, [ticket]), world.cora.actor
            unlink_from_problem(row.pk, ticket.pk, by=by, at=MORNING)
            with pytest.raises(ProblemTicket.DoesNotExist):
                unlink_from_problem(row.pk, ticket.pk, by=by, at=MORNING)
            assert len(link_to_problem(row.pk, [ticket.pk], by=by, at=MORNING)) == 1

    def test_a_resolved_problem_gets_no_more_requests_until_it_is_open_again(self, world: World) -> None:
        with act_as_staff(SYSTEM):
            ticket, by = acknowledged(world), world.cora.actor
            row = behind(world, [])
            given = {"title": row.title, "cause": "A digger.", "announcement": None, "by": by, "at": MORNING}
            change_problem(row.pk, **given, state=ProblemState.RESOLVED)
            with pytest.raises(Refused, match="resolved"):
                link_to_problem(row.pk, [ticket.pk], by=by, at=MORNING)
            assert change_problem(row.pk, **given, state=ProblemState.KNOWN_ERROR).resolved_at is None

    def test_clients_keep_no_problems(self, world: World) -> None:
        with act_as_staff(SYSTEM), pytest.raises(Refused):
            make_problem(title="Mine", cause="", by=world.ann.actor, at=MORNING)


@pytest.mark.django_db
@pytest.mark.clause("HLP-5")
class TestAnswering:
    def test_each_open_request_is_answered_once_by_the_person(self, world: World) -> None:
        with act_as_staff(SYSTEM):
            tickets = three(world)
            update = answer_all(behind(world, tickets).pk, WORDS, by=world.cora.actor, at=MORNING)
            assert send_answers(OUT - SECOND) == 0
            assert send_answers(OUT) == 3 and send_answers(OUT) == 0
            assert states(update) == ["posted"] * 3
            for one in tickets:
                now = fresh(one)
                assert (now.first_reply_at, now.clock.met_at, now.clock.breached_at) == (OUT, OUT, None)
                said = Message.objects.get(ticket=one, kind="reply")
                assert (said.body, said.author_staff_id, said.client_visible) == (WORDS, world.cora.staff.pk, True)
            assert Outbox.objects.filter(kind="reply").count() == 3

    def test_a_late_sweep_answers_late_and_the_clock_says_so(self, world: World) -> None:
        with act_as_staff(SYSTEM):
            ticket = acknowledged(world)
            answer_all(behind(world, [ticket]).pk, WORDS, by=world.cora.actor, at=MORNING)
            late = fresh(ticket).clock.due_at + MINUTE
            assert send_answers(late) == 1
            now = fresh(ticket).clock
            assert (now.met_at, now.breached_at) == (late, now.due_at)

    @pytest.mark.clause("HLP-3", "HLP-4")
    def test_it_counts_only_where_it_was_delivered(self, world: World) -> None:
        with act_as_staff(SYSTEM):
            done, left, other = three(world)
            row = behind(world, [done, left])
            answer_all(row.pk, WORDS, by=world.cora.actor, at=MORNING)
            change_state(left.pk, State.RESOLVED, by=world.lee.actor, at=MORNING)
            send_answers(OUT)
            assert fresh(done).clock.met_at == OUT
            assert fresh(left).clock.met_at is None and fresh(other).clock.met_at is None
            answer = ProblemAnswer.objects.get(ticket=left)
            assert answer.state == "refused" and "finished meanwhile" in answer.sentence

    def test_one_refusal_stops_no_other(self, world: World) -> None:
        with act_as_staff(SYSTEM):
            tickets = three(world)
            update = answer_all(behind(world, tickets).pk, WORDS, by=world.cora.actor, at=MORNING)
            # The writer's agreement ended: the database gives nobody's request to her, so those that have no colleague stay.
            Ticket.objects.filter(pk=tickets[1].pk).update(assignee=world.lee.staff, assigned_at=MORNING)
            Nda.objects.filter(staff=world.cora.staff).update(valid_to=MORNING.date())
            send_answers(OUT)
            assert states(update) == ["refused", "posted", "refused"]
            assert not Message.objects.filter(ticket=tickets[0], kind="reply").exists()
            assert all(update.answers.filter(state="refused").values_list("sentence", flat=True))

    def test_nothing_nobody_and_the_portal_itself_are_refused(self, world: World) -> None:
        with act_as_staff(SYSTEM):
            row = behind(world, [])
            linked = behind(world, [acknowledged(world)])
            for problem, body, by in (
                (row, WORDS, world.cora.actor),
                (linked, " ", world.cora.actor),
                (linked, WORDS, SYSTEM),
            ):
                with pytest.raises(Refused):
                    answer_all(problem.pk, body, by=by, at=MORNING)

    def test_it_resolves_them_and_the_undo_puts_back_what_nobody_changed(self, world: World) -> None:
        with act_as_staff(SYSTEM):
            tickets, by = three(world), world.cora.actor
            update = answer_all(behind(world, tickets).pk, WORDS, by=by, at=MORNING, resolve=True)
            send_answers(OUT)
            assert {fresh(one).state for one in tickets} == {State.RESOLVED}
            change_state(tickets[0].pk, State.CLOSED, by=world.lee.actor, at=OUT)
            undo_answers(update.pk, by=by, at=OUT + MINUTE)
            assert send_answers(OUT + MINUTE) == 3 and send_answers(OUT + MINUTE) == 0
            assert [fresh(one).state for one in tickets] == ["closed", "acknowledged", "acknowledged"]
            assert fresh(tickets[1]).close_due_at is None and fresh(tickets[1]).clock.met_at == OUT
            said = list(update.answers.order_by("ticket_id").values_list("sentence", flat=True))
            assert said[0].startswith("Changed since then") and said[1].startswith("Open again")
            assert Message.objects.filter(kind="reply", client_visible=True).count() == 3
            with pytest.raises(Refused):
                undo_answers(update.pk, by=by, at=OUT + MINUTE)

    def test_within_ten_seconds_all_of_it_is_taken_back(self, world: World) -> None:
        with act_as_staff(SYSTEM):
            update = answer_all(behind(world, three(world)).pk, WORDS, by=world.cora.actor, at=MORNING, resolve=True)
            with pytest.raises(Refused, match="Only the person"):
                undo_answers(update.pk, by=world.lee.actor, at=MORNING)
            undo_answers(update.pk, by=world.cora.actor, at=MORNING + SECOND)
            assert send_answers(OUT) == 0 and states(update) == ["taken_back"] * 3
            assert not Message.objects.filter(kind="reply").exists()

    def test_an_update_of_its_announcement_answers_its_requests_too(self, world: World) -> None:
        row = announced(world, to=[world.alder])
        with act_as_staff(SYSTEM):
            tickets = [acknowledged(world), acknowledged(world, who=world.bea)]
            problem = behind(world, tickets)
            given = {"title": problem.title, "cause": "", "state": ProblemState.OPEN, "announcement": row}
            change_problem(problem.pk, **given, by=world.cora.actor, at=MORNING)
            words = {"stage": Stage.MENDED, "body": WORDS, "over": True, "by": world.lee.actor, "at": MORNING}
            say_more(row.pk, **words, answer=True, resolve=True)
            send_answers(OUT)
            # Birch may not read the announcement, so its request gets none of its words.
            assert [fresh(one).state for one in tickets] == [State.RESOLVED, State.ACKNOWLEDGED]
            assert set(Message.objects.filter(kind="reply").values_list("author_staff_id", flat=True)) == {
                world.lee.staff.pk
            }

    def test_an_update_that_reaches_no_open_request_is_refused(self, world: World) -> None:
        row = announced(world, to=[world.birch])
        with act_as_staff(SYSTEM):
            Problem.objects.filter(pk=behind(world, [acknowledged(world)]).pk).update(announcement=row)
            with pytest.raises(Refused, match="whom it concerns"):
                say_more(row.pk, stage=Stage.NEWS, body=WORDS, answer=True, by=world.lee.actor, at=MORNING)

    def test_a_request_with_a_held_reply_waits_for_it_and_the_others_do_not(self, world: World) -> None:
        with act_as_staff(SYSTEM):
            tickets = three(world)
            update = answer_all(behind(world, tickets).pk, WORDS, by=world.cora.actor, at=MORNING)
            reply(tickets[1].pk, "Mine first.", by=world.lee.actor, at=OUT - SECOND)
            send_answers(OUT)
            assert states(update) == ["posted", "waiting", "posted"]
            assert send_answers(OUT + SECOND) == 0
            send_answers(OUT + 3 * SECOND)
            assert states(update)[1] == "waiting"
            publish_replies(OUT + 9 * SECOND)
            send_answers(OUT + 10 * SECOND)
            assert states(update) == ["posted"] * 3
            said = Message.objects.filter(ticket=tickets[1], kind="reply").order_by("pk")
            assert [one.body for one in said] == ["Mine first.", WORDS]
            told = list(update.answers.order_by("ticket_id").values_list("sentence", flat=True))
            assert told[1].startswith("A colleague answered it in the same moment") and told[0] == told[2] == ""

    @pytest.mark.parametrize("first", [True, False], ids=["before-the-words", "after-the-words"])
    def test_where_a_colleague_answered_in_the_same_moment_the_words_end_nothing(
        self, world: World, first: bool
    ) -> None:
        """The colleague asks something back: news of the problem follows, but no end that knew nothing of the question."""
        now, by = MORNING + MINUTE, world.lee.actor
        with act_as_staff(SYSTEM):
            three_of_them = asked, _other, old = three(world)
            problem = behind(world, three_of_them)
            publish_now(old.pk, "We are looking.", by=by, at=MORNING)
            if first:
                reply(asked.pk, "Since when?", by=by, at=now - SECOND, then=State.WAITING_CLIENT)
            update = answer_all(problem.pk, WORDS, by=world.cora.actor, at=now, resolve=True)
            if not first:
                reply(asked.pk, "Since when?", by=by, at=now + SECOND, then=State.WAITING_CLIENT)
            publish_replies(now + 11 * SECOND)
            send_answers(now + 13 * SECOND)
            assert states(update) == ["posted"] * 3
            assert [fresh(one).state for one in three_of_them] == ["waiting_client", "resolved", "resolved"]
            assert [bool(one.sentence) for one in update.answers.order_by("ticket_id")] == [True, False, False]
            undo_answers(update.pk, by=world.cora.actor, at=now + MINUTE)
            send_answers(now + MINUTE)
            assert [fresh(one).state for one in three_of_them] == ["waiting_client", "acknowledged", "acknowledged"]

    def test_two_updates_of_one_problem_in_the_same_moment_are_no_double_answer(self, world: World) -> None:
        with act_as_staff(SYSTEM):
            ticket = acknowledged(world)
            problem = behind(world, [ticket])
            answer_all(problem.pk, WORDS, by=world.cora.actor, at=MORNING)
            last = answer_all(problem.pk, "It is mended.", by=world.lee.actor, at=MORNING + SECOND, resolve=True)
            send_answers(OUT)
            send_answers(OUT + SECOND)
            assert fresh(ticket).state == State.RESOLVED and last.answers.get().sentence == ""

    def test_it_waits_for_a_held_reply_no_longer_than_a_minute(self, world: World) -> None:
        with act_as_staff(SYSTEM):
            ticket = acknowledged(world)
            update = answer_all(behind(world, [ticket]).pk, WORDS, by=world.cora.actor, at=MORNING)
            reply(ticket.pk, "Mine first.", by=world.lee.actor, at=OUT - SECOND)
            send_answers(OUT)
            send_answers(OUT + MINUTE)
            assert states(update) == ["refused"]
            assert "A colleague was answering" in update.answers.get().sentence

    def test_without_a_problem_such_an_update_is_refused_whole(self, world: World) -> None:
        row = announced(world)
        with act_as_staff(SYSTEM):
            with pytest.raises(Refused, match="No problem"):
                say_more(row.pk, stage=Stage.NEWS, body=WORDS, answer=True, by=world.lee.actor, at=MORNING)
            assert not row.updates.exists()

    def test_an_automatic_end_answers_nothing(self, world: World) -> None:
        row = announced(world)
        with act_as_staff(SYSTEM):
            ticket = acknowledged(world)
            problem = behind(world, [ticket])
            Problem.objects.filter(pk=problem.pk).update(announcement=row)
        jobs.run("announcements", MORNING)
        with act_as_staff(SYSTEM):
            assert fresh(ticket).clock.met_at is None and Notice.objects.filter(kind="outage").exists()

    @pytest.mark.parametrize("number", [1, 20])
    def test_asking_costs_the_same_for_one_request_and_for_twenty(self, world: World, number: int) -> None:
        with act_as_staff(SYSTEM):
            row = behind(world, [acknowledged(world) for _ in range(number)])
            with CaptureQueriesContext(connection) as caught:
                answer_all(row.pk, WORDS, by=world.cora.actor, at=MORNING)
        assert len([one for one in caught if "SAVEPOINT" not in one["sql"]]) == 6


def test_two_sweeps_beside_each_other_answer_each_request_once(lasting_world: World) -> None:
    world = lasting_world
    with act_as_staff(SYSTEM):
        tickets = [acknowledged(world) for _ in range(6)]
        answer_all(behind(world, tickets).pk, WORDS, by=world.cora.actor, at=MORNING)
    gate, done = Barrier(2), []

    def one() -> None:
        gate.wait(10)
        done.append(jobs.run("answers of problems", OUT))
        connection.close()

    threads = [Thread(target=one) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sum(done) == 6
    with act_as_staff(SYSTEM):
        assert Message.objects.filter(kind="reply").count() == 6


def test_a_request_that_two_people_link_at_once_gets_one_problem(lasting_world: World) -> None:
    world, by = lasting_world, lasting_world.cora.actor
    with act_as_staff(SYSTEM):
        ticket, rows = acknowledged(world), [behind(world, []) for _ in range(2)]
    gate, done = Barrier(2), []

    def one(problem: Problem) -> None:
        gate.wait(10)
        with act_as_staff(SYSTEM):
            done.append(len(link_to_problem(problem.pk, [ticket.pk], by=by, at=MORNING)))
        connection.close()

    threads = [Thread(target=one, args=[row]) for row in rows]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(done) == [0, 1]


@pytest.mark.django_db
class TestPages:
    @pytest.fixture(autouse=True)
    def morning(self, frozen: Any) -> None:
        frozen(MORNING)

    def test_an_announcement_says_how_many_requests_no_update_of_it_answers(self, world: World, as_user: Any) -> None:
        row = announced(world, to=[world.alder])
        with act_as_staff(SYSTEM):
            Problem.objects.filter(pk=behind(world, three(world)).pk).update(announcement=row)
        page = " ".join(as_user(world.lee).get(f"/desk/announcements/{row.pk}/").content.decode().split())
        assert "2 open requests. An update can answer all of them." in page
        assert "1 more open request is of a client whom this announcement is not for." in page

    def test_from_the_problem_to_the_answer_each_once(self, world: World, as_user: Any) -> None:
        tickets, cora = three(world), as_user(world.cora)
        where = {cora.post("/desk/problems/add/", {"title": "The line is cut", **KEY})["Location"] for _ in range(2)}
        (url,) = where
        number = url.split("/")[-2]
        refs = {"problem": number, "refs": [one.ref for one in tickets], "idempotency_key": "link"}
        for _ in range(2):
            assert cora.post("/desk/problems/link/", refs)["Location"] == url
        page = cora.get(url).content.decode()
        assert all(one.ref in page for one in tickets) and "Send to 3 requests" in page and "Birch Bakery" in page
        for _ in range(2):
            assert cora.post(url, {"body": WORDS, "idempotency_key": "say"}).status_code == 302
        with act_as_staff(SYSTEM):
            update = ProblemUpdate.objects.get()
            send_answers(OUT)
        part = cora.get(f"{url}answers/", headers={"HX-Request": "true"}).content.decode()
        assert "3 answered" in part and "hx-get" not in part
        # Answers cannot be unsaid, and nothing was resolved.
        assert "/undo/" not in part
        assert WORDS in as_user(world.ben).get(f"/c/alder/requests/{tickets[0].ref}/").content.decode()
        for _ in range(2):
            cora.post(f"/desk/problems/answers/{update.pk}/undo/", {"idempotency_key": "undo"})
        with act_as_staff(SYSTEM):
            kinds = AuditEvent.objects.filter(subject_type="problem").order_by("id").values_list("kind", flat=True)
            assert list(kinds) == ["problem made", "problem answered", "problem answer undone"]

    def test_nobody_without_an_agreement_keeps_problems(self, world: World, as_user: Any) -> None:
        assert as_user(world.dev).post("/desk/problems/add/", {"title": "The line is cut"}).status_code == 403
        with act_as_staff(SYSTEM):
            assert not Problem.objects.exists()
            ticket, row = acknowledged(world), behind(world, [])
        given = {"problem": row.pk, "refs": ticket.ref}
        assert as_user(world.dev).post("/desk/problems/link/", given).status_code == 403

    def test_a_request_says_what_is_behind_it_or_offers_to_link(self, world: World, as_user: Any) -> None:
        ticket, cora = acknowledged(world), as_user(world.cora)
        path = f"/desk/tickets/{ticket.ref}/related/"
        assert "problem-behind" not in cora.get(path).content.decode()
        with act_as_staff(SYSTEM):
            row = make_problem(title="The line is cut", cause="", by=world.cora.actor, at=MORNING)
        assert f'<option value="{row.pk}">' in cora.get(path).content.decode()
        cora.post("/desk/problems/link/", {"problem": row.pk, "refs": ticket.ref})
        assert f"/desk/problems/{row.pk}/" in cora.get(path).content.decode()
        bar = cora.get("/desk/bulk/").content.decode()
        assert 'formaction="/desk/problems/link/"' in bar

    @pytest.mark.parametrize(
        ("refs", "says"),
        [("nonsense!", "is no reference"), ("", "required"), ("2222-2222", "were not")],
        ids=["no reference", "nothing", "unknown"],
    )
    def test_what_cannot_be_linked_is_said(self, world: World, as_user: Any, refs: str, says: str) -> None:
        with act_as_staff(SYSTEM):
            row = make_problem(title="The line is cut", cause="", by=world.cora.actor, at=MORNING)
        page = as_user(world.cora).post("/desk/problems/link/", {"problem": row.pk, "refs": refs}, follow=True)
        assert says in page.content.decode()

    def test_the_page_of_an_announcement_names_its_problem_and_offers_the_answer(
        self, world: World, as_user: Any
    ) -> None:
        row, lee = announced(world), as_user(world.lee)
        path = f"/desk/announcements/{row.pk}/"
        assert "requests of its problem" not in lee.get(path).content.decode()
        with act_as_staff(SYSTEM):
            ticket = acknowledged(world)
            problem = behind(world, [ticket])
        given = {"title": problem.title, "cause": "", "state": "known_error", "announcement": row.pk}
        assert lee.post(f"/desk/problems/{problem.pk}/change/", given).status_code == 302
        assert "requests of its problem" in lee.get(path).content.decode()
        assert lee.post(path, {"stage": "found", "body": WORDS, "answer": "on"}).status_code == 302
        with act_as_staff(SYSTEM):
            send_answers(OUT)
            assert Message.objects.filter(ticket=ticket, body=WORDS).count() == 1

    @pytest.mark.parametrize("page", ["list", "one"])
    def test_a_page_asks_as_much_for_twenty_as_for_one(self, world: World, as_user: Any, page: str) -> None:
        cora, asked = as_user(world.cora), []
        with act_as_staff(SYSTEM):
            row = behind(world, [acknowledged(world)])
        path = {"list": "/desk/problems/", "one": f"/desk/problems/{row.pk}/"}[page]
        for number in (0, 19):
            with act_as_staff(SYSTEM):
                for _ in range(number):
                    behind(world, [])
                    link_to_problem(row.pk, [acknowledged(world).pk], by=world.cora.actor, at=MORNING)
            cora.get(path)
            with CaptureQueriesContext(connection) as caught:
                assert cora.get(path).status_code == 200
            asked.append(len(caught))
        assert asked[0] == asked[1]

    def test_a_reply_of_before_stays_the_first_response(self, world: World) -> None:
        with act_as_staff(SYSTEM):
            ticket = acknowledged(world)
            publish_now(ticket.pk, "We are looking.", by=world.lee.actor, at=MORNING)
            answer_all(behind(world, [ticket]).pk, WORDS, by=world.cora.actor, at=MORNING + MINUTE)
            send_answers(OUT + MINUTE)
            assert fresh(ticket).first_reply_at == MORNING
