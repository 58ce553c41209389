"""The supplier's people: grades, leaving, absence, and the register of agreements (CMP-6)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from portal import events
from portal.actions.clients import rename_client
from portal.actions.staff import (
    SignedNda,
    add_staff,
    change_grade,
    clear_absence,
    close_leavers,
    leave_staff,
    record_nda,
    return_to_staff,
    set_absence,
    warn_of_expiry,
)
from portal.actors import SYSTEM
from portal.errors import Refused
from portal.models import Alarm, Nda, Staff, User
from portal.queries.staff import colleagues, has_nda
from portal.rules.people import NdaStanding
from portal.rules.states import Grade
from portal.tenancy import NotOnStaff, staff_standing
from tests.cast import MORNING
from tests.people import audited, mails_to, overview

TODAY = date(2026, 11, 24)
SIGNED = SignedNda(
    signed_on=TODAY,
    expires_on=date(2027, 11, 24),
    template_version="2",
    witness="W. Witness",
    storage_reference="safe 3",
)


def add(world, by=None, email="sue@example.org"):
    return add_staff(email=email, name="Sue Storm", grade=Grade.AGENT, by=by or world.ada.actor, at=MORNING)


class TestAdding:
    def test_a_colleague_is_invited_by_mail(self, world):
        row = add(world)
        assert (row.grade, row.valid_from) == ("agent", TODAY)
        assert [mail.kind for mail in mails_to("sue@example.org")] == ["invitation"]
        assert len(audited("staff added", actor_user_id=world.ada.user.pk)) == 1

    @pytest.mark.parametrize("who", ["cora", "lee", "dev", "ann"])
    def test_only_an_administrator_adds(self, world, who):
        with pytest.raises(Refused, match="Only staff of the grade admin"):
            add(world, by=getattr(world, who).actor)

    def test_a_client_s_person_is_not_taken(self, world):
        with pytest.raises(Refused, match="nobody is both staff and client"):
            add(world, email="ben@example.org")

    def test_nobody_is_added_twice(self, world):
        with pytest.raises(Refused, match="in the staff list already"):
            add(world, email="cora@example.org")


class TestGrades:
    def test_a_grade_changes(self, world):
        row = change_grade(staff_id=world.cora.staff.pk, grade=Grade.LEAD, by=world.ada.actor, at=MORNING)
        assert row.grade == "lead"
        assert len(audited("staff grade changed")) == 1

    def test_the_last_administrator_stays_one(self, world):
        with pytest.raises(Refused, match="last administrator"):
            change_grade(staff_id=world.ada.staff.pk, grade=Grade.LEAD, by=world.ada.actor, at=MORNING)

    def test_with_another_one_they_may_step_down(self, world):
        change_grade(staff_id=world.lee.staff.pk, grade=Grade.ADMIN, by=world.ada.actor, at=MORNING)
        new = replace(world.lee.actor, role=Grade.ADMIN)
        assert change_grade(staff_id=world.ada.staff.pk, grade=Grade.AGENT, by=new, at=MORNING).grade == "agent"


class TestLeaving:
    def leave(self, world, day=TODAY, who="cora"):
        return leave_staff(staff_id=getattr(world, who).staff.pk, day=day, by=world.ada.actor, at=MORNING)

    def test_today_ends_access_and_returns_open_work(self, world, as_user, monkeypatch):
        told = []
        monkeypatch.setitem(events.HANDLERS, "staff left", [lambda **facts: told.append(facts["staff"].label)])
        browser = as_user(world.cora)
        self.leave(world)
        assert told == ["Cora Carter"]
        assert browser.get("/").headers["Location"] == "/accounts/login/"
        with pytest.raises(NotOnStaff):
            staff_standing(world.cora.actor, MORNING)

    def test_a_later_day_ends_nothing_yet_and_a_job_ends_it_then(self, world):
        self.leave(world, day=TODAY + timedelta(days=3))
        with overview():
            assert close_leavers(MORNING) == 0
            assert close_leavers(MORNING + timedelta(days=3)) == 1
            assert close_leavers(MORNING + timedelta(days=3)) == 0
            assert not User.objects.get(pk=world.cora.user.pk).is_active

    def test_the_last_administrator_cannot_leave(self, world):
        with pytest.raises(Refused, match="last administrator"):
            self.leave(world, who="ada")

    def test_a_leaver_stays_in_the_list_and_in_the_register(self, world):
        self.leave(world)
        with overview():
            lines = {line.staff.label: line for line in colleagues(TODAY)}
        assert (lines["Cora Carter"].standing, lines["Cora Carter"].nda) == ("Left", NdaStanding.VALID)

    def test_a_leaver_may_come_back_by_a_new_invitation(self, world):
        self.leave(world)
        row = return_to_staff(staff_id=world.cora.staff.pk, by=world.ada.actor, at=MORNING)
        assert row.valid_to is None
        assert [mail.kind for mail in mails_to("cora@example.org")] == ["invitation"]


class TestAbsence:
    def away(self, world, by, stand_in="lee", first=TODAY, last=TODAY + timedelta(days=4)):
        return set_absence(
            staff_id=world.cora.staff.pk,
            first_day=first,
            last_day=last,
            stand_in_id=getattr(world, stand_in).staff.pk if stand_in else None,
            by=by,
            at=MORNING,
        )

    def test_one_notes_one_s_own_absence_with_a_stand_in(self, world):
        row = self.away(world, world.cora.actor)
        assert (row.absent_from, row.absent_to, row.stand_in_id) == (TODAY, date(2026, 11, 28), world.lee.staff.pk)
        with overview():
            assert {line.staff.label: line.standing for line in colleagues(TODAY)}["Cora Carter"] == "Away"

    def test_a_lead_notes_a_colleague_s(self, world):
        assert self.away(world, world.lee.actor).absent_from == TODAY

    def test_an_agent_notes_no_colleague_s(self, world):
        with pytest.raises(Refused):
            self.away(world, world.dev.actor)

    def test_nobody_stands_in_for_themselves(self, world):
        with pytest.raises(Refused, match="Choose a colleague"):
            self.away(world, world.cora.actor, stand_in="cora")

    def test_whoever_is_away_too_cannot_stand_in(self, world):
        self.away(world, world.cora.actor, stand_in=None)
        with pytest.raises(Refused, match="is away on some of those days"):
            set_absence(
                staff_id=world.dev.staff.pk,
                first_day=TODAY,
                last_day=TODAY,
                stand_in_id=world.cora.staff.pk,
                by=world.dev.actor,
                at=MORNING,
            )

    def test_it_can_be_cleared(self, world):
        self.away(world, world.cora.actor)
        assert clear_absence(staff_id=world.cora.staff.pk, by=world.cora.actor, at=MORNING).absent_from is None

    def test_the_database_refuses_half_an_absence(self, world):
        with overview(), pytest.raises(IntegrityError, match="absence_is_a_span"), transaction.atomic():
            Staff.objects.filter(pk=world.cora.staff.pk).update(absent_from=TODAY)


@pytest.mark.clause("CMP-6")
class TestAgreements:
    def test_a_recorded_agreement_covers_from_the_day_it_was_signed(self, world):
        record_nda(staff_id=world.dev.staff.pk, nda=SIGNED, by=world.ada.actor, at=MORNING)
        assert has_nda(world.dev.staff.pk, MORNING)
        assert not has_nda(world.dev.staff.pk, MORNING - timedelta(days=1))
        assert not has_nda(world.dev.staff.pk, MORNING + timedelta(days=365))

    def test_a_new_one_takes_over_from_the_old_one(self, world):
        record_nda(staff_id=world.cora.staff.pk, nda=SIGNED, by=world.ada.actor, at=MORNING)
        with overview():
            spans = list(
                Nda.objects.filter(staff=world.cora.staff).order_by("valid_from").values_list("valid_to", flat=True)
            )
        assert spans == [TODAY, date(2027, 11, 24)]

    def test_an_administrator_without_one_may_record_their_own(self, world):
        with overview():
            Nda.objects.filter(staff=world.ada.staff).update(valid_to=TODAY)
        assert not has_nda(world.ada.staff.pk, MORNING)
        record_nda(staff_id=world.ada.staff.pk, nda=SIGNED, by=world.ada.actor, at=MORNING)
        assert has_nda(world.ada.staff.pk, MORNING)

    @pytest.mark.parametrize("signed", [TODAY + timedelta(days=1), date(2024, 12, 31)], ids=["to be signed", "older"])
    def test_what_is_not_signed_yet_or_already_replaced_is_refused(self, world, signed):
        nda = SignedNda(signed_on=signed, expires_on=None, template_version="2", witness="W", storage_reference="s")
        with pytest.raises(Refused):
            record_nda(staff_id=world.cora.staff.pk, nda=nda, by=world.ada.actor, at=MORNING)

    def test_only_an_administrator_records(self, world):
        with pytest.raises(Refused):
            record_nda(staff_id=world.dev.staff.pk, nda=SIGNED, by=world.lee.actor, at=MORNING)

    def test_the_event_names_no_witness_and_no_place(self, world):
        record_nda(staff_id=world.dev.staff.pk, nda=SIGNED, by=world.ada.actor, at=MORNING)
        (event,) = audited("NDA recorded")
        with overview():
            assert "Witness" not in str(event.body.payload)

    def test_a_warning_comes_thirty_days_before_the_end_once(self, world):
        with overview():
            Nda.objects.filter(staff=world.cora.staff).update(valid_to=TODAY + timedelta(days=30))
            assert warn_of_expiry(MORNING - timedelta(days=1)) == 1  # Dev has none at all
            assert warn_of_expiry(MORNING) == 1
            assert warn_of_expiry(MORNING) == 0
            sentences = set(Alarm.objects.values_list("sentence", flat=True))
        assert sentences == {
            "The non-disclosure agreement of Dev Draper is not on record.",
            "The non-disclosure agreement of Cora Carter ends on 24 December 2026.",
        }

    def test_a_new_agreement_clears_the_warning(self, world):
        with overview():
            warn_of_expiry(MORNING)
        record_nda(staff_id=world.dev.staff.pk, nda=SIGNED, by=world.ada.actor, at=MORNING)
        with overview():
            assert not Alarm.objects.filter(cleared_at__isnull=True).exists()

    def test_without_one_nobody_works_on_clients(self, world):
        with overview():
            Nda.objects.filter(staff=world.lee.staff).update(valid_to=TODAY)
        with pytest.raises(Refused, match="does not cover today"):
            rename_client(client_id=world.alder.pk, name="Other", by=world.lee.actor, at=MORNING)

    def test_the_portal_s_own_jobs_need_none(self, world):
        add(world, by=SYSTEM)
