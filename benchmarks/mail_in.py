"""Raw mails to requests and answers, one process, each stored first: `python benchmarks/mail_in.py [mails]`.

The limit is 80 a second, the aim 200. PostgreSQL is a durable one of its own. Three of ten mails are answers; the others are
new requests, each with its acknowledgement in the outbox. Processor seconds stand beside the wall clock.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from email.message import EmailMessage
from email.utils import make_msgid
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.figures import Figure, told
from portal.launcher.runfile import BASE
from portal.launcher.servers import Postgres, Redis
from tests.faultsite import site_environ

AIM, LIMIT, PEOPLE = 200, 80, 400
PARAGRAPH = "Since the update on Monday the shared mailbox of accounts no longer shows the sent items of colleagues. "


def mail(sender: str, number: int, answered: str = "") -> bytes:
    """An ordinary mail: text and HTML, a quoted history, a signature; about 6 kB."""
    message = EmailMessage()
    message["From"], message["To"] = f"Person <{sender}>", "support@northgate.example"
    message["Subject"], message["Message-ID"] = f"Shared mailbox {number}", make_msgid(domain="example.org")
    if answered:
        message["In-Reply-To"] = answered
    words = f"Hello,\n\n{PARAGRAPH * 3}\n\nKind regards\nPerson\n\nOn Monday you wrote:\n" + f"> {PARAGRAPH}\n" * 8
    message.set_content(words)
    message.add_alternative(f"<p>Hello,</p><p>{PARAGRAPH * 3}</p><blockquote>{PARAGRAPH * 8}</blockquote>", "html")
    return message.as_bytes()


def people() -> list[str]:
    """As many registered senders at one client as keep the cap on acknowledgements out of the figures."""
    from portal.actors import SYSTEM
    from portal.models import Address, Membership, User
    from portal.tenancy import act_as_staff
    from tests.cast import BEGAN, SINCE, build

    world = build()
    emails = [f"person{number}@example.org" for number in range(PEOPLE)]
    with act_as_staff(SYSTEM):
        users = User.objects.bulk_create(User(email=email, name=email, created_at=BEGAN) for email in emails)
        addresses = Address.objects.bulk_create(
            Address(user=user, email=user.email, registered_by="Ada", registered_at=BEGAN) for user in users
        )
        Membership.objects.bulk_create(
            Membership(
                client=world.alder, user=address.user, address=address, label=address.email, email=address.email,
                role="author", valid_from=SINCE, invited_at=BEGAN,
            )
            for address in addresses
        )  # fmt: skip
    return emails


def run(count: int) -> tuple[list[float], float]:
    """The seconds of each mail, and the processor seconds of this process for all of them."""
    from portal import clock
    from portal.actors import SYSTEM
    from portal.models import Outbox
    from portal.tenancy import act_as_staff
    from tickets.actions.mailin import receive
    from tickets.models import RawMail

    senders, taken, worked = people(), [], 0.0
    answered: dict[str, str] = {}
    receive(mail(senders[0], -1), source="command", at=clock.now())  # the reading child starts
    for number in range(count):
        sender = senders[number % PEOPLE]
        is_answer = number % 10 >= 7 and sender in answered
        raw = mail(sender, number, answered[sender] if is_answer else "")
        began, before = time.perf_counter(), time.process_time()
        row = receive(raw, source="command", at=clock.now())
        taken.append(time.perf_counter() - began)
        worked += time.process_time() - before
        assert row.state == ("replied" if is_answer else "ticketed"), (row.state, row.reason)
        if sender not in answered:
            with act_as_staff(SYSTEM):
                answered[sender] = Outbox.objects.get(kind="acknowledgement", about_id=row.ticket_id).message_id
    with act_as_staff(SYSTEM):
        assert RawMail.objects.count() == count + 1
    return sorted(taken), worked


def main(count: int) -> int:
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as place:
        folder = Path(place)
        folder.chmod(0o755)
        with Postgres(folder / "postgres") as database, Redis(folder / "redis") as cache:
            environ = site_environ(folder, database, cache)
            for command in (["manage.py", "roles"], ["manage.py", "migrate", "-v0"]):
                subprocess.run([sys.executable, *command], cwd=BASE, env=environ, check=True)
            os.environ |= environ | {"PORTAL_LOG_LEVEL": "WARNING"}
            import django

            django.setup()
            taken, worked = run(count)
            from django.db import connections

            connections.close_all()
    rate = count / sum(taken)
    said = f"aim {AIM} reached" if rate >= AIM else f"limit {LIMIT} kept" if rate >= LIMIT else f"limit {LIMIT} BROKEN"
    print(f"{count} mails: {rate:,.0f} a second: {said}")
    print(
        f"p50 {statistics.median(taken) * 1000:.1f} ms, p99 {taken[int(count * 0.99)] * 1000:.1f} ms,"
        f" slowest {taken[-1] * 1000:.1f} ms; processor of this process {worked / count * 1000:.1f} ms a mail"
    )
    print(told([
        Figure("mails taken in, one process", rate, "a second", LIMIT, AIM, rate=True),
        Figure("one such mail, p50", statistics.median(taken) * 1000, "ms"),
        Figure("the same, processor", worked / count * 1000, "ms"),
    ]))  # fmt: skip
    return int(rate < LIMIT)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000))
