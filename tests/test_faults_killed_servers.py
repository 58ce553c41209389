"""kill -9 of web mid-post and of PostgreSQL under load: no request lost or doubled, with its acknowledgement and audit (F1, F7)."""

import os
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.faultsite import FaultSite, running
from tests.launching import open_place

POSTS = 40


@pytest.fixture(scope="module")
def fault_site() -> Iterator[FaultSite]:
    with open_place() as folder, running(folder) as site:
        yield site


def post_while(site: FaultSite, trouble: Callable[[threading.Event], None], name: str) -> list[str]:
    """Forty posts by six hands while trouble goes on. Each answers with the address it was promised."""
    over = threading.Event()
    maker = threading.Thread(target=trouble, args=(over,))
    maker.start()
    try:
        with ThreadPoolExecutor(6) as hands:
            return list(hands.map(site.ask, [f"{name} {number}" for number in range(POSTS)]))
    finally:
        over.set()
        maker.join()


def check_ledger(site: FaultSite, name: str, promised: list[str]) -> None:
    """Every promise is there exactly once, with one acknowledgement and one audit event."""
    like = f"subject like '{name} %'"
    assert len(set(promised)) == POSTS
    assert site.count(f"select count(*) from tickets_ticket where {like}") == POSTS
    assert site.count(f"select count(distinct subject) from tickets_ticket where {like}") == POSTS
    mails = (
        "select count(*) from portal_outbox o join tickets_ticket t on t.id = o.about_id and o.kind = 'acknowledgement'"
    )
    assert site.count(f"{mails} where t.{like}") == POSTS
    events = "select count(*) from portal_auditevent e join tickets_ticket t on t.id = e.subject_id"
    assert site.count(f"{events} where e.kind = 'request received' and e.subject_type = 'ticket' and t.{like}") == POSTS
    assert (
        site.count(f"select count(*) from tickets_message m join tickets_ticket t on t.id = m.ticket_id where t.{like}")
        == POSTS
    )


@pytest.mark.clause("HLP-5")
def test_web_killed_in_the_middle_of_posts_loses_and_doubles_nothing(fault_site: FaultSite) -> None:
    def kill_web(over: threading.Event) -> None:
        chance = random.Random(7)
        for _ in range(12):
            if over.wait(0.4):
                return
            children = fault_site.web_children()
            if len(children) > 1:
                os.kill(chance.choice(children), signal.SIGKILL)

    promised = post_while(fault_site, kill_web, "web")
    check_ledger(fault_site, "web", promised)


@pytest.mark.clause("HLP-5")
def test_postgresql_killed_under_load_keeps_what_was_promised(fault_site: FaultSite) -> None:
    killed = []

    def wait_and_note(over: threading.Event) -> None:
        over.wait(30)

    with ThreadPoolExecutor(1) as beside:
        posts = beside.submit(post_while, fault_site, wait_and_note, "database")
        # PostgreSQL is started again by this thread: the kernel ties a child to the thread that started it.
        for pause in (0.8, 1.5):
            time.sleep(pause)
            fault_site.kill_database()
            killed.append(pause)
        promised = posts.result()
    assert len(killed) == 2
    check_ledger(fault_site, "database", promised)


def test_the_ledger_notices_a_lost_promise(fault_site: FaultSite) -> None:
    """The negative control: a promise that is not in the tables fails the check."""
    with pytest.raises(AssertionError):
        check_ledger(fault_site, "never asked", [str(number) for number in range(POSTS)])
