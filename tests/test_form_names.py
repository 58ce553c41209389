"""Two people of a client who keep a template of the same name at the same time."""

from threading import Barrier, Thread

from django.db import connection

from portal.errors import Refused
from portal.tenancy import act_as
from tests.cast import MORNING, Person, World
from tests.forms import ANSWERS
from tickets.actions import filledforms
from tickets.queries.requestforms import offered_form


def test_a_name_that_two_people_keep_at_once_is_refused_in_words(lasting_world: World) -> None:
    people, gate, said = [lasting_world.ben, lasting_world.ann], Barrier(2), list[str]()

    def one(person: Person) -> None:
        try:
            with act_as(lasting_world.alder.pk):
                version = offered_form("new-starter")
                gate.wait(10)
                given = {"label": "Joiner", "maker": person.membership, "by": person.actor, "at": MORNING}
                filledforms.keep_template(version, ANSWERS["new-starter"], **given)
                said.append("kept")
        except Refused as refused:
            said.append(refused.sentence)
        finally:
            connection.close()

    threads = [Thread(target=one, args=[person]) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(said) == ["There is a template called “Joiner” already.", "kept"]
