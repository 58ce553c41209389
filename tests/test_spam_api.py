"""Reported mails by the interface: the same rooms as the pages (EML-6)."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.actors import SYSTEM
from portal.tenancy import act_as_staff
from tests import rows
from tests.api import is_problem, programme_of
from tests.cast import MORNING, World
from tests.spamming import reported, upload
from tickets.models import Message, SpamReport

pytestmark = [pytest.mark.django_db, pytest.mark.clause("EML-6")]


@pytest.fixture(autouse=True)
def now(frozen: Any) -> Any:
    frozen(MORNING)
    return frozen


SAID = {"recipient": "ben@example.org", "harm": "clicked"}


def test_a_programme_reports_a_mail_once(world: World) -> None:
    programme = programme_of(world.ben)
    for _again in range(2):
        answer = programme.upload("mail-reports", SAID | {"files": upload()}, key="one")
        assert answer.status_code == 201, answer.content
    said = answer.json()
    assert answer["Location"] == f"/api/v1/mail-reports/{said['ref']}"
    assert (said["sender"], said["harm"], said["verdict"]) == ("service@evil.example", "clicked", "")
    assert said["links"] == [{"shown": "www.bank.example", "target": "https://evil.example/login", "misleads": True}]
    assert programme.get(f"tickets/{said['ref']}").json()["channel"] == "api"
    with act_as_staff(SYSTEM):
        assert SpamReport.objects.count() == 1


@pytest.mark.parametrize(
    ("given", "field"),
    [(SAID, "files"), ({**SAID, "harm": "sad"}, "harm"), ({"harm": "clicked"}, "recipient")],
    ids=["no-file", "harm", "nobody"],
)
def test_what_is_missing_is_said(world: World, given: dict[str, Any], field: str) -> None:
    said = is_problem(programme_of(world.ben).upload("mail-reports", given), 400)
    assert field in [one["field"] for one in said["errors"]]


def test_each_sees_their_own_and_staff_all(world: World) -> None:
    anns, beas = reported(world, world.ann), reported(world, world.bea)
    with act_as_staff(SYSTEM):
        refs = {
            key: SpamReport.objects.select_related("ticket").get(pk=one.pk).ticket.ref
            for key, one in (("a", anns), ("b", beas))
        }
    seen = {
        person: [one["ref"] for one in programme_of(world.people[person]).get("mail-reports").json()["results"]]
        for person in ("ann", "ben", "bea", "cora")
    }
    assert seen == {"ann": [refs["a"]], "ben": [], "bea": [refs["b"]], "cora": [refs["b"], refs["a"]]}
    assert programme_of(world.ann).get(f"mail-reports/{refs['b']}").status_code == 404


def test_staff_judge_and_the_list_is_narrowed(world: World) -> None:
    report = reported(world)
    with act_as_staff(SYSTEM):
        ref = SpamReport.objects.select_related("ticket").get(pk=report.pk).ticket.ref
    cora = programme_of(world.cora)
    verdict = {"verdict": "spam", "words": "Advertising only. Please delete it."}
    assert programme_of(world.ann).post(f"mail-reports/{ref}/judge", verdict).status_code == 403
    said = cora.post(f"mail-reports/{ref}/judge", verdict).json()
    assert (said["verdict"], said["judged_by"]) == ("spam", "Cora Carter")
    with act_as_staff(SYSTEM):
        assert Message.objects.filter(ticket_id=report.ticket_id, kind="reply", then_state="").count() == 1
    assert len(cora.get("mail-reports", verdict="spam").json()["results"]) == 1
    assert not cora.get("mail-reports", judged="false").json()["results"]


def test_the_list_costs_the_same_at_one_row_and_at_twenty(world: World) -> None:
    programme = programme_of(world.ann)

    def more(number: int) -> None:
        with act_as_staff(SYSTEM):
            for _each in range(number):
                rows.spam_report(rows.acknowledged(world, world.ben.membership))

    more(1)
    programme.get("mail-reports")
    with CaptureQueriesContext(connection) as one:
        assert len(programme.get("mail-reports").json()["results"]) == 1
    more(19)
    with CaptureQueriesContext(connection) as twenty:
        assert len(programme.get("mail-reports").json()["results"]) == 20
    assert len(twenty) == len(one)
