"""A thousand mails of our own making and malice are read: nothing raises, nothing is lost, nothing is given away (TRUST A15, A22)."""

import time

import pytest

from tests.mailcorpus import ANSWERS_TO, FULL, QUICK, Kind, Specimen, corpus
from tickets.rules.mail.parse import parse
from tickets.rules.mail.shape import AutoKind, ParsedMail

MACHINES = {
    Kind.AUTO_REPLY: AutoKind.REPLIED,
    Kind.GENERATED: AutoKind.GENERATED,
    Kind.BULK: AutoKind.BULK,
    Kind.BOUNCE: AutoKind.BOUNCE,
    Kind.COMPLAINT: AutoKind.COMPLAINT,
}
BY_PEOPLE = {Kind.NEW, Kind.REPLY, Kind.MALFORMED}


def shown(mail: ParsedMail) -> str:
    """All that a page could show of a mail, its files' bytes apart."""
    people = (mail.from_, mail.sender, *mail.to, *mail.cc, *mail.reply_to)
    return " ".join(
        [
            mail.text,
            mail.html_safe,
            mail.html_history,
            mail.subject,
            *map(str, people),
            *mail.problems,
            *(f.name for f in mail.files),
        ]
    )


def faults(specimen: Specimen) -> list[str]:
    """Everything that is wrong with how one mail was read."""
    started = time.process_time()
    mail = parse(specimen.raw, trusted_host="mx.partner.example")
    took = time.process_time() - started
    everything = shown(mail)
    rules = {
        f"took {took:.1f} s of work": took > 2.5,
        f"was not readable: {mail.unreadable}": bool(mail.unreadable),
        "has no visible text": not mail.visible.strip(),
        "lost its words": specimen.words not in mail.text.replace("\n> ", " ")
        and specimen.words not in mail.text.replace("\n", " "),
        "shows what is hidden": any(secret in everything for secret in specimen.hidden)
        and specimen.kind is not Kind.HOSTILE,
        "runs a script": any(
            bad in (mail.html_safe + mail.html_history).lower()
            for bad in ("<script", "onerror=", "javascript:", "<svg", "<style")
        ),
        "has gaps in its stretches": "".join(mail.text[s.start : s.end] for s in mail.spans) != mail.text,
        f"is taken for {mail.automatic.kind}": mail.automatic.kind is not MACHINES.get(specimen.kind, AutoKind.NONE)
        and specimen.kind is not Kind.HOSTILE,
        f"is from {mail.from_.address}": mail.from_.address != specimen.sender and specimen.kind is not Kind.HOSTILE,
        "holds a null byte or half a character": any(bad in everything for bad in ("\0", "\ud800", "\udcff", "\udce9")),
        "has a subject of several lines": "\n" in mail.subject or "\r" in mail.subject,
    }
    return [f"{specimen.name} {fault}" for fault, holds in rules.items() if holds]


def checked(count: int) -> None:
    specimens = corpus(count)
    assert {specimen.kind for specimen in specimens} == set(Kind)
    assert [fault for specimen in specimens for fault in faults(specimen)] == []


@pytest.mark.clause("HLP-2")
def test_the_quick_form_is_read_without_a_fault() -> None:
    checked(QUICK)


@pytest.mark.full
def test_all_thousand_are_read_without_a_fault() -> None:
    checked(FULL)


def test_the_check_sees_a_fault() -> None:
    """Negative control: a mail whose words are not there, and whose kind is wrong, is told."""
    good = next(specimen for specimen in corpus(QUICK) if specimen.kind is Kind.NEW)
    bad = Specimen(good.name, Kind.BOUNCE, good.raw, "words that nobody wrote", "someone@else.example", (good.words,))
    told = " ".join(faults(bad))
    assert all(word in told for word in ("lost its words", "shows what is hidden", "is taken for none", "is from"))


def test_the_same_seed_gives_the_same_mails() -> None:
    assert corpus(120) == corpus(120)
    assert corpus(120, seed=1) != corpus(120)
    assert len({specimen.name for specimen in corpus(FULL)}) == FULL


@pytest.mark.parametrize("kind", [Kind.REPLY, Kind.BOUNCE, Kind.COMPLAINT], ids=str)
def test_what_a_mail_answers_is_known(kind: Kind) -> None:
    for specimen in corpus(QUICK):
        if specimen.kind is kind:
            mail = parse(specimen.raw)
            ids = {*mail.references, *mail.in_reply_to, mail.report.original_message_id if mail.report else None}
            assert ids & set(ANSWERS_TO), specimen.name
