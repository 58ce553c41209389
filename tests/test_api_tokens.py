"""Tokens: made and revoked on a page with a fresh proof, shown once, kept as a hash, and dead with whose they were."""

import logging
import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.db.models import Q

from portal import clock
from portal.actions.people import change_role, end_membership
from portal.actions.staff import leave_staff
from portal.actions.tokens import end_tokens, make_token
from portal.actors import SYSTEM
from portal.errors import Refused
from portal.models import ApiToken, AuditEvent, AuditPayload, Client, KeptAnswer, Membership, Nda, Outbox, User
from portal.queries.tokens import places_of
from portal.rules.people import token_hash
from portal.rules.states import ClientState, Role
from portal.rules.tokens import MOST_TOKENS, Scope
from portal.tenancy import act_as, act_as_staff
from tests.api import Programme, is_problem, programme_of, token_of
from tests.cast import BEGAN, MORNING, SINCE
from tests.tickets import raised

PAGE = "/accounts/tokens/"
SECRET = re.compile(r"psp_[A-Za-z0-9_-]{43}")


def asked(place: str, **changes):
    return {"name": "Monitoring", "place": place, "scopes": ["tickets:read"], "days": "90"} | changes


def row_of(secret: str) -> ApiToken:
    with act_as_staff(SYSTEM):
        return ApiToken.objects.get(token_hash=token_hash(secret))


def alter(secret: str, **values) -> None:
    with act_as_staff(SYSTEM):
        ApiToken.objects.filter(token_hash=token_hash(secret)).update(**values)


class TestThePage:
    def test_a_token_is_shown_once_and_kept_as_its_hash(self, world, as_user):
        browser = as_user(world.ann)
        answer = browser.post(PAGE, asked(f"m{world.ann.membership.pk}", idempotency_key="k1"))
        (secret,) = set(SECRET.findall(answer.content.decode()))
        assert Programme(secret).get("token").json() == {
            "person": "Ann Archer", "kind": "member", "role": "manager", "client": "alder", "scopes": ["tickets:read"],
        }  # fmt: skip
        again = browser.post(PAGE, asked(f"m{world.ann.membership.pk}", idempotency_key="k1"))
        assert (again.status_code, again["Location"]) == (302, PAGE)
        page = browser.get(PAGE).content.decode()
        assert "Monitoring" in page and secret not in page and secret[:8] in page
        with act_as_staff(SYSTEM):
            assert ApiToken.objects.count() == 1

    def test_its_person_is_told_and_it_stands_in_the_record_without_the_secret(self, world, as_user):
        answer = as_user(world.cora).post(PAGE, asked("staff", scopes=["alarms:read", "tickets:read"]))
        (secret,) = set(SECRET.findall(answer.content.decode()))
        with act_as_staff(SYSTEM):
            mail = Outbox.objects.get(kind="token_made")
            event = AuditEvent.objects.get(kind="API token made")
            written = str(list(AuditPayload.objects.values_list("payload", flat=True))) + mail.text + mail.subject
        assert (mail.to_email, event.actor_label, event.client_id) == ("cora@example.org", "Cora Carter", None)
        assert "Monitoring" in mail.subject and "90 days" in mail.text
        assert secret not in written and token_hash(secret) not in written

    @pytest.mark.parametrize("method", ["get", "post"])
    def test_both_pages_ask_for_a_fresh_proof(self, world, as_user, method):
        browser, secret = as_user(world.ann, minutes_ago=16), token_of(world.ann)
        for address in (PAGE, f"{PAGE}{row_of(secret).pk}/revoke/") if method == "post" else (PAGE,):
            answer = getattr(browser, method)(address, asked(f"m{world.ann.membership.pk}") if method == "post" else {})
            assert answer.status_code == 302 and answer["Location"].startswith("/accounts/confirm/")
        assert Programme(secret).get("token").status_code == 200

    def test_revoked_it_opens_nothing_at_once(self, world, as_user):
        secret = token_of(world.ann)
        assert as_user(world.ann).post(f"{PAGE}{row_of(secret).pk}/revoke/").status_code == 302
        is_problem(Programme(secret).get("token"), 401)
        with act_as_staff(SYSTEM):
            event = AuditEvent.objects.get(kind="API token ended")
        assert (event.client_id, event.client_visible) == (world.alder.pk, True)

    def test_nobody_revokes_another_s(self, world, as_user):
        secret = token_of(world.ann)
        assert as_user(world.ben).post(f"{PAGE}{row_of(secret).pk}/revoke/").status_code == 404
        assert Programme(secret).get("token").status_code == 200

    def test_a_client_s_person_cannot_give_what_is_the_staff_s(self, world, as_user):
        answer = as_user(world.ann).post(PAGE, asked(f"m{world.ann.membership.pk}", scopes=["alarms:read"]))
        assert answer.status_code == 422
        with pytest.raises(Refused):
            token_of(world.ann, Scope.ALARMS_READ)

    def test_nobody_makes_one_for_another_s_place(self, world, as_user):
        assert as_user(world.ann).post(PAGE, asked(f"m{world.bea.membership.pk}")).status_code == 422
        assert as_user(world.ann).post(PAGE, asked("staff")).status_code == 422
        with act_as_staff(SYSTEM):
            assert not ApiToken.objects.exists()

    def test_there_is_an_end_to_how_many(self, world, as_user):
        for _ in range(MOST_TOKENS):
            token_of(world.ann)
        answer = as_user(world.ann).post(PAGE, asked(f"m{world.ann.membership.pk}"))
        assert answer.status_code == 422 and "20 tokens already" in answer.content.decode()

    def test_a_person_of_two_roles_chooses(self, world):
        with act_as_staff(SYSTEM):
            Membership.objects.create(
                client=world.birch, user=world.ann.user, address=world.ann.address, label="Ann Archer",
                email="ann@example.org", role=Role.AUTHOR, valid_from=SINCE, invited_at=BEGAN, joined_at=BEGAN,
            )  # fmt: skip
        places = places_of(world.ann.user.pk, MORNING)
        assert [(one.membership.client.slug, one.membership.role) for one in places] == [
            ("alder", "manager"), ("birch", "author"),
        ]  # fmt: skip
        _, secret = make_token(
            place=places[1], user_id=world.ann.user.pk, name="x", scopes=["tickets:read"], days=30, by=world.ann.actor,
            at=MORNING,
        )  # fmt: skip
        said = Programme(secret).get("token").json()
        assert (said["client"], said["role"]) == ("birch", "author")


class TestItsLife:
    @pytest.fixture(params=["ann", "cora"])
    def person(self, request, world):
        return getattr(world, request.param)

    def dead(self, secret: str) -> None:
        said = is_problem(Programme(secret).get("token"), 401)
        assert said == is_problem(Programme("psp_" + "x" * 43).get("token"), 401)

    def test_it_works_and_its_use_is_noted_once_a_minute(self, person):
        secret = token_of(person)
        Programme(secret).get("token")
        first = row_of(secret).last_used_at
        Programme(secret).get("token")
        assert row_of(secret).last_used_at == first
        alter(secret, last_used_at=first - timedelta(minutes=2))
        Programme(secret).get("token")
        assert row_of(secret).last_used_at >= first

    def test_expired(self, person):
        secret, now = token_of(person), clock.real_now()
        alter(secret, made_at=now - timedelta(days=91), expires_at=now - timedelta(seconds=1))
        self.dead(secret)

    def test_its_person_is_no_longer_active(self, person):
        secret = token_of(person)
        with act_as_staff(SYSTEM):
            User.objects.filter(pk=person.user.pk).update(is_active=False)
        self.dead(secret)

    def test_a_membership_that_ended(self, world):
        ben, secret = world.ben.membership, token_of(world.ben)
        end_membership(membership_id=ben.pk, client_id=ben.client_id, reason="left", by=world.ann.actor, at=clock.now())
        self.dead(secret)
        assert row_of(secret).revoked_why == "Ben Baker left"

    def test_a_role_that_changed(self, world):
        ben, secret = world.ben.membership, token_of(world.ben)
        change_role(membership_id=ben.pk, client_id=ben.client_id, role="billing", by=world.ann.actor, at=clock.now())
        self.dead(secret)

    def test_a_membership_whose_days_are_over_without_any_sweep(self, world):
        secret = token_of(world.ben)
        with act_as_staff(SYSTEM):
            Membership.objects.filter(pk=world.ben.membership.pk).update(valid_to=clock.now().date())
        self.dead(secret)

    @pytest.mark.clause("CMP-6")
    def test_a_leaver_of_the_staff(self, world):
        secret = token_of(world.cora)
        leave_staff(staff_id=world.cora.staff.pk, day=clock.now().date(), by=world.ada.actor, at=clock.now())
        self.dead(secret)
        assert row_of(secret).revoked_why == "left the staff"

    @pytest.mark.clause("CMP-6")
    def test_an_nda_that_ended_leaves_a_token_without_content(self, world):
        secret = token_of(world.cora)
        with act_as_staff(SYSTEM):
            Nda.objects.filter(staff=world.cora.staff).update(valid_to=clock.now().date())
        is_problem(Programme(secret).get("tickets"), 403)
        assert Programme(secret).get("alarms").status_code == 200

    def test_a_suspended_client_reads_and_writes_nothing(self, world):
        programme, one = programme_of(world.ben), raised(world)
        with act_as_staff(SYSTEM):
            Client.objects.filter(pk=world.alder.pk).update(state=ClientState.SUSPENDED, suspended_reason="Unpaid.")
        assert programme.get(f"tickets/{one.ref}").status_code == 200
        said = is_problem(programme.post(f"tickets/{one.ref}/messages", {"body": "Hello?"}), 403)
        assert said["detail"] == "The access of Alder Architects is suspended. Unpaid."

    def test_all_of_a_person_end_together(self, world):
        secrets = [token_of(world.ann) for _ in range(2)]
        with act_as_staff(SYSTEM):
            assert end_tokens(Q(user=world.ann.user), why="a test", by=SYSTEM, at=MORNING) == 2
        for secret in secrets:
            self.dead(secret)


class TestWhatItOpens:
    def test_only_what_it_was_made_for(self, world):
        programme = programme_of(world.ann, Scope.TICKETS_READ)
        assert programme.get("tickets").status_code == 200
        for answer in (
            programme.post("tickets", {"subject": "a", "body": "b"}),
            programme.get("people"),
            programme.get("terms"),
        ):
            assert "it needs " in is_problem(answer, 403)["detail"]

    def test_a_session_opens_nothing_here(self, world, as_user):
        browser = as_user(world.ann)
        for answer in (browser.get("/api/v1/tickets"), browser.post("/api/v1/tickets", {"subject": "a"})):
            is_problem(answer, 401)
            assert answer["WWW-Authenticate"] == 'Bearer realm="api"'

    def test_a_token_opens_no_page(self, world):
        answer = programme_of(world.ann).caller().get("/c/alder/")
        assert answer.status_code == 302 and "/accounts/login/" in answer["Location"]

    @pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Basic YTpi", "Bearer psp_\x00", "bearer é", "psp_x"])
    def test_whatever_else_is_shown_is_no_token(self, world, client, header):
        is_problem(client.get("/api/v1/token", headers={"Authorization": header}), 401)

    def test_it_stands_in_no_log(self, world, caplog):
        programme = programme_of(world.ann)
        with caplog.at_level(logging.DEBUG):
            programme.get("token")
            programme.get("nowhere")
            programme.post("tickets", {"subject": ""})
        assert caplog.records and programme.token not in caplog.text and token_hash(programme.token) not in caplog.text


class TestTheTable:
    def test_a_token_of_another_client_s_membership_is_refused_by_the_database(self, world):
        secret = token_of(world.ann)
        with pytest.raises(IntegrityError), transaction.atomic():
            alter(secret, membership=world.bea.membership.pk)

    def test_a_token_is_of_one_place_and_lives_a_year_at_most(self, world):
        secret = token_of(world.ann)
        for wrong in (
            {"staff": world.cora.staff},
            {"expires_at": clock.real_now() + timedelta(days=400)},
            {"scopes": []},
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                alter(secret, **wrong)

    def test_no_client_reads_tokens(self, world):
        token_of(world.ann)
        with pytest.raises(ProgrammingError), act_as(world.alder.pk):
            ApiToken.objects.count()

    def test_nor_do_staff_without_an_nda_read_kept_answers(self, world):
        with pytest.raises(ProgrammingError), act_as_staff(world.dev.actor):
            KeptAnswer.objects.count()
