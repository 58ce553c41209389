"""Mails a second through the guarded child: `python benchmarks/mail_parse.py [count]`. The whole path aims at 200 (must: 80).

Also in processor time of parser alone, beside Python's own library on the same mails, for a busy machine.
"""

import email
import email.policy
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.mailcorpus import Kind, corpus
from tickets.mail.guarded import guarded_parse, stop_reader
from tickets.rules.mail.parse import parse


def rate(read: Callable[[bytes], object], raws: list[bytes], clock: Callable[[], float]) -> float:
    begun = clock()
    for raw in raws:
        read(raw)
    return len(raws) / (clock() - begun)


def by_the_library(raw: bytes) -> None:
    message = email.message_from_bytes(raw, policy=email.policy.default)
    for _name, value in message.items():
        str(value)
    for part in message.walk():
        if not part.is_multipart():
            part.get_content()


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000
    ordinary = (specimen.raw for specimen in corpus(count * 3) if specimen.kind in (Kind.NEW, Kind.REPLY))
    raws = [raw for raw in ordinary if b"utf-7" not in raw][:count]
    guarded_parse(raws[0])
    print(f"guarded, wall clock: {rate(guarded_parse, raws, time.perf_counter):,.0f} mails a second")
    stop_reader()
    print(f"parser, processor time: {rate(parse, raws, time.process_time):,.0f} mails a second")
    print(f"Python's library, processor time: {rate(by_the_library, raws, time.process_time):,.0f} mails a second")


if __name__ == "__main__":
    main()
