"""What staff have sorted by the demo's morning: marks, links, a snooze, saved answers, macros and a shared view, by the real actions."""

from datetime import timedelta

from portal.demo.ground import Ground
from portal.models import Client
from portal.queries.contract import calendar_at, worktime_of
from portal.queries.people import contract_day
from tickets.actions import desk, merging, triage
from tickets.actions.followups import plan_follow_up
from tickets.actions.macros import save_macro
from tickets.actions.watching import watch
from tickets.models import Ticket
from tickets.queries.watching import addable
from tickets.rules.followups import Plan, opening_in
from tickets.rules.macros import Assign, MacroPlan
from tickets.rules.states import Group, LinkKind, Priority, State

ANSWERS = (
    (
        "We are on it",
        "Dear {first_name},\n\nthank you for {reference}. I am looking at it now and write again before the day ends.\n\n{me}",
    ),
    (
        "Please restart and tell us",
        "Dear {first_name},\n\nplease restart the computer once and tell us whether the message comes back. If it does, a picture"
        " of it helps us most.\n\n{me}",
    ),
    (
        "Outside what we offer",
        "Dear {first_name},\n\nthis is not part of what {supplier} looks after for {client}. Your printer’s supplier can help,"
        " and we gladly talk to them.\n\n{me}",
    ),
)
MARKS: tuple[tuple[str, list[str]], ...] = (
    ("high", ["outlook"]),
    ("normal", ["new starter"]),
    ("low", []),
    ("normal", ["outlook", "vip"]),
)


def sort_today(ground: Ground) -> None:
    """Sort some of the open requests of the smaller clients. All at the demo's instant, behind everything that was told."""
    megan, hannah = ground.actor("megan"), ground.actor("hannah")
    at, kept = ground.at, {}
    for label, body in ANSWERS:
        kept[label] = desk.save_answer(label=label, body=body, shared=True, by=hannah, at=at).pk
    for label, plan in macros_with(kept).items():
        save_macro(label=label, plan=plan, shared=True, by=hannah, at=at)
    harbour = Client.objects.get(slug="harbour-dental")
    desk.save_view(label="Harbour Dental", name="open", client=harbour, tag="", shared=True, by=hannah, at=at)
    running = Ticket.objects.filter(queue_group=Group.CLOCK).order_by("queue_at", "id")
    for pk, (priority, tags) in zip(running.values_list("pk", flat=True)[: len(MARKS)], MARKS, strict=False):
        triage.mark(pk, priority=Priority(priority), tags=tags, by=megan, at=at)
    first, second = harbour.tickets.order_by("-received_at", "-id").values_list("pk", flat=True)[:2]
    merging.link(first, other_id=second, kind=LinkKind.RELATED, by=megan, at=at)
    calm = Ticket.objects.filter(queue_group=Group.OURS).order_by("queue_at", "id").values_list("pk", flat=True)[:2]
    for pk in calm[:1]:
        until = ground.at + timedelta(days=2)
        triage.snooze(pk, until=until, reason="The replacement part comes on Thursday.", by=megan, at=at)
    for pk in calm[1:]:
        plan_for_later(pk, ground)
    add_watchers(ground)


def macros_with(answers: dict[str, int]) -> dict[str, MacroPlan]:
    """Two macros for everybody, with the words of saved answers by their names."""
    return {
        "Take it and say so": MacroPlan(assign=Assign.ME, add_tags=("in hand",), answer=answers["We are on it"]),
        "Ask for a restart": MacroPlan(
            priority=Priority.NORMAL, assign=Assign.ME, add_tags=("restart",), state=State.WAITING_CLIENT,
            answer=answers["Please restart and tell us"],
        ),
    }  # fmt: skip


def plan_for_later(ticket_id: int, ground: Ground) -> None:
    """A reminder that the client knows of, and a message that goes out two working days later."""
    megan, calendar = ground.actor("megan"), worktime_of(calendar_at(ground.at))
    plan_follow_up(
        ticket_id, Plan.REMINDER, due_at=opening_in(ground.at, 1, calendar), words="Ring and ask whether all is well now.",
        told_client=True, by=megan, at=ground.at,
    )  # fmt: skip
    plan_follow_up(
        ticket_id, Plan.MESSAGE, due_at=opening_in(ground.at, 2, calendar), by=megan, at=ground.at,
        words="Hello again,\n\ndoes everything still work as it should? If we hear nothing we close this at the end of the week.",
    )  # fmt: skip


def add_watchers(ground: Ground) -> None:
    """Managers who get copies of what their people asked today."""
    megan = ground.actor("megan")
    for ticket in Ticket.objects.filter(queue_group__lt=Group.WAITING).defer("search").order_by("queue_at", "id")[:6]:
        for person in addable(ticket, megan, contract_day(ground.at))[:1]:
            watch(ticket.pk, person_id=person.pk, by_mail=True, by=megan, at=ground.at)
