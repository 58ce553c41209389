"""What holds for the whole interface: the form of every no, posts that are done once, walls, limits, foreign fields and rows."""

import json

import pytest
from django.core.cache import cache
from django.test import Client as Browser
from django.test.utils import override_settings

from compliance.models import ReportRequest
from portal import clock
from portal.actions.repeats import forget_old_keys
from portal.actors import SYSTEM
from portal.models import Alarm, Idempotency, KeptAnswer
from portal.tenancy import act_as_staff
from tests.api import Programme, is_problem, programme_of
from tests.matrix_rows import a_file, a_report_to_come, an_alarm
from tests.tickets import acknowledged, raised
from tickets.models import Message, Ticket

ASKED = {"subject": "The shared mailbox is full", "body": "Nobody can send."}
FOREIGN = {
    "client": "birch", "client_id": 1, "id": 1, "pk": 1, "ref": "0000-0000", "requester": 1, "requester_label": "Ann",
    "state": "closed", "received_at": "2020-01-01T00:00:00Z", "accepted_at": "2020-01-01T00:00:00Z", "channel": "email",
    "visibility": "confidential", "assignee": 1, "version": 7, "terms": 9, "kind": "fault", "client_visible": True,
    "author_label": "Ann", "written_at": "2020-01-01T00:00:00Z", "requested_by": 1, "cleared_by": "Ann", "by": "Ann",
}  # fmt: skip


def count_all() -> tuple[int, ...]:
    with act_as_staff(SYSTEM):
        return tuple(model.objects.count() for model in (Ticket, Message, ReportRequest, Idempotency, KeptAnswer))


def state_of(pk: int) -> dict[str, object]:
    with act_as_staff(SYSTEM):
        return Ticket.objects.filter(pk=pk).values().get()


class TestEveryNo:
    """One form for all, and the words of the page."""

    def test_without_a_token(self, world):
        is_problem(Browser().get("/api/v1/tickets"), 401, title="A token is needed")

    def test_an_address_that_is_none(self, world):
        assert is_problem(programme_of(world.ann).get("nowhere"), 404) == is_problem(
            programme_of(world.ann).get("tickets/0000-0000"), 404
        )

    def test_a_method_that_is_not_there(self, world):
        programme = programme_of(world.ann)
        for method in ("put", "patch", "delete", "options"):
            answer = getattr(programme.caller(), method)("/api/v1/tickets")
            is_problem(answer, 405)
            assert answer["Allow"] == "GET, POST, HEAD"

    @pytest.mark.parametrize(
        "body", [b"{", b"\xff", b'"text"', b"[]", b"[" * 100_000, b'{"a": NaN}', b"null"],
        ids=["open", "bytes", "text", "list", "deep", "nan", "null"],
    )  # fmt: skip
    def test_json_that_is_none(self, world, body):
        headers = {"Idempotency-Key": "k"}
        answer = programme_of(world.ben).caller().post(
            "/api/v1/tickets", body, content_type="application/json", headers=headers
        )  # fmt: skip
        is_problem(answer, 400)

    @pytest.mark.parametrize("value", ["a\x00b", "\ud800", "x" * 201, {"a": 1}, ["a"], True])
    def test_a_value_that_no_field_takes(self, world, value):
        said = is_problem(programme_of(world.ben).post("tickets", ASKED | {"subject": value}), 400)
        assert {one["field"] for one in said["errors"]} == {"subject"}

    @pytest.mark.parametrize("kind", ["text/plain", "application/xml", "application/x-www-form-urlencoded", ""])
    def test_content_that_is_not_read_here(self, world, kind):
        headers = {"Idempotency-Key": "k"}
        answer = programme_of(world.ben).caller().post("/api/v1/tickets", b"a=b", content_type=kind, headers=headers)
        is_problem(answer, 415)

    def test_more_than_we_take(self, world):
        is_problem(programme_of(world.ben).post("tickets", ASKED | {"impact": "x" * (6 * 1024 * 1024)}), 413)

    @pytest.mark.clause("CMP-10")
    def test_what_needs_a_fresh_proof_names_its_page(self, world):
        programme = programme_of(world.ann)
        row = a_report_to_come(world)["pk"]
        is_problem(programme.get(f"reports/{row}/file"), 404)
        with act_as_staff(SYSTEM):
            ReportRequest.objects.filter(pk=row).update(state="failed", done_at=clock.now(), error="The disk was full.")
        assert programme.post(f"reports/{row}/again").json()["state"] == "queued"

    def test_reports_are_for_managers_in_the_words_of_the_page(self, world, as_user):
        said = is_problem(programme_of(world.ben).get("reports"), 403)
        assert said["detail"] in as_user(world.ben).get("/c/alder/reports/").content.decode()
        wrong = {"period_from": "2026-02-01", "period_to": "2026-01-01"}
        fault = is_problem(programme_of(world.ann).post("reports", wrong), 400)["errors"]
        assert fault == [{"field": "period_to", "detail": "This is before the first day. Swap the two dates."}]
        long = {"period_from": "2020-01-01", "period_to": "2026-01-01"}
        is_problem(programme_of(world.ann).post("reports", long), 422, clause="CMP-10")


class TestOnce:
    def test_the_same_post_again_gets_the_same_answer_to_the_letter(self, world):
        programme = programme_of(world.ben)
        first, again = (programme.post("tickets", ASKED, key="one") for _ in range(2))
        assert (first.status_code, first.content, first["Location"]) == (
            again.status_code,
            again.content,
            again["Location"],
        )
        with act_as_staff(SYSTEM):
            assert Ticket.objects.count() == 1

    def test_another_body_under_the_same_key_is_a_conflict(self, world):
        programme = programme_of(world.ben)
        programme.post("tickets", ASKED, key="one")
        is_problem(programme.post("tickets", ASKED | {"subject": "Another"}, key="one"), 409)

    def test_the_same_key_elsewhere_is_a_conflict(self, world):
        programme, one = programme_of(world.ben), raised(world)
        programme.post("tickets", ASKED, key="one")
        is_problem(programme.post(f"tickets/{one.ref}/messages", {"body": "Hello"}, key="one"), 409)

    def test_a_refusal_is_not_kept(self, world):
        programme, one = programme_of(world.ben), acknowledged(world)
        is_problem(programme.post(f"tickets/{one.ref}/settle", key="one"), 422)
        programme_of(world.cora).post(f"tickets/{one.ref}/move", {"state": "resolved"})
        assert programme.post(f"tickets/{one.ref}/settle", key="one").status_code == 200

    def test_each_write_needs_a_key_of_at_most_64_characters(self, world):
        programme, before = programme_of(world.ben), count_all()
        answer = programme.caller().post("/api/v1/tickets", json.dumps(ASKED), content_type="application/json")
        assert is_problem(answer, 400)["errors"][0]["field"] == "Idempotency-Key"
        is_problem(programme.post("tickets", ASKED, key="k" * 65), 409)
        assert count_all() == before

    def test_another_person_s_same_key_is_another(self, world):
        assert programme_of(world.ben).post("tickets", ASKED, key="one").status_code == 201
        assert programme_of(world.ann).post("tickets", ASKED, key="one").status_code == 201

    def test_kept_answers_are_forgotten_with_their_keys(self, world):
        programme_of(world.ben).post("tickets", ASKED)
        with act_as_staff(SYSTEM):
            assert KeptAnswer.objects.count() == 1
            Idempotency.objects.update(at="2020-01-01T00:00:00Z")
            assert forget_old_keys(clock.now()) == 1
            assert KeptAnswer.objects.count() == 0


class TestForeignFields:
    @pytest.mark.parametrize("name", sorted(FOREIGN))
    def test_a_new_request_takes_no_field_that_is_not_its_own(self, world, name):
        programme, before = programme_of(world.ben), count_all()
        said = is_problem(programme.post("tickets", ASKED | {name: FOREIGN[name]}), 400)
        assert said["errors"] == [{"field": name, "detail": "There is no such field here."}]
        assert count_all() == before

    @pytest.mark.parametrize("path", ["messages", "notes", "accept", "assign", "move", "reopen", "correct", "settle"])
    def test_nor_does_any_deed(self, world, path):
        one = acknowledged(world)
        given = {"messages": {"body": "a"}, "notes": {"body": "a"}, "accept": {"kind": "fault"}, "move": {"state": "resolved"},
                 "correct": {"subject": "a", "kind": "fault", "visibility": "standard"}}.get(path, {})  # fmt: skip
        programme = programme_of(world.ben if path == "settle" else world.cora)
        known = {"subject", "kind", "visibility", "state", "version", "assignee"}
        before, counted = state_of(one.pk), count_all()
        for name in sorted(set(FOREIGN) - known):
            said = is_problem(programme.post(f"tickets/{one.ref}/{path}", given | {name: FOREIGN[name]}), 400)
            assert [fault["field"] for fault in said["errors"]] == [name]
        assert (state_of(one.pk), count_all()) == (before, counted)

    def test_nor_reports_and_alarms(self, world):
        alarm, ann, cora = an_alarm(world)["pk"], programme_of(world.ann), programme_of(world.cora)
        for name, value in FOREIGN.items():
            period = {"period_from": "2026-01-01", "period_to": "2026-02-01", name: value}
            is_problem(ann.post("reports", period), 400)
            is_problem(cora.post(f"alarms/{alarm}/clear", {name: value}), 400)
        with act_as_staff(SYSTEM):
            assert not ReportRequest.objects.exists() and Alarm.objects.get(pk=alarm).cleared_at is None

    def test_staff_s_words_are_no_fields_of_a_client_s_answer(self, world):
        one = acknowledged(world)
        said = is_problem(
            programme_of(world.ben).post(f"tickets/{one.ref}/messages", {"body": "a", "state": "closed"}), 400
        )
        assert [fault["field"] for fault in said["errors"]] == ["state"]
        assert state_of(one.pk)["state"] == "acknowledged"

    def test_the_address_takes_no_client_from_a_client(self, world):
        for path in ("tickets", "people"):
            said = is_problem(programme_of(world.ann).get(path, client="birch"), 400)
            assert [fault["field"] for fault in said["errors"]] == ["client"]


class TestForeignRows:
    """Birch's rows, asked for with a token of Alder: as if they were not there, and unchanged."""

    def test_each_is_missing(self, world):
        one = acknowledged(world, who=world.bea)
        with act_as_staff(SYSTEM):
            message = Message.objects.get(ticket=one)
        before, counted, programme = state_of(one.pk), count_all(), programme_of(world.ann)
        missing = is_problem(programme.get("tickets/0000-0000"), 404)
        for path in ("", "/clock", "/messages", f"/messages/{message.pk}", "/attachments", "/attachments/1"):
            assert is_problem(programme.get(f"tickets/{one.ref}{path}"), 404) == missing
        for path, said in (("messages", {"body": "Let me in."}), ("settle", {})):
            assert is_problem(programme.post(f"tickets/{one.ref}/{path}", said), 404) == missing
        assert (state_of(one.pk), count_all()) == (before, counted)

    def test_a_message_or_file_under_another_ticket_is_missing(self, world):
        own, other = acknowledged(world), a_file(world)
        with act_as_staff(SYSTEM):
            foreign = Message.objects.exclude(ticket=own).latest("pk")
        programme = programme_of(world.ann)
        is_problem(programme.get(f"tickets/{own.ref}/messages/{foreign.pk}"), 404)
        is_problem(programme.get(f"tickets/{own.ref}/attachments/{other['pk']}"), 404)
        is_problem(
            programme_of(world.cora).post(f"tickets/{own.ref}/messages/{foreign.pk}/withdraw", {"reason": "x"}), 404
        )

    def test_named_people_and_tenants_of_others_are_unknown(self, world):
        asked = ASKED | {"confidential": True, "named": [world.bea.membership.pk]}
        said = is_problem(programme_of(world.ben).post("tickets", asked), 400)
        assert [fault["field"] for fault in said["errors"]] == ["named"]

    def test_reports_of_others_are_missing(self, world):
        row, programme = a_report_to_come(world)["pk"], programme_of(world.bea)
        missing = is_problem(programme.get("reports/999999"), 404)
        for answer in (
            programme.get(f"reports/{row}"),
            programme.get(f"reports/{row}/file"),
            programme.post(f"reports/{row}/again"),
        ):
            assert is_problem(answer, 404) == missing

    @pytest.mark.parametrize("pk", ["0", "-1", "x", "9" * 30, "1%00"])
    def test_numbers_that_are_none(self, world, pk):
        is_problem(programme_of(world.cora).get(f"alarms/{pk}"), 404)

    @pytest.mark.urls("tests.api_urls")
    def test_a_resource_that_forgot_its_filter_still_shows_one_client_only(self, world):
        mine, _ = raised(world), raised(world, who=world.bea)
        seen = programme_of(world.ann).get("forgetful").json()["results"]
        assert [row["ref"] for row in seen] == [mine.ref]
        assert Programme("").get("forgetful").status_code == 401

    @pytest.mark.urls("tests.api_urls")
    def test_a_fault_is_a_problem_document_and_writes_nothing(self, world):
        before = count_all()
        said = is_problem(programme_of(world.ben).post("breaks", {}), 500)
        assert "Nothing was changed" in said["detail"] and count_all() == before


class TestLimits:
    @pytest.fixture(autouse=True)
    def at_the_top_of_a_minute(self, frozen):
        frozen("2026-11-24T10:40:01+00:00")

    def test_each_token_has_its_own_number_of_requests_a_minute(self, world):
        one, other = programme_of(world.ben), programme_of(world.ben)
        with override_settings(PORTAL_API_PER_MINUTE=3):
            assert [one.get("token").status_code for _ in range(4)] == [200, 200, 200, 429]
            refused = one.get("token")
            is_problem(refused, 429)
            assert refused["Retry-After"] == "59"
            assert other.get("token").status_code == 200

    def test_the_next_minute_begins_anew(self, world, frozen):
        programme = programme_of(world.ben)
        with override_settings(PORTAL_API_PER_MINUTE=1):
            assert [programme.get("token").status_code for _ in range(2)] == [200, 429]
            frozen("2026-11-24T10:41:00+00:00")
            assert programme.get("token").status_code == 200

    def test_while_the_cache_is_away_everybody_is_served(self, world):
        programme = programme_of(world.ben)
        away = cache._cache._servers, cache._cache._pools
        cache._cache._servers, cache._cache._pools = ["redis://127.0.0.1:1/0"], {}
        try:
            assert programme.get("token").status_code == 200
        finally:
            cache._cache._servers, cache._cache._pools = away
