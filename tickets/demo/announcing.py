"""What the demo's clients read across their pages: planned work, an outage with its problem behind requests of two clients, a
draft, and what was over long ago."""

from datetime import datetime, timedelta

from portal.actions import announcements
from portal.demo.facts import Fact
from portal.demo.ground import LONDON, Ground
from portal.models import Announcement, AnnouncementTelling, AnnouncementUpdate
from portal.rules.announcements import AnnouncementKind, AnnouncementState, Stage, Wording
from tickets.actions.problems import change_problem, link_to_problem, make_problem
from tickets.demo.history import Outage
from tickets.models import Ticket
from tickets.rules.problems import ProblemState
from tickets.rules.states import Group

CLIENTS = ("harbour-dental", "northfield-trust")
LEAD = "priya"


def announce_the_past(ground: Ground, outage: Outage) -> None:
    """The outage of some six weeks ago, as its clients read it."""
    by, began = ground.actor(LEAD), outage.begins + timedelta(minutes=12)
    row = Announcement.objects.create(
        kind=AnnouncementKind.OUTAGE, state=AnnouncementState.ENDED, title="Mail to us is late",
        text="Acknowledgements and answers leave us late. Your requests are safe, and you can read everything here.",
        starts_at=outage.begins, ends_at=outage.ends, author_id=by.staff_id or 0, made_by=by.label, made_at=began,
        published_at=began, shown_from=began, news_at=outage.ends, closed_at=outage.ends,
    )  # fmt: skip
    AnnouncementUpdate.objects.create(
        announcement=row, stage=Stage.MENDED, body="Mail leaves at once again. What had waited has been sent.",
        made_by=by.label, made_at=outage.ends,
    )  # fmt: skip
    ground.facts.append(Fact(began, "announcement published", by, None, row, {"title": row.title, "to_all": True}))
    ground.facts.append(Fact(outage.ends, "announcement updated", by, None, row, {"stage": "mended", "over": True}))


def announce_today(ground: Ground) -> None:
    """All at the demo's instant, behind everything that was told; people have heard of it already."""
    by, at = ground.actor(LEAD), ground.at
    morning = (at.astimezone(LONDON) + timedelta(days=2)).replace(hour=6, minute=0, second=0, microsecond=0)
    work = draft(
        ground, AnnouncementKind.PLANNED, "New servers for shared files", morning, morning + timedelta(minutes=90),
        "On that morning shared files open slowly, or not at all. Save what you need for an early start the day before.",
    )  # fmt: skip
    announcements.publish(work.pk, by=by, at=at)
    slow = draft(
        ground, AnnouncementKind.OUTAGE, "SharePoint opens slowly", at - timedelta(minutes=50), None,
        "Pages and files take up to a minute to open. Files that are kept on your computer work as usual.", CLIENTS,
    )  # fmt: skip
    announcements.publish(slow.pk, by=by, at=at)
    words = "It is a fault at Microsoft, and they are mending it. We look again every half hour."
    announcements.say_more(slow.pk, stage=Stage.FOUND, body=words, by=by, at=at)
    eve = datetime(at.year, 12, 24, 9, 0, tzinfo=LONDON)
    closing = "Nobody answers on Christmas Eve. Requests of that day are taken up on the next working day."
    draft(ground, AnnouncementKind.CLOSURE, "Closed on Christmas Eve", eve, eve + timedelta(hours=8.5), closing)
    AnnouncementTelling.objects.filter(what__in=["published", "update"]).update(done_at=at)
    keep_problem(ground, slow)


def keep_problem(ground: Ground, slow: Announcement) -> None:
    """The problem behind the outage, with open requests of several clients."""
    by, at = ground.actor(LEAD), ground.at
    problem = make_problem(title="SharePoint slow, fault at Microsoft", cause="", by=by, at=at)
    open_ones = Ticket.objects.filter(client__slug__in=CLIENTS, queue_group__lt=Group.WAITING).order_by(
        "queue_at", "id"
    )
    link_to_problem(problem.pk, list(open_ones.values_list("pk", flat=True)[:4]), by=by, at=at)
    change_problem(
        problem.pk, title=problem.title, cause="A fault in Microsoft’s own storage, says their service page.",
        state=ProblemState.KNOWN_ERROR, announcement=slow, by=by, at=at,
    )  # fmt: skip


def draft(
    ground: Ground,
    kind: AnnouncementKind,
    title: str,
    starts: datetime,
    ends: datetime | None,
    text: str,
    slugs: tuple[str, ...] = (),
) -> Announcement:
    """A draft of the lead's, to all or to these clients."""
    chosen = frozenset(one.client.pk for one in ground.clients if one.spec.slug in slugs) if slugs else None
    said = Wording(kind=kind, title=title, text=text, starts_at=starts, ends_at=ends, clients=chosen)
    return announcements.draft(said, by=ground.actor(LEAD), at=ground.at)
