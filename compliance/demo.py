"""The demo world as a whole: stamped, emptied, filled and its clock set, in one transaction."""

from collections.abc import Callable
from datetime import datetime

from django.apps import apps
from django.conf import settings
from django.db import connection, connections

from portal import clock
from portal.actions.staff import warn_of_expiry
from portal.actors import SYSTEM
from portal.demo.building import build_ground
from portal.demo.emptying import empty_world, refuse_unless_empty
from portal.demo.facts import write_facts
from portal.errors import Refused
from portal.tenancy import act_as_staff
from tickets.demo.announcing import announce_the_past, announce_today
from tickets.demo.articles import write_articles
from tickets.demo.bulk import prepare_bulk, write_bulk
from tickets.demo.charges import write_charges
from tickets.demo.dice import Dice
from tickets.demo.files import with_files
from tickets.demo.forms import by_form, fill_in_forms
from tickets.demo.history import outage_of, year_of_requests
from tickets.demo.mails import mails_of_today
from tickets.demo.papers import ask_for_papers
from tickets.demo.today import SETTLED_MINUTES, before, queue_of_today
from tickets.demo.triage import sort_today
from tickets.demo.writing import write_lives

Say = Callable[[str], None]

# Above this many the rest are written by the database itself, out of the lives of the first.
BY_HAND = 5000
USUAL = 800
APPS = ("portal", "tickets", "compliance")


def load_world(*, at: datetime, seed: int, tickets: int, first_start: bool, say: Say) -> None:
    """Fill the database with the demo world as of `at`, and move the demo's clock there.

    first_start: the database must be empty, and is stamped. Otherwise it must be stamped, with nobody real in it, and is
    emptied first. Raises Refused.
    """
    if not settings.PORTAL_DEMO:
        raise Refused("LOG-1", "This is no demo: PORTAL_DEMO is not set.")
    with act_as_staff(SYSTEM):
        unlimited()
        if first_start:
            refuse_unless_empty()
        else:
            empty_world()
        fill(at, seed, tickets, say)
        # While the tables are still locked: no job may see the new world by the old clock.
        clock.move_to(at)


def fill(at: datetime, seed: int, tickets: int, say: Say) -> None:
    ground = build_ground(at)
    say(f"{len(ground.clients)} clients and their people are there.")
    dice = Dice(f"demo {seed}")
    until = before(at, SETTLED_MINUTES, ground.calendar)
    outage = outage_of(ground)
    today = queue_of_today(ground, dice, outage)
    starter = by_form(ground, today)
    by_hand = tickets if tickets <= BY_HAND else USUAL
    lives = [*year_of_requests(ground, dice, by_hand - len(today), until), *today]
    with_files(lives, dice)
    sides = prepare_bulk(ground, dice, until) if tickets > BY_HAND else []
    lives += [life for side in sides for life in side.lives]
    write_lives(ground, lives)
    write_charges(ground, lives, Dice(f"charges {seed}"))
    ask_for_papers(ground, lives)
    announce_the_past(ground, outage)
    events = write_facts(ground.facts)
    say(f"{len(lives):,} requests with {events:,} events are there.")
    sort_today(ground)
    announce_today(ground)
    write_articles(ground)
    mails_of_today(ground)
    fill_in_forms(ground, *starter)
    if sides:
        write_bulk(sides, dice, tickets - len(lives), say)
    warn_of_expiry(at)


def unlimited() -> None:
    """Loading takes longer than a page may; and it waits for the jobs that are at work."""
    with connection.cursor() as cursor:
        cursor.execute(
            "set local statement_timeout = 0; set local lock_timeout = '30s'; set local synchronous_commit = off"
        )


def refresh_statistics() -> None:
    """Tell the planner how much there is now; only the owner may, so without its address autovacuum does it later."""
    if "owner" in settings.DATABASES and not connection.in_atomic_block:
        models = [model for label in APPS for model in apps.get_app_config(label).get_models()]
        with connections["owner"].cursor() as cursor:
            cursor.execute(f"analyze {', '.join(sorted(model._meta.db_table for model in models))}")
