"""`manage.py audit verify [--json]`: walk the audit chains. Exit 1 when one is broken, with the first broken link of each."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from portal.audit import VerifyResult, verify


class Command(BaseCommand):
    help = "Check that nothing in the audit trail was changed, removed or put in by hand."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("do", choices=["verify"])
        parser.add_argument("--json", action="store_true", help="One JSON object instead of lines.")

    def handle(self, *args: Any, **options: Any) -> None:
        result = verify()
        self.stdout.write(as_json(result) if options["json"] else in_words(result))
        if not result.ok:
            raise SystemExit(1)


def in_words(result: VerifyResult) -> str:
    """The result in lines: breaks first, then the heads, then what waits for its seal."""
    lines = [f"BROKEN {found}" for found in result.breaks]
    for chain, (seq, digest) in sorted(result.heads.items()):
        name = f"client {chain}" if chain else "supplier"
        lines.append(f"{name}: {seq} links, head {digest}")
    since = f", the oldest from {result.oldest_unsealed.isoformat()}" if result.oldest_unsealed else ""
    lines.append(f"{result.unsealed} events not sealed yet{since}; {result.erased} payloads erased by retention.")
    verdict = "whole" if result.ok else f"{len(result.breaks)} broken"
    return "\n".join([*lines, f"{result.links} links in {len(result.heads)} chains: {verdict}."])


def as_json(result: VerifyResult) -> str:
    return json.dumps(
        {
            "ok": result.ok,
            "links": result.links,
            "breaks": [
                {"chain": each.chain, "seq": each.seq, "event": each.event_id, "differs": each.differs}
                for each in result.breaks
            ],
            "heads": {
                str(chain): {"seq": seq, "hash": digest} for chain, (seq, digest) in sorted(result.heads.items())
            },
            "unsealed": {
                "events": result.unsealed,
                "oldest_at": result.oldest_unsealed.isoformat() if result.oldest_unsealed else None,
            },
            "erased_payloads": result.erased,
        }
    )
