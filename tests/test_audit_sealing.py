"""The chains: sealed soon, never forked, and every way of changing the past is found."""

import json
from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from portal import audit, jobs
from portal.actions.sealing import seal_events
from portal.actors import SYSTEM
from portal.chains import START, link_hash, part_of
from portal.models import AuditEvent, Seal
from portal.tenancy import act_as, act_as_retention, act_as_sealer, act_as_staff

AT = datetime(2026, 11, 24, 10, 40, tzinfo=UTC)


def happen(world, times=3):
    """Events of the supplier, of Alder and of Birch, by turns."""
    with act_as_staff(SYSTEM):
        return [
            audit.record(f"step {n}", by=world.cora.actor, at=AT, client_id=client, payload={"n": n, "what": "words"})
            for n in range(times)
            for client in (None, world.alder.pk, world.birch.pk)
        ]


def seal():
    return jobs.run("seal the audit trail", AT)


class TestSealing:
    def test_each_client_has_a_chain_and_the_supplier_has_one(self, world):
        happen(world)
        assert seal() == 9
        with act_as_sealer():
            assert list(Seal.objects.order_by("chain", "seq").values_list("chain", "seq")) == [
                (chain, seq) for chain in (0, world.alder.pk, world.birch.pk) for seq in (1, 2, 3)
            ]
            assert not AuditEvent.objects.filter(sealed_at__isnull=True).exists()
            assert Seal.objects.get(chain=0, seq=1).prev_hash == START
        assert audit.verify().ok

    def test_a_second_run_continues_the_chains(self, world):
        happen(world)
        seal()
        happen(world, 1)
        assert [seal(), seal()] == [3, 0]
        result = audit.verify()
        assert (result.ok, result.links, result.unsealed) == (True, 12, 0)
        with act_as(world.alder.pk):
            assert audit.chain_head(world.alder.pk) == result.heads[world.alder.pk]

    def test_a_head_before_the_first_link_is_zeros(self, world):
        with act_as(world.alder.pk):
            assert audit.chain_head(world.alder.pk) == (0, START)

    def test_a_client_sees_its_own_chain_only(self, world):
        happen(world)
        seal()
        with act_as(world.alder.pk):
            assert set(Seal.objects.values_list("chain", flat=True)) == {world.alder.pk}

    def test_a_batch_costs_the_same_for_one_event_and_for_twenty(self, world):
        counts = []
        for times in (1, 1, 20):
            happen(world, times)
            with CaptureQueriesContext(connection) as queries, act_as_sealer():
                seal_events(AT)
            counts.append(len(queries))
        assert counts[1] == counts[2] <= 14

    def test_parts_cannot_borrow_from_each_other(self):
        assert link_hash(0, 1, ["ab", "c"], "p", "h") != link_hash(0, 1, ["a", "bc"], "p", "h")
        assert part_of(None) is None
        assert link_hash(0, 1, [None], "p", "h") != link_hash(0, 1, [""], "p", "h")


class TestTampering:
    """Each change is made by the table's owner, around the application, in a database of its own."""

    @pytest.fixture
    def chain(self, lasting_world):
        """Five sealed events of Alder's; a function that changes something; and the walk."""
        with act_as_staff(SYSTEM):
            events = [
                audit.record(f"step {n}", by=SYSTEM, at=AT, client_id=lasting_world.alder.pk, payload={"n": n})
                for n in range(5)
            ]
        seal()
        self.number, self.events = lasting_world.alder.pk, [event.pk for event in events]
        assert audit.verify().ok
        return self

    def change(self, *statements):
        connection.close()
        with connections["owner"].cursor() as cursor:
            for table in ("portal_auditevent", "portal_auditpayload", "portal_seal"):
                cursor.execute(f"alter table {table} no force row level security")
            for statement, *values in statements:
                cursor.execute(statement, values)
        connections["owner"].close()

    def first_break(self):
        [found] = audit.verify().breaks
        assert found.chain == self.number
        return found.seq, found.event_id, found.differs

    def test_a_changed_payload_is_found(self, chain):
        chain.change(("update portal_auditpayload set payload = '{\"n\": 9}' where event_id = %s", chain.events[2]))
        assert chain.first_break() == (3, chain.events[2], "the event's payload was changed")

    @pytest.mark.parametrize(
        "column",
        [
            "actor_label = 'Somebody'",
            "kind = 'else'",
            "at = at + interval '1 second'",
            "client_visible = true",
            "subject_id = 1",
            "actor_user_id = 1",
        ],
    )
    def test_a_changed_field_is_found(self, chain, column):
        chain.change((f"update portal_auditevent set {column} where id = %s", chain.events[1]))
        assert chain.first_break() == (2, chain.events[1], "the event's fields, or the link itself, were changed")

    def test_a_deleted_link_is_found(self, chain):
        chain.change(("delete from portal_seal where event_id = %s", chain.events[2]))
        found = audit.verify().breaks
        assert (found[0].seq, found[0].event_id) == (3, chain.events[3])
        assert found[0].differs == "link 3 is missing; the next one there is link 4"

    def test_a_cut_off_end_is_found(self, chain):
        chain.change(("delete from portal_seal where event_id = any(%s)", chain.events[3:]))
        found = audit.verify().breaks
        assert [(each.seq, each.event_id) for each in found] == [(4, chain.events[3]), (4, chain.events[4])]

    def test_a_deleted_event_with_its_link_is_found(self, chain):
        chain.change(
            ("delete from portal_seal where event_id = %s", chain.events[2]),
            ("delete from portal_auditpayload where event_id = %s", chain.events[2]),
            ("delete from portal_auditevent where id = %s", chain.events[2]),
        )
        assert chain.first_break()[2].startswith("link 3 is missing")

    def test_a_deleted_payload_is_found(self, chain):
        chain.change(("delete from portal_auditpayload where event_id = %s", chain.events[2]))
        assert chain.first_break() == (3, chain.events[2], "the event's payload is missing")

    def test_swapped_events_are_found(self, chain):
        one, other = chain.events[1], chain.events[2]
        chain.change(
            (
                "update portal_auditevent a set kind = b.kind from portal_auditevent b where (a.id, b.id) in ((%s, %s), (%s, %s))",
                one,
                other,
                other,
                one,
            ),
            (
                "update portal_auditpayload a set payload = b.payload from portal_auditpayload b where (a.event_id, b.event_id) in ((%s, %s), (%s, %s))",
                one,
                other,
                other,
                one,
            ),
        )
        assert chain.first_break()[:2] == (2, one)

    def test_a_row_put_in_as_if_sealed_is_found(self, chain):
        chain.change(
            (
                "insert into portal_auditevent (client_id, at, kind, actor_kind, actor_label, subject_type, client_visible, sealed_at)"
                " values (%s, %s, 'invented', 'staff', 'Cora Carter', '', false, %s)", chain.number, AT, AT,
            )
        )  # fmt: skip
        assert chain.first_break()[2] == "the event is marked as sealed, but no link holds it"

    def test_a_link_with_a_hash_of_its_own_is_found(self, chain):
        chain.change(("update portal_seal set hash = repeat('a', 64) where event_id = %s", chain.events[4]))
        assert chain.first_break()[:2] == (5, chain.events[4])

    def test_an_event_moved_to_another_client_is_found(self, chain):
        chain.change(
            ("update portal_auditpayload set client_id = null where event_id = %s", chain.events[0]),
            ("update portal_auditevent set client_id = null where id = %s", chain.events[0]),
        )
        assert chain.first_break() == (1, chain.events[0], "its event belongs to another chain")

    def test_what_retention_erased_still_holds(self, chain):
        with act_as_retention(), connection.cursor() as cursor:
            cursor.execute("update portal_auditpayload set payload = null, erased_at = %s", [AT])
        result = audit.verify()
        assert (result.ok, result.erased) == (True, 5)

    def test_the_command_names_the_break_and_fails(self, chain):
        said = StringIO()
        call_command("audit", "verify", "--json", stdout=said)
        before = json.loads(said.getvalue())
        assert (before["ok"], before["links"]) == (True, 5)
        assert before["heads"][str(chain.number)]["seq"] == 5
        chain.change(("update portal_auditevent set kind = 'else' where id = %s", chain.events[1]))
        said = StringIO()
        with pytest.raises(SystemExit) as left:
            call_command("audit", "verify", stdout=said)
        assert left.value.code == 1
        assert f"BROKEN chain {chain.number}, link 2 (event {chain.events[1]})" in said.getvalue()

    def test_the_command_names_the_unsealed_tail(self, chain):
        with act_as_staff(SYSTEM):
            audit.record("just now", by=SYSTEM, at=AT, client_id=None)
        said = StringIO()
        call_command("audit", "verify", stdout=said)
        assert "1 events not sealed yet, the oldest from 2026-11-24T10:40:00+00:00" in said.getvalue()


class TestLimits:
    def test_a_walk_can_be_cut_and_says_so(self, world):
        happen(world)
        seal()
        result = audit.verify(limit=4)
        assert (result.ok, result.links, result.cut_at) == (True, 4, 4)

    def test_nobody_but_the_sealer_appends_a_link(self, world):
        with act_as_staff(SYSTEM), pytest.raises(Exception, match="permission denied"), transaction.atomic():
            Seal.objects.create(
                chain=0, seq=1, event_id=1, prev_hash=START, payload_sha256=START, hash=START, sealed_at=AT
            )
