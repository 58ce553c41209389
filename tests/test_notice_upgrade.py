"""An upgrade finds whose the notices of before are, and tells nobody of old alarms anew."""

from contextlib import closing
from importlib import import_module

import psycopg2
from django.db import connection

from portal.actions.alarms import raise_alarm
from portal.actions.alarmtelling import tell_alarms
from portal.actors import SYSTEM
from portal.models import Notice
from portal.tenancy import act_as_staff
from tests.cast import MORNING, World
from tests.catalogue import owner_session
from tests.noticing import notices


def test_rows_of_before_are_filled(lasting_world: World) -> None:
    world = lasting_world
    with act_as_staff(SYSTEM):
        for person in (world.ann, world.lee):
            given = {"client": world.alder, "user": person.user, "kind": "report", "sentence": "Ready.", "at": MORNING}
            Notice.objects.create(**given, key="1")
        raise_alarm(kind="old", sentence="Old.", subject=world.alder, client_id=world.alder.pk, at=MORNING)
    with closing(psycopg2.connect(**owner_session(connection.settings_dict["NAME"]))) as session, session:
        for statement in import_module("portal.migrations.0029_notice_walls").FILL:
            session.cursor().execute(statement)
    assert notices(world.ann)[0].membership_id == world.ann.membership.pk
    assert notices(world.lee)[0].membership_id is None
    with act_as_staff(SYSTEM):
        assert tell_alarms(MORNING) == 0
