"""Events are written with the fact, from every scope, and their payloads are canonical."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import ProgrammingError, transaction

from portal import audit
from portal.actors import SYSTEM, VISITOR
from portal.canonical import canonical, payload_hash, to_json
from portal.models import AuditEvent, AuditPayload
from portal.queries.audit import history
from portal.rules.states import Role
from portal.tenancy import act_as, act_as_staff

AT = datetime(2026, 11, 24, 10, 40, tzinfo=UTC)


class TestRecording:
    def test_an_event_keeps_who_when_and_about_what(self, world):
        with act_as_staff(SYSTEM):
            event = audit.record(
                "client renamed",
                by=world.cora.actor,
                at=AT,
                client_id=world.alder.pk,
                subject=world.alder,
                payload={"to": "A"},
            )
            kept = AuditEvent.objects.select_related("body").get(pk=event.pk)
        assert (kept.kind, kept.at, kept.actor_kind, kept.actor_label) == ("client renamed", AT, "staff", "Cora Carter")
        assert (kept.actor_user_id, kept.subject_type, kept.subject_id) == (
            world.cora.user.pk,
            "client",
            world.alder.pk,
        )
        assert kept.body.payload == {"to": "A"}
        assert kept.sealed_at is None

    def test_a_client_writes_events_that_it_may_not_read(self, world):
        with act_as(world.alder.pk):
            hidden = audit.record("request opened", by=world.ann.actor, at=AT, client_id=world.alder.pk)
            shown = audit.record(
                "request sent", by=world.ann.actor, at=AT, client_id=world.alder.pk, client_visible=True
            )
            assert list(AuditEvent.objects.values_list("id", flat=True)) == [shown.pk]
            assert list(AuditPayload.objects.values_list("event_id", flat=True)) == [shown.pk]
        with act_as_staff(SYSTEM):
            assert AuditEvent.objects.filter(pk__in=[hidden.pk, shown.pk]).count() == 2

    def test_a_client_cannot_write_into_another_clients_trail(self, world):
        with act_as(world.alder.pk), pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            audit.record("request sent", by=world.ann.actor, at=AT, client_id=world.birch.pk)

    def test_the_door_writes_events_and_reads_none(self, world):
        event = audit.record("sign-in refused", by=VISITOR, at=AT, client_id=None, payload={"reason": "password"})
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            AuditEvent.objects.count()
        with act_as_staff(SYSTEM):
            assert AuditPayload.objects.get(event_id=event.pk).payload == {"reason": "password"}

    def test_staff_without_an_nda_write_events_without_reading_payloads(self, world):
        with act_as_staff(world.dev.actor, AT):
            audit.record("page refused", by=world.dev.actor, at=AT, client_id=world.alder.pk)
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                AuditPayload.objects.count()

    def test_nobody_changes_or_deletes_an_event(self, world):
        with act_as_staff(SYSTEM):
            event = audit.record("request sent", by=SYSTEM, at=AT, client_id=world.alder.pk)
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                AuditEvent.objects.filter(pk=event.pk).update(kind="something else")
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                AuditEvent.objects.filter(pk=event.pk)._raw_delete("default")

    def test_a_batch_costs_one_statement(self, world, django_assert_num_queries):
        with act_as_staff(SYSTEM):
            pairs = [
                (audit.new_event("breach", by=SYSTEM, at=AT, client_id=world.alder.pk), {"n": n}) for n in range(20)
            ]
            with django_assert_num_queries(1):
                assert audit.record_many(pairs) == 20
            assert AuditPayload.objects.filter(event__kind="breach").count() == 20

    def test_one_event_costs_one_statement(self, world, django_assert_num_queries):
        with act_as_staff(SYSTEM), django_assert_num_queries(1):
            audit.record("breach", by=SYSTEM, at=AT, client_id=world.alder.pk, payload={"n": 1})


class TestHistory:
    def test_a_subjects_history_is_oldest_first_with_payloads_in_one_query(self, world, django_assert_num_queries):
        with act_as_staff(SYSTEM):
            for n in range(20):
                audit.record(
                    f"step {n}", by=SYSTEM, at=AT, client_id=world.alder.pk, subject=world.alder, payload={"n": n}
                )
            audit.record("elsewhere", by=SYSTEM, at=AT, client_id=world.birch.pk, subject=world.birch)
            with django_assert_num_queries(1):
                events = history(world.alder)
                assert [event.body.payload["n"] for event in events] == list(range(20))

    def test_a_client_sees_only_what_is_meant_for_it(self, world):
        with act_as_staff(SYSTEM):
            audit.record("noted", by=SYSTEM, at=AT, client_id=world.alder.pk, subject=world.alder)
            audit.record("told", by=SYSTEM, at=AT, client_id=world.alder.pk, subject=world.alder, client_visible=True)
        with act_as(world.alder.pk):
            assert [event.kind for event in history(world.alder)] == ["told"]


class TestCanonical:
    def test_values_become_what_json_keeps_without_loss(self):
        assert canonical(
            {
                1: Decimal("10.50"), "at": AT, "on": date(2026, 2, 28), "role": Role.MANAGER, "share": 0.1,
                "list": (1, None, True), "set": {"b", "a"}, "took": timedelta(minutes=1), "nul": "a\x00b",
            }
        ) == {
            "1": "10.50", "at": "2026-11-24T10:40:00+00:00", "on": "2026-02-28", "role": "manager", "share": "0.1",
            "list": [1, None, True], "set": ["a", "b"], "took": "PT60.000000S", "nul": "a\ufffdb",
        }  # fmt: skip

    def test_a_lone_surrogate_does_not_break_the_transaction(self):
        assert to_json(canonical({"name": "a\udcffb"})) == '{"name":"a?b"}'

    @pytest.mark.parametrize("value", [b"raw", memoryview(b"raw")])
    def test_bytes_are_refused(self, value):
        with pytest.raises(TypeError, match="hash"):
            canonical({"file": value})

    def test_a_row_is_refused(self):
        with pytest.raises(TypeError, match="fields"):
            canonical({"event": AuditEvent()})

    def test_the_hash_does_not_depend_on_the_order_of_keys(self):
        assert payload_hash({"a": 1, "b": [2]}) == payload_hash({"b": [2], "a": 1})

    def test_the_database_gives_back_what_was_hashed(self, world):
        payload = {"ü": "“quotes” \\ / \u2028 emoji 🦊", "big": 2**70, "deep": {"z": [{"a": None}]}, "": "empty key"}
        with act_as_staff(SYSTEM):
            event = audit.record("odd", by=SYSTEM, at=AT, client_id=None, payload=payload)
            assert payload_hash(AuditPayload.objects.get(pk=event.pk).payload) == payload_hash(canonical(payload))
