"""The open queue at the instant of the demo: something in every band, so that each page has something true to show."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from portal.demo.ground import ClientPack, Ground
from portal.worktime import Calendar, add_minutes, working_seconds_between
from tickets.demo import texts
from tickets.demo.dice import Dice
from tickets.demo.history import Outage, Step, ask_for, live, plan, say
from tickets.demo.life import Life, local_day
from tickets.demo.topic import Topic
from tickets.demo.topics import TOPICS
from tickets.rules.states import Channel, State

# A request that came in earlier has been answered by now, if it was answered in time.
SETTLED_MINUTES = 560
FRESH = 14
DAY, FOUR_HOURS = 510, 240

# client, which topic, working minutes left until the promised time (negative: past), who has accepted it ("" nobody).
RUNNING = (
    ("northfield-trust", 0, -52, "megan"),
    ("marsh-kestrel", 9, 17, ""),
    ("thistle-oak", 12, 43, "hannah"),
    ("penrose-lyle", 8, 82, "hannah"),
    ("harbour-dental", 13, 131, "megan"),
    ("tallis-byrne", 16, 176, ""),
    ("copperfold", 4, 214, ""),
    ("wealdway-food", 18, 318, "callum"),
    ("northfield-trust", 6, 233, ""),
    ("meadowbank-care", 2, 431, ""),
    ("sunrise-bakehouse", 17, 476, ""),
    ("wealdway-food", 10, 502, ""),
    ("harbour-dental", 22, 140, ""),
)
# client, topic, who works on it, working minutes ago, what became of it.
ANSWERED = (
    ("tallis-byrne", 3, "megan", 700, "ours"),
    ("harbour-dental", 10, "tom", 2100, "ours"),
    ("harbour-dental", 4, "megan", 720, "waiting"),
    ("marsh-kestrel", 19, "hannah", 900, "microsoft"),
    ("northfield-trust", 20, "megan", 1500, "microsoft"),
    ("penrose-lyle", 3, "callum", 800, "waiting"),
    ("copperfold", 9, "megan", 650, "waiting"),
    ("meadowbank-care", 16, "priya", 1100, "charge"),
    ("harbour-dental", 9, "tom", 560, "charge"),
    ("northfield-trust", 11, "hannah", 620, "came back"),
)


def before(at: datetime, minutes: int, calendar: Calendar) -> datetime:
    """The instant from which so many working minutes lead to `at`."""
    early, late = at - timedelta(days=10 + minutes // 200), at
    while late - early > timedelta(seconds=1):
        middle = early + (late - early) / 2
        if working_seconds_between(middle, at, calendar) >= minutes * 60:
            early = middle
        else:
            late = middle
    return early.replace(microsecond=0)


def queue_of_today(ground: Ground, dice: Dice, outage: Outage) -> list[Life]:
    """Everything that is open at the instant, and a few that were dealt with this morning."""
    packs = {pack.spec.slug: pack for pack in ground.clients}
    lives = [going_out(ground, packs["harbour-dental"], dice)]
    lives += [running(ground, packs[slug], TOPICS[topic], dice, left, by) for slug, topic, left, by in RUNNING]
    lives += [
        answered(ground, packs[slug], TOPICS[topic], dice, by, ago, end) for slug, topic, by, ago, end in ANSWERED
    ]
    lives += fresh(ground, dice, outage)
    return lives


def going_out(ground: Ground, pack: ClientPack, dice: Dice) -> Life:
    """Received this very moment: its acknowledgement waits in the outbox and is sent live."""
    just_now, author = ground.at - timedelta(seconds=4), pack.members[1]
    life = ask_for(ground, pack, TOPICS[18], dice, at=just_now, requester=author, channel=Channel.PORTAL)
    life.finish()
    return life


def running(ground: Ground, pack: ClientPack, topic: Topic, dice: Dice, left: int, by: str) -> Life:
    """A request that nobody has answered yet."""
    calendar = ground.calendar
    supported = any(row.valid_to is None for row in pack.support)
    minutes = FOUR_HOURS if supported else DAY
    started = before(ground.at, minutes - left, calendar) if left < minutes else ground.at
    life = ask_for(ground, pack, topic, dice, at=started - timedelta(seconds=9))

    def steps() -> Iterator[Step]:
        yield started, life.acknowledge
        if by:
            later = add_minutes(started, 6, calendar).due
            yield later, partial(life.accept, by=ground.staff[by], kind=topic.kind)
        if left < 60:
            note = add_minutes(started, 11, calendar).due
            yield note, partial(life.note, by=ground.staff["hannah"], body=dice.one_of(texts.NOTES))

    live(life, steps())
    return life


def answered(ground: Ground, pack: ClientPack, topic: Topic, dice: Dice, by: str, ago: int, end: str) -> Life:
    """A request with its first answer given: ours to move, or waiting for somebody else."""
    calendar, staff = ground.calendar, ground.staff[by]
    received = before(ground.at, ago, calendar)
    life = ask_for(ground, pack, topic, dice, at=received)

    def steps() -> Iterator[Step]:
        started = received + dice.seconds(4, 20)
        yield started, life.acknowledge
        accepted = add_minutes(started, dice.between(5, 40), calendar).due
        yield accepted, partial(life.accept, by=staff, kind=topic.kind)
        first = add_minutes(accepted, dice.between(4, 50), calendar).due
        later = add_minutes(first, dice.between(60, 300), calendar).due
        match end:
            case "waiting":
                yield first, say(life, topic, dice, staff, topic.question or texts.PROGRESS[2], State.WAITING_CLIENT)
            case "charge":
                yield first, say(life, topic, dice, staff, CHARGE, State.AWAITING_CHARGE, "About one hour")
            case "microsoft":
                yield first, say(life, topic, dice, staff, topic.firsts[0], State.IN_PROGRESS)
                case = f"Microsoft case {dice.between(2_610_000_000, 2_699_999_999)}"
                yield later, say(life, topic, dice, staff, texts.MICROSOFT_SAYS, State.WITH_MICROSOFT, case)
            case "came back":
                yield first, say(life, topic, dice, staff, topic.dones[0], State.RESOLVED)
                yield later, partial(life.client_says, body=texts.AGAIN[0])
            case _:
                yield first, say(life, topic, dice, staff, topic.firsts[0], State.IN_PROGRESS)
                yield later, partial(life.client_says, body=texts.CHASERS[0])

    live(life, steps())
    return life


CHARGE = (
    "I can do this. It is not part of a support package, so it is charged by the hour (HLP-8); I expect about one hour. "
    "A manager of yours finds the question on this request’s page, and I begin after the yes."
)


def fresh(ground: Ground, dice: Dice, outage: Outage) -> list[Life]:
    """Requests of the last working day that have had their answer already."""
    calendar, lives = ground.calendar, []
    for number in range(FRESH):
        at = before(ground.at, 90 + number * (SETTLED_MINUTES - 90) // FRESH, calendar) + dice.seconds(0, 500)
        pack = dice.weighted(
            [
                (one, float(one.spec.weight))
                for one in ground.clients
                if one.spec.state == "active" and one.writers(local_day(at))
            ]
        )
        topic = TOPICS[dice.between(0, 17)]
        life = ask_for(ground, pack, topic, dice, at=at)
        live(life, plan(life, topic, dice, outage, late=False))
        if life.clock is not None and life.clock.met_at is not None:
            lives.append(life)
    return lives
