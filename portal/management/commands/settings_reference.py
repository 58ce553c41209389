"""`manage.py settings_reference`: write docs/settings.md from the code that reads the settings; `--check` only compares.

Names, types and defaults are taken from the source of every typed reader; what is refused is asked of the readers themselves,
with a bad value. Only the meanings stand here, and a setting without one, or a meaning without its setting, is an error.
"""

import ast
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from django.core.management.base import BaseCommand, CommandError

from portal.env import BadSetting, Reader

BASE = Path(__file__).resolve().parents[3]
FILE = BASE / "docs" / "settings.md"
PREFIXES = ("PORTAL_", "DATABASE_", "REDIS_")
# Where settings that do not fit together are refused.
JUDGES = ("portal/settings.py", "portal/launcher/plan.py")


class Kind(NamedTuple):
    """A typed reader: what it takes, and values that it refuses."""

    words: str
    refused: tuple[str, ...] = ()


# A reader that says more about a setting stands further down; "get" is a plain look into the environment.
KINDS = {
    "get": Kind("text"),
    "text": Kind("text"),
    "flag": Kind("yes or no", ("perhaps",)),
    "number": Kind("whole number", ("many",)),
    "port": Kind("port", ("0",)),
    "choice": Kind("one of", ("other",)),
    "listed": Kind("list with commas"),
    "folder": Kind("folder", ("manage.py",)),
    "url": Kind("address", ("portal.test",)),
    "socket": Kind("path or host:port", ("clamd",)),
    "database": Kind("database address", ("postgres://host/portal",)),
    "networks": Kind("addresses or networks", ("10.0.0.300",)),
    "hosts": Kind("host names", ("*.portal.test",)),
    "shared": Kind("secret of a service", ("guess",)),
    "login": Kind("name:password", ("guess:me", "a-long-name-without-any")),
    "secret": Kind("secret", ("", "password" * 8)),
}


class About(NamedTuple):
    """What a person must know; `unset` replaces the default as the source writes it."""

    meaning: str
    unset: str = ""


EVERYWHERE = {
    "PORTAL_API_PER_MINUTE": About("How many requests a minute one API token may make."),
    "PORTAL_URL": About("The address that people use. Any other than this machine must be https.", "`http://localhost:PORT`"),
    "PORTAL_HOSTS": About("Host names under which the portal answers.", "the host of `PORTAL_URL`"),
    "PORTAL_SECRET_KEY": About(
        "Signs sessions and links; changing it signs everybody out. A weak one is refused as soon as others can reach the portal.",
        "made and kept in `PORTAL_VAR`; required behind https",
    ),
    "PORTAL_TRUSTED_PROXIES": About("Proxies whose forwarding headers are believed; everybody else's are ignored.", "none"),
    "PORTAL_VAR": About("Folder of what the portal keeps on this machine: files, and here the database and logs.", "`var/`"),
    "PORTAL_PORT": About("Port of the pages."),
    "DATABASE_URL": About("The portal's own login, which owns nothing. PostgreSQL 15 or newer.", "embedded; required behind https"),
    "REDIS_URL": About("Redis or Valkey: the cache and Celery's broker.", "embedded"),
    "PORTAL_SMTP_URL": About("The mail server by which mail leaves.", "the demo's own receiver; required behind https"),
    "PORTAL_SMTP_PORT": About("Port of the portal's own mail receiver."),
    "PORTAL_SMTP_BIND": About("Address that the mail receiver listens on."),
    "PORTAL_MAIL_ADDRESSES": About("Further addresses at which mail is taken in.", "only the supplier's sender address"),
    "PORTAL_MAIL_AUTH_HOST": About(
        "The name under which your own mail server writes Authentication-Results; no other server's are believed.",
        "none: nobody vouches for a sender, and only who takes part in a request can answer it by mail",
    ),
    "PORTAL_WEBHOOK_POSTMARK": About(
        "Lets Postmark post mail to `https://NAME:PASSWORD@PORTAL/webhooks/mail/postmark/`, with its raw content.", "no such way in"
    ),
    "PORTAL_WEBHOOK_MAILGUN": About(
        "Mailgun's signing key for webhooks. Its route forwards to `PORTAL_URL`, then `/webhooks/mail/mailgun/mime`.", "no such way in"
    ),
    "PORTAL_WEBHOOK_SENDGRID": About(
        "Lets SendGrid's Inbound Parse post the raw mail to `https://NAME:PASSWORD@PORTAL/webhooks/mail/sendgrid/`.", "no such way in"
    ),
    "PORTAL_WEBHOOK_SENDGRID_KEY": About("SendGrid's verification key; then its signature is asked for besides.", "not asked for"),
    "PORTAL_WEBHOOK_SES": About(
        "Lets Amazon SES post mail, by an SNS topic, to `https://NAME:PASSWORD@PORTAL/webhooks/mail/ses/`.", "no such way in"
    ),
    "PORTAL_MAILBOX_HOSTS": About("IMAP servers, by name, whose mailboxes may be read.", "none: no mailbox can be added"),
    "PORTAL_MAILBOX_CA": About(
        "A PEM file with the authority of your own IMAP server; only its certificates are then believed.",
        "the system's authorities",
    ),
    "PORTAL_MICROSOFT_LOGIN": About("Where tokens for Microsoft 365 mailboxes come from."),
    "PORTAL_SIGNING_KEY": About("Private key that signs documents: PEM text, or the path of a PEM file.", "none; the demo makes one"),
    "PORTAL_SIGNING_CERT": About("Its certificate, with the chain after it: PEM text or a path.", "none; the demo makes one"),
    "PORTAL_SCANNER": About("clamd, which scans files. Without it files are shown as not scanned.", "none"),
    "PORTAL_OIDC_ISSUER": About(
        "Whose accounts may sign people in: for Microsoft `https://login.microsoftonline.com/TENANT-ID/v2.0`, with `organizations` "
        "for every organisation's. Its way back here is `PORTAL_URL`, then `/accounts/provider/back/`.",
        "no such sign-in",
    ),
    "PORTAL_OIDC_CLIENT": About("The portal's client id there.", "none"),
    "PORTAL_OIDC_SECRET": About("The portal's client secret there.", "none"),
    "PORTAL_OIDC_NAME": About("What people call it."),
    "PORTAL_OIDC_VERIFIED_BY": About(
        "The claim that says that an address is verified. For Microsoft `xms_edov`, an optional claim that its application must be "
        "told to send, as `email` and `auth_time`; without it no account links itself."
    ),
    "PORTAL_OIDC_SECOND_FACTOR": About("Whether its second factor (`mfa` in `amr`) stands for ours.", "no"),
    "PORTAL_PREPARED": About("Whether PostgreSQL plans the hot statements once a connection. `0` behind a pooler that hands out connections by the transaction.", "yes"),
    "PORTAL_LOG": About("How lines are logged.", "`console` here, `json` behind https"),
    "PORTAL_LOG_LEVEL": About("How much is logged.", "`INFO`"),
}  # fmt: skip
SET_UP = {
    "DATABASE_OWNER_URL": About("The login that owns the tables. Only migrations get it; web and workers run without.", "embedded"),
    "PORTAL_CLUSTER_URL": About("A login that may create roles, in the database `postgres`; for `manage.py roles` alone.", "none"),
    "PORTAL_ROLE_PREFIX": About("First part of every role's name, for several portals in one PostgreSQL."),
    "PORTAL_DEMO": About("`0` starts an empty portal; `1` asks for the demo, which needs a database that it made itself.", "demo when embedded"),
    "PORTAL_BIND": About("Address that the web part listens on, when the launcher starts it."),
    "PORTAL_PG_BIN": About("Folder of other PostgreSQL programs; one without postgres and initdb is refused.", "found"),
    "PORTAL_PG_USER": About("Account that the embedded PostgreSQL runs as when root starts the portal.", "`postgres`, else `nobody`"),
    "PORTAL_STATIC_COLLECTED": About("Serve the collected static files. The launcher and the image set it.", "no"),
    "PORTAL_FAULT": About("Kills the process at a named point. Refused outside the tests.", "none"),
}  # fmt: skip
GROUPS = {"While it runs": EVERYWHERE, "Starting and setting up": SET_UP}

HEAD = """# Settings

Environment variables; an empty one counts as not set. A value that makes no sense is refused with the sentence shown here.
`manage.py settings_reference` wrote this page from the code that reads the settings: change that, then run it again.
"""


@dataclass(frozen=True)
class Reading:
    """One place in the source that reads a setting."""

    name: str
    kind: str
    args: tuple[ast.expr, ...]
    options: tuple[ast.keyword, ...]


def calls_of(tree: ast.AST) -> Iterator[Reading]:
    """Every call of a reader with a setting's name, such as env.port("PORTAL_PORT", 8000)."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(attr=kind), args=[ast.Constant(value=str(name)), *rest], keywords=options):
                if kind in KINDS and name.startswith(PREFIXES):
                    yield Reading(name, kind, tuple(rest), tuple(options))


def readings() -> dict[str, Reading]:
    """Each setting with the reading that says most about it."""
    rank = list(KINDS).index
    best: dict[str, Reading] = {}
    for file in sorted((BASE / "portal").rglob("*.py")):
        for one in calls_of(ast.parse(file.read_text())):
            if one.name not in best or rank(one.kind) > rank(best[one.name].kind):
                best[one.name] = one
    return best


def value_of(node: ast.expr) -> Any:
    """A literal's value, None when it is reckoned at run time."""
    try:
        return ast.literal_eval(node)
    except ValueError:
        return None


def type_of(reading: Reading) -> str:
    words = KINDS[reading.kind].words
    if reading.kind == "choice":
        return f"{words} {', '.join(f'`{word}`' for word in value_of(reading.args[1]))}"
    if reading.kind == "url":
        return f"{words}: {' or '.join(f'`{scheme}`' for scheme in value_of(reading.args[1]))}"
    return words


def unset_of(reading: Reading, about: About) -> str:
    value = value_of(reading.args[0]) if reading.args else None
    return about.unset or ("none" if value in (None, "") else f"`{value}`")


def refusals(reading: Reading) -> Iterator[str]:
    """The sentences with which the reader itself refuses bad values."""
    options = {option.arg: value_of(option.value) for option in reading.options if option.arg}
    # A default that is reckoned at run time does not matter here: the bad value stands before it.
    arguments = [value_of(node) for node in reading.args]
    for bad in KINDS[reading.kind].refused:
        given = str(BASE / bad) if reading.kind == "folder" else bad
        try:
            getattr(Reader({reading.name: given}), reading.kind)(reading.name, *arguments, **options)
        except BadSetting as refusal:
            yield str(refusal).replace(f"{BASE}/", "")
        else:
            raise CommandError(f"{reading.name} takes {bad!r}, which this page gives as refused.")


def misfits() -> Iterator[str]:
    """What is refused because settings do not fit together, in the order of the source."""
    for file in JUDGES:
        for node in ast.walk(ast.parse((BASE / file).read_text())):
            match node:
                case ast.Raise(exc=ast.Call(func=ast.Name(id="BadSetting"), args=[sentence])):
                    yield sentence_of(sentence)


def sentence_of(node: ast.expr) -> str:
    """A sentence as written in the source, with an ellipsis for what is filled in."""
    if isinstance(node, ast.JoinedStr):
        return "".join(sentence_of(part) for part in node.values)
    return str(node.value) if isinstance(node, ast.Constant) else "…"


def row(reading: Reading, about: About) -> str:
    cells = [
        f"`{reading.name}`",
        about.meaning,
        type_of(reading),
        unset_of(reading, about),
        " ".join(refusals(reading)),
    ]
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def page() -> str:
    """The whole page. Raises CommandError when the meanings and the code do not name the same settings."""
    found = readings()
    known = {name for group in GROUPS.values() for name in group}
    if found.keys() != known:
        raise CommandError(
            f"Read but without a meaning, or the other way round: {', '.join(sorted(found.keys() ^ known))}."
        )
    parts = [HEAD]
    for title, group in GROUPS.items():
        rows = [row(found[name], about) for name, about in group.items()]
        table = ["| variable | meaning | type | not set | refused like this |", "|---|---|---|---|---|", *rows]
        parts.append("\n".join([f"## {title}", *table, ""]))
    judged = [f"- {sentence}" for sentence in dict.fromkeys(misfits())]
    parts.append("\n".join(["## Refused because they do not fit together", *judged, ""]))
    return "\n".join(parts)


class Command(BaseCommand):
    help = "Write docs/settings.md from the code that reads the settings."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when the page is not current")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        current = page()
        if not check:
            FILE.write_text(current)
        elif not FILE.exists() or FILE.read_text() != current:
            raise CommandError("docs/settings.md is not current; run `manage.py settings_reference`.")
        self.stdout.write("docs/settings.md is current.")
