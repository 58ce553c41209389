"""A form that arrives twice is done once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse, HttpResponseRedirect
from django.test import RequestFactory

from portal import audit, jobs
from portal.actors import SYSTEM
from portal.idempotency import once
from portal.models import AuditEvent, Idempotency
from portal.tenancy import act_as, act_as_staff

AT = datetime(2026, 11, 24, 10, 40, tzinfo=UTC)
KEY = "k" * 32


class Nobody:
    pk = None


def post(person=None, client=None, body=None, key=KEY, path="/c/alder/new/", **extra):
    """A post as the scope's middleware hands it to a view."""
    request = RequestFactory().post(path, {"idempotency_key": key, "words": "hello"} | (body or {}), **extra)
    request.user = person.user if person else Nobody()
    request.client = client
    return request


class Acts:
    """A posting view that counts what it does."""

    def __init__(self, answer=None):
        self.done = 0
        self.answer = answer or (lambda: HttpResponseRedirect(f"/c/alder/{self.done}/"))
        self.view = once("thing made")(self.act)

    def act(self, request):
        self.done += 1
        return self.answer()


class TestOnce:
    def test_the_same_post_again_gets_the_same_answer(self, world):
        acts = Acts()
        with act_as(world.alder.pk):
            answers = [acts.view(post(world.ann, world.alder))["Location"] for _ in range(3)]
        assert (acts.done, answers) == (1, ["/c/alder/1/"] * 3)

    def test_the_same_key_with_other_words_is_a_conflict(self, world):
        acts = Acts()
        with act_as(world.alder.pk):
            acts.view(post(world.ann, world.alder))
            answer = acts.view(post(world.ann, world.alder, {"words": "other"}))
        assert (acts.done, answer.status_code) == (1, 409)
        assert "sent before" in answer.content.decode()

    def test_another_file_is_other_words(self, world):
        acts = Acts()
        with act_as(world.alder.pk):
            for content in (b"one", b"one", b"two"):
                answer = acts.view(post(world.ann, world.alder, {"file": SimpleUploadedFile("a.txt", content)}))
        assert (acts.done, answer.status_code) == (1, 409)

    def test_the_file_can_still_be_read_by_the_view(self, world):
        read = []
        view = once("thing made")(lambda request: read.append(request.FILES["file"].read()) or HttpResponse())
        with act_as(world.alder.pk):
            view(post(world.ann, world.alder, {"file": SimpleUploadedFile("a.txt", b"one")}))
        assert read == [b"one"]

    def test_a_fresh_token_against_forgery_is_no_other_word(self, world):
        acts = Acts()
        with act_as(world.alder.pk):
            for token in ("a", "b"):
                acts.view(post(world.ann, world.alder, {"csrfmiddlewaretoken": token}))
        assert acts.done == 1

    def test_another_person_may_use_the_same_key(self, world):
        acts = Acts()
        with act_as(world.alder.pk):
            acts.view(post(world.ann, world.alder))
            acts.view(post(world.ben, world.alder))
        assert acts.done == 2

    def test_a_key_of_another_client_is_a_conflict_and_is_not_done(self, world):
        acts = Acts()
        with act_as(world.alder.pk):
            acts.view(post(world.ann, world.alder))
        with act_as(world.birch.pk):
            assert acts.view(post(world.ann, world.birch)).status_code == 409

    def test_a_form_with_mistakes_is_not_remembered(self, world):
        acts = Acts(lambda: HttpResponse("Please name it.", status=422))
        with act_as(world.alder.pk):
            acts.view(post(world.ann, world.alder))
            acts.view(post(world.ann, world.alder))
            assert not Idempotency.objects.exists()
        assert acts.done == 2

    def test_a_form_without_a_key_is_simply_done(self, world):
        acts = Acts()
        with act_as(world.alder.pk):
            for _ in range(2):
                acts.view(post(world.ann, world.alder, key=""))
        assert acts.done == 2

    def test_what_raises_is_not_remembered(self, world):
        def fail():
            raise RuntimeError("no")

        acts = Acts(fail)
        with act_as(world.alder.pk):
            for _ in range(2):
                with pytest.raises(RuntimeError):
                    acts.view(post(world.ann, world.alder))
        assert acts.done == 2

    @pytest.mark.parametrize("key", ["k" * 65, "a\x00b"])
    def test_a_key_that_is_none_is_refused(self, world, key):
        acts = Acts()
        with act_as(world.alder.pk):
            assert acts.view(post(world.ann, world.alder, key=key)).status_code == 409
        assert acts.done == 0

    def test_staff_and_visitors_too(self, world):
        acts = Acts()
        with act_as_staff(SYSTEM):
            for _ in range(2):
                acts.view(post(world.cora, path="/desk/"))
        for _ in range(2):
            acts.view(post(path="/setup/"))
        assert acts.done == 2

    def test_an_htmx_post_is_led_to_the_same_place(self, world):
        acts = Acts()
        with act_as(world.alder.pk):
            acts.view(post(world.ann, world.alder))
            answer = acts.view(post(world.ann, world.alder, headers={"HX-Request": "true"}))
        assert answer["HX-Redirect"] == "/c/alder/1/"

    def test_the_header_serves_as_well(self, world):
        acts = Acts()
        with act_as(world.alder.pk):
            for _ in range(2):
                acts.view(post(world.ann, world.alder, key="", headers={"Idempotency-Key": KEY}))
        assert acts.done == 1


def test_twenty_posts_at_once_are_done_once(lasting_world):
    """Each thread is a web worker's: its own connection and scope."""
    world = lasting_world

    def act(request):
        audit.record("thing made", by=SYSTEM, at=AT, client_id=world.alder.pk)
        return HttpResponseRedirect("/done/")

    view = once("thing made")(act)

    def send(_):
        try:
            with act_as(world.alder.pk):
                return view(post(world.ann, world.alder)).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as threads:
        assert list(threads.map(send, range(20))) == [302] * 20
    with act_as_staff(SYSTEM):
        assert AuditEvent.objects.filter(kind="thing made").count() == 1


def test_keys_are_forgotten_after_a_week(world):
    with act_as_staff(SYSTEM):
        for days in (9, 8, 6, 0):
            Idempotency.objects.create(
                user=world.ann.user,
                key=f"{days}",
                action="thing made",
                request_sha256="a" * 64,
                at=AT - timedelta(days=days),
            )
    assert jobs.run("forget keys of sent forms", AT) == 2
    with act_as_staff(SYSTEM):
        assert set(Idempotency.objects.values_list("key", flat=True)) == {"6", "0"}
