"""Reports of spam and phishing (EML-6): what a report says, what staff make of it, and which senders may be blocked.

The reported mail is hostile: only what the guarded reader says of it is looked at, and it is shown as text.
"""

import html
import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from urllib.parse import urlsplit

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from portal.clauses import clause
from portal.errors import Refused
from tickets.rules.mail.addresses import sound
from tickets.rules.mail.shape import ParsedMail
from tickets.rules.mail.words import one_line
from tickets.rules.states import Priority

MOST_LINKS = 40
LONGEST_LINK = 500
LONGEST_WORDS = 20_000
MOST_NAMES = 20
SHORTEST_SENTENCE = 15
# What stands behind the + of our address where suspicious mail is forwarded to: support+report@…
REPORT_ALIAS = "report"
ANCHOR = re.compile(r'<a href="([^"<>]{1,4000})"[^<>]{0,200}>(.{0,4000}?)</a>', re.DOTALL)
ANY_TAG = re.compile(r"<[^<>]*>")
PLAIN_LINK = re.compile(r"https?://[^\s<>\"']{1,2000}", re.IGNORECASE)
NAMES_HOST = re.compile(r"(?:https?://)?([a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,8})(?=[/:\s]|$)", re.IGNORECASE)
NAMES_ADDRESS = re.compile(r"[^\s@<>\"]{1,64}@([a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,8})", re.IGNORECASE)
DOMAIN = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+")


class Harm(StrEnum):
    """What the people who got the mail did with it."""

    NOTHING = "nothing"
    UNKNOWN = "unknown"
    CLICKED = "clicked"
    ENTERED = "entered"


class Verdict(StrEnum):
    """What staff make of a reported mail; the empty word in a row is a report that nobody has judged yet."""

    PHISHING = "phishing"
    SPAM = "spam"
    HARMLESS = "harmless"
    UNKNOWN = "unknown"


class BlockKind(StrEnum):
    """What is blocked: one address, or everything under a domain."""

    ADDRESS = "address"
    DOMAIN = "domain"


class BlockPlace(StrEnum):
    """Where a sender is blocked. The tenant is the client's own; the filter is ours."""

    TENANT = "tenant"
    FILTER = "filter"


HARM_WORDS = {
    Harm.NOTHING: gettext_lazy("No, nobody did anything with it"),
    Harm.UNKNOWN: gettext_lazy("I do not know"),
    Harm.CLICKED: gettext_lazy("Yes, somebody clicked a link or opened a file"),
    Harm.ENTERED: gettext_lazy("Yes, somebody entered a password, answered or paid"),
}
HARM_SHORT = {
    Harm.NOTHING: gettext_lazy("Nothing was done with it"),
    Harm.UNKNOWN: gettext_lazy("Not known what was done with it"),
    Harm.CLICKED: gettext_lazy("A link or file was opened"),
    Harm.ENTERED: gettext_lazy("A password was entered, or it was answered"),
}
VERDICT_WORDS = {
    Verdict.PHISHING: gettext_lazy("Phishing"),
    Verdict.SPAM: gettext_lazy("Spam"),
    Verdict.HARMLESS: gettext_lazy("Harmless"),
    Verdict.UNKNOWN: gettext_lazy("Cannot tell"),
}
PLACE_WORDS = {
    BlockPlace.TENANT: gettext_lazy("in the client’s Microsoft 365"),
    BlockPlace.FILTER: gettext_lazy("in our e-mail protection"),
}
# How a verdict begins when the client is told; staff's own sentence follows.
TOLD = {
    Verdict.PHISHING: gettext_noop("The mail that you reported is phishing: it tries to steal passwords or money."),
    Verdict.SPAM: gettext_noop("The mail that you reported is spam: unwanted, but it does not try to steal anything."),
    Verdict.HARMLESS: gettext_noop("The mail that you reported is harmless. It was right to ask."),
    Verdict.UNKNOWN: gettext_noop("We cannot tell whether the mail that you reported is harmful. Please delete it."),
}
URGENT = frozenset({Harm.CLICKED, Harm.ENTERED})
# Nobody blocks all the mail that the world sends from these: the one address is blocked instead.
SHARED_WORDS = (
    "amazonses.com aol.co.uk aol.com blueyonder.co.uk btconnect.com btinternet.com fastmail.com gmail.com gmx.co.uk gmx.com"
    " googlemail.com hotmail.co.uk hotmail.com icloud.com live.co.uk live.com mac.com mail.com me.com microsoft.com msn.com"
    " nhs.net ntlworld.com onmicrosoft.com outlook.com plus.com plus.net pm.me proton.me protonmail.com rocketmail.com"
    " sendgrid.net sharepoint.com sky.com talktalk.net tiscali.co.uk virgin.net virginmedia.com yahoo.co.uk yahoo.com"
    " ymail.com zohomail.com zoho.com"
)
SHARED_DOMAINS = frozenset(SHARED_WORDS.split())
# Endings of two words under which anybody registers; co.uk is nobody's own, as com is. Those of the first line stand under
# many countries' letters, those of the second under uk; the third sells names under a .com or .net of its own.
EVERYWHERE = frozenset({"ac", "co", "com", "edu", "gov", "net", "org"})
IN_THE_UK = frozenset({"ltd", "me", "mod", "nhs", "nic", "plc", "police", "sch"})
SOLD = frozenset({"eu.com", "gb.com", "gb.net", "uk.com", "uk.net", "us.com"})


@dataclass(frozen=True, slots=True)
class Link:
    """One link of a mail, as text: the words it shows, and where it leads. misleads: the words name another place."""

    shown: str
    target: str
    misleads: bool = False


@dataclass(frozen=True, slots=True)
class Suspect:
    """What a reported mail says of itself; nothing of it is believed. claims: who vouches for it, as the mail itself says."""

    name: str = ""
    sender: str = ""
    reply_to: str = ""
    return_path: str = ""
    subject: str = ""
    sent_at: datetime | None = None
    claims: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    words: str = ""
    files: tuple[str, ...] = ()
    unreadable: str = ""


@clause("EML-6")
def urgency(harm: Harm) -> Priority:
    """A report after a click or an entered password is looked at before others; the promise is the same for all."""
    return Priority.HIGH if harm in URGENT else Priority.NORMAL


@clause("EML-6")
def suspect_of(mail: ParsedMail) -> Suspect:
    """The reported mail in plain, bounded text. An unreadable one still names what its headers say."""
    answers = [person.address for person in mail.reply_to if person.address]
    return Suspect(
        name=one_line(mail.from_.name, 200),
        sender=(mail.from_.address or "")[:320],
        reply_to=one_line(", ".join(answers[:5]), 500),
        return_path=(mail.return_path or "")[:320],
        subject=one_line(mail.subject, 300),
        sent_at=mail.date,
        claims=mail.claims,
        links=links_in(mail.text, mail.html_safe + mail.html_history),
        words=mail.text[:LONGEST_WORDS].replace("\0", ""),
        files=tuple(one_line(file.name, 180) for file in mail.files[:MOST_NAMES]),
        unreadable=one_line(mail.unreadable, 300),
    )


@clause("EML-6")
def is_a_mail(mail: ParsedMail) -> bool:
    """Whether the bytes are a mail at all: anything else would be read as a mail without headers."""
    return bool(mail.message_id or mail.from_.address or mail.from_.name or mail.date or mail.subject)


def links_in(text: str, page: str) -> tuple[Link, ...]:
    """Every link of a mail's text and of its cleaned page, each once, at most 40. Nothing is fetched."""
    found: dict[str, Link] = {}
    for target, inner in ANCHOR.findall(page):
        link = link_of(html.unescape(target), html.unescape(ANY_TAG.sub("", inner)))
        if link.target not in found or link.misleads:
            found[link.target] = link
    for target in PLAIN_LINK.findall(text[:LONGEST_WORDS]):
        link = link_of(target.rstrip(".,;:!?)]}"), "")
        found.setdefault(link.target, link)
    return tuple(found.values())[:MOST_LINKS]


def link_of(target: str, shown: str) -> Link:
    target, shown = one_line(target, LONGEST_LINK), one_line(shown, 200)
    return Link(shown, target, misleading(shown, target))


def misleading(shown: str, target: str) -> bool:
    """Whether the words of a link name one place and the link leads to another: "www.bank.example" to elsewhere."""
    named = NAMES_HOST.match(shown.strip())
    host = host_of(target)
    return named is not None and bool(host) and not under(host, base(named[1].lower()))


def host_of(target: str) -> str:
    """The host of a web address in small letters; "" where there is none."""
    try:
        return (urlsplit(target).hostname or "").lower()
    except ValueError:
        return ""


def domain_of(address: str) -> str:
    """What stands behind the @, in small letters; "" without any."""
    return address.rpartition("@")[2].strip().lower() if "@" in address else ""


def base(host: str) -> str:
    return host.removeprefix("www.")


def under(host: str, domain: str) -> bool:
    """Whether a host is a domain itself or stands below it."""
    return host == domain or host.endswith(f".{domain}")


@clause("EML-6")
def warnings_of(suspect: Suspect) -> list[str]:
    """What in a mail speaks for a forgery, in sentences for staff. A help for the eye and no verdict."""
    sender = domain_of(suspect.sender)
    found = []
    if suspect.unreadable:
        found.append(_("Reading it had to be stopped, which hostile mails bring about on purpose."))
    if sender and suspect.reply_to and not related(domain_of(suspect.reply_to.split(",")[0]), sender):
        found.append(_("Answers would go to another domain than the sender’s."))
    if sender and suspect.return_path and not related(domain_of(suspect.return_path), sender):
        found.append(_("It was sent on behalf of another domain than it shows."))
    named = NAMES_ADDRESS.search(suspect.name)
    if named and not related(named[1].lower(), sender):
        found.append(_("The sender’s name shows an address that is not theirs."))
    if any(link.misleads for link in suspect.links):
        found.append(_("A link shows one address and leads to another."))
    if any(re.search(r"\b(?:dmarc|dkim|spf)=(?:fail|reject|quarantine|softfail)", one, re.I) for one in suspect.claims):
        found.append(_("A check of the sender failed on the way, as the mail itself says."))
    return found


def related(one: str, other: str) -> bool:
    return under(one, other) or under(other, one)


@clause("EML-6")
def check_sentence(words: str) -> None:
    """A verdict comes with a sentence for the person who asked. Raises Refused."""
    if len(words.strip()) < SHORTEST_SENTENCE:
        raise Refused("EML-6", _("Write a sentence for the client: why, and what they should do now."))


def is_ending(domain: str) -> bool:
    """Whether a domain is no sender's own but an ending of names: com, co.uk, com.au. A short rule; it knows the UK's endings
    and the usual ones of other countries, and takes the rest for somebody's domain."""
    first, *rest = domain.split(".")
    if len(rest) != 1:
        return not rest
    [top] = rest
    return domain in SOLD or (len(top) == 2 and first in EVERYWHERE) or (top == "uk" and first in IN_THE_UK)


@clause("EML-6")
def blocked_value(kind: BlockKind, value: str, *, ours: Collection[str], theirs: Collection[str]) -> str:
    """The address or domain as it is recorded, in small letters. Raises Refused for what is none, and for a block that
    would stop our own mail, the client's, or that of everybody who uses the same provider or the same ending.

    ours, theirs: the domains of the supplier and of the client's people.
    """
    value = value.strip().lower().removeprefix("@")
    domain = domain_of(value) if kind == BlockKind.ADDRESS else value
    if kind == BlockKind.DOMAIN and value and is_ending(value):
        raise Refused("EML-6", _("That is only the ending of very many domains. Write the sender’s whole domain."))
    if (kind == BlockKind.ADDRESS and sound(value) != value) or len(value) > 254 or not DOMAIN.fullmatch(domain):
        raise Refused("EML-6", _("Write one whole address, such as name@example.com, or one domain."))
    if any(under(one, domain) for one in ours):
        raise Refused("EML-6", _("That would block our own mail to the client."))
    if kind == BlockKind.DOMAIN and any(under(one, domain) for one in theirs):
        raise Refused("EML-6", _("That is the client’s own domain. Block the one address instead."))
    if kind == BlockKind.DOMAIN and domain in SHARED_DOMAINS:
        raise Refused("EML-6", _("Very many people send mail from this domain. Block the one address instead."))
    return value
