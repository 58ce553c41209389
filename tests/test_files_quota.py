"""A client that floods fills nobody else's disk, and our answers never use up a client's room (TRUST A28)."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from portal.actors import SYSTEM
from portal.errors import Refused
from portal.files.limits import CLIENT_DAY_BYTES, PERSON_DAY_BYTES
from portal.tenancy import act_as, act_as_staff
from tests.cast import MORNING
from tests.rows import attachment, message, ticket
from tickets.queries.attachments import attached
from tickets.queries.quota import check_quota
from tickets.rules.states import MessageKind

pytestmark = pytest.mark.clause("SUB-1")


class TestQuota:
    @pytest.fixture
    def sent(self, world: Any) -> Iterator[Any]:
        """`sent(by, size)`: a file of a member, or of staff when `by` is None."""
        with act_as_staff(SYSTEM):
            on = ticket(world, world.ann.membership)

            def send(by: Any, size: int, at: Any = MORNING) -> Any:
                said = message(on, kind=MessageKind.REQUEST, author_member=by)
                return attachment(said, size=size, added_at=at)

            yield send

    def test_within_the_day_s_room_all_is_well(self, world: Any, sent: Any) -> None:
        sent(world.ann.membership, PERSON_DAY_BYTES - 5)
        check_quota(world.alder.pk, 5, MORNING, world.ann.membership.pk)

    def test_a_person_s_day_is_bounded(self, world: Any, sent: Any) -> None:
        sent(world.ann.membership, PERSON_DAY_BYTES)
        with pytest.raises(Refused, match="You have sent files of 300 MB in the last 24 hours"):
            check_quota(world.alder.pk, 1, MORNING, world.ann.membership.pk)
        check_quota(world.alder.pk, 1, MORNING, world.ben.membership.pk)

    def test_a_client_s_day_is_bounded(self, world: Any, sent: Any) -> None:
        for _ in range(4):
            sent(world.ann.membership, CLIENT_DAY_BYTES // 4)
        with pytest.raises(Refused, match="Your organisation has sent files of 1024 MB"):
            check_quota(world.alder.pk, 1, MORNING, world.ben.membership.pk)
        check_quota(world.birch.pk, 1, MORNING, world.bea.membership.pk)

    def test_a_day_later_there_is_room_again(self, world: Any, sent: Any) -> None:
        sent(world.ann.membership, PERSON_DAY_BYTES, MORNING - timedelta(hours=24))
        check_quota(world.alder.pk, 1, MORNING, world.ann.membership.pk)

    def test_files_of_staff_are_not_counted(self, world: Any, sent: Any) -> None:
        sent(None, CLIENT_DAY_BYTES)
        check_quota(world.alder.pk, 1, MORNING, world.ann.membership.pk)

    def test_it_is_asked_in_the_client_s_own_scope(self, world: Any, sent: Any) -> None:
        sent(world.ann.membership, PERSON_DAY_BYTES)
        with act_as(world.alder.pk), pytest.raises(Refused):
            check_quota(world.alder.pk, 1, MORNING, world.ann.membership.pk)

    def test_the_sweep_learns_which_files_have_a_row(self, sent: Any) -> None:
        one = sent(None, 5)
        assert attached([one.storage_name, "2026-11-24/" + "0" * 32]) == {one.storage_name}
