"""Raw mails of our own making and malice, the same for the same seed.

`corpus(count, seed=…, writers=…, desk=…, answers_to=…)` gives `count` specimens, every builder in turn: 1,000 is the full form,
200 the quick one (`QUICK`, `FULL`). `writers` are the addresses in From (registered people, when a whole path is tested),
`desk` is the address written to, `answers_to` the Message-IDs that replies and reports refer to. A `Specimen` has

  name      unique, for test ids          kind     what it must be taken for (`Kind`)
  raw       the bytes                     words    stands in `text` of whatever reads it; "" = only "not empty" is known
  sender    the address in From, or None  hidden   must stand nowhere in what is shown (a Bcc, raw headers, scripts)

NEW, REPLY: written by a person, must become a ticket or a reply. MALFORMED: the same, in a bad shape, still readable.
AUTO_REPLY, GENERATED, BULK, BOUNCE, COMPLAINT: by a machine. NOBODY: no sender who could be answered. HOSTILE: must do no harm.
"""

import random
from dataclasses import dataclass

from tests.mailcorpus import machines, malice, people, shapes  # noqa: F401 - each registers its builders
from tests.mailcorpus.drafts import BUILDERS, Draft, Kind

__all__ = ["ANSWERS_TO", "DESK", "FULL", "QUICK", "WRITERS", "Kind", "Specimen", "corpus"]

QUICK, FULL = 200, 1_000
WRITERS = ("ann@alder.example", "ben@alder.example", "bea@birch.example")
DESK = "help@partner.example"
ANSWERS_TO = ("<acknowledged.1@partner.example>", "<answered.2@partner.example>")


@dataclass(frozen=True)
class Specimen:
    name: str
    kind: Kind
    raw: bytes
    words: str
    sender: str | None
    hidden: tuple[str, ...]


def corpus(
    count: int = FULL,
    *,
    seed: int = 2026,
    writers: tuple[str, ...] = WRITERS,
    desk: str = DESK,
    answers_to: tuple[str, ...] = ANSWERS_TO,
) -> list[Specimen]:
    """See the module."""
    made = []
    for number in range(count):
        dice = random.Random(f"{seed}:{number}")
        name, kind, words, builder = BUILDERS[number % len(BUILDERS)]
        draft = Draft(dice, number, dice.choice(writers), desk, dice.choice(answers_to))
        raw = builder(draft)
        sender = None if kind is Kind.NOBODY else draft.sender
        made.append(Specimen(f"{number:04}-{name}", kind, raw, draft.words if words else "", sender, draft.hidden))
    return made
