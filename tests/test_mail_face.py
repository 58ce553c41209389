"""How a page shows a mail: safe HTML or text, history and signature folded, pictures through our own views."""

from django.template.loader import render_to_string

from tests.xss import PAYLOADS, wrong_in
from tickets.rules.mail.parse import parse
from tickets.views.mailface import MailFace, mail_face


def drawn(face: MailFace) -> str:
    return render_to_string("parts/mail_body.html", {"mail": face})


def test_text_is_shown_with_its_history_and_signature_folded() -> None:
    mail = parse(b"From: a@b.example\n\nIt <b>works</b>.\n\n-- \nAnn\n\nOn 22 Nov 2026, Desk wrote:\n> Does it?")
    page = drawn(mail_face(visible=mail.visible, history=mail.history, signature=mail.signature))
    assert "<p>It &lt;b&gt;works&lt;/b&gt;.</p>" in page
    assert page.count("<details") == 2
    assert (
        page.index("It &lt;b&gt;") < page.index("Signature") < page.index("Earlier messages") < page.index("Does it?")
    )


def test_a_page_is_shown_with_its_pictures_from_our_own_address() -> None:
    face = mail_face(
        visible="x",
        html_safe='<p>Hi <img src="cid:0" alt="Screen"> <img src="cid:1" alt="Gone"></p>',
        html_history="<p>old</p>",
        pictures={0: "/desk/x/?inline=1"},
    )
    page = drawn(face)
    assert '<img src="/desk/x/?inline=1" alt="Screen" loading="lazy">' in page
    assert "[Gone]" in page
    assert "cid:" not in page
    assert page.count("<details") == 1


def test_a_stored_page_that_somebody_changed_runs_nothing() -> None:
    for payload in PAYLOADS:
        face = mail_face(visible="x", html_safe=payload, html_history=payload)
        assert wrong_in(face.page + face.page_history) == [], payload


def test_nothing_is_folded_when_there_is_nothing_to_fold() -> None:
    assert "<details" not in drawn(mail_face(visible="Words."))
