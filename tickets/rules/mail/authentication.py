"""What our own mail server said about the sender: the topmost Authentication-Results, if it is the trusted host's (RFC 8601).

Only that one: whatever stands lower may have been written by the sender.
"""

import re
from dataclasses import dataclass

from tickets.rules.mail.headers import Headers, plain
from tickets.rules.mail.notes import Notes
from tickets.rules.mail.shape import Authentication, AuthVerdict
from tickets.rules.mail.words import one_line

METHOD = re.compile(r"([a-z0-9-]{1,30})(?:/\d{1,3})?\s{0,5}=\s{0,5}([a-z0-9_-]{1,30})", re.IGNORECASE)
PROPERTY = re.compile(r"((?:header|smtp|policy)\.[a-z0-9-]{1,30})\s{0,5}=\s{0,5}\"?([^\s;\"]{1,300})", re.IGNORECASE)


@dataclass(frozen=True)
class Result:
    method: str
    verdict: str
    properties: dict[str, str]


def authentication(headers: Headers, sender: str | None, trusted_host: str, notes: Notes) -> Authentication:
    """PASS or FAIL for the domain that the reader sees as the sender's; NONE when it was not judged."""
    if not trusted_host or not headers.has("authentication-results"):
        return Authentication(AuthVerdict.NONE)
    text = _without_comments(plain(headers.first("authentication-results"), notes))
    host, *rest = text.split(";")
    if (host.split() or [""])[0].lower() != trusted_host.lower():
        return Authentication(AuthVerdict.NONE, "not from the trusted host")
    results = [result for item in rest[:50] if (result := _result(item)) is not None]
    detail = one_line("; ".join(f"{result.method}={result.verdict}" for result in results), 200)
    domain = (sender or "").rpartition("@")[2]
    return Authentication(_verdict(results, domain), detail)


def _without_comments(text: str) -> str:
    """Linear, nested comments too."""
    kept, depth = [], 0
    for letter in text:
        depth += letter == "("
        if depth == 0:
            kept.append(letter)
        depth -= letter == ")" and depth > 0
    return "".join(kept)


def _result(item: str) -> Result | None:
    found = METHOD.match(item.strip())
    if found is None:
        return None
    properties = {name.lower(): value for name, value in PROPERTY.findall(item)}
    return Result(found.group(1).lower(), found.group(2).lower(), properties)


def _verdict(results: list[Result], domain: str) -> AuthVerdict:
    dmarc = [result for result in results if result.method == "dmarc"]
    if any(result.verdict in ("fail", "reject", "quarantine") for result in dmarc):
        return AuthVerdict.FAIL
    if any(result.verdict == "pass" for result in dmarc):
        ours = all(result.properties.get("header.from", domain).lower() == domain for result in dmarc)
        # It passed for another domain than the one that we read as the sender's: two programmes read the mail differently.
        return AuthVerdict.PASS if ours and domain else AuthVerdict.FAIL
    if any(_is_aligned(result, domain) for result in results):
        return AuthVerdict.PASS
    failed = any(result.method in ("dkim", "spf") and result.verdict in ("fail", "policy") for result in results)
    return AuthVerdict.FAIL if failed else AuthVerdict.NONE


def _is_aligned(result: Result, domain: str) -> bool:
    """A signature or an allowed server of the very domain, or of one above it."""
    if result.verdict != "pass" or not domain:
        return False
    names = {"dkim": ("header.d", "header.i"), "spf": ("smtp.mailfrom", "smtp.mail")}.get(result.method, ())
    given = (result.properties.get(name, "").rpartition("@")[2].lower() for name in names)
    return any(one and "." in one and (domain == one or domain.endswith(f".{one}")) for one in given)
