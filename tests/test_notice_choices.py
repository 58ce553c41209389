"""Each person's own choices: honoured for every kind, kept with their history, and nobody else's."""

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from portal import noticekinds
from portal.actions.noticemail import mail_notices, send_digests
from portal.actors import SYSTEM
from portal.errors import Refused
from portal.models import AuditPayload, NoticeChoice
from portal.rules.notices import Side, Way
from portal.tenancy import act_as, act_as_staff
from tests.cast import MORNING, World
from tests.noticing import MINUTE, NEXT_OPENING, choose, mails, notices, tell
from tests.people import audited
from tests.test_client_switcher import join_birch

# What each way leaves behind: the line in the portal, a mail the same day, a line in tomorrow's mail.
TRUTH = {
    Way.MAIL: (1, ["notice"], []),
    Way.DIGEST: (1, [], ["digest"]),
    Way.PORTAL: (1, [], []),
    Way.OFF: (0, [], []),
}
CASES = [(kind.name, way) for kind in noticekinds.KINDS.values() for way in Way]


@pytest.mark.parametrize(("name", "way"), CASES, ids=[f"{name}-{way}" for name, way in CASES])
def test_every_kind_is_told_in_every_way_that_it_offers(world: World, name: str, way: Way) -> None:
    kind = noticekinds.kind_of(name)
    person = world.ann if kind.side == Side.CLIENT else world.lee
    if way not in kind.ways:
        with pytest.raises(Refused) as caught:
            choose(person, name, way)
        assert caught.value.clause == (kind.clause or "HLP-5")
        return
    choose(person, name, way)
    tell(person, kind=name)
    lines, today, tomorrow = TRUTH[way]
    with act_as_staff(SYSTEM):
        mail_notices(MORNING + 5 * MINUTE)
        assert [mail.kind for mail in mails(person)] == today
        send_digests(NEXT_OPENING)
    assert len(notices(person)) == lines
    assert [mail.kind for mail in mails(person)] == today + tomorrow


@pytest.mark.parametrize("name", noticekinds.KINDS)
def test_who_chose_nothing_is_told_by_default(world: World, name: str) -> None:
    kind = noticekinds.kind_of(name)
    person = world.ann if kind.side == Side.CLIENT else world.lee
    tell(person, kind=name)
    (row,) = notices(person)
    assert (row.mail_due_at is not None, row.digest_due_at is not None) == (
        kind.default == Way.MAIL,
        kind.default == Way.DIGEST,
    )


def test_a_choice_is_on_the_record_once(world: World) -> None:
    for _ in range(2):
        choose(world.ann, "request ended", Way.DIGEST)
    (event,) = audited("notice choices changed")
    assert (event.client_id, event.actor_user_id) == (world.alder.pk, world.ann.user.pk)
    with act_as_staff(SYSTEM):
        assert AuditPayload.objects.get(event=event).payload == {
            "kinds": {"request ended": {"from": "mail", "to": "digest"}}
        }
        assert NoticeChoice.objects.count() == 1


def test_a_choice_counts_at_one_client_only(world: World) -> None:
    of_birch = join_birch(world)
    choose(world.ann, "request ended", Way.OFF)
    tell(world.ann, key="1")
    tell(world.ann, key="2", client_id=world.birch.pk)
    assert [row.key for row in notices(world.ann)] == ["2"]
    assert notices(world.ann)[0].membership_id == of_birch.pk


def test_a_manager_who_becomes_an_author_keeps_their_choice(world: World) -> None:
    choose(world.ann, "request ended", Way.OFF)
    with act_as_staff(SYSTEM):
        new = type(world.ann.membership).objects.get(pk=world.ann.membership.pk)
        new.pk, new.role = None, "author"
        new.save()
        type(new).objects.filter(pk=world.ann.membership.pk).update(valid_to=MORNING.date())
    tell(world.ann)
    assert notices(world.ann) == []


def test_a_choice_never_names_another_clients_person(world: World) -> None:
    given = {"kind": "request ended", "way": "off", "chosen_at": MORNING}
    with act_as(world.alder.pk), pytest.raises(IntegrityError, match="same_client"), transaction.atomic():
        NoticeChoice.objects.bulk_create(
            [NoticeChoice(client=world.alder, user=world.bea.user, membership=world.bea.membership, **given)]
        )
    choose(world.bea, "request ended", Way.OFF)
    with act_as(world.alder.pk):
        assert NoticeChoice.objects.count() == 0


def test_a_kind_of_the_other_side_or_of_another_role_is_refused(world: World) -> None:
    for person, kind in ((world.ben, "terms published"), (world.ann, "alarm"), (world.cora, "alarm")):
        with pytest.raises(Refused, match="no kind of notice"):
            choose(person, kind, Way.PORTAL)


class TestThePage:
    def test_it_offers_ones_own_kinds_keeps_them_and_names_what_always_comes(self, world: World, as_user: Any) -> None:
        browser = as_user(world.ann)
        page = browser.get("/c/alder/notices/choices/").content.decode()
        assert "Acknowledgement of your request" in page and "HLP-5" in page and "Alarm" not in page
        offered = noticekinds.kinds_for(Side.CLIENT, ["manager"])
        given = {f"kind_{number}": kind.ways[-1] for number, kind in enumerate(offered)}
        once = {"idempotency_key": "k" * 32}
        for _ in range(2):
            assert browser.post("/c/alder/notices/choices/", given | once).status_code == 302
        assert len(audited("notice choices changed")) == 1
        again = browser.get("/c/alder/notices/choices/").content.decode()
        assert again.count('<option value="off" selected>') == sum(kind.ways[-1] == Way.OFF for kind in offered)

    def test_a_way_that_is_not_offered_changes_nothing(self, world: World, as_user: Any) -> None:
        first = noticekinds.kinds_for(Side.CLIENT, ["manager"])[0]
        assert Way.OFF not in first.ways
        answer = as_user(world.ann).post("/c/alder/notices/choices/", {"kind_0": "off"})
        assert answer.status_code == 422
        with act_as_staff(SYSTEM):
            assert not NoticeChoice.objects.exists()

    def test_its_queries_do_not_grow_with_the_choices(self, world: World, as_user: Any) -> None:
        browser, counts = as_user(world.lee), []
        browser.get("/desk/notices/choices/")
        kinds = noticekinds.kinds_for(Side.STAFF, ["lead"])
        for number in (1, len(kinds)):
            for kind in kinds[:number]:
                choose(world.lee, kind.name, Way.PORTAL)
            with CaptureQueriesContext(connection) as queries:
                browser.get("/desk/notices/choices/")
            counts.append(len(queries))
        assert counts[0] == counts[1] <= 10
