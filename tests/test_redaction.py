"""Part of a picture or of a text is made unreadable: the rest keeps its place, what was there is gone (ACC-2)."""

import io
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import ProgrammingError, transaction
from PIL import Image

from portal import audit
from portal.actions.sealing import seal_events
from portal.actors import SYSTEM
from portal.errors import Refused
from portal.files import open_stored
from portal.files.store import is_stored, new_name
from portal.models import AuditEvent, AuditPayload, Outbox
from portal.tenancy import act_as, act_as_retention, act_as_sealer, act_as_staff
from tests import rows
from tests.cast import MORNING, World
from tests.forms import sent
from tests.mails import came, raw_mail
from tests.spamming import eml, reported, taken_on
from tests.tickets import acknowledged, publish_now
from tickets.actions.filledforms import keep_template
from tickets.actions.spam import judge_report
from tickets.models import Attachment, FilledForm, Message, RawMail, Redaction, SpamReport
from tickets.queries.requestforms import offered_form
from tickets.rules.formanswers import answers_in_words
from tickets.rules.redaction import BLACK, answers_without, areas_of, report_without, without
from tickets.rules.requestforms import Asks, Field
from tickets.rules.spam import Verdict

KEY = {"idempotency_key": "0f8fad5b-d9cb-469f-a165-70867728950e"}


def picture(kind: str = "PNG") -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (100, 50), "red").save(stream, kind)
    return stream.getvalue()


def attached(world: World, content: bytes, kind: str = "image/png") -> Attachment:
    name = default_storage.save(new_name(), ContentFile(content))
    with act_as_staff(SYSTEM):
        message = rows.message(rows.acknowledged(world, world.ben.membership))
        file = rows.attachment(message, storage_name=name, content_type=kind, size=len(content))
        return Attachment.objects.select_related("ticket").get(pk=file.pk)


def path(file: Attachment) -> str:
    return f"/desk/tickets/{file.ticket.ref}/files/{file.pk}/redact/"


@pytest.mark.clause("ACC-2")
def test_areas_and_words_are_read_strictly() -> None:
    assert areas_of("10 20 60 30\n\n0,0,100,100") == [(100, 200, 600, 300), (0, 0, 1000, 1000)]
    for wrong in ("", "10 20 5 30", "0 0 101 5", "a b c d", "1 2 3", "\n".join(["0 0 1 1"] * 21)):
        with pytest.raises(Refused):
            areas_of(wrong)
    assert without({"body": "PIN 1234, again 1234.", "history": "> 1234"}, " 1234 ") == (
        {"body": f"PIN {BLACK}, again {BLACK}.", "history": f"> {BLACK}"},
        3,
    )
    for wrong in ("", " ", "x", "9999"):
        with pytest.raises(Refused):
            without({"body": "PIN 1234"}, wrong)


@pytest.mark.clause("ACC-2")
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_redacted_picture_keeps_its_place_and_the_old_bytes_are_gone(
    lasting_world: World, as_user: Any, kind: str
) -> None:
    world, old = lasting_world, picture(kind)
    file = attached(world, old, f"image/{kind.lower()}")
    cora, form = as_user(world.cora), {"what": "0 0 50 100", "reason": "A password is to be seen"}
    assert f'src="{path(file).removesuffix("redact/")}?inline=1"' in cora.get(path(file)).content.decode()
    assert cora.post(path(file), {**form, "what": "nonsense"}).status_code == 422
    for _ in range(2):
        assert cora.post(path(file), form | KEY).status_code == 302
    with act_as_staff(SYSTEM):
        now, note = Attachment.objects.get(pk=file.pk), Redaction.objects.get()
        assert (now.message_id, now.name, now.added_at) == (file.message_id, file.name, file.added_at)
        assert (note.old_sha256, note.new_sha256, note.places) == (file.sha256, now.sha256, 1)
        assert AuditEvent.objects.filter(kind="content redacted", client_visible=True).count() == 1
    assert not is_stored(file.storage_name)
    with open_stored(now.storage_name) as stored, Image.open(stored) as shown:
        drawn = shown.convert("RGB")
        assert drawn.size == (100, 50)
        assert max(drawn.getpixel((10, 25))) < 12 and drawn.getpixel((90, 25))[0] > 230


@pytest.mark.django_db
@pytest.mark.clause("ACC-2")
def test_what_is_no_picture_cannot_be_redacted_and_stays(world: World, as_user: Any) -> None:
    file = attached(world, b"%PDF-1.4", "application/pdf")
    answer = as_user(world.cora).post(path(file), {"what": "0 0 50 50", "reason": "A name"})
    assert answer.status_code == 422 and is_stored(file.storage_name)
    with act_as_staff(SYSTEM):
        assert not Redaction.objects.exists()


@pytest.mark.django_db
@pytest.mark.clause("ACC-2")
def test_redacted_words_are_gone_from_message_search_and_mail_and_the_chain_still_verifies(
    world: World, as_user: Any, frozen: Any
) -> None:
    frozen(MORNING)
    ticket = acknowledged(world)
    with act_as_staff(world.cora.actor):
        said = publish_now(ticket.pk, "The password is hunter2secret, keep it.", by=world.cora.actor, at=MORNING)
    where = f"/desk/tickets/{ticket.ref}/messages/{said.pk}/redact/"
    form = {"what": "hunter2secret", "reason": "A password does not belong here"}
    assert as_user(world.cora).post(where, form | {"what": "other words"}).status_code == 422
    assert as_user(world.cora).post(where, form).status_code == 302
    with act_as_staff(SYSTEM):
        now = Message.objects.get(pk=said.pk)
        assert now.body == f"The password is {BLACK}, keep it." and "hunter2secret" not in str(now.search)
        assert "hunter2secret" not in "".join(mail.text + mail.html for mail in Outbox.objects.all())
        assert Redaction.objects.get().old_sha256 == ""
    page = as_user(world.ben).get(f"/c/alder/requests/{ticket.ref}/").content.decode()
    assert "hunter2secret" not in page and BLACK in page and "Cora Carter redacted part of a message" in page
    with act_as_sealer():
        assert seal_events(MORNING) > 0
    with act_as_staff(SYSTEM):
        assert audit.verify(world.alder.pk).breaks == []


@pytest.mark.django_db
@pytest.mark.clause("ACC-2")
def test_words_of_a_mail_go_from_its_quotes_its_drawing_and_its_raw_bytes_too(
    world: World, as_user: Any, frozen: Any
) -> None:
    frozen(MORNING)
    row = came(raw_mail(world.ben, body="My PIN is 98127465.\n\n> Is it 98127465?"))
    with act_as_staff(SYSTEM):
        message = Message.objects.select_related("ticket").get(pk=row.message_id)
        assert "98127465" in message.history and row.raw is not None
    where = f"/desk/tickets/{message.ticket.ref}/messages/{message.pk}/redact/"
    form = {"what": "98127465", "reason": "A PIN does not belong here"}
    assert as_user(world.cora).post(where, form).status_code == 302
    with act_as_staff(SYSTEM):
        now, raw = Message.objects.get(pk=message.pk), RawMail.objects.get(pk=row.pk)
        assert "98127465" not in now.body + now.history + now.signature + now.html + now.html_history
        assert BLACK in now.body and BLACK in now.history
        assert (raw.raw, raw.erased_at, raw.sha256) == (None, MORNING, row.sha256)


@pytest.mark.django_db
@pytest.mark.clause("ACC-2")
def test_retention_may_blank_and_no_more_and_the_log_stays(world: World) -> None:
    with act_as_staff(SYSTEM):
        message = rows.message(rows.acknowledged(world, world.ben.membership))
        report = rows.spam_report(rows.acknowledged(world, world.ben.membership))
    for wrong in ({"verdict": "spam"}, {"sha256": "1" * 64}, {"harm": "clicked"}, {"reported_at": MORNING}):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic(), act_as_retention():
            SpamReport.objects.filter(pk=report.pk).update(**wrong)
    for change in ({"author_label": "Nobody"}, {"client_visible": False}):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic(), act_as_retention():
            Message.objects.filter(pk=message.pk).update(**change)
    for deed in (Redaction.objects.all().delete, lambda: Redaction.objects.update(reason="x")):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic(), act_as_staff(SYSTEM):
            deed()


@pytest.mark.clause("ACC-2")
def test_answers_lose_the_passage_and_stay_answers() -> None:
    fields = (
        Field("who", "Who", Asks.PERSON), Field("change", "Change", Asks.CHANGE), Field("day", "Day", Asks.DATE),
        Field("line", "Line"), Field("sure", "Sure", Asks.YES_NO),
    )  # fmt: skip
    given = {
        "who": {"id": 7, "label": "Jo Smith"}, "change": {"before": "hunter2", "after": "x"}, "day": "2026-12-01",
        "line": "Say hunter2", "sure": True,
    }  # fmt: skip
    assert answers_without(fields, given, "hunter2") == given | {
        "change": {"before": BLACK, "after": "x"}, "line": f"Say {BLACK}",
    }  # fmt: skip
    gone = answers_without(fields, given, "Who: Jo Smith\n\nDay: 1 December 2026")
    assert (gone["who"], gone["day"]) == ({"id": None, "label": BLACK}, None)
    assert [said.words for said in answers_in_words(fields, gone)][2] == "–"


@pytest.mark.django_db
@pytest.mark.clause("ACC-2", "LIA-3")
def test_a_forms_answers_are_redacted_with_its_message_and_templates_are_told(
    world: World, as_user: Any, frozen: Any
) -> None:
    frozen(MORNING)
    ticket = sent(world, "new-starter", job="PIN 4711 of Jo")
    assert world.ben.membership
    with act_as(world.ben.membership.client_id):
        keep_template(
            offered_form("new-starter"), {"job": "PIN 4711"}, label="Ours", maker=world.ben.membership,
            by=world.ben.actor, at=MORNING,
        )  # fmt: skip
    with act_as_staff(SYSTEM):
        first = Message.objects.get(ticket_id=ticket.pk)
    where = f"/desk/tickets/{ticket.ref}/messages/{first.pk}/redact/"
    cora = as_user(world.cora)
    page = cora.post(where, {"what": "PIN 4711", "reason": "A PIN"}, follow=True).content.decode()
    assert "Ask them to remove: Ours." in page
    with act_as_staff(SYSTEM):
        assert FilledForm.objects.get().answers["job"] == f"{BLACK} of Jo"
        event = AuditEvent.objects.get(kind="content redacted")
        assert AuditPayload.objects.get(event=event).payload["answers_of"] == "new-starter"
        assert Redaction.objects.get().places == 1


@pytest.mark.clause("ACC-2", "EML-6")
def test_a_reported_mail_loses_the_passage_in_every_column_and_no_other() -> None:
    said = {
        "words": "Jo Smith, your PIN 4711", "subject": "4711", "sender": "jo4711@evil.example",
        "sender_domain": "evil.example", "links": [["PIN 4711", "https://evil.example/?4711", True]],
        "files": ["4711.pdf", "x.pdf"], "recipient": "ben@example.org",
    }  # fmt: skip
    assert report_without(said, " 4711 ") == {
        "words": f"Jo Smith, your PIN {BLACK}", "subject": BLACK, "sender": "",
        "links": [[f"PIN {BLACK}", f"https://evil.example/?{BLACK}", True]], "files": [f"{BLACK}.pdf", "x.pdf"],
    }  # fmt: skip
    assert report_without(said, "It went to: ben@example.org") == {"recipient": BLACK}


@pytest.mark.django_db
@pytest.mark.clause("ACC-2", "EML-6")
def test_words_of_a_reported_mail_are_redacted_with_the_message_that_it_came_with(
    world: World, as_user: Any, frozen: Any
) -> None:
    frozen(MORNING)
    report = reported(world, raw=eml(Subject="Your PIN: " + "47" * 80))
    ticket = taken_on(world, report)
    with act_as_staff(world.cora.actor):
        judge_report(report.pk, Verdict.PHISHING, "Change the PIN 47 today.", by=world.cora.actor, at=MORNING)
        first = Message.objects.get(ticket_id=ticket.pk, kind="request")
        answer = Message.objects.get(ticket_id=ticket.pk, kind="reply")
    where, cora = f"/desk/tickets/{ticket.ref}/messages/{{}}/redact/", as_user(world.cora)
    assert "Dear customer" in cora.get(where.format(first.pk)).content.decode()
    # It stands in the reported mail alone, not in the message.
    assert cora.post(where.format(answer.pk), {"what": "Dear customer", "reason": "A name"}).status_code == 422
    page = cora.post(
        where.format(first.pk), {"what": "Dear customer", "reason": "A name"}, follow=True
    ).content.decode()
    assert "still among the files" in page
    assert cora.post(where.format(answer.pk), {"what": "47", "reason": "A PIN"}).status_code == 302
    with act_as_staff(SYSTEM):
        now = SpamReport.objects.get(pk=report.pk)
        assert now.words.startswith(f"{BLACK}, ") and now.verdict_words == f"Change the PIN {BLACK} today."
        assert now.subject == ("Your PIN: " + BLACK * 80)[:300]
        assert (now.sender, now.sha256, now.verdict) == ("service@evil.example", report.sha256, "phishing")
        noted = AuditPayload.objects.filter(event__kind="content redacted").order_by("event_id")
        assert [one.payload["report"] for one in noted] == [str(report.pk)] * 2
        assert list(Redaction.objects.order_by("pk").values_list("message_id", "places")) == [
            (first.pk, 1),
            (answer.pk, 1),
        ]
