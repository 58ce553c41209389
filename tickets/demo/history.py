"""A year of requests: who asked what, how it went, and that it was answered in time in about 96 of 100 cases."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial

from portal.actors import SYSTEM
from portal.demo.ground import ClientPack, Ground, actor_of
from portal.models import Membership, Staff
from portal.rules.states import ClientState
from portal.worktime import add_minutes, instant_at_share
from tickets.demo import texts
from tickets.demo.dice import LONDON, Dice
from tickets.demo.life import Ask, Life, begin, known, local_day
from tickets.demo.topic import Topic
from tickets.demo.topics import TOPICS
from tickets.rules.states import Channel, Kind, State

Step = tuple[datetime, Callable[[datetime], None]]

LATE_SHARE = 0.045
OUTAGE_DAYS_AGO = 41
DURING_OUTAGE = 6
YEAR = 365
SIDE_CHANNELS = ((Channel.PORTAL, 80), (Channel.EMAIL, 15), (Channel.PHONE, 5))


@dataclass(frozen=True, slots=True)
class Outage:
    """The morning on which our mail server took nothing: acknowledgements left late, and no clock ran (D4)."""

    begins: datetime
    ends: datetime

    def accepted_at(self, wanted: datetime, dice: Dice) -> datetime:
        if self.begins <= wanted < self.ends:
            return self.ends + dice.seconds(5, 240)
        return wanted


def outage_of(ground: Ground) -> Outage:
    """A working day some six weeks ago, 10:05 to 13:20."""
    day = ground.day(OUTAGE_DAYS_AGO)
    while not ground.calendar.day(day).windows:
        day -= timedelta(days=1)
    begins, ends = (datetime.combine(day, clock, LONDON).astimezone(UTC) for clock in (time(10, 5), time(13, 20)))
    return Outage(begins, ends)


def year_of_requests(
    ground: Ground, dice: Dice, count: int, until: datetime, *, only: ClientPack | None = None
) -> list[Life]:
    """So many requests that came in over a year and before `until`, each lived up to now; of one client, or of all."""
    outage = outage_of(ground)
    instants = arrival_times(ground, dice, count, until, outage)
    lives = []
    for at in instants:
        pack = only or dice.weighted(open_clients(ground, local_day(at)))
        topic = topic_for(pack, dice)
        life = ask_for(ground, pack, topic, dice, at=at)
        live(life, plan(life, topic, dice, outage, late=dice.chance(LATE_SHARE) and at < until - timedelta(days=5)))
        lives.append(life)
    return lives


def arrival_times(ground: Ground, dice: Dice, count: int, until: datetime, outage: Outage) -> list[datetime]:
    first, last = ground.day(YEAR), until.astimezone(LONDON).date()
    instants = [outage.begins + dice.minutes(5, 180) for _ in range(min(DURING_OUTAGE, count // 20))]
    while len(instants) < count:
        day = dice.day_between(first, last, ground.calendar)
        at = datetime.combine(day, dice.time_of_day(), LONDON).astimezone(UTC)
        if at < until:
            instants.append(at)
    return sorted(instants)


def open_clients(ground: Ground, day: date) -> list[tuple[ClientPack, float]]:
    """The clients that could raise requests on a day, with their share."""
    return [
        (pack, pack.spec.weight)
        for pack in ground.clients
        if (pack.spec.state == ClientState.ACTIVE or day < ground.day(pack.spec.state_since)) and pack.writers(day)
    ]


def topic_for(pack: ClientPack, dice: Dice) -> Topic:
    """Confidential and declined requests are rare."""
    return dice.weighted([(topic, 0.12 if topic.confidential else 0.35 if topic.declined else 1.0) for topic in TOPICS])


def ask_for(
    ground: Ground,
    pack: ClientPack,
    topic: Topic,
    dice: Dice,
    *,
    at: datetime,
    requester: Membership | None = None,
    channel: Channel | None = None,
) -> Life:
    """A request on a topic, in the client's own words."""
    writers = pack.writers(local_day(at))
    by = requester or dice.one_of(writers)
    words = words_for(pack, by, dice)
    body = filled(dice.one_of(topic.asks), words)
    greeting, closing = dice.one_of(texts.GREETINGS), dice.one_of(texts.CLOSINGS).format_map(words)
    channel = channel or (Channel.PORTAL if topic.confidential else dice.weighted(SIDE_CHANNELS))
    subject = filled(dice.one_of(topic.subjects), words)
    ask = Ask(
        ref=dice.reference(),
        subject=subject[0].upper() + subject[1:],
        body="\n\n".join(part for part in (greeting, body, closing) if part),
        product=topic.product,
        for_whom=str(words["who"]) if "{who}" in "".join(topic.subjects) else "",
        impact=dice.one_of(texts.IMPACTS) if topic.kind == Kind.FAULT else "",
        channel=channel,
        confidential=topic.confidential,
        tenant=dice.between(0, len(pack.tenants) - 1) if len(pack.tenants) > 1 else None,
    )
    others = [one for one in writers if one.user_id != by.user_id]
    return begin(
        ground, pack, by, ask, at=at, message_id=new_message_id(ground, dice),
        named=[dice.one_of(others)] if topic.confidential and others else (),
        logged_by=pick_worker(ground, at, dice) if channel == Channel.PHONE else None,
    )  # fmt: skip


def new_message_id(ground: Ground, dice: Dice) -> str:
    return dice.message_id(ground.supplier.sender_email.partition("@")[2])


def words_for(pack: ClientPack, by: Membership, dice: Dice) -> dict[str, object]:
    return {
        "who": dice.one_of(texts.FIRST_NAMES),
        "thing": dice.one_of(texts.THINGS[pack.spec.trade]),
        "other": dice.one_of(texts.OTHERS),
        "n": dice.between(2, 9),
        "me": by.label.partition(" ")[0],
        "you": by.label.partition(" ")[0],
    }


def filled(pattern: str, words: dict[str, object]) -> str:
    """A sentence with its blanks filled; some things bring their article along."""
    return pattern.format_map(words).replace("the the ", "the ")


def pick_worker(ground: Ground, at: datetime, dice: Dice) -> Staff:
    return dice.weighted([(one, float(share)) for one, share in ground.workers(local_day(at))])


def live(life: Life, steps: Iterator[Step]) -> None:
    """Let a request live up to now; what lies ahead has not happened."""
    for at, act in steps:
        if at > life.ground.at:
            break
        act(at)
    life.finish()


def plan(life: Life, topic: Topic, dice: Dice, outage: Outage, *, late: bool) -> Iterator[Step]:
    """The steps of a request's life, one after the other; each instant follows from what came before."""
    ground, ticket = life.ground, life.ticket
    yield outage.accepted_at(ticket.received_at + dice.seconds(3, 38), dice), life.acknowledge
    answer = answer_at(life, dice, late)
    by = pick_worker(ground, answer, dice)
    if topic.declined:
        yield from declined(life, topic, dice, by, answer)
        return
    if topic.kind == Kind.QUESTION and dice.chance(0.6):
        yield answer, say(life, topic, dice, by, dice.one_of(topic.firsts), State.RESOLVED)
    else:
        yield accepted_before(life, answer, dice), partial(life.accept, by=by, kind=topic.kind)
        yield from worked_on(life, topic, dice, by, answer)
    yield from ended(life, topic, dice, by)


def answer_at(life: Life, dice: Dice, late: bool) -> datetime:
    if late:
        return add_minutes(life.due, dice.between(6, 260), life.ground.calendar).due + dice.seconds(0, 59)
    return instant_at_share(known(life.promise), dice.share()).replace(microsecond=0) + timedelta(seconds=11)


def accepted_before(life: Life, answer: datetime, dice: Dice) -> datetime:
    return max(known(life.ticket.acknowledged_at) + timedelta(seconds=1), answer - dice.minutes(2, 24))


def say(
    life: Life, topic: Topic, dice: Dice, by: Staff, body: str, then: State | None = None, note: str = ""
) -> Callable[[datetime], None]:
    """A reply as a step."""
    words = words_for(life.pack, life.requester, dice)
    greeting = dice.one_of(texts.STAFF_GREETINGS)
    case = {"case": note.rpartition(" ")[2]}
    text = filled(f"{greeting}\n\n{body}\n\nKind regards\n{by.label}", words | case)
    return partial(life.reply, by=by, body=text, message_id=new_message_id(life.ground, dice), then=then, note=note)


def worked_on(life: Life, topic: Topic, dice: Dice, by: Staff, answer: datetime) -> Iterator[Step]:
    """From the first answer to the solution."""
    if topic.microsoft:
        yield from with_microsoft(life, topic, dice, by, answer)
    elif topic.question and dice.chance(0.5):
        yield from asked_back(life, topic, dice, by, answer)
    elif not life.pack.support and topic.kind in (Kind.FAULT, Kind.ALTERATION) and dice.chance(0.22):
        yield from charged(life, topic, dice, by, answer)
    else:
        yield from straight(life, topic, dice, by, answer)


def straight(life: Life, topic: Topic, dice: Dice, by: Staff, answer: datetime) -> Iterator[Step]:
    yield answer, say(life, topic, dice, by, dice.one_of(topic.firsts), State.IN_PROGRESS)
    at = answer
    if topic.note or dice.chance(0.25):
        at = working(life, at, dice, 4, 40)
        yield at, partial(life.note, by=by, body=topic.note or dice.one_of(texts.NOTES))
    if dice.chance(0.2):
        at = dice.later_by_client(at, 60, 600)
        yield at, partial(life.client_says, body=dice.one_of(texts.CHASERS))
        at = working(life, at, dice, 8, 90)
        yield at, say(life, topic, dice, by, dice.one_of(texts.PROGRESS))
    yield working(life, at, dice, 12, 420), solution(life, topic, dice, by)


def asked_back(life: Life, topic: Topic, dice: Dice, by: Staff, answer: datetime) -> Iterator[Step]:
    yield answer, say(life, topic, dice, by, topic.question, State.WAITING_CLIENT)
    at = dice.later_by_client(answer, 15, 2600)
    yield at, partial(life.client_says, body=topic.answer)
    yield working(life, at, dice, 10, 300), solution(life, topic, dice, by)


def with_microsoft(life: Life, topic: Topic, dice: Dice, by: Staff, answer: datetime) -> Iterator[Step]:
    yield answer, say(life, topic, dice, by, dice.one_of(topic.firsts), State.IN_PROGRESS)
    at = working(life, answer, dice, 20, 200)
    case = f"Microsoft case {dice.between(2_610_000_000, 2_699_999_999)}"
    yield at, say(life, topic, dice, by, texts.MICROSOFT_SAYS, State.WITH_MICROSOFT, case)
    if topic.note:
        at = working(life, at, dice, 30, 400)
        yield at, partial(life.note, by=by, body=topic.note)
    yield working(life, at, dice, 600, 3200), solution(life, topic, dice, by)


def charged(life: Life, topic: Topic, dice: Dice, by: Staff, answer: datetime) -> Iterator[Step]:
    """Without a support package errors and changes are charged hourly: the client says yes first (HLP-8)."""
    body = (
        "I can do this. As you have no support package, it is charged by the hour (HLP-8); I expect about half an hour. "
        "Please write back that you agree, and I will begin."
    )
    yield answer, say(life, topic, dice, by, body, State.AWAITING_CHARGE, "Half an hour")
    at = dice.later_by_client(answer, 20, 2000)
    yield at, partial(life.client_says, body="Agreed, please go ahead.")
    at = working(life, at, dice, 5, 60)
    yield at, partial(life.move, by=actor_of(by), to=State.IN_PROGRESS)
    yield working(life, at, dice, 15, 120), solution(life, topic, dice, by)


def declined(life: Life, topic: Topic, dice: Dice, by: Staff, answer: datetime) -> Iterator[Step]:
    """Another maker's product: a person says no, which is an answer (D24); sometimes a quote follows."""
    yield answer, say(life, topic, dice, by, dice.one_of(topic.firsts), State.DECLINED)
    if dice.chance(0.3):
        yield working(life, answer, dice, 120, 900), partial(life.move, by=actor_of(by), to=State.QUOTED)


def solution(life: Life, topic: Topic, dice: Dice, by: Staff) -> Callable[[datetime], None]:
    """The reply that resolves it, by the same person, or by a colleague if that one is away by then."""
    body = dice.one_of(topic.dones)

    def resolve(at: datetime) -> None:
        here = [one for one, _ in life.ground.workers(local_day(at))]
        present = by if by in here else pick_worker(life.ground, at, dice)
        if life.ticket.accepted_by is not None and present != life.ticket.assignee:
            life.assign(at - timedelta(minutes=2), to=present, by=present)
        say(life, topic, dice, present, body, State.RESOLVED)(at)

    return resolve


def ended(life: Life, topic: Topic, dice: Dice, by: Staff) -> Iterator[Step]:
    """After the solution: the client confirms it, or comes back, or it closes by itself after 14 days."""
    ticket = life.ticket
    resolved = ticket.resolved_at
    if resolved is None:
        return
    if dice.chance(0.3):
        yield dice.later_by_client(resolved, 10, 1500), partial(life.move, by=life.member, to=State.CLOSED)
        return
    if dice.chance(0.07):
        at = dice.later_by_client(resolved, 1500, 12000)
        yield at, partial(life.client_says, body=dice.one_of(texts.AGAIN))
        again = working(life, at, dice, 10, 200)
        by = pick_worker(life.ground, again, dice)
        yield again, partial(life.accept, by=by, kind=topic.kind)
        yield working(life, again, dice, 20, 400), solution(life, topic, dice, by)
    if ticket.close_due_at is not None:
        yield ticket.close_due_at, partial(life.move, by=SYSTEM, to=State.CLOSED)


def working(life: Life, after: datetime, dice: Dice, low: int, high: int) -> datetime:
    """So many working minutes later."""
    return add_minutes(after, dice.between(low, high), life.ground.calendar).due + dice.seconds(0, 59)
