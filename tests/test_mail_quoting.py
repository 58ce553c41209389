"""What is answered and how they sign is folded; the writer's own words are never folded away and nothing is lost."""

import time

import pytest

from tickets.rules.mail.parse import parse
from tickets.rules.mail.quoting import spans
from tickets.rules.mail.shape import ParsedMail


def cut(text: str, *, forwarded: bool = False) -> tuple[str, str, str]:
    mail = ParsedMail(text=text, spans=spans(text, forwarded=forwarded))
    assert "".join(text[span.start : span.end] for span in mail.spans) == text
    return mail.visible, mail.history, mail.signature


ATTRIBUTIONS = {
    "english": "On Sun, 22 Nov 2026 at 09:00, Desk <help@partner.example> wrote:",
    "wrapped": "On Sun, 22 Nov 2026 at 09:00, the helpdesk of our partner\n<help@partner.example> wrote:",
    "french": "Le dim. 22 nov. 2026 à 09:00, Desk <help@partner.example> a écrit :",
    "german": "Am 22.11.2026 um 09:00 schrieb Desk <help@partner.example>:".replace(
        "schrieb Desk <help@partner.example>:", "hat Desk geschrieben:"
    ),
    "german-apple": "Am 22.11.2026 um 09:00 Uhr, Desk schrieb:",
    "dutch": "Op zo 22 nov. 2026 om 09:00 schreef Desk <help@partner.example> het volgende geschreven:",
    "spanish": "El dom, 22 nov 2026 a las 9:00, Desk escribió:",
    "italian": "Il giorno dom 22 nov 2026 alle 09:00 Desk ha scritto:",
    "portuguese": "Em dom., 22 de nov. de 2026, Desk escreveu:",
    "german-middle": "Am So., 22. Nov. 2026 um 09:00 Uhr schrieb Desk <help@partner.example>:",
    "dutch-middle": "Op zo 22 nov 2026 om 09:00 schreef Desk <help@partner.example>:",
}
HEADS = {
    "outlook": "From: Desk <help@partner.example>\nSent: 22 November 2026 09:00\nTo: Ann\nSubject: RE: Printer\n",
    "outlook-bold": "*From:* Desk\n*Sent:* 22 November 2026\n*To:* Ann\n*Subject:* RE: Printer\n",
    "outlook-rule": "________________________________\nFrom: Desk\nSent: 22 November 2026\nTo: Ann\nSubject: Printer\n",
    "outlook-german": "Von: Desk\nGesendet: Sonntag, 22. November 2026\nAn: Ann\nBetreff: AW: Drucker\n",
    "outlook-french": "De : Desk\nEnvoyé : dimanche 22 novembre 2026\nÀ : Ann\nObjet : RE: Imprimante\n",
    "outlook-dutch": "Van: Desk\nVerzonden: zondag 22 november 2026\nAan: Ann\nOnderwerp: RE: Printer\n",
    "outlook-spanish": "De: Desk\nEnviado el: domingo, 22 de noviembre\nPara: Ann\nAsunto: RE: Impresora\n",
    "separator": "-----Original Message-----\nFrom: Desk\n",
    "separator-german": "-----Ursprüngliche Nachricht-----\nVon: Desk\n",
}


@pytest.mark.parametrize("name", ATTRIBUTIONS)
def test_a_quote_with_its_opening_is_folded(name: str) -> None:
    visible, history, _signature = cut(f"It works now.\n\n{ATTRIBUTIONS[name]}\n\n> Does it work?\n> Desk")
    assert visible == "It works now."
    assert ATTRIBUTIONS[name] in history
    assert "> Does it work?" in history


@pytest.mark.parametrize("name", ATTRIBUTIONS)
def test_an_opening_without_marks_folds_the_rest(name: str) -> None:
    visible, history, _signature = cut(f"It works now.\n\n{ATTRIBUTIONS[name]}\n\nDoes it work?\nDesk")
    assert (visible, history.endswith("Does it work?\nDesk")) == ("It works now.", True)


@pytest.mark.parametrize("name", HEADS)
def test_the_head_of_an_older_mail_folds_the_rest(name: str) -> None:
    visible, history, _signature = cut(f"It works now.\n\n{HEADS[name]}\nDoes it work?")
    assert (visible, history.endswith("Does it work?")) == ("It works now.", True)


def test_a_forwarded_mail_is_what_it_is_about() -> None:
    text = f"See below.\n\n{HEADS['outlook']}\nYour parcel is here."
    assert cut(text, forwarded=True)[0] == text
    assert "parcel" not in cut(text)[0]


def test_answers_below_and_between_stay_visible() -> None:
    assert cut("> Does it work?\n\nYes.")[0] == "Yes."
    visible, history, _signature = cut("> First?\nYes.\n> Second?\nNo.")
    assert (visible, history) == ("Yes.\n\nNo.", "> First?\n\n> Second?")
    visible, history, _signature = cut(f"Hello.\n\n{ATTRIBUTIONS['english']}\n> First?\nYes.\n> Second?\nNo.")
    assert visible == "Hello.\n\nYes.\n\nNo."
    assert "First?" in history


@pytest.mark.parametrize(
    "sign",
    ["--\nAnn Example\n01234", "Sent from my iPhone", "Get Outlook for iOS", "Von meinem iPhone gesendet", "Envoyé de mon iPhone", "Verstuurd vanaf mijn iPhone"],
    ids=["dashes", "iphone", "outlook", "german", "french", "dutch"],
)  # fmt: skip
def test_signatures_are_folded(sign: str) -> None:
    assert cut(f"It works.\n\n{sign}") == ("It works.", "", sign)
    visible, history, signature = cut(f"It works.\n\n{sign}\n\n{ATTRIBUTIONS['english']}\n> Does it?")
    assert (visible, signature) == ("It works.", sign)
    assert "> Does it?" in history


@pytest.mark.parametrize(
    "text",
    ["> only a quote", "--\nAnn", "Sent from my iPhone", f"{HEADS['outlook']}\nold", f"{ATTRIBUTIONS['english']}\n> old", "-----Original Message-----", "--"],
    ids=["quote", "signature", "telephone", "outlook", "opening", "separator", "dashes"],
)  # fmt: skip
def test_something_is_always_visible(text: str) -> None:
    assert cut(text)[0].strip()


@pytest.mark.parametrize(
    "text",
    [
        "On Monday I wrote:\nplease help.",
        "From: here on it is broken.\nIt is bad.",
        "Le problème : il a écrit:\nrien",
        "a -- b\n--- not a signature ---\nmore",
        "Sent from my desk I watched the printer burn, and it was a long and sad story that I must tell you now.\nReally.",
        "--\n" + "line\n" * 40 + "end",
    ],
    ids=["no-date", "from", "french", "dashes", "sentence", "long"],
)
def test_ordinary_sentences_are_not_folded(text: str) -> None:
    assert cut(text)[0] == text


@pytest.mark.parametrize(
    "unit",
    [">", "> ", "On 1 ", "On 1 wrote:\n", "From: a\nSent: b\n", "-", "--\n", "_", "_\n", "____________\n", "Le a écrit", "\n", " ", "Sent from my \n", "On 1\n"],
    ids=lambda unit: repr(unit)[1:-1],
)  # fmt: skip
def test_a_megabyte_of_anything_takes_no_time(unit: str) -> None:
    raw = b"From: a@b.example\n\nwords\n" + (unit * (1_000_000 // len(unit))).encode()
    started = time.process_time()
    mail = parse(raw)
    assert time.process_time() - started < 3
    assert "".join(mail.text[span.start : span.end] for span in mail.spans) == mail.text
    assert "words" in mail.visible
