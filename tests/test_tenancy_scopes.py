"""The scopes: who sees what, and that a scope never outlives its work (TENANCY, DESIGN 3)."""

import threading
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection, connections, transaction

from portal.actors import SYSTEM, VISITOR
from portal.models import AuditEvent, Client, ClientName, Membership, Staff, SweepRun, User
from portal.tenancy import NotOnStaff, act_as, act_as_sealer, act_as_staff
from tests import rows
from tests.cast import BEGAN, MORNING
from tickets.models import Message, Ticket

REFUSED = "permission denied"


def standing() -> tuple[str, str]:
    """The role and the client that the connection has now."""
    with connection.cursor() as cursor:
        cursor.execute("select current_user, coalesce(current_setting('portal.client_id', true), '')")
        return cursor.fetchone()


def event(client_id: int | None, **more: object) -> AuditEvent:
    given = {"client_id": client_id, "at": MORNING, "kind": "test", "actor_kind": "system", "actor_label": "The portal"}
    return AuditEvent.objects.create(**{**given, **more})


class TestTheDoor:
    @pytest.mark.parametrize(
        "model", [Client, Membership, Ticket, Message, Staff, AuditEvent], ids=lambda model: model.__name__
    )
    def test_outside_a_scope_nothing_of_a_client_is_readable(self, world, model):
        with pytest.raises(ProgrammingError, match=REFUSED), transaction.atomic():
            model.objects.exists()

    def test_people_can_be_found_for_signing_in(self, world):
        assert User.objects.get(email="ann@example.org").name == "Ann Archer"

    def test_a_client_role_without_a_client_sees_nothing(self, world):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("set local role portal_client")
            assert not Membership.objects.exists()


class TestAClientScope:
    def test_it_shows_the_clients_own_rows_only(self, world):
        with act_as(world.alder.pk):
            assert {member.label for member in Membership.objects.all()} == {"Ann Archer", "Ben Baker", "Bill Butler"}
            assert [client.name for client in Client.objects.all()] == ["Alder Architects"]

    def test_raw_sql_and_counts_are_filtered_too(self, world):
        with act_as(world.alder.pk), connection.cursor() as cursor:
            cursor.execute(
                "select count(*), count(*) filter (where client_id <> %s) from portal_membership", [world.alder.pk]
            )
            assert cursor.fetchone() == (3, 0)

    def test_anothers_row_does_not_exist(self, world):
        with act_as(world.alder.pk), pytest.raises(Membership.DoesNotExist):
            Membership.objects.get(pk=world.bea.membership.pk)

    def test_anothers_row_cannot_be_changed(self, world):
        with act_as_staff(SYSTEM):
            theirs = rows.ticket(world, world.bea.membership)
        with act_as(world.alder.pk):
            assert Ticket.objects.filter(pk=theirs.pk).update(state_note="mine") == 0

    def test_a_row_for_another_client_is_refused(self, world):
        with pytest.raises(ProgrammingError, match="row-level security"), act_as(world.alder.pk):
            rows.ticket(world, world.bea.membership)

    def test_a_clients_act_cannot_accept_a_request(self, world):
        with act_as(world.alder.pk):
            mine = rows.ticket(world, world.ann.membership)
        with pytest.raises(ProgrammingError, match=REFUSED), act_as(world.alder.pk):
            Ticket.objects.filter(pk=mine.pk).update(acknowledged_at=MORNING)

    def test_users_and_staff_stay_hidden(self, world):
        for model in (User, Staff):
            with pytest.raises(ProgrammingError, match=REFUSED), act_as(world.alder.pk):
                model.objects.exists()

    def test_notes_and_their_files_stay_inside(self, world):
        with act_as_staff(SYSTEM):
            one = rows.ticket(world, world.ann.membership)
            rows.message(one)
            rows.attachment(rows.message(one, shown=False))
        with act_as(world.alder.pk):
            assert [message.client_visible for message in one.messages.all()] == [True]
            assert not one.attachments.exists()

    def test_a_supplier_row_without_client_is_hidden(self, world):
        with act_as_staff(SYSTEM):
            event(None, client_visible=True)
            event(world.alder.pk, client_visible=False)
            seen = event(world.alder.pk, client_visible=True)
        with act_as(world.alder.pk):
            assert list(AuditEvent.objects.all()) == [seen]

    def test_bulk_inserts_locks_and_get_or_create_work(self, world):
        with act_as(world.alder.pk):
            made = rows.ticket(world, world.ann.membership)
            assert Ticket.objects.select_for_update().get(pk=made.pk) == made
            assert Ticket.objects.get_or_create(ref=made.ref, client_id=made.client_id) == (made, False)
            with transaction.atomic():
                made.messages.bulk_create(
                    Message(
                        client_id=made.client_id, ticket=made, kind="reply", author_label="Ann", body="One more thing.",
                        client_visible=True, written_at=MORNING, published_at=MORNING,
                    )
                    for _ in range(500)
                )  # fmt: skip
            assert made.messages.count() == 500

    def test_tables_cannot_be_emptied_or_copied_into(self, world):
        for statement in (
            "truncate portal_membership",
            "copy portal_notice from stdin",
            "create temporary table t (a int)",
        ):
            with pytest.raises(DatabaseError), act_as(world.alder.pk), connection.cursor() as cursor:
                cursor.execute(statement)


class TestAStaffScope:
    def test_staff_work_across_clients(self, world):
        with act_as_staff(world.cora.actor):
            assert Client.objects.count() == 2
            assert Membership.objects.count() == 4

    @pytest.mark.clause("CMP-6")
    def test_staff_without_an_nda_see_no_content(self, world):
        with act_as_staff(world.dev.actor):
            assert Client.objects.count() == 2
        for model in (Ticket, Message):
            with pytest.raises(ProgrammingError, match=REFUSED), act_as_staff(world.dev.actor):
                model.objects.exists()

    @pytest.mark.clause("CMP-6")
    def test_the_nda_counts_from_its_first_day_to_the_day_before_its_end(self, world):
        with act_as_staff(SYSTEM):
            world.cora.staff.ndas.update(valid_from=date(2026, 11, 24), valid_to=date(2026, 11, 25))
        roles = []
        for days in (-1, 0, 1):
            with act_as_staff(world.cora.actor, MORNING + timedelta(days=days)):
                roles.append(standing()[0])
        assert roles == ["portal_staff_plain", "portal_staff", "portal_staff_plain"]

    def test_a_contract_day_is_the_calendars_day(self, world):
        with connection.cursor() as cursor:
            cursor.execute(
                "select public.contract_day('2026-06-30 23:30+00'), public.contract_day('2026-12-30 23:30+00')"
            )
            assert cursor.fetchone() == (date(2026, 7, 1), date(2026, 12, 30))

    def test_a_leaver_is_not_let_in(self, world):
        with act_as_staff(SYSTEM):
            Staff.objects.filter(pk=world.cora.staff.pk).update(valid_to=MORNING.date())
        with (
            pytest.raises(NotOnStaff, match="Cora Carter is not on the staff"),
            act_as_staff(world.cora.actor, MORNING),
        ):
            pass

    @pytest.mark.parametrize("change", [{"user_id": None}, {"user_id": 0}])
    def test_somebody_unknown_is_not_let_in(self, world, change):
        with pytest.raises(NotOnStaff), act_as_staff(replace(world.cora.actor, **change)):
            pass

    def test_members_and_visitors_are_not_let_in(self, world):
        for actor in (world.ann.actor, VISITOR):
            with pytest.raises(NotOnStaff), act_as_staff(actor):
                pass

    def test_a_suspended_user_is_not_let_in(self, world):
        with act_as_staff(SYSTEM):
            User.objects.filter(pk=world.cora.user.pk).update(is_active=False)
        with pytest.raises(NotOnStaff), act_as_staff(world.cora.actor):
            pass

    def test_nobody_changes_or_deletes_an_audit_event(self, world):
        with act_as_staff(SYSTEM):
            one = event(None)
        with pytest.raises(ProgrammingError, match=REFUSED), act_as_staff(SYSTEM):
            AuditEvent.objects.filter(pk=one.pk).update(kind="other")
        with pytest.raises(ProgrammingError, match=REFUSED), act_as_staff(SYSTEM):
            AuditEvent.objects.filter(pk=one.pk).delete()

    def test_the_sealer_only_notes_that_it_sealed(self, world):
        with act_as_staff(SYSTEM):
            one = event(world.alder.pk)
        with act_as_sealer():
            assert AuditEvent.objects.filter(pk=one.pk).update(sealed_at=MORNING) == 1
        with pytest.raises(ProgrammingError, match=REFUSED), act_as_sealer():
            AuditEvent.objects.filter(pk=one.pk).update(kind="other")

    def test_sweeps_claim_rows_with_skip_locked(self, world):
        with act_as_staff(SYSTEM):
            rows.ticket(world, world.ann.membership)
            due = Ticket.objects.filter(queue_at__lte=MORNING).select_for_update(skip_locked=True)[:50]
            assert Ticket.objects.filter(pk__in=[one.pk for one in due]).update(state_note="seen") == 1


class TestNesting:
    def test_leaving_restores_the_outer_scope(self, world):
        with act_as(world.alder.pk):
            with act_as_staff(SYSTEM):
                with act_as(world.birch.pk):
                    assert standing() == ("portal_client", str(world.birch.pk))
                assert standing() == ("portal_staff", "")
            assert standing() == ("portal_client", str(world.alder.pk))
        assert standing()[0] == connection.settings_dict["USER"]

    def test_an_error_restores_the_outer_scope(self, world):
        with act_as(world.alder.pk):
            rows.ticket(world, world.ann.membership)
            with pytest.raises(IntegrityError), act_as_staff(SYSTEM), act_as(world.birch.pk):
                rows.ticket(world, world.bea.membership, subject="")
            assert standing() == ("portal_client", str(world.alder.pk))
            assert Ticket.objects.count() == 1

    def test_staff_scopes_nest_for_persons_and_for_the_portal(self, world):
        with act_as_staff(world.cora.actor), act_as_staff(world.lee.actor), act_as_staff(SYSTEM):
            assert standing()[0] == "portal_staff"

    def test_a_client_scope_cannot_look_up_staff(self, world):
        with pytest.raises(ProgrammingError, match=REFUSED), act_as(world.alder.pk), act_as_staff(world.cora.actor):
            pass

    def test_deferred_checks_run_while_the_writer_still_stands_there(self, world):
        made = []
        with pytest.raises(IntegrityError), act_as(world.alder.pk):
            made.append(rows.ticket(world, world.ann.membership, product_id=999_999))
        assert made  # the insert itself went through: the check came at the end of the scope

    def test_after_an_inner_scope_checks_are_deferred_again(self, world):
        with act_as_staff(SYSTEM):
            with act_as(world.alder.pk):
                rows.ticket(world, world.ann.membership)
            later = Client(pk=999_999, slug="cedar", name="Cedar", created_at=BEGAN)
            ClientName.objects.create(client_id=later.pk, name="Cedar", valid_from=BEGAN.date())
            later.save(force_insert=True)


class TestThreadsAndCommits:
    def test_two_threads_never_share_a_scope(self, lasting_world):
        seen, meet = {}, threading.Barrier(2, timeout=10)

        def look(name: str, client_id: int) -> None:
            try:
                with act_as(client_id):
                    meet.wait()
                    seen[name] = set(Membership.objects.values_list("client_id", flat=True))
                    meet.wait()
            finally:
                connections.close_all()

        pairs = [("alder", lasting_world.alder.pk), ("birch", lasting_world.birch.pk)]
        threads = [threading.Thread(target=look, args=pair) for pair in pairs]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert seen == {name: {pk} for name, pk in pairs}

    def test_what_runs_on_commit_stands_at_the_door(self, lasting_world):
        heard = []
        with act_as(lasting_world.alder.pk):
            transaction.on_commit(lambda: heard.append(standing()))
        assert heard == [(connection.settings_dict["USER"], "")]

    def test_a_committed_scope_leaves_nothing_on_the_connection(self, lasting_world):
        with act_as(lasting_world.alder.pk):
            inside = standing()
        assert inside[0] == "portal_client"
        with pytest.raises(ProgrammingError, match=REFUSED):
            Membership.objects.exists()
        with pytest.raises(ProgrammingError, match=REFUSED):
            SweepRun.objects.create(name="x")
