"""Tickets by the interface: the same rooms as the pages, by another door."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.actors import SYSTEM
from portal.models import AuditEvent, Outbox
from portal.tenancy import act_as_staff
from tests import rows
from tests.api import is_problem, programme_of
from tests.cast import MORNING
from tests.tickets import acknowledged, raised
from tickets.models import Message, Ticket

ASKED = {"subject": "The shared mailbox is full", "body": "Nobody can send."}


def ticket(ref: str) -> Ticket:
    with act_as_staff(SYSTEM):
        return Ticket.objects.select_related("requester").get(ref=ref)


class TestRaising:
    @pytest.mark.clause("HLP-5")
    def test_a_request_is_raised_with_its_acknowledgement_queued(self, world):
        answer = programme_of(world.ben).post("tickets", ASKED)
        assert answer.status_code == 201, answer.content
        said = answer.json()
        assert answer["Location"] == f"/api/v1/tickets/{said['ref']}"
        assert (said["state"], said["channel"], said["client"], said["clock"]) == ("received", "api", "alder", None)
        with act_as_staff(SYSTEM):
            row = Ticket.objects.get(ref=said["ref"])
            mail = Outbox.objects.get(kind="acknowledgement", about_id=row.pk)
            event = AuditEvent.objects.get(kind="request received", subject_id=row.pk)
        assert (mail.to_email, event.actor_label) == ("ben@example.org", "Ben Baker")

    def test_the_page_s_words_say_what_is_missing(self, world):
        said = is_problem(programme_of(world.ben).post("tickets", {"subject": ""}), 400)
        assert {"field": "subject", "detail": "Say in one line what this is about."} in said["errors"]
        assert {"field": "body", "detail": "Write something here."} in said["errors"]

    def test_products_are_named_by_their_code(self, world):
        programme = programme_of(world.ben)
        code = next(iter(world.products))
        assert programme.post("tickets", ASKED | {"product": code}).json()["product"] == code
        wrong = is_problem(programme.post("tickets", ASKED | {"product": "abacus"}), 400)
        assert [one["field"] for one in wrong["errors"]] == ["product"]

    def test_files_come_along_as_multipart(self, world):
        programme = programme_of(world.ben)
        file = SimpleUploadedFile("log.txt", b"it broke")
        ref = programme.upload("tickets", ASKED | {"files": file}).json()["ref"]
        (kept,) = programme.get(f"tickets/{ref}/attachments").json()["results"]
        assert (kept["name"], kept["size"], kept["content_type"]) == ("log.txt", 8, "text/plain")
        fetched = programme.get(f"tickets/{ref}/attachments/{kept['id']}")
        assert b"".join(fetched.streaming_content) == b"it broke"
        assert fetched["Content-Security-Policy"] == "default-src 'none'; sandbox"

    def test_a_programme_is_not_taken_as_a_file(self, world):
        file = SimpleUploadedFile("tool.exe", b"MZ" + b"\0" * 80)
        said = is_problem(programme_of(world.ben).upload("tickets", ASKED | {"files": file}), 400)
        assert said["errors"][0]["field"] == "files" and "tool.exe" in said["errors"][0]["detail"]

    @pytest.mark.clause("HLP-6")
    def test_staff_write_one_down_for_a_client(self, world):
        asked = ASKED | {"requester": world.ben.membership.pk}
        answer = programme_of(world.cora).post("clients/alder/tickets", asked)
        assert (answer.status_code, answer.json()["channel"], answer.json()["requester"]) == (201, "phone", "Ben Baker")

    def test_staff_cannot_name_another_client_s_person(self, world):
        asked = ASKED | {"requester": world.bea.membership.pk}
        said = is_problem(programme_of(world.cora).post("clients/alder/tickets", asked), 400)
        assert [one["field"] for one in said["errors"]] == ["requester"]


class TestReading:
    def test_each_sees_what_their_pages_show(self, world):
        mine, confidential = raised(world), raised(world, confidential=True)
        other = raised(world, who=world.bea)
        seen = {
            name: {row["ref"] for row in programme_of(getattr(world, name)).get("tickets").json()["results"]}
            for name in ("ben", "ann", "bill", "bea", "cora")
        }
        assert seen == {
            "ben": {mine.ref, confidential.ref}, "ann": {mine.ref}, "bill": set(), "bea": {other.ref},
            "cora": {mine.ref, confidential.ref, other.ref},
        }  # fmt: skip

    def test_a_clock_is_shown_with_its_trail(self, world):
        one, programme = acknowledged(world), programme_of(world.ben)
        short = programme.get(f"tickets/{one.ref}").json()["clock"]
        said = programme.get(f"tickets/{one.ref}/clock").json()
        assert short["due_at"] == said["due_at"] and said["trail"] and said["terms"] == 1
        assert said["explained"][0].startswith("The clock started on Tue")
        is_problem(programme.get(f"tickets/{raised(world).ref}/clock"), 404)

    def test_filters_narrow_the_list(self, world):
        open_one, done = acknowledged(world), acknowledged(world)
        programme = programme_of(world.cora)
        programme.post(f"tickets/{done.ref}/move", {"state": "resolved"})

        def refs(**query):
            return [row["ref"] for row in programme.get("tickets", **query).json()["results"]]

        assert refs(open="true") == [open_one.ref]
        assert refs(open="false") == [done.ref] == refs(state="resolved")
        assert refs(client="birch") == [] and len(refs(client="alder")) == 2
        assert refs(assignee="nobody") == [done.ref, open_one.ref] and refs(assignee="me") == []
        assert refs(missed="true") == [] and refs(target="1d", product="none-such") == []
        assert refs(received_before=MORNING.isoformat()) == []
        # A zone that PostgreSQL itself does not read.
        assert refs(received_before="0189-09-18T07:52:47-22:02") == []

    @pytest.mark.parametrize(
        "query",
        [
            {"state": "lost"},
            {"open": "perhaps"},
            {"received_from": "soon"},
            {"received_before": "0001-01-01T00:00:00+23:59"},
            {"page": "2"},
        ],
    )
    def test_a_filter_that_makes_no_sense_is_named(self, world, query):
        said = is_problem(programme_of(world.cora).get("tickets", **query), 400)
        assert [one["field"] for one in said["errors"]] == list(query)

    def test_pages_follow_each_other_by_key(self, world):
        with act_as_staff(SYSTEM):
            made = [rows.ticket(world, world.ben.membership).ref for _ in range(53)]
        programme = programme_of(world.ben)
        first = programme.get("tickets").json()
        second = programme.browser.get(first["next"], headers=programme.headers()).json()
        assert (len(first["results"]), second["next"]) == (50, None)
        assert [row["ref"] for row in first["results"] + second["results"]] == made[::-1]
        is_problem(programme.get("tickets", cursor="no place"), 400)

    @pytest.mark.parametrize(("name", "path"), [("ben", "tickets"), ("cora", "tickets"), ("ann", "people"), ("cora", "people"),
        ("cora", "clients"), ("cora", "alarms"), ("ann", "reports"), ("ann", "agreements"), ("ann", "clauses"),
        ("ann", "products"), ("ann", "terms/versions")])  # fmt: skip
    def test_a_list_asks_no_more_for_more_rows(self, world, name, path):
        programme = programme_of(getattr(world, name))
        programme.get(path)
        counts = []
        for more in (1, 19):
            with act_as_staff(SYSTEM):
                for _ in range(more):
                    rows.clock_of(world, rows.acknowledged(world, world.ben.membership), MORNING)
                    rows.of_every_kind(world)
            with CaptureQueriesContext(connection) as seen:
                assert programme.get(path).status_code == 200
            counts.append(len(seen))
        assert counts[0] == counts[1] <= 8

    @pytest.mark.parametrize("path", ["messages", "attachments"])
    def test_a_ticket_s_lists_ask_no_more_for_more_rows(self, world, path):
        programme, counts = programme_of(world.ben), []
        one = acknowledged(world)
        programme.get(f"tickets/{one.ref}/{path}")
        for more in (1, 19):
            with act_as_staff(SYSTEM):
                for _ in range(more):
                    rows.attachment(rows.message(one))
            with CaptureQueriesContext(connection) as seen:
                assert programme.get(f"tickets/{one.ref}/{path}").status_code == 200
            counts.append(len(seen))
        assert counts[0] == counts[1] <= 8


class TestAnswering:
    def test_the_client_answers_and_staff_see_it(self, world):
        one = acknowledged(world)
        answer = programme_of(world.ben).post(f"tickets/{one.ref}/messages", {"body": "Still broken."})
        assert (answer.status_code, answer.json()["kind"], answer.json()["by_staff"]) == (201, "reply", False)
        assert answer["Location"] == f"/api/v1/tickets/{one.ref}/messages/{answer.json()['id']}"
        seen = programme_of(world.cora).get(f"tickets/{one.ref}/messages").json()["results"]
        assert [row["body"] for row in seen] == ["Still broken.", "I cannot send."]

    def test_our_reply_waits_ten_seconds_and_can_be_taken_back(self, world):
        one, programme = acknowledged(world), programme_of(world.cora)
        said = programme.post(f"tickets/{one.ref}/messages", {"body": "Try now.", "state": "waiting_client"}).json()
        assert said["published_at"] is None and said["publish_at"]
        assert programme.post(f"tickets/{one.ref}/messages/{said['id']}/undo").json()["withdrawn_at"]
        is_problem(programme_of(world.lee).post(f"tickets/{one.ref}/messages/{said['id']}/undo"), 422, clause="HLP-5")

    def test_a_note_is_for_staff_only(self, world):
        one = acknowledged(world)
        assert programme_of(world.cora).post(f"tickets/{one.ref}/notes", {"body": "Looks like DNS."}).status_code == 201
        assert "DNS" not in programme_of(world.ann).get(f"tickets/{one.ref}/messages").content.decode()
        is_problem(programme_of(world.ann).post(f"tickets/{one.ref}/notes", {"body": "Me too."}), 403)

    def test_a_message_is_withdrawn_with_a_reason(self, world):
        one, programme = acknowledged(world), programme_of(world.cora)
        with act_as_staff(SYSTEM):
            first = Message.objects.get(ticket=one)
        is_problem(programme.post(f"tickets/{one.ref}/messages/{first.pk}/withdraw", {}), 400)
        programme.post(f"tickets/{one.ref}/messages/{first.pk}/withdraw", {"reason": "a password"})
        assert programme_of(world.ben).get(f"tickets/{one.ref}/messages").json()["results"] == []
        is_problem(programme_of(world.ben).get(f"tickets/{one.ref}/messages/{first.pk}"), 404)


class TestMoving:
    @pytest.mark.clause("ACC-6", "LIA-1")
    def test_the_life_of_a_request(self, world):
        one, programme = acknowledged(world), programme_of(world.cora)
        refused = is_problem(programme.post(f"tickets/{one.ref}/move", {"state": "in_progress"}), 422, clause="ACC-6")
        assert refused["detail"] == "Accept the request before you work on it."
        accepted = programme.post(f"tickets/{one.ref}/accept", {"kind": "fault"}).json()
        assert (accepted["state"], accepted["assignee"], accepted["kind"]) == ("accepted", "Cora Carter", "fault")
        assert programme.post(f"tickets/{one.ref}/move", {"state": "resolved"}).json()["resolved_at"]
        assert programme.post(f"tickets/{one.ref}/reopen").json()["state"] == "acknowledged"
        assert (
            programme.post(f"tickets/{one.ref}/assign", {"assignee": world.lee.staff.pk}).json()["assignee"]
            == "Lee Lister"
        )
        assert programme.post(f"tickets/{one.ref}/assign").json()["assignee"] is None
        given = {"subject": "Mailbox of accounts full", "kind": "question", "visibility": "confidential"}
        assert programme.post(f"tickets/{one.ref}/correct", given).json()["visibility"] == "confidential"
        with act_as_staff(SYSTEM):
            kinds = AuditEvent.objects.filter(subject_type="ticket", subject_id=one.pk).values_list("kind", flat=True)
            assert {"request accepted", "request resolved", "request reopened", "request assigned"} <= set(kinds)

    def test_an_old_version_is_a_conflict_and_overwrites_nothing(self, world):
        one, programme = acknowledged(world), programme_of(world.cora)
        seen = programme.get(f"tickets/{one.ref}").json()["version"]
        programme.post(f"tickets/{one.ref}/accept", {"kind": "fault", "version": seen})
        is_problem(programme.post(f"tickets/{one.ref}/move", {"state": "resolved", "version": seen}), 409)
        assert ticket(one.ref).state == "accepted"

    @pytest.mark.clause("HLP-9")
    def test_the_client_says_that_it_is_settled(self, world):
        one, programme = acknowledged(world), programme_of(world.ben)
        is_problem(programme.post(f"tickets/{one.ref}/settle"), 422, clause="HLP-9")
        programme_of(world.cora).post(f"tickets/{one.ref}/move", {"state": "resolved"})
        assert programme.post(f"tickets/{one.ref}/settle").json()["state"] == "closed"

    @pytest.mark.parametrize("deed", ["accept", "assign", "move", "reopen", "correct"])
    def test_what_is_the_staff_s_is_refused_to_clients(self, world, deed):
        one = acknowledged(world)
        is_problem(programme_of(world.ann).post(f"tickets/{one.ref}/{deed}"), 403)
        assert ticket(one.ref).version == one.version

    @pytest.mark.clause("CMP-6")
    def test_without_an_nda_nothing_of_a_client_is_read_or_done(self, world):
        one, programme = acknowledged(world), programme_of(world.dev)
        for answer in (programme.get("tickets"), programme.post(f"tickets/{one.ref}/accept", {"kind": "fault"})):
            assert "CMP-6" in is_problem(answer, 403)["detail"]
        assert ticket(one.ref).accepted_at is None
